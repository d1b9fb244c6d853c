"""A comparison as a file for `patch`: line by line, every character of both texts as it is."""

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from compare_tui.core.diff.align import common
from compare_tui.core.sanitize import safe_line

CONTEXT: Final = 3
"""Lines that are the same around those that are not."""


class _Gap(NamedTuple):
    """Lines of the old text, and the lines of the new one that stand in their place; of one there may be none."""

    old: int
    old_end: int
    new: int
    new_end: int


def diff_file(old: str, new: str, old_name: str, new_name: str) -> str:
    """What makes the old text into the new one; empty for texts that are the same."""
    olds, news = _lines(old), _lines(new)
    hunks = [_hunk(olds, news, gaps) for gaps in _together(_gaps(olds, news))]
    return "".join([f"--- {_name(old_name)}\n+++ {_name(new_name)}\n", *hunks]) if hunks else ""


def _lines(text: str) -> list[str]:
    """Each with the line feed that ends it: nothing else ends one."""
    return list(io.StringIO(text, newline="\n"))


def _name(name: str) -> str:
    """A tab ends a name with blanks in it."""
    plain = safe_line(name)
    return f"{plain}\t" if " " in plain else plain


def _gaps(olds: list[str], news: list[str]) -> Iterator[_Gap]:
    matches, _ = common(olds, news)
    for (old, new, size), (old_end, new_end, _) in pairwise([(0, 0, 0), *matches, (len(olds), len(news), 0)]):
        gap = _Gap(old + size, old_end, new + size, new_end)
        if gap.old < gap.old_end or gap.new < gap.new_end:
            yield gap


def _together(gaps: Iterator[_Gap]) -> list[list[_Gap]]:
    """Those that have no more than their context between them are one hunk."""
    found: list[list[_Gap]] = []
    for gap in gaps:
        if found and gap.old - found[-1][-1].old_end <= 2 * CONTEXT:
            found[-1].append(gap)
        else:
            found.append([gap])
    return found


def _hunk(olds: Sequence[str], news: Sequence[str], gaps: Sequence[_Gap]) -> str:
    first, last = gaps[0], gaps[-1]
    before, behind = min(CONTEXT, first.old), min(CONTEXT, len(olds) - last.old_end)
    spans = _span(first.old - before, last.old_end + behind), _span(first.new - before, last.new_end + behind)
    rows = [f"@@ -{spans[0]} +{spans[1]} @@\n"]
    at = first.old - before
    for gap in gaps:
        rows += (_row(" ", line) for line in olds[at : gap.old])
        rows += (_row("-", line) for line in olds[gap.old : gap.old_end])
        rows += (_row("+", line) for line in news[gap.new : gap.new_end])
        at = gap.old_end
    rows += (_row(" ", line) for line in olds[at : at + behind])
    return "".join(rows)


def _span(start: int, end: int) -> str:
    """From which line on, counted from 1, and how many; of none, behind which line."""
    return f"{start + 1 if end > start else start},{end - start}"


def _row(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
