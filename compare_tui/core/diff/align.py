"""Finds what two rows of words, or of units, have in common, within a budget."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, takewhile
from operator import eq
from typing import Final

Match = tuple[int, int, int]
"""From one place of the old row and one of the new row on, so many are alike."""

_MOST: Final = 100_000_000
"""So many pairs are looked at in one go: 10 ms and 12 MB."""
_RUNS: Final = (6, 3)
"""Where there are more, runs of so many that stand in either row once are taken for granted."""


def common(old: list[str], new: list[str]) -> tuple[list[Match], bool]:
    """Matches in order, and whether something was too long to be looked into."""
    matches: list[Match] = []
    is_coarse = _find(old, new, 0, 0, _RUNS, matches)
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
    from rapidfuzz.distance import Indel

    if not old or not new:
        return False
    if len(old) * len(new) <= _MOST:
        blocks = Indel.opcodes(old, new).as_matching_blocks()
        matches.extend([(i + block.a, j + block.b, block.size) for block in blocks[:-1]])
        return False
    head = sum(takewhile(bool, map(eq, old, new)))
    tail = sum(takewhile(bool, map(eq, reversed(old[head:]), reversed(new[head:]))))
    if head or tail:
        inner, other = old[head : len(old) - tail], new[head : len(new) - tail]
        if head:
            matches.append((i, j, head))
        is_coarse = _find(inner, other, i + head, j + head, runs, matches)
        if tail:
            matches.append((i + len(old) - tail, j + len(new) - tail, tail))
        return is_coarse
    if not runs:
        return True
    return _between_anchors(old, new, i, j, runs, matches)


def _between_anchors(
    old: list[str], new: list[str], i: int, j: int, runs: tuple[int, ...], matches: list[Match]
) -> bool:
    is_coarse = False
    a = b = 0
    for at, to, size in [*_anchors(old, new, runs[0]), (len(old), len(new), 0)]:
        is_coarse |= _find(old[a:at], new[b:to], i + a, j + b, runs[1:], matches)
        if size:
            matches.append((i + at, j + to, size))
        a, b = at + size, to + size
    return is_coarse


def _anchors(old: list[str], new: list[str], size: int) -> list[Match]:
    places = _alone(old, size)
    others = _alone(new, size)
    pairs = [(places[run], to) for run, to in others.items() if run in places]
    anchors: list[Match] = []
    for at, to in _rising(pairs):
        a, b, length = anchors[-1] if anchors else (-1, -1, 0)
        if at - a == to - b and at <= a + length:
            anchors[-1] = (a, b, at - a + size)
        elif at >= a + length and to >= b + length and old[at : at + size] == new[to : to + size]:
            anchors.append((at, to, size))
    return anchors


def _alone(row: list[str], size: int) -> dict[int, int]:
    """Where runs of so many begin that stand in the row once, by their hash."""
    runs = list(map(hash, zip(*(row[at:] for at in range(size)), strict=False)))
    counts = Counter(runs)
    return {run: at for at, run in enumerate(runs) if counts[run] == 1}


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
