"""Rows as JSON lines: one object per take, the CSV's names as keys, texts raw, numbers with all their digits."""

import json
import re

from compare_tui.core.sanitize import join_surrogates
from compare_tui.export.rows import COLUMNS, Row, Stream, Value, digits

# Allowed in JSON as they are, yet a terminal obeys the first and careless readers end a line at the last two.
# Half a character has no UTF-8, but an escape.
_BETTER_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def take_object(row: Row, record: object = None) -> str:
    """The take on one line, without its end; half a character, which readers refuse, is U+FFFD in the row's texts.

    With the record, which is JSON values, that follows: there half a character is kept as its escape.
    """
    fields = [f'"{name}": {_json(row[name])}' for name in COLUMNS]
    if record is not None:
        fields.append(f'"record": {lossless(record)}')
    return "{" + ", ".join(fields) + "}"


def lossless(value: object) -> str:
    """JSON in which nothing has changed; halves of a character that met again are that character."""
    text = _encoded(value)
    if _HALF.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return _escaped(text)


class JsonlWriter:
    """Writes a line for each row."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def write(self, row: Row) -> None:
        self._stream.write(take_object(row) + "\n")


def _json(value: Value) -> str:
    """Written by hand because `json` would pass a Decimal through a float."""
    if value is None:
        return "null"
    if not isinstance(value, str):
        return digits(value)
    return _escaped(_encoded(value if value.isascii() else join_surrogates(value)))


def _escaped(text: str) -> str:
    return _BETTER_ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
