"""Rows as CSV: RFC 4180, UTF-8, a BOM only for Excel.

A spreadsheet runs a cell that begins like a formula, so such text gets a `'` unless the exact bytes are asked for.
Excel holds 32,767 characters in a cell and damages the file's rows when there are more: for it longer texts are cut.
Readers in Python: `csv.reader` refuses a cell above 131,072 characters until `csv.field_size_limit` is raised.
"""

import csv
import re

from compare_tui.core.sanitize import join_surrogates, safe_display
from compare_tui.export.rows import COLUMNS, Row, Stream, Value, digits

MOST_IN_EXCEL = 32_000
"""UTF-16 units, and a cell has fewer."""

_BOM = "\ufeff"
_CUT = " […] ⟨cut here: all {:,} characters are in the .jsonl beside this file⟩"
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

    def __init__(self, stream: Stream, *, raw: bool = False, excel: bool = False) -> None:
        self.has_cut = False
        """Whether a text is whole in no cell."""
        self._text = _encodable if raw else safe_cell
        self._most = MOST_IN_EXCEL if excel else None
        self._lines = csv.writer(stream, lineterminator="\r\n")
        self._lines.writerow([f"{_BOM if excel else ''}{COLUMNS[0]}", *COLUMNS[1:]])

    def write(self, row: Row) -> None:
        cells = [self._cell(row[name]) for name in _TOLD]
        escaped = (name for name, cell in zip(_TOLD, cells, strict=True) if _altered(row[name], cell))
        self._lines.writerow([*cells, " ".join(escaped)])

    def _cell(self, value: Value) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            return digits(value)
        text = self._text(value)
        if self._most is None or len(text) <= self._most // 2:
            return text
        units = text.encode("utf-16-le")  # as Excel counts: a character beyond U+FFFF is two
        if len(units) // 2 < self._most:
            return text
        self.has_cut = True
        mark = _CUT.format(len(value))
        return units[: 2 * (self._most - 1 - len(mark))].decode("utf-16-le", "ignore") + mark


def _altered(value: Value, cell: str) -> bool:
    return isinstance(value, str) and cell != value


def _encodable(text: str) -> str:
    """The exact text, except that half a character has no UTF-8 and becomes U+FFFD."""
    return text if text.isascii() else join_surrogates(text)


def safe_cell(text: str) -> str:
    """The text as a spreadsheet may have it: controls visible, nothing it could take for a formula."""
    text = _CONTROL.sub(_visible, _encodable(text))
    return f"'{text}" if _FORMULA.match(text) else text


def _visible(control: re.Match[str]) -> str:
    return safe_display(control.group())
