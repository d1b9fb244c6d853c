"""Calls out numbers that differ: the difference that matters most in an answer."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from compare_tui.core.diff.align import common
from compare_tui.core.diff.lay import Laid
from compare_tui.core.diff.model import Kind, Piece
from compare_tui.core.diff.words import FIRST_DIGIT, NUMBER_ALONE, is_number

Pairs = dict[int, tuple[tuple[str, str], ...]]
_FAR: Final = 40
_NEW: Final = Kind.NEW


Number = tuple[int, int]
"""From and to."""


def call_out(laid: Laid, old: str, new: str) -> tuple[list[Piece], Pairs]:
    """The pieces, numbers that differ by themselves, and these numbers two and two by the change they belong to."""
    found: defaultdict[int, tuple[list[Number], list[Number]]] = defaultdict(lambda: ([], []))
    for kind, start, end, to, to_end, change, _ in laid.pieces:
        if change >= 0 and change not in laid.moves:
            is_new = kind is _NEW
            text, here, there = (new, to, to_end) if is_new else (old, start, end)
            if digit := FIRST_DIGIT.search(text, here, there):
                found[change][is_new].extend(_numbers(text, here, digit, there))
    pairs: Pairs = {}
    for change, sides in found.items():
        pairs[change] = _differing(*sides, old, new)
    return list(_cut(laid.pieces, found)), pairs


def _numbers(text: str, start: int, digit: re.Match[str] | None, end: int) -> Iterator[Number]:
    """All but those that number a list; `digit`: the first one."""
    while digit is not None:
        number = _around(text, start, digit.start(), end)
        start = digit.end()
        if number is not None:
            at, start = number.span()
            is_list = text[start : start + 1] in (".", ")") and text[start + 1 : start + 2].isspace()
            if is_number(number[0]) and not (is_list and _is_first(text, at)):
                yield at, start
        digit = FIRST_DIGIT.search(text, start, end)


def _around(text: str, start: int, digit: int, end: int) -> re.Match[str] | None:
    """The number with this digit, its sign before it."""
    if digit > start and not text[digit - 1].isspace():
        for place in range(max(start, digit - 2), digit):
            if number := NUMBER_ALONE.match(text, place, end):
                return number
    return NUMBER_ALONE.match(text, digit, end)


def _is_first(text: str, at: int) -> bool:
    """Of its line."""
    before = text[max(0, at - _FAR) : at]
    return not before[before.rfind("\n") + 1 :].strip(" \t>*-")


def _differing(gone: list[Number], come: list[Number], old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Those that differ, as written; only they are left in the lists, the last ones first."""
    here, there = [old[slice(*number)] for number in gone], [new[slice(*number)] for number in come]
    matches, _ = common(here, there)
    for a, b, size in reversed(matches):
        del gone[a : a + size], come[b : b + size], here[a : a + size], there[b : b + size]
    gone.reverse()
    come.reverse()
    return tuple(zip_longest(here, there, fillvalue=""))


def _cut(pieces: list[Piece], numbers: dict[int, tuple[list[Number], list[Number]]]) -> Iterator[Piece]:
    """Each of these numbers becomes a piece; the last ones of a change come first."""
    for piece in pieces:
        if piece.change not in numbers:
            yield piece
            continue
        kind, i, i_end, j, j_end, change, _ = piece
        left = numbers[change][kind is _NEW]
        while left and left[-1][0] < (j_end if kind is _NEW else i_end):
            start, end = left.pop()
            for to, is_one in ((start, False), (end, True)):
                if kind is _NEW and j < to:
                    yield Piece(kind, i, i, j, to, change, is_one)
                    j = to
                elif kind is not _NEW and i < to:
                    yield Piece(kind, i, to, j, j, change, is_one)
                    i = to
        if i < i_end or j < j_end:
            yield Piece(kind, i, i_end, j, j_end, change)
