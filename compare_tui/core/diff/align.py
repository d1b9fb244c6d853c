"""Finds what two rows of words, or of units, have in common, within a budget."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from types import ModuleType
from typing import Final

Match = tuple[int, int, int]
"""From one place of the old row and one of the new row on, so many are alike."""

WORDS: Final = (6, 3)
UNITS: Final = (1, 4)
"""Where there are more, runs of so many that stand in either row once are taken for granted."""
_MOST: Final = 40_000_000
"""So many pairs are looked at in one go: 10 ms in which no other thread runs, and 5 MB."""


@cache
def _distance() -> ModuleType:
    """Imported when it is used; to say so each time takes longer than most comparisons."""
    from rapidfuzz import distance

    return distance


def same_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """With how much both begin, and how much of the rest both end with."""
    head: int = _distance().Prefix.similarity(one, other)
    tail: int = _distance().Postfix.similarity(one[head:], other[head:])
    return head, tail


def likeness(one: list[str], other: list[str]) -> float:
    """The share of both that stands in either, in the same order."""
    found: float = _distance().Indel.normalized_similarity(one, other)
    return found


def common(old: list[str], new: list[str], runs: tuple[int, ...] = WORDS) -> tuple[list[Match], bool]:
    """Matches in order, and whether something was too long to be looked into."""
    matches: list[Match] = []
    is_coarse = _find(old, new, 0, 0, runs, matches)
    return matches, is_coarse


def alike(old: list[str], new: list[str], match: Match) -> Iterator[Match]:
    """What of a match is alike in these rows too."""
    a, b, size = match
    for same, run in groupby(range(size), lambda step: old[a + step] == new[b + step]):
        steps = list(run)
        if same:
            yield a + steps[0], b + steps[0], len(steps)


def _find(old: list[str], new: list[str], i: int, j: int, runs: tuple[int, ...], matches: list[Match]) -> bool:
    """Adds what these parts of the rows, which begin at `i` and `j`, have in common."""
    if len(old) * len(new) <= _MOST:
        blocks = _distance().Indel.editops(old, new).as_matching_blocks()
        matches += [(i + a, j + b, size) for a, b, size in blocks if size]
        return False
    head, tail = same_ends(old, new)
    anchors = [(0, 0, head)] if head else []
    if tail:
        anchors.append((len(old) - tail, len(new) - tail, tail))
    if not anchors:
        if not runs:
            return True
        anchors, runs = _anchors(old, new, runs[0]), runs[1:]
    is_coarse = False
    a = b = 0
    for at, to, size in [*anchors, (len(old), len(new), 0)]:
        is_coarse |= _find(old[a:at], new[b:to], i + a, j + b, runs, matches)
        if size:
            matches.append((i + at, j + to, size))
        a, b = at + size, to + size
    return is_coarse


def _anchors(old: list[str], new: list[str], size: int) -> list[Match]:
    places = _alone(old, size)
    pairs = [(places[run], to) for run, to in _alone(new, size).items() if to >= 0 and places.get(run, -1) >= 0]
    anchors: list[Match] = []
    for at, to in _rising(pairs):
        a, b, length = anchors[-1] if anchors else (-1, -1, 0)
        if at - a == to - b and at <= a + length:
            anchors[-1] = (a, b, at - a + size)
        elif at >= a + length and to >= b + length and old[at : at + size] == new[to : to + size]:
            anchors.append((at, to, size))
    return anchors


def _alone(row: list[str], size: int) -> dict[int, int]:
    """Where runs of so many begin, by their hash; -1 for what stands in the row more than once."""
    places: dict[int, int] = {}
    for at, run in enumerate(zip(*(row[at:] for at in range(size)), strict=False)):
        name = hash(run)
        places[name] = -1 if name in places else at
    return places


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of them that rise on both sides; they come in the order of the second."""
    lowest: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (at, _) in enumerate(pairs):
        place = bisect_left(lowest, at)
        before.append(last[place - 1] if place else -1)
        if place == len(lowest):
            lowest.append(at)
            last.append(number)
        else:
            lowest[place] = at
            last[place] = number
    rising: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        rising.append(pairs[number])
        number = before[number]
    return rising[::-1]
