"""What two stretches have in common word by word, as far as their sentences have to do with each other."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import itemgetter
from typing import Final

from compare_tui.core.diff.align import Match, common, likeness
from compare_tui.core.diff.tidy import Row, tidied
from compare_tui.core.diff.words import is_number

Edges = tuple[int, int, int, int]
"""From and to in the old row, from and to in the new one."""
Part = tuple[Edges, list[Match], bool]
"""Units that are compared with each other, what they have in common, and whether they were too long."""
_NEARLY: Final = 0.75
"""Units that have so much in common belong together, whatever stands beside them."""
_HALF: Final = 0.5
_BESIDE: Final = 4
_MOST_PAIRS: Final = 100
_NUMERIC: Final = "0123456789$€£-+−"


def inside(old: Row, new: Row, has_seams: bool) -> tuple[list[Match], bool]:
    """Matches in order, and whether something was too long to be looked into."""
    here, there = _edges(old), _edges(new)
    if len(here) == len(there) == 2:
        matches, is_coarse = common(old.keys, new.keys)
        return tidied(matches, old, new), is_coarse
    parts = [] if has_seams else _unit_by_unit(old, new, here, there)
    is_coarse = False
    if not parts:
        matches, is_coarse = common(_numbers_alike(old.keys), _numbers_alike(new.keys))
        parts = [_part(old, new, edges) for edges in _related(matches, old, new, here, there)]
    found: list[Match] = []
    for (i, i_end, j, j_end), matches, is_part_coarse in parts:
        if matches != [(0, 0, i_end - i)] or i_end - i != j_end - j:
            matches = tidied(matches, old.part(i, i_end), new.part(j, j_end))
        found += [(i + a, j + b, size) for a, b, size in matches]
        is_coarse |= is_part_coarse
    return found, is_coarse


def _edges(row: Row) -> list[int]:
    """Where units begin and end; the first one may have begun before."""
    return [*([] if row.units[:1] == [0] else [0]), *row.units, len(row.keys)]


def _part(old: Row, new: Row, edges: Edges) -> Part:
    i, i_end, j, j_end = edges
    return edges, *common(old.keys[i:i_end], new.keys[j:j_end])


def _unit_by_unit(old: Row, new: Row, here: list[int], there: list[int]) -> list[Part]:
    """Where there are as many on either side and each is like its neighbour."""
    if len(here) != len(there):
        return []
    parts: list[Part] = []
    for (i, i_end), (j, j_end) in zip(pairwise(here), pairwise(there), strict=True):
        parts.append(_part(old, new, (i, i_end, j, j_end)))
        _, matches, _ = parts[-1]
        if 2 * sum(size for _, _, size in matches) < max(i_end - i, j_end - j):
            return []
    return parts


def _numbers_alike(keys: list[str]) -> list[str]:
    """Rows of a table belong together though their figures differ."""
    return ["0" if key[:1] in _NUMERIC and is_number(key) else key for key in keys]


def _related(matches: list[Match], old: Row, new: Row, here: list[int], there: list[int]) -> list[Edges]:
    """Units with half of the shorter one in the other one; what was cut in two, or made one, goes together."""
    shared: defaultdict[tuple[int, int], int] = defaultdict(int)
    for a, b, size in matches:
        while size:
            unit, other = bisect_right(here, a) - 1, bisect_right(there, b) - 1
            step = min(size, here[unit + 1] - a, there[other + 1] - b)
            shared[unit, other] += old.length(a, a + step)
            a, b, size = a + step, b + step, size - step
    found: list[list[int]] = []
    for (unit, other), length in shared.items():
        if 2 * length < min(old.length(*here[unit : unit + 2]), new.length(*there[other : other + 2])):
            continue
        if not found or (unit > found[-1][1] and other > found[-1][3]):
            found.append([unit, unit, other, other])
        found[-1][1::2] = unit, other
    found = list(_nearest(found, old, new, here, there))
    return [(here[a], here[a_last + 1], there[b], there[b_last + 1]) for a, a_last, b, b_last in found]


def _nearest(groups: list[list[int]], old: Row, new: Row, here: list[int], there: list[int]) -> Iterator[list[int]]:
    """Units with little in common may have borrowed it from what stands beside: each goes with the one it is most like.

    What was cut in two, or made one, has all of it in common, and stays together.
    """

    def part(first: int, last: int, other: int, other_last: int) -> tuple[list[str], list[str]]:
        return old.keys[here[first] : here[last + 1]], new.keys[there[other] : there[other_last + 1]]

    unit = other = 0
    for group, (unit_end, _, other_end, _) in pairwise([*groups, [len(here) - 1, 0, len(there) - 1, 0]]):
        a, a_last, b, b_last = group
        units = range(max(unit, a - _BESIDE), min(unit_end, a_last + _BESIDE + 1))
        others = range(max(other, b - _BESIDE), min(other_end, b_last + _BESIDE + 1))
        pairs: list[tuple[int, int]] = []
        if 1 < len(units) * len(others) <= _MOST_PAIRS and likeness(*part(*group)) < _NEARLY:
            pairs = _paired(units, others, lambda one, to: part(one, one, to, to))
        yield from ([one, one, to, to] for one, to in pairs) if pairs else [group]
        unit, other = (pairs[-1][0] + 1, pairs[-1][1] + 1) if pairs else (a_last + 1, b_last + 1)


def _paired(
    units: range, others: range, words: Callable[[int, int], tuple[list[str], list[str]]]
) -> list[tuple[int, int]]:
    """In order, with as many words in common as can be, and half of its words in each pair."""
    best: list[tuple[float, list[tuple[int, int]]]] = [(0, [])] * (len(others) + 1)
    for unit in units:
        row = [best[0]]
        for at, other in enumerate(others):
            one, two = words(unit, other)
            alike = likeness(one, two)
            with_it = best[at][0] + alike * (len(one) + len(two)) if alike >= _HALF else 0
            kept = max(best[at + 1], row[at], key=itemgetter(0))
            row.append((with_it, [*best[at][1], (unit, other)]) if with_it > kept[0] else kept)
        best = row
    return best[-1][1]


def parted(before: Match, behind: Match, old: Row, new: Row) -> Iterator[tuple[int, int, bool]]:
    """Where what changed between two matches is more than one change: where the sentence in which it begins ends, or
    the one in which it ends begins. The last value says whether it begins."""
    a, a_end, b, b_end = before[0] + before[2], behind[0], before[1] + before[2], behind[1]
    if a == a_end or b == b_end:
        return
    end, other = old.rest(a), new.rest(b)
    if end <= a_end and other <= b_end and (end, other) not in ((a, b), (a_end, b_end)):
        yield end, other, False
        a, b = end, other
    if not old.begins(a_end) and not new.begins(b_end):
        begin, other = old.last(a_end), new.last(b_end)
        if begin >= a and other >= b and (begin, other) != (a, b):
            yield begin, other, True
