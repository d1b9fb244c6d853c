"""One line of a compared text as screen rows: what a reader sees of it, and which of its characters differ."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from compare_tui.core.diff.blocks import Line, Part
from compare_tui.core.diff.model import Change, How, Kind
from compare_tui.core.sanitize import safe_display
from compare_tui.ui.reading import whole
from compare_tui.ui.rows import TAB
from compare_tui.ui.wrap import wrap

OLD: Final = 0
NEW: Final = 1
"""The side of a text: also where a block has the lines of it."""

_CHANGED: Final = (Kind.GONE, Kind.NEW)
_JOINERS: Final = "\u200c\u200d"
_REACH: Final = 40
"""So many characters before a cut can say how those behind it are sanitised."""


class Look(NamedTuple):
    """What is said of some characters."""

    kind: Kind
    change: int
    number: bool


class Run(NamedTuple):
    """Characters of a row that are not the same on both sides; what lies between runs is."""

    start: int
    end: int
    look: Look


class Row(NamedTuple):
    """A screen row of one side."""

    text: str
    line: int
    offset: int
    """How many shown characters of the line stand before it."""
    runs: tuple[Run, ...] = ()
    tone: str = ""
    """What the row as such is: `gone`, `new`, `moved`, `alike`, `open`, or nothing."""
    sign: str = ""
    whole: bool = False
    """The line has nothing that is the same."""
    changes: tuple[int, ...] = ()
    ending: Look | None = None
    """The line break behind it differs."""

    @property
    def end(self) -> int:
        return self.offset + len(self.text)


class Laying(NamedTuple):
    """What rows of a side are made for."""

    side: int
    width: int
    changes: Sequence[Change]
    told: bool = False
    """Every row tells its side, for both stand in one column."""


def laid(line: Line, number: int, offset: int, how: Laying) -> list[Row]:
    """The rows of a line. A part of a line that was cut begins at an offset."""
    text, ends = _display(line)
    if not how.told and all(part.kind is Kind.SAME for part in line):
        return [Row(row, number, offset + at) for at, row in _wrapped(text, how.width)]
    looks = [Look(*part[1:]) for part in line]
    is_whole = _is_whole(line)
    found = [(at, row, _runs(row, at, ends, looks)) for at, row in _wrapped(text, how.width)]
    last = len(found) - 1
    ending = looks[-1] if not line[-1].text and looks[-1].kind is not Kind.SAME else None
    rows = []
    for which, (at, row, runs) in enumerate(found):
        seen = [run.look for run in runs]
        if which == last and ending is not None:
            seen.append(ending)
        tone, sign = _told(seen, how, is_whole=is_whole)
        if tone == "moved" and not row.strip() and not how.told:
            sign = ""  # the blank line behind a paragraph is part of its move, and must not look like another one
        changes = tuple({look.change for look in seen if look.change >= 0})
        break_ = ending if which == last and not is_whole else None
        rows.append(Row(row, number, offset + at, runs, tone, sign, is_whole, changes, break_))
    return rows


def _wrapped(text: str, width: int) -> Iterator[tuple[int, str]]:
    """Rows and where they begin. A sign for a line break within the line breaks it."""
    at = 0
    for piece in text.split("\n"):
        for row in wrap(piece, width):
            yield at, row
            at += len(row)
        at += 1


def _told(looks: Sequence[Look], how: Laying, *, is_whole: bool) -> tuple[str, str]:
    """What a row with these is, and the sign that says so."""
    changed = [look.change for look in looks if look.kind in _CHANGED]
    side = ("gone", "−") if how.side == OLD else ("new", "+")
    if changed:
        if all(how.changes[change].how is How.MOVED for change in changed):
            return "moved", "«" if how.side == OLD else "»"
        return side if is_whole or how.told else (side[0], "~")
    if how.told:
        return side
    kinds = {look.kind for look in looks}
    if Kind.OPEN in kinds:
        return "open", "…"
    return ("alike", "≈") if Kind.ALIKE in kinds else ("", "")


def _is_whole(line: Line) -> bool:
    changed = any(part.kind in _CHANGED for part in line)
    return changed and not any(part.text.strip() for part in line if part.kind not in _CHANGED)


def _runs(row: str, at: int, ends: Sequence[int], looks: Sequence[Look]) -> tuple[Run, ...]:
    """Those of one row; no character as seen is marked in part."""
    runs: list[Run] = []
    behind = at + len(row)
    which, start = bisect_right(ends, at), at
    while start < behind and which < len(ends):
        end = min(ends[which], behind)
        if end > start and looks[which].kind is not Kind.SAME:
            runs.append(Run(*whole(row, start - at, end - at), looks[which]))
        start, which = end, which + 1
    return tuple(runs)


# What is shown of the characters


def shown(line: Line) -> str:
    """All characters of a line, as its rows have them."""
    return _display(line)[0]


def _display(line: Line) -> tuple[str, list[int]]:
    """As a screen may have it, and where each part ends there. A carriage return that both have is of the break."""
    raw = "".join(part.text for part in line)
    ends = list(accumulate(len(part.text) for part in line))
    if raw.endswith("\r") and _last(line).kind is Kind.SAME:
        raw = raw[:-1]
        ends = [min(end, len(raw)) for end in ends]
    text = safe_display(raw)
    if text != raw:
        ends = _sanitised(raw, ends)
    return _untabbed(text, ends) if "\t" in text else (text, ends)


def _last(line: Line) -> Part:
    return next(part for part in reversed(line) if part.text)


def _sanitised(raw: str, ends: Sequence[int]) -> list[int]:
    """The ends after sanitising, which looks at what marks and joiners stand on: so do these."""
    shown: list[int] = []
    at = start = 0
    for end in ends:
        base = start
        while base and start - base < _REACH and _stacks(raw[base : base + 1]):
            base -= 1
        at += len(safe_display(raw[base:end])) - len(safe_display(raw[base:start]))
        shown.append(at)
        start = end
    return shown


def _stacks(character: str) -> bool:
    return character != "" and (character in _JOINERS or unicodedata.category(character)[0] == "M")


def _untabbed(text: str, ends: Sequence[int]) -> tuple[str, list[int]]:
    parts: list[str] = []
    shown: list[int] = []
    column = at = start = 0
    for end in ends:
        part = (" " * column + text[start:end]).expandtabs(TAB)[column:]
        parts.append(part)
        at += len(part)
        column = (column + len(part) if "\n" not in part else len(part) - part.rfind("\n") - 1) % TAB
        shown.append(at)
        start = end
    return "".join(parts), shown
