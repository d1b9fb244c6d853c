"""What a stream is made of: bytes, and the second at which they are due."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compare_tui.demo.luck import Luck

_PADDING = "x7Qd2mZr9KfLw4Tb"


@dataclass(frozen=True, slots=True)
class Beat:
    """One server-sent event, due so many seconds after the request at speed 1."""

    due: float
    frame: bytes


def encoded(value: object) -> bytes:
    """Compact UTF-8. A lone surrogate, which JSON can bring in, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def event(due: float, data: Mapping[str, Any], *, name: str | None = None) -> Beat:
    opening = b"" if name is None else b"event: " + name.encode() + b"\n"
    return Beat(due, opening + b"data: " + encoded(data) + b"\n\n")


def padding(luck: Luck, index: int) -> str:
    """Letters of random number, so that the size of a delta does not tell its content."""
    return _PADDING[: luck.between(1, len(_PADDING), "padding", index)]
