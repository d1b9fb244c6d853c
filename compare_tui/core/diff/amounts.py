"""Calls out numbers that differ: the difference that matters most in an answer."""

import re
from collections import defaultdict
from itertools import zip_longest
from typing import Final

from compare_tui.core.diff.align import common
from compare_tui.core.diff.model import Kind, Piece
from compare_tui.core.diff.words import NUMBER_ALONE, is_number

Numbers = list[tuple[int, int]]
Pairs = dict[int, tuple[tuple[str, str], ...]]
_DIGIT: Final = re.compile(r"\d")
_FAR: Final = 40


def call_out(pieces: list[Piece], moves: set[int], old: str, new: str) -> tuple[list[Piece], Pairs]:
    """The pieces, numbers that differ by themselves, and these numbers two and two by the change they belong to."""
    found: defaultdict[int, tuple[Numbers, Numbers]] = defaultdict(lambda: ([], []))
    for piece in pieces:
        if piece.change >= 0 and piece.change not in moves:
            is_new = piece.kind is Kind.NEW
            text, start, end = (new, piece.new, piece.new_end) if is_new else (old, piece.old, piece.old_end)
            if _DIGIT.search(text, start, end):
                found[piece.change][is_new].extend(_numbers(text, start, end))
    pairs: Pairs = {}
    cuts: tuple[Numbers, Numbers] = [], []
    for change, (gone, come) in found.items():
        here, there = _differing(gone, come, old, new)
        cuts[0].extend(here)
        cuts[1].extend(there)
        said = zip_longest((old[slice(*at)] for at in here), (new[slice(*at)] for at in there), fillvalue="")
        pairs[change] = tuple(said)
    return (_cut(pieces, *cuts) if any(cuts) else pieces), pairs


def _numbers(text: str, start: int, end: int) -> Numbers:
    """Where they stand, but for those that number a list."""
    found: Numbers = []
    while digit := _DIGIT.search(text, start, end):
        places = (digit.start() - signs for signs in (2, 1, 0))
        tried = (NUMBER_ALONE.match(text, place, end) for place in places if place >= start)
        number = next(filter(None, tried), digit)
        start, at = number.end(), number.start()
        is_list = text[start : start + 1] in (".", ")") and text[start + 1 : start + 2].isspace()
        if number is not digit and is_number(number.group()) and not (is_list and _is_first(text, at)):
            found.append((at, start))
    return found


def _is_first(text: str, at: int) -> bool:
    """Of its line."""
    before = text[max(0, at - _FAR) : at]
    return not before[before.rfind("\n") + 1 :].strip(" \t>*-")


def _differing(gone: Numbers, come: Numbers, old: str, new: str) -> tuple[Numbers, Numbers]:
    matches, _ = common([old[slice(*at)] for at in gone], [new[slice(*at)] for at in come])
    same = {a + step for a, _, size in matches for step in range(size)}
    alike = {b + step for _, b, size in matches for step in range(size)}
    return (
        [at for number, at in enumerate(gone) if number not in same],
        [at for number, at in enumerate(come) if number not in alike],
    )


def _cut(pieces: list[Piece], gone: Numbers, come: Numbers) -> list[Piece]:
    """Each number that differs becomes a piece; they come in the order of the pieces."""
    done: list[Piece] = []
    numbers = {Kind.GONE: sorted(gone, reverse=True), Kind.NEW: sorted(come, reverse=True)}
    for piece in pieces:
        left = numbers.get(piece.kind)
        if not left:
            done.append(piece)
            continue
        is_new = piece.kind is Kind.NEW
        end = piece.new_end if is_new else piece.old_end
        while left and left[-1][0] < end:
            at, to = left.pop()
            before, piece = _split(piece, at, is_new)
            number, piece = _split(piece, to, is_new)
            done += [before, number._replace(number=True)]
        done.append(piece)
    return [piece for piece in done if piece.old < piece.old_end or piece.new < piece.new_end]


def _split(piece: Piece, at: int, is_new: bool) -> tuple[Piece, Piece]:
    if is_new:
        return piece._replace(new_end=at), piece._replace(new=at)
    return piece._replace(old_end=at), piece._replace(old=at)
