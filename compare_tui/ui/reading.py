"""Passages of rows: where a character is, however the text is wrapped, and the text from one to another."""

from typing import NamedTuple

from textual.geometry import Offset
from textual.selection import Selection

from compare_tui.ui.rows import Place, Rows
from compare_tui.ui.sheet import Sheet
from compare_tui.ui.wrap import clusters

_LONGEST_ROW = 1 << 16


class Spot(NamedTuple):
    """A character of a row; after the last one it is the end of the row."""

    row: int
    at: int


def offset_of(rows: Rows, spot: Spot) -> Offset:
    """A spot as Textual keeps the ends of a selection: in order, and still right after the text was wrapped anew."""
    place = rows.place(spot.row)
    return Offset(place.offset * _LONGEST_ROW + spot.at, place.line)


def spot_at(rows: Rows, offset: Offset) -> Spot:
    """Back again. The row may have ended elsewhere when the offset was taken; then the characters of the line count."""
    begin, at = divmod(offset.x, _LONGEST_ROW)
    row = rows.row_at(Place(offset.y, begin))
    if rows.place(row) == Place(offset.y, begin) and at <= len(rows.plain(row)):
        return Spot(row, at)
    row = rows.row_at(Place(offset.y, begin + at))
    return Spot(row, min(len(rows.plain(row)), max(0, begin + at - rows.place(row).offset)))


def ends_of(selection: Selection, rows: Rows) -> tuple[Spot, Spot]:
    """Its first character and the one behind its last; an end that is None lies outside of these rows."""
    start, end = selection
    last = len(rows) - 1
    return (
        Spot(0, 0) if start is None else spot_at(rows, start),
        Spot(last, len(rows.plain(last))) if end is None else spot_at(rows, end),
    )


def goes_on(rows: Rows, y: int) -> bool:
    """Whether row y goes on where the row before ended, after a soft wrap."""
    return y > 0 and follows(rows.place(y), rows.place(y - 1), len(rows.plain(y - 1)))


def follows(place: Place, before: Place, length: int) -> bool:
    """The same of a row's place and that of the row before, which has so many characters. An empty one ends a line."""
    return 0 < length == place.offset - before.offset and place.line == before.line


def text_between(sheet: Sheet, start: Spot, end: Spot) -> str:
    """Soft wraps undone, whole characters at both ends, without the fold: that is no text of the answer."""
    parts: list[str] = []
    for y in range(start.row, min(end.row + 1, len(sheet))):
        if sheet.is_fold(y):
            continue
        text = sheet.plain(y)
        begin, stop = whole(text, start.at if y == start.row else 0, end.at if y == end.row else len(text))
        if parts:
            parts.append("" if goes_on(sheet, y) else "\n")
        parts.append(text[begin:stop])
    return "".join(parts)


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The range widened to whole characters: a family of emoji is taken or left, not its father alone."""
    if text.isascii():
        return start, min(end, len(text))
    for begin, stop, _ in clusters(text):
        if begin < start < stop:
            start = begin
        if begin < end < stop:
            end = stop
    return start, min(end, len(text))
