"""Cutting text into the pieces a model would send: about a token each, one delta each."""

import re

_PIECE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,2}"  # kana, han, hangul
    r"|\n+| ?[^\W\d_]{1,9}| ?\d{1,3}| ?[^\w\s]{1,2}|.",
    re.DOTALL,
)


def split(text: str) -> tuple[str, ...]:
    return tuple(_PIECE.findall(text))
