"""Calls out numbers that differ: the difference that matters most in an answer."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from compare_tui.core.diff.lay import Laid
from compare_tui.core.diff.matching import Side
from compare_tui.core.diff.model import Kind, Piece
from compare_tui.core.diff.words import FIRST_DIGIT, NUMBER_ALONE, is_number

Pairs = dict[int, tuple[tuple[str, str], ...]]
_FAR: Final = 40
_NEW: Final = Kind.NEW
_SPELLINGS: Final = (
    *("% percent Prozent", "$ USD dollar dollars", "€ EUR euro euros Euro", "£ GBP", "¥ JPY", "°C", "°F"),
    *("ms millisecond milliseconds", "s sec second seconds", "min mins minute minutes", "h hour hours"),
    *("k thousand", "M million", "B billion"),
    *("kB KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"),
)
"""Of units, those of one each in a row: a blank may stand before them."""
_UNITS: Final = {spelt: row.split()[0] for row in _SPELLINGS for spelt in row.split()}
_PARTS: Final = re.compile(r"(\D*)(\d(?:.*\d)?)(.*)", re.DOTALL)
_BEHIND: Final = re.compile(r"(?:[^\S\n]|-)?([%°€$£¥][A-Za-z]?(?!\d)|[^\W\d_]+)")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:[,'’_\s]\d{3})+(?:\.\d+)?")
_SEPARATORS: Final = re.compile(r"[^\d.]")
_SIGNS: Final = " \t|:=([{\"'`*_-"
_SHORT: Final = 3
"""Letters: what stands behind a number says nothing, such as `and`, unless it is a unit."""


class Number(NamedTuple):
    start: int
    end: int
    amount: tuple[str, str]
    """However it is written, and its unit."""
    thing: str
    """What is counted, as far as it stands behind it."""


def _amount(number: Number) -> tuple[str, ...]:
    return number.amount


def _thing(number: Number) -> tuple[str, ...]:
    return (number.thing,) if number.thing else ()


def _amount_of_a_thing(number: Number) -> tuple[str, ...]:
    return (*number.amount, number.thing) if number.thing else ()


@dataclass(slots=True)
class _Change:
    """Its numbers that are not in the other text, or not there."""

    gone: list[Number] = field(default_factory=list)
    come: list[Number] = field(default_factory=list)
    pairs: list[tuple[Number, Number]] = field(default_factory=list)
    """An old one and the new one that stands against it."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.come or self.pairs)

    def pair(self, edges: list[int], old: str, new: str) -> None:
        """By their places if all around them is the same, or those of the same thing; the others in their order."""
        if _rest(self.gone, old, *edges[:2]) != _rest(self.come, new, *edges[2:]):
            _alike(self.gone, self.come, _amount_of_a_thing)
            self.pairs = _alike(self.gone, self.come, _thing)
            _alike(self.gone, self.come, _amount)
        both = min(len(self.gone), len(self.come))
        self.pairs += (pair for pair in zip(self.gone, self.come, strict=False) if _differ(*pair))
        self.pairs.sort()
        del self.gone[:both], self.come[:both]

    def written(self, old: str, new: str) -> tuple[tuple[str, str], ...]:
        gone = ((old[number.start : number.end], "") for number in self.gone)
        come = (("", new[number.start : number.end]) for number in self.come)
        pairs = ((old[one.start : one.end], new[other.start : other.end]) for one, other in self.pairs)
        return (*pairs, *gone, *come)

    def marks(self, is_new: bool) -> list[Number]:
        """All of one side, the last ones first."""
        return sorted([*(self.come if is_new else self.gone), *(pair[is_new] for pair in self.pairs)], reverse=True)


def call_out(laid: Laid, old: Side, new: Side) -> tuple[list[Piece], Pairs]:
    """The pieces, numbers that differ by themselves, and these numbers two and two by the change they belong to."""
    found: defaultdict[int, _Change] = defaultdict(_Change)
    for kind, start, end, to, to_end, number, _ in laid.pieces:
        if number >= 0 and number not in laid.moves:
            side, here, there = (new, to, to_end) if kind is _NEW else (old, start, end)
            if digit := FIRST_DIGIT.search(side.text, here, there):
                change = found[number]
                (change.come if kind is _NEW else change.gone).extend(_numbers(side, here, digit, there))
    for number, change in found.items():
        change.pair(laid.changes[number], old.text, new.text)
    _leave_out_what_is_near(found, laid, old.text, new.text)
    _leave_out_what_was_carried(found, old.text, new.text)
    left = {number: change for number, change in found.items() if change}
    pairs = {number: change.written(old.text, new.text) for number, change in left.items()}
    return list(_cut(laid.pieces, left)), pairs


def _alike(
    gone: list[Number], come: list[Number], key: Callable[[Number], tuple[str, ...]]
) -> list[tuple[Number, Number]]:
    """Takes those out that are alike by this key, the first ones first; an empty key is like no other."""
    waiting: defaultdict[tuple[str, ...], list[Number]] = defaultdict(list)
    for number in reversed(come):
        waiting[key(number)].append(number)
    found = [(one, waiting[of].pop()) for one in gone if (of := key(one)) and waiting.get(of)]
    if found:
        ours, theirs = map(set, zip(*found, strict=True))
        gone[:] = [one for one in gone if one not in ours]
        come[:] = [other for other in come if other not in theirs]
    return found


def _leave_out_what_is_near(found: dict[int, _Change], laid: Laid, old: str, new: str) -> None:
    """Equal numbers that are gone in one change and new in the next one of the line."""
    for here, there in pairwise(sorted(number for number, change in found.items() if change.gone or change.come)):
        one, other = found[here], found[there]
        _, start, _, to = laid.changes[here]
        end, _, to_end, _ = laid.changes[there]
        if old.find("\n", start, end) < 0 and new.find("\n", to, to_end) < 0:
            _alike(one.gone, other.come, _amount)
            _alike(other.gone, one.come, _amount)


def _leave_out_what_was_carried(found: dict[int, _Change], old: str, new: str) -> None:
    """Equal numbers of the same thing that are gone in one place and new in another one, such as a row of a table."""
    gone = [number for change in found.values() for number in change.gone]
    come = [number for change in found.values() for number in change.come]
    both = {number.amount for number in gone}.intersection(number.amount for number in come)
    gone = [_named(old, number) for number in gone if number.amount in both]
    come = [_named(new, number) for number in come if number.amount in both]
    carried = _alike(gone, come, _amount_of_a_thing)
    ours, theirs = {one.start for one, _ in carried}, {other.start for _, other in carried}
    for change in found.values() if carried else ():
        change.gone = [number for number in change.gone if number.start not in ours]
        change.come = [number for number in change.come if number.start not in theirs]


def _rest(numbers: list[Number], text: str, start: int, end: int) -> list[str]:
    """What stands between two places, but for the numbers."""
    starts, ends = [number.start for number in numbers], [number.end for number in numbers]
    return [text[here:there] for here, there in zip([start, *ends], [*starts, end], strict=True)]


def _differ(one: Number, other: Number) -> bool:
    """A unit that only one of them has may be told elsewhere."""
    (figures, unit), (other_figures, other_unit) = one.amount, other.amount
    return figures != other_figures or bool(unit and other_unit and unit != other_unit)


def _named(text: str, number: Number) -> Number:
    """By what stands before it on its line, where nothing stands behind it."""
    if number.thing:
        return number
    start, end, amount, _ = number
    before = text[max(0, start - _FAR) : start].rpartition("\n")[2]
    return Number(start, end, amount, before.rstrip(_SIGNS).rpartition(" ")[2])


def _numbers(side: Side, start: int, digit: re.Match[str] | None, end: int) -> Iterator[Number]:
    """All but those that number a list; `digit`: the first one."""
    text = side.text
    while digit is not None:
        number = _around(text, start, digit.start(), end)
        start = digit.end()
        if number is not None:
            at, start = number.span()
            if _is_amount(side, at, start, number[0]):
                yield _read(text, at, start, end)
        digit = FIRST_DIGIT.search(text, start, end)


def _around(text: str, start: int, digit: int, end: int) -> re.Match[str] | None:
    """The number with this digit, its sign before it."""
    if digit > start and not text[digit - 1].isspace():
        for place in range(max(start, digit - 2), digit):
            if number := NUMBER_ALONE.match(text, place, end):
                return number
    return NUMBER_ALONE.match(text, digit, end)


def _is_amount(side: Side, start: int, end: int, written: str) -> bool:
    """And does not number a list, or end a name, as that of `v1` does in code."""
    text = side.text
    before = text[max(0, start - _FAR) : start]
    if before.endswith("v") and "." not in written and not before.endswith(("@v", "/v")) and side.is_code(start):
        return False
    if not (written.isdigit() or is_number(written)):
        return False
    if not text.startswith((".", ")"), end) or not text[end + 1 : end + 2].isspace():
        return True
    return bool(before[before.rfind("\n") + 1 :].strip(" \t>*-"))


def _parts(written: str) -> tuple[str, str, str]:
    """Its figures, and what stands before and behind them."""
    if written.isdigit():
        return "", written, ""
    parts = _PARTS.fullmatch(written)
    assert parts is not None
    return parts[1], parts[2], parts[3]


def _read(text: str, start: int, end: int, most: int) -> Number:
    """With the unit behind it, if that also is before `most`."""
    before, figures, behind = _parts(text[start:end])
    currency = before.lstrip("+-−±")
    unit, thing = _UNITS.get(behind, behind), ""
    if not unit and (word := _BEHIND.match(text, end)):
        unit, thing = _UNITS.get(word[1], ""), word[1].casefold() if len(word[1]) > _SHORT else ""
        end = word.end() if unit and word.end() <= most else end
    unit = unit if unit == currency else currency + unit
    if not figures.isdigit() and _THOUSANDS.fullmatch(figures):
        figures = _SEPARATORS.sub("", figures)
    sign = before.removesuffix(currency).replace("−", "-")
    return Number(start, end, (sign + figures, unit), unit or thing)


def _cut(pieces: list[Piece], found: dict[int, _Change]) -> Iterator[Piece]:
    """Each of these numbers becomes a piece."""
    marks = {(number, is_new): change.marks(is_new) for number, change in found.items() for is_new in (False, True)}
    for piece in pieces:
        if piece.change not in found:
            yield piece
            continue
        kind, i, i_end, j, j_end, change, _ = piece
        left = marks[change, kind is _NEW]
        while left and left[-1].start < (j_end if kind is _NEW else i_end):
            start, end, *_ = left.pop()
            for to, is_one in ((start, False), (end, True)):
                if kind is _NEW and j < to:
                    yield Piece(kind, i, i, j, to, change, is_one)
                    j = to
                elif kind is not _NEW and i < to:
                    yield Piece(kind, i, to, j, j, change, is_one)
                    i = to
        if i < i_end or j < j_end:
            yield Piece(kind, i, i_end, j, j_end, change)
