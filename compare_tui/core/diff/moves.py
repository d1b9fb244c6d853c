"""Finds what stands at another place: units that only one side has here, and the other side has there."""

import re
from bisect import bisect_right
from collections import defaultdict
from itertools import count, takewhile
from operator import itemgetter
from typing import Final, NamedTuple

from compare_tui.core.diff.align import Match

_WORD: Final = re.compile(r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff]+|\w")
_FEWEST_WORDS: Final = 4
_FEWEST_LETTERS: Final = 24
_NEARLY: Final = 0.6
_NEAR: Final = 0.2
"""Of two alike, the one that stands in the same place is the nearer one by so much."""
_MOST_PAIRS: Final = 10_000
"""So many are looked at: 5 ms."""
_MOST_PLACES: Final = 8
"""What stands at more places is a phrase that comes back, not a move."""


class _Left(NamedTuple):
    """A unit that has no like: behind how many matches it stands, and its words."""

    at: int
    gap: int
    words: frozenset[str]


def moves(old: list[str], new: list[str], matches: list[Match]) -> list[Match]:
    """Runs of units that are alike, and are no match because they stand before or behind one."""
    gone, arrived = _unmatched(len(old), matches, 0), _unmatched(len(new), matches, 1)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at in arrived:
        places[new[at]].append(at)
    left, free = dict.fromkeys(gone), dict.fromkeys(arrived)
    found: list[Match] = []
    for at in gone:
        if at not in left or len(candidates := places.get(old[at], ())) > _MOST_PLACES:
            continue
        runs = [_run(old, new, at, to, left, free) for to in candidates if to in free]
        run = max(runs, key=lambda run: run[2], default=(0, 0, 0))
        if run[2] and _is_meant(old[run[0] : run[0] + run[2]]):
            found.append(run)
            for step in range(run[2]):
                del left[run[0] + step], free[run[1] + step]
    return found


def likened(old: list[str], new: list[str], matches: list[Match]) -> list[str]:
    """The new units, but one that is nearly an old one, where neither stands in the other text, is called like it.

    So what was only edited stays where it is, and what was carried past it moves.
    """
    gone, come = set(old).difference(new), set(new).difference(old)
    left = [at for at in _unmatched(len(old), matches, 0) if old[at] in gone]
    free = [at for at in _unmatched(len(new), matches, 1) if new[at] in come]
    called = list(new)
    if len(left) * len(free) > _MOST_PAIRS:
        return called
    bags = {at: _bag(old[at]) for at in left}
    for to in free:
        words = _bag(new[to])
        alike, nearest = max(((_alike(words, bag), -at) for at, bag in bags.items()), default=(0.0, 0))
        if alike >= _NEARLY:
            called[to] = old[-nearest]
            del bags[-nearest]
    return called


def strayed(old: list[str], new: list[str], matches: list[Match], moved: list[Match]) -> list[tuple[int, int]]:
    """Units that were edited, and carried past a match: what stands in their place is less like them."""
    alike = sum(size for _, _, size in [*matches, *moved])
    if (len(old) - alike) * (len(new) - alike) > _MOST_PAIRS:
        return []
    left, free = _left(old, matches, moved, 0), _left(new, matches, moved, 1)
    pairs: list[tuple[float, _Left, _Left]] = []
    for one in left:
        for other in free:
            nearness = _alike(one.words, other.words) + (_NEAR if one.gap == other.gap else 0)
            if nearness >= _NEARLY:
                pairs.append((nearness, one, other))
    found: list[tuple[int, int]] = []
    gone, come = set[int](), set[int]()
    for _, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1].at, pair[2].at)):
        if one.at not in gone and other.at not in come:
            gone.add(one.at)
            come.add(other.at)
            if one.gap != other.gap:
                found.append((one.at, other.at))
    return found


def _left(units: list[str], matches: list[Match], moved: list[Match], side: int) -> list[_Left]:
    away = {run[side] + step for run in moved for step in range(run[2])}
    return [
        _Left(at, bisect_right(matches, at, key=itemgetter(side)), _bag(units[at]))
        for at in _unmatched(len(units), matches, side)
        if at not in away
    ]


def _bag(unit: str) -> frozenset[str]:
    return frozenset(_WORD.findall(unit))


def _alike(words: frozenset[str], others: frozenset[str]) -> float:
    return 2 * len(words & others) / (len(words) + len(others) or 1) if len(words) >= _FEWEST_WORDS else 0


def _unmatched(length: int, matches: list[Match], side: int) -> list[int]:
    found: list[int] = []
    at = 0
    for match in matches:
        found += range(at, match[side])
        at = match[side] + match[2]
    return [*found, *range(at, length)]


def _run(old: list[str], new: list[str], at: int, to: int, left: dict[int, None], free: dict[int, None]) -> Match:
    """As far as both rows go on alike, before and behind these places."""

    def goes_on(step: int) -> bool:
        return at + step in left and to + step in free and old[at + step] == new[to + step]

    back = sum(1 for _ in takewhile(goes_on, count(-1, -1)))
    on = sum(1 for _ in takewhile(goes_on, count(1)))
    return at - back, to - back, back + 1 + on


def _is_meant(units: list[str]) -> bool:
    """Long enough for a reader to know it again, and no boilerplate."""
    words = _WORD.findall(" ".join(units))
    return len(words) >= _FEWEST_WORDS or (len(words) > 1 and sum(map(len, words)) >= _FEWEST_LETTERS)
