"""Rows as CSV: RFC 4180, UTF-8, no BOM.

A spreadsheet runs a cell that begins like a formula, so such text gets a `'` unless the exact bytes are asked for.
Readers in Python: `csv.reader` refuses a cell above 131,072 characters until `csv.field_size_limit` is raised.
"""

import csv
import re

from compare_tui.core.sanitize import join_surrogates, safe_display
from compare_tui.export.rows import COLUMNS, Row, Stream, Value, digits

_TOLD = COLUMNS[:-1]
"""All but `escaped`, which is about them."""

# What Unicode lets a renderer leave out (Default_Ignorable_Code_Point): a spreadsheet may look past it.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMULA = re.compile(rf"[\s{_UNSEEN}]*[=+\-@\t\r\n＝＋－＠]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class CsvWriter:
    """Writes the header when it is made, then a line for each row; `escaped` names the columns it altered."""

    def __init__(self, stream: Stream, *, raw: bool = False) -> None:
        self._text = _encodable if raw else _safe
        self._lines = csv.writer(stream, lineterminator="\r\n")
        self._lines.writerow(COLUMNS)

    def write(self, row: Row) -> None:
        cells = [self._cell(row[name]) for name in _TOLD]
        escaped = (name for name, cell in zip(_TOLD, cells, strict=True) if _altered(row[name], cell))
        self._lines.writerow([*cells, " ".join(escaped)])

    def _cell(self, value: Value) -> str:
        if value is None:
            return ""
        return self._text(value) if isinstance(value, str) else digits(value)


def _altered(value: Value, cell: str) -> bool:
    return isinstance(value, str) and cell != value


def _encodable(text: str) -> str:
    """The exact text, except that half a character has no UTF-8 and becomes U+FFFD."""
    return text if text.isascii() else join_surrogates(text)


def _safe(text: str) -> str:
    """The text as a spreadsheet may have it: controls visible, nothing it could take for a formula."""
    text = _CONTROL.sub(_visible, _encodable(text))
    return f"'{text}" if _FORMULA.match(text) else text


def _visible(control: re.Match[str]) -> str:
    return safe_display(control.group())
