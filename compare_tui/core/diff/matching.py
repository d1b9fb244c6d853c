"""Where two texts are alike: whole units first, then words within what was replaced, and what was moved."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from compare_tui.core.diff.align import Match, alike, common
from compare_tui.core.diff.model import Ignoring, Unit
from compare_tui.core.diff.moves import likened, moves
from compare_tui.core.diff.tidy import Row, at_edges, at_ends, without_islands, without_scraps, worth
from compare_tui.core.diff.units import Units, cut
from compare_tui.core.diff.words import Words, words

Edges = tuple[int, int]

_MOST: Final = 1_000_000
"""Characters that are cut into words in one go: as prose on both sides they take 75 MB."""
_RARE_SPACE: Final = re.compile(r"[^\S \n]")


class Stretch(NamedTuple):
    """Alike in both texts."""

    old: int
    old_end: int
    new: int
    new_end: int


class Hole(NamedTuple):
    """What was moved from here, or to here."""

    start: int
    end: int
    move: int


@dataclass(slots=True)
class Side:
    """One of the two texts and what was found in it."""

    text: str
    units: Units
    keys: list[str]
    """Its units, as they are compared."""
    begins: set[int]
    """Where its units begin."""
    holes: list[Hole] = field(default_factory=list)
    """What was moved, in order."""
    end: int = 0
    """So far it is compared."""

    def at(self, unit: int) -> int:
        """Where a unit begins, or the text ends."""
        return self.units.starts[unit] if unit < len(self.units.starts) else len(self.text)

    @property
    def bounds(self) -> list[int]:
        return [*self.units.starts, len(self.text)]

    def within(self, start: int, end: int) -> list[Hole]:
        """What was moved between two places."""
        if not self.holes:
            return []
        where = attrgetter("start")
        return self.holes[bisect_left(self.holes, start, key=where) : bisect_left(self.holes, end, key=where)]

    def rows(self, start: int, end: int, words: Words) -> list[int]:
        """With which of these words the units between two places begin, and at last how many there are."""
        starts = self.units.starts
        units = starts[bisect_left(starts, start) : bisect_left(starts, end)]
        return [*(bisect_left(words.starts, unit) for unit in units), len(words.starts)]

    def is_code(self, at: int) -> bool:
        return self.units.is_code(at)

    def close(self, start: int, end: int) -> int:
        """Where a stretch ends without the white space behind it."""
        return start + len(self.text[start:end].rstrip())


@dataclass(slots=True)
class Matching:
    """What the two texts have in common."""

    old: Side
    new: Side
    stretches: list[Stretch]
    is_coarse: bool

    def turned(self) -> "Matching":
        stretches = [Stretch(new, new_end, old, old_end) for old, old_end, new, new_end in self.stretches]
        return Matching(self.new, self.old, stretches, self.is_coarse)


def matching(old: str, new: str, unit: Unit, ignoring: Ignoring, growing: bool) -> Matching:
    """The same whichever of the two is called old."""
    if old > new:
        return matching(new, old, unit, ignoring, growing).turned()
    one, other = _side(old, unit, ignoring), _side(new, unit, ignoring)
    is_wrapped = one.keys != other.keys and " ".join(one.keys) == " ".join(other.keys)
    matches, is_coarse = ([], False) if is_wrapped else _of_units(one, other)
    lasts = _lasts(one, other, matches) if growing and not is_wrapped else (len(one.keys), len(other.keys))
    one.end, other.end = one.at(lasts[0]), other.at(lasts[1])
    is_sure = not is_wrapped and not is_coarse
    moved = moves(one.keys[: lasts[0]], other.keys[: lasts[1]], matches) if is_sure else []
    for move, (a, b, size) in enumerate(moved):
        insort(one.holes, Hole(one.at(a), one.at(a + size), move))
        insort(other.holes, Hole(other.at(b), other.at(b + size), move))
    found = Matching(one, other, [], is_coarse)
    i = j = 0
    for a, b, size in [*without_scraps(matches, one.bounds, other.bounds), (*lasts, 0)]:
        _look_into(found, (i, one.at(a)), (j, other.at(b)), unit, ignoring)
        i, j = one.at(a + size), other.at(b + size)
        if size:
            _take(found, (one.at(a), i), (other.at(b), j), unit, ignoring)
    return found


def _of_units(old: Side, new: Side) -> tuple[list[Match], bool]:
    """The units that are alike, and whether there were too many to find all. What was only edited does not move."""
    matches, is_coarse = common(old.keys, new.keys)
    if moves(old.keys, new.keys, matches):
        called = likened(old.keys, new.keys, matches)
        if called != new.keys:
            matches, is_coarse = common(old.keys, called)
            matches = [part for match in matches for part in alike(old.keys, new.keys, match)]
    worths = _worth(old.text, old.bounds), _worth(new.text, new.bounds)
    return at_edges(matches, old.keys, new.keys, *worths), is_coarse


def _side(text: str, unit: Unit, ignoring: Ignoring) -> Side:
    units = cut(text, unit)
    bounds = [*units.starts, len(text)]
    if ignoring.markup:
        keys = [" ".join(words(text, units, [span], ignoring).keys) for span in pairwise(bounds)]
    else:
        keys = [text[start:end].rstrip() for start, end in pairwise(bounds)]
        rare = _RARE_SPACE.search(text)
        keys = [" ".join(key.split()) if rare or "\n" in key or "  " in key else key for key in keys]
        if ignoring.case:
            keys = list(map(str.casefold, keys))
    return Side(text, units, keys, set(units.starts), end=len(text))


def _worth(text: str, bounds: list[int]) -> Callable[[int], float]:
    return lambda at: worth(text, bounds[at])


def _lasts(old: Side, new: Side, matches: list[Match]) -> tuple[int, int]:
    """How many units of each text are compared while one still grows: as much behind the last match of one as of the
    other."""
    a, b, size = matches[-1] if matches else (0, 0, 0)
    a, b = a + size, b + size
    left, more = len(old.text) - old.at(a), len(new.text) - new.at(b)
    if left < more:
        return len(old.keys), bisect_left(new.bounds, new.at(b) + left, b, len(new.keys))
    return bisect_left(old.bounds, old.at(a) + more, a, len(old.keys)), len(new.keys)


def _take(found: Matching, gone: Edges, come: Edges, unit: Unit, ignoring: Ignoring) -> None:
    """Units that are alike: what is not the same in every character is looked into."""
    old, new = found.old, found.new
    end, to_end = old.close(*gone), new.close(*come)
    if old.text[gone[0] : end] == new.text[come[0] : to_end]:
        found.stretches.append(Stretch(gone[0], end, come[0], to_end))
    else:
        _look_into(found, gone, come, unit, ignoring)


def _look_into(found: Matching, gone: Edges, come: Edges, unit: Unit, ignoring: Ignoring) -> None:
    """Word by word, what is not moved. Where whole units are shown, they are alike in all words or not at all."""
    old, new = found.old, found.new
    if gone[0] == gone[1] or come[0] == come[1]:
        return
    if gone[1] - gone[0] > _MOST or come[1] - come[0] > _MOST:
        found.is_coarse = True
        return
    one = words(old.text, old.units, _still(old, *gone), ignoring)
    other = words(new.text, new.units, _still(new, *come), ignoring)
    if one.keys == other.keys:
        matches = [(0, 0, len(one.keys))] if one.keys else []
    elif unit is not Unit.WORD:
        return
    else:
        matches, is_coarse = _of_words(found, gone, come, one, other)
        found.is_coarse |= is_coarse
        row = Row(one.keys, [*one.starts, gone[1]], old.begins)
        column = Row(other.keys, [*other.starts, come[1]], new.begins)
        matches = at_edges(matches, one.keys, other.keys, row.begins, column.begins)
        matches = without_islands(at_ends(matches, row, column), row, column)
    for match in matches:
        _add(found, one, other, match, ignoring.case or ignoring.markup)


def _of_words(found: Matching, gone: Edges, come: Edges, one: Words, other: Words) -> tuple[list[Match], bool]:
    """Unit by unit where there are as many on either side and each is like its neighbour; else all together."""
    rows, columns = found.old.rows(*gone, one), found.new.rows(*come, other)
    matches: list[Match] = []
    if len(rows) == len(columns) > 2 and not one.seams and not other.seams:
        for (i, i_end), (j, j_end) in zip(pairwise(rows), pairwise(columns), strict=True):
            parts, _ = common(one.keys[i:i_end], other.keys[j:j_end])
            if 2 * sum(size for _, _, size in parts) < max(i_end - i, j_end - j):
                break
            matches += [(i + a, j + b, size) for a, b, size in parts]
        else:
            return matches, False
    return common(one.keys, other.keys)


def _still(side: Side, start: int, end: int) -> list[tuple[int, int]]:
    """What was not moved of a stretch."""
    spans: list[tuple[int, int]] = []
    for hole in side.within(start, end):
        spans.append((start, hole.start))
        start = hole.end
    return [span for span in [*spans, (start, end)] if span[0] < span[1]]


def _add(found: Matching, old: Words, new: Words, match: Match, is_loose: bool) -> None:
    """A stretch for as far as every character is the same, or for one word that is alike: some are, if it is loose."""
    i, j, size = match
    gone, come = old.whole[i : i + size - 1], new.whole[j : j + size - 1]
    borders = [0, size]
    if is_loose or gone != come or old.seams or new.seams:
        borders = sorted({*borders, *_seams(old, i, size), *_seams(new, j, size), *_differing(old, new, match)})
    for start, end in pairwise(borders):
        first, last, to, to_last = i + start, i + end - 1, j + start, j + end - 1
        found.stretches.append(Stretch(old.starts[first], old.end(last), new.starts[to], new.end(to_last)))


def _seams(words: Words, start: int, size: int) -> Iterator[int]:
    first, last = bisect_right(words.seams, start), bisect_left(words.seams, start + size)
    return (seam - start for seam in words.seams[first:last])


def _differing(old: Words, new: Words, match: Match) -> Iterator[int]:
    """Around words that are alike and not the same, and behind words behind which another gap stands."""
    i, j, size = match
    for at in range(size):
        if old.whole[i + at] != new.whole[j + at]:
            yield at + 1
            if old.bare[i + at] != new.bare[j + at]:
                yield at
