"""The text around what was looked for.

SQLite's own `snippet` looks for it once more in each answer: with the beginning of a common word that took 7 to 120 ms,
a hundred times for a page.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_BEFORE, _AFTER = 40, 80
_TOKEN: Final = re.compile(r"[^\W_]+")
_GAP: Final = re.compile(r"\s+")


class _Plain(dict[int, str]):
    """Small and without accents, as in the search index; one character for each, so that places stay the same."""

    def __missing__(self, code: int) -> str:
        self[code] = unicodedata.normalize("NFD", chr(code))[0].lower()[0]
        return self[code]


_PLAIN: Final = _Plain()


def around(text: str, words: Iterable[str], parts: Iterable[str], *, unfinished: str | None = None) -> str:
    """What stands about the longest that was looked for, all of it marked by \\x02 before and \\x03 behind.

    A part stands anywhere, a word between others; one that is unfinished may go on.
    """
    looked_for = [_of_word(word, may_go_on=word == unfinished) for word in words]
    looked_for += [re.escape(_plain(part)) for part in parts]
    plain = _plain(text)
    first = re.search(max(looked_for, key=len), plain)
    if first is None:
        return ""
    start, end = _edge(plain, first.start() - _BEFORE), min(first.end() + _AFTER, len(text))
    shown, at = "…" if start else "", start
    for found in re.compile("|".join(looked_for)).finditer(plain, start, end):
        shown += f"{text[at : found.start()]}\x02{text[found.start() : found.end()]}\x03"
        at = found.end()
    return shown + text[at:end] + ("…" if end < len(text) else "")


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_PLAIN)


def _of_word(word: str, *, may_go_on: bool) -> str:
    """Signs within a word stand for themselves and for any other between two words: the index knows none."""
    tokens = r"[\W_]+".join(_TOKEN.findall(_plain(word)))
    return rf"(?<![^\W_]){tokens}" + (r"[^\W_]*" if may_go_on else r"(?![^\W_])")


def _edge(text: str, at: int) -> int:
    """Where a word begins, if one does soon."""
    if at <= 0:
        return 0
    gap = _GAP.search(text, at, at + _BEFORE)
    return gap.end() if gap else at
