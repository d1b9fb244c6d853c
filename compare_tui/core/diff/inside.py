"""What two stretches have in common word by word, as far as their sentences have to do with each other."""

from bisect import bisect_right
from collections import defaultdict
from itertools import pairwise

from compare_tui.core.diff.align import Match, common
from compare_tui.core.diff.tidy import Row, tidied

Edges = tuple[int, int, int, int]
"""From and to in the old row, from and to in the new one."""
Part = tuple[Edges, list[Match], bool]
"""Units that are compared with each other, what they have in common, and whether they were too long."""


def inside(old: Row, new: Row, has_seams: bool) -> tuple[list[Match], bool]:
    """Matches in order, and whether something was too long to be looked into."""
    here, there = _edges(old), _edges(new)
    if len(here) == len(there) == 2:
        matches, is_coarse = common(old.keys, new.keys)
        return tidied(matches, old, new), is_coarse
    parts = [] if has_seams else _unit_by_unit(old, new, here, there)
    is_coarse = False
    if not parts:
        matches, is_coarse = common(old.keys, new.keys)
        parts = [_part(old, new, edges) for edges in _related(matches, old, new, here, there)]
    found: list[Match] = []
    for (i, i_end, j, j_end), matches, is_part_coarse in parts:
        kept = tidied(matches, old.part(i, i_end), new.part(j, j_end))
        found += [(i + a, j + b, size) for a, b, size in kept]
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
    return [(here[a], here[a_last + 1], there[b], there[b_last + 1]) for a, a_last, b, b_last in found]
