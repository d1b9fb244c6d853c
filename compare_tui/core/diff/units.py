"""Cuts a text into what a reader takes in at once: sentences, list items, headings, rows of a table, lines of code."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from compare_tui.core.diff.model import Unit

_FENCE: Final = re.compile(
    r"(?P<indent>[ \t>]*+)(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+(?P<fence>`{3,}+|~{3,}+)(?P<info>[^\n]*+)"
)
_SIGNS: Final = re.compile("[`~][`~]{2}")  # found by its first character alone
_GOES_ON: Final = "[a-zß-öø-ÿа-я]"
"""A line that begins so goes on with the sentence before it; what follows a dot so is no new sentence."""
_ENDS: Final = ".!?…।॥؟۔"
_WIDE_ENDS: Final = "。！？"
_NUMBERED: Final = r"\d{1,3}[.)][ \t]"
"""The dot of a numbered item ends no sentence."""
# Found by its first character alone, which is ten times as fast; then it is looked at what that was.
_PROSE: Final = re.compile(
    rf"([\n{_ENDS}{_WIDE_ENDS}](?:"
    rf"(?<=\n)(?:\s*\n[ \t]*+|[ \t]*+(?!{_GOES_ON}|\s))"
    rf"|(?<=[{_WIDE_ENDS}])[{_WIDE_ENDS}]*+[」』）”’]*+\s*+"
    rf"|(?<=[{_ENDS}])(?<![{_ENDS}]{{2}})[{_ENDS}]*+[\"'”’»)\]*_`]*+\s++(?!{_GOES_ON})))(?:{_NUMBERED})?"
)
_LINES: Final = re.compile(r"(\n\s*+)")
_BEGIN: Final = re.compile(rf"(\s*+)(?:{_NUMBERED})?")


@dataclass(frozen=True, slots=True)
class Units:
    """Where each unit begins; white space belongs to the one before it."""

    starts: list[int]
    code: list[int]
    """Where code begins and ends, by turns."""

    def is_code(self, at: int) -> bool:
        return bisect_right(self.code, at) % 2 == 1

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """The stretches of prose and of code between two places; the last value says which."""
        first, last = bisect_right(self.code, start), bisect_right(self.code, end)
        edges = [start, *self.code[first:last], end]
        for turn, here in enumerate(edges[:-1], first):
            there = edges[turn - first + 1]
            if here < there:
                yield here, there, turn % 2 == 1


def cut(text: str, unit: Unit = Unit.SENTENCE) -> Units:
    """Lines where lines are asked for, and of code; else what a reader takes in at once."""
    begin = _BEGIN.match(text)
    assert begin is not None
    units = Units([begin.end(1)] if begin.end(1) < len(text) else [], _code(text))
    for start, end, is_code in units.parts(begin.end(), len(text)):
        border = _LINES if is_code or unit is Unit.LINE else _PROSE
        units.starts.extend([found.end(1) for found in border.finditer(text, start, end)])
    if units.starts and units.starts[-1] == len(text):
        units.starts.pop()
    return units


def _code(text: str) -> list[int]:
    """From behind the line that opens a fence up to the line that closes it."""
    edges: list[int] = []
    opened = ""
    for found in _fences(text):
        fence, info = found["fence"], found["info"]
        if not opened:
            if "`" not in info or fence[0] == "~":
                opened = fence
                edges.append(found.end())
        elif fence.startswith(opened) and not info.strip():
            opened = ""
            edges.append(found.end("indent"))
    return edges


def _fences(text: str) -> Iterator[re.Match[str]]:
    end = 0
    while signs := _SIGNS.search(text, end):
        end = text.find("\n", signs.end())
        end = end if end >= 0 else len(text)
        if fence := _FENCE.match(text, text.rfind("\n", 0, signs.start()) + 1):
            yield fence
