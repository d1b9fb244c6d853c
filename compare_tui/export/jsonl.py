"""Rows as JSON lines: one object per take, the CSV's names as keys, texts raw, numbers with all their digits."""

import json
import re

from compare_tui.core.sanitize import join_surrogates
from compare_tui.export.rows import COLUMNS, Row, Stream, Value, digits

# Allowed in JSON as they are, yet a terminal obeys the first and careless readers end a line at the last three.
_BETTER_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029]")
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def take_object(row: Row) -> str:
    """The take on one line, without its end. Half a character, which readers refuse, becomes U+FFFD."""
    return "{" + ", ".join(f'"{name}": {_json(row[name])}' for name in COLUMNS) + "}"


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
    text = value if value.isascii() else join_surrogates(value)
    return _BETTER_ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", _quoted(text))
