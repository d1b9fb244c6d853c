"""Where two texts are alike: whole units first, then words within what was replaced, and what was moved."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from compare_tui.core.diff.align import UNITS, Match, alike, common, same_ends
from compare_tui.core.diff.inside import inside, parted
from compare_tui.core.diff.model import Ignoring, Unit
from compare_tui.core.diff.moves import likened, moves, strayed
from compare_tui.core.diff.tidy import Row, at_edges, without_scraps, worth
from compare_tui.core.diff.units import Units, cut
from compare_tui.core.diff.words import Words, words

Edges = tuple[int, int]
Stretch = tuple[int, int, int, int, bool]
"""Alike in both texts: from and to in the old one, from and to in the new one, and whether in every character."""

_RARE_SPACES: Final = "\t\r\v\f\x1c\x1d\x1e\x1f"
_ITEM: Final = re.compile(r"\d{1,3}[.)] ")
_MOST: Final = 150_000
"""Words of a stretch that are compared: they take 60 MB and 0.4 s."""
_LONG: Final = 2_000
"""Characters from which on it pays to see with what both begin and end."""
_NEAR: Final = 80
"""So many of these are looked at all the same, for a change may be moved on or back."""


class Hole(NamedTuple):
    """What was moved from here, or to here."""

    start: int
    end: int
    move: int | None
    """None where it was edited too, which makes it no move: it is compared with nothing that stands here."""


@dataclass(slots=True)
class Side:
    """One of the two texts and what was found in it."""

    text: str
    units: Units
    keys: list[str]
    """Its units, as they are compared."""
    holes: list[Hole] = field(default_factory=list)
    """What was moved, in order."""
    hole_starts: list[int] = field(default_factory=list)
    end: int = 0
    """So far it is compared."""

    def leave_out_numbers(self) -> None:
        """Those of items: each has another one as soon as one is put in before it, or it moves."""
        self.keys = [key[item.end() :] if (item := _ITEM.match(key)) else key for key in self.keys]

    def at(self, unit: int) -> int:
        """Where a unit begins, or the text ends."""
        return self.units.starts[unit] if unit < len(self.units.starts) else len(self.text)

    @property
    def bounds(self) -> list[int]:
        return [*self.units.starts, len(self.text)]

    def put_holes(self, holes: list[Hole]) -> None:
        self.holes = sorted(holes, key=itemgetter(0))
        self.hole_starts = [hole.start for hole in self.holes]

    def within(self, start: int, end: int) -> list[Hole]:
        """What was moved between two places."""
        starts = self.hole_starts
        first = bisect_left(starts, start)
        if first == len(starts) or starts[first] >= end:
            return []
        return self.holes[first : bisect_left(starts, end)]

    def rows(self, words: Words, start: int) -> list[int]:
        """The words with which a unit begins, from this place on, where the first one may stand behind marks."""
        starts = self.units.starts
        units = starts[bisect_left(starts, start) : bisect_right(starts, words.starts[-1])]
        return sorted({bisect_left(words.starts, unit) for unit in units})

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
    is_wrapped: bool
    """They are the same, but for where sentences and lines end."""
    is_coarse: bool = False
    stretches: list[Stretch] = field(default_factory=list)

    def turned(self) -> "Matching":
        turned = [(new, new_end, old, old_end, is_same) for old, old_end, new, new_end, is_same in self.stretches]
        return Matching(self.new, self.old, self.is_wrapped, self.is_coarse, turned)


def matching(old: str, new: str, unit: Unit, ignoring: Ignoring, growing: bool) -> Matching:
    """The same whichever of the two is called old."""
    if old > new:
        return matching(new, old, unit, ignoring, growing).turned()
    one, other = _side(old, unit, ignoring), _side(new, unit, ignoring)
    found = Matching(one, other, one.keys != other.keys and " ".join(one.keys) == " ".join(other.keys))
    one.leave_out_numbers()
    other.leave_out_numbers()
    matches = [] if found.is_wrapped else _of_units(found, growing)
    i = j = 0
    for a, b, size in [*without_scraps(matches, one.bounds, other.bounds), (len(one.keys), len(other.keys), 0)]:
        at, to = min(one.at(a), one.end), min(other.at(b), other.end)
        _look_into(found, (i, at), (j, to), unit, ignoring)
        i, j = one.at(a + size), other.at(b + size)
        if size:
            _take(found, (at, i), (to, j), unit, ignoring)
    return found


def _of_units(found: Matching, growing: bool) -> list[Match]:
    """The units that are alike. What was carried past them has moved, and what was only edited has not."""
    old, new = found.old, found.new
    matches, moved = _placed(found, new.keys)
    if moved:
        called = likened(old.keys, new.keys, matches)
        if called != new.keys:
            matches, moved = _placed(found, called)
    keys, others = old.keys, new.keys
    if growing:
        lasts = _lasts(old, new, matches)
        old.end, new.end = old.at(lasts[0]), new.at(lasts[1])
        keys, others = keys[: lasts[0]], others[: lasts[1]]
        moved = moves(keys, others, matches)
    if not found.is_coarse:
        away = strayed(keys, others, matches, moved)
        for side, of_side in ((old, 0), (new, 1)):
            side.put_holes(
                [Hole(side.at(run[of_side]), side.at(run[of_side] + run[2]), move) for move, run in enumerate(moved)]
                + [Hole(side.at(pair[of_side]), side.at(pair[of_side] + 1), None) for pair in away]
            )
    return matches


def _placed(found: Matching, called: list[str]) -> tuple[list[Match], list[Match]]:
    """What stays and what moves, when the new units are called so."""
    old, new = found.old, found.new
    matches, found.is_coarse = common(old.keys, called, UNITS)
    if called is not new.keys:
        matches = [part for match in matches for part in alike(old.keys, new.keys, match)]
    matches = at_edges(matches, old.keys, new.keys, _worth(old.text, old.bounds), _worth(new.text, new.bounds))
    return matches, moves(old.keys, new.keys, matches)


def _side(text: str, unit: Unit, ignoring: Ignoring) -> Side:
    units = cut(text, unit)
    bounds = [*units.starts, len(text)]
    if ignoring.markup:
        keys = [" ".join(words(text, units, [span], ignoring).keys) for span in pairwise(bounds)]
    else:
        keys = [text[start:end].rstrip() for start, end in pairwise(bounds)]
        rare = not text.isascii() or any(map(text.__contains__, _RARE_SPACES))
        keys = [" ".join(key.split()) if rare or "\n" in key or "  " in key else key for key in keys]
        if ignoring.case:
            keys = list(map(str.casefold, keys))
    return Side(text, units, keys, end=len(text))


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
        found.stretches.append((gone[0], end, come[0], to_end, True))
    else:
        found.stretches.append((gone[0], gone[0], come[0], come[0], True))  # what comes before is a change of its own
        _look_into(found, (gone[0], end), (come[0], to_end), unit, ignoring)


def _look_into(found: Matching, gone: Edges, come: Edges, unit: Unit, ignoring: Ignoring) -> None:
    """Word by word, what is not moved. Where whole units are shown, they are alike in all words or not at all."""
    spans, others = _still(found.old, *gone), _still(found.new, *come)
    if not spans or not others:
        return
    if len(spans) == len(others) == 1 and unit is Unit.WORD and gone[1] - gone[0] > _LONG < come[1] - come[0]:
        _between_ends(found, spans[0], others[0], ignoring)
    else:
        _by_words(found, spans, others, unit, ignoring)


def _between_ends(found: Matching, gone: Edges, come: Edges, ignoring: Ignoring) -> None:
    (start, end), (to, to_end) = (gone[0], found.old.close(*gone)), (come[0], found.new.close(*come))
    head, tail = _ends(found.old.text[start:end], found.new.text[to:to_end])
    if head:
        found.stretches.append((start, start + head - 1, to, to + head - 1, True))
    _by_words(found, [(start + head, end - tail)], [(to + head, to_end - tail)], Unit.WORD, ignoring)
    if tail:
        found.stretches.append((end - tail, end, to_end - tail, to_end, True))


def _ends(one: str, other: str) -> tuple[int, int]:
    """How many characters are the same before they differ and behind that, each up to a blank."""
    head, tail = same_ends(one, other)
    head = one.rfind(" ", 1, max(1, head - _NEAR)) + 1
    behind = one.find(" ", len(one) - tail + _NEAR) + 1
    return head, len(one) - behind if behind else 0


def _by_words(found: Matching, gone: list[Edges], come: list[Edges], unit: Unit, ignoring: Ignoring) -> None:
    one = _words(found, found.old, gone, ignoring)
    other = one and _words(found, found.new, come, ignoring)
    if one is None or other is None:
        found.is_coarse = True
        return
    if one.keys == other.keys:
        if one.keys:
            _add(found, one, other, (0, 0, len(one.keys)))
    elif unit is Unit.WORD and one.keys and other.keys:
        row = Row(one.keys, [*one.starts, gone[-1][1]], found.old.rows(one, gone[0][0]))
        column = Row(other.keys, [*other.starts, come[-1][1]], found.new.rows(other, come[0][0]))
        _add_all(found, (one, row), (other, column))


def _add_all(found: Matching, old: tuple[Words, Row], new: tuple[Words, Row]) -> None:
    (one, row), (other, column) = old, new
    has_seams = bool(one.seams or other.seams)
    matches, is_coarse = inside(row, column, has_seams)
    found.is_coarse |= is_coarse
    last = (0, 0, 0)
    for match in [*matches, (len(one.keys), len(other.keys), 0)]:
        for a, b, is_begin in () if has_seams else parted(last, match, row, column):
            at, to = (one.starts[a], other.starts[b]) if is_begin else (one.end_before(a), other.end_before(b))
            found.stretches.append((at, at, to, to, True))
        if match[2]:
            _add(found, one, other, match)
        last = match


def _words(found: Matching, side: Side, spans: list[Edges], ignoring: Ignoring) -> Words | None:
    """None where there are too many to be compared; those that only stand on other lines are the same."""
    row = words(side.text, side.units, spans, ignoring, None if found.is_wrapped else _MOST)
    return row if found.is_wrapped or len(row.keys) <= _MOST else None


def _still(side: Side, start: int, end: int) -> list[tuple[int, int]]:
    """What was not moved of a stretch."""
    spans: list[tuple[int, int]] = []
    for hole in side.within(start, end):
        spans.append((start, hole.start))
        start = hole.end
    return [span for span in [*spans, (start, end)] if span[0] < span[1]]


def _add(found: Matching, old: Words, new: Words, match: Match) -> None:
    """A stretch for as far as every character is the same, or for one word that is alike."""
    i, j, size = match
    start, end, to, to_end = old.starts[i], old.end(i + size - 1), new.starts[j], new.end(j + size - 1)
    if not (old.seams or new.seams) and old.text[start:end] == new.text[to:to_end]:
        found.stretches.append((start, end, to, to_end, True))
        return
    borders = sorted({0, size, *_seams(old, i, size), *_seams(new, j, size), *_differing(old, new, match)})
    for first, last in pairwise(borders):
        start, end = old.starts[i + first], old.end(i + last - 1)
        to, to_end = new.starts[j + first], new.end(j + last - 1)
        found.stretches.append((start, end, to, to_end, old.text[start:end] == new.text[to:to_end]))


def _seams(words: Words, start: int, size: int) -> Iterator[int]:
    first, last = bisect_right(words.seams, start), bisect_left(words.seams, start + size)
    return (seam - start for seam in words.seams[first:last])


def _differing(old: Words, new: Words, match: Match) -> Iterator[int]:
    """Around words that are alike and not the same, and behind words behind which another gap stands."""
    i, j, size = match
    for at in range(size):
        if old.bare[i + at] != new.bare[j + at]:
            yield at
            yield at + 1
        elif at + 1 < size and old.gap(i + at) != new.gap(j + at):
            yield at + 1
