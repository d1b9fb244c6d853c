"""Marks on the rows of a pane: which characters of a row are which of the text, laid out or as it came."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby, islice, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len

from compare_tui.ui.marks.in_place import NONE, TOKENS, As, Mark, Marks
from compare_tui.ui.rows import TAB, Place

if TYPE_CHECKING:
    from compare_tui.ui.rendered.lines import Line

_MOST: Final = 4_000
"""Words of a section on either side; one with more, such as a program of long lines, has no marks."""
_BETWEEN: Final = "│"


class Stretch(NamedTuple):
    """The characters of a row from `start` up to `end` are those of a line of the text from `offset` on."""

    start: int
    end: int
    line: int
    offset: int


class OnRow(NamedTuple):
    """The characters of a row from `start` up to `end`; `sign` stands for a blank there, or behind the row."""

    start: int
    end: int
    why: As
    sign: bool = False


def on_row(marks: Marks, text: str, stretches: Sequence[Stretch], width: int) -> list[OnRow]:
    """What is marked on a row of this text, which may have so many cells."""
    found: list[OnRow] = []
    for number, of_line in groupby(stretches, key=lambda one: one.line):
        here = list(of_line)
        for mark in _between(marks.lines.get(number, ()), here):
            found += _gone(mark, text, here, width) if mark.why is As.GONE else _words(mark, here)
    return found


def _between(line: Sequence[Mark], stretches: Sequence[Stretch]) -> Iterator[Mark]:
    """Of the marks of a line, which may be thousands, those that may touch these stretches."""
    if not line:
        return
    first = min(one.offset for one in stretches)
    last = max(one.offset + one.end - one.start for one in stretches)
    begin = bisect_left(line, first, key=lambda mark: mark.start)
    yield from takewhile(lambda mark: mark.start <= last, islice(line, max(0, begin - 1), None))


def _words(mark: Mark, stretches: Sequence[Stretch]) -> Iterator[OnRow]:
    for start, end, _, offset in stretches:
        first, last = max(mark.start, offset), min(mark.end, offset + end - start)
        if first < last:
            yield OnRow(start + first - offset, start + last - offset, mark.why)


def _gone(mark: Mark, text: str, stretches: Sequence[Stretch], width: int) -> Iterator[OnRow]:
    """On the row of the word behind it; without one on that of the word before, which is the last of its line."""
    behind = _column(mark.end, stretches) if mark.end != NONE else None
    before = _column(mark.start - 1, stretches) if mark.start != NONE else None
    if behind is not None:
        blank = text.rfind(" ", 0 if before is None else before + 1, behind)
        seen = blank >= 0 and text[:blank].strip()
        yield OnRow(blank, blank + 1, As.GONE, sign=True) if seen else OnRow(behind, behind + 1, As.GONE)
    elif before is not None and mark.end == NONE:
        blank = text.find(" ", before + 1)
        blank = len(text) if blank < 0 else blank
        fits = cell_len(text[:blank]) < width
        yield OnRow(blank, blank + 1, As.GONE, sign=True) if fits else OnRow(before, before + 1, As.GONE)


def _column(offset: int, stretches: Sequence[Stretch]) -> int | None:
    """Where on the row a character of the line is."""
    for start, end, _, begin in stretches:
        if begin <= offset < begin + end - start:
            return start + offset - begin
    return None


# What was laid out


class _Word(NamedTuple):
    """Where it stands in the text, or on rows: on several when it is too long for one."""

    text: str
    line: int
    offset: int
    parts: Sequence[tuple[int, int, int]] = ()
    """Row, start, end."""


def aligned(source: Sequence[str], place: Place, size: int, rows: "Sequence[Line]") -> list[list[Stretch]]:
    """For each row of a section the stretches that are known: its words are those of the source, in order.

    The source are lines of the whole text, of which the section takes these from its place on; `size` are characters of
    a section that is one line, which may be a part of a line.
    """
    there = list(_source_words(source, place, size))
    here = _row_words(rows, source, place)
    known: list[list[Stretch]] = [[] for _ in rows]
    if len(there) > _MOST or len(here) > _MOST:
        return known
    tables = {row.place.line for row in rows if row.in_table}
    apart = defaultdict[int | None, tuple[list[_Word], list[_Word]]](lambda: ([], []))
    for word in there:
        apart[word.line if word.line in tables else None][0].append(word)
    for word in here:
        line = rows[word.parts[0][0]].place.line
        apart[line if line in tables else None][1].append(word)
    for one, other in apart.values():
        _match(one, other, known)
    return [sorted(row) for row in known]


def _match(there: Sequence[_Word], here: Sequence[_Word], known: list[list[Stretch]]) -> None:
    """Of two words that are alike the row may have left out either: what is the same read backwards as well is sure."""
    one, other = [word.text for word in there], [word.text for word in here]
    last, behind = len(one) - 1, len(other) - 1
    backwards = {last - at: behind - to for at, to in _same(one[::-1], other[::-1])}
    for at, to in _same(one, other):
        if backwards.get(at) == to:
            offset = there[at].offset
            for row, start, end in here[to].parts:
                _join(known[row], Stretch(start, end, there[at].line, offset))
                offset += end - start


def _same(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    from rapidfuzz.distance import LCSseq

    for at, to, size in LCSseq.editops(one, other).as_matching_blocks():
        yield from zip(range(at, at + size), range(to, to + size), strict=True)


def _join(row: list[Stretch], new: Stretch) -> None:
    """With the one before it when there is as much between them on the row as in the text."""
    if row and row[-1].line == new.line:
        last = row[-1]
        if new.start >= last.end and new.start - last.start == new.offset - last.offset:
            row[-1] = last._replace(end=new.end)
            return
    row.append(new)


def _source_words(source: Sequence[str], place: Place, size: int) -> Iterator[_Word]:
    for number, line in enumerate(source):
        begin = place.offset if number == 0 else 0
        indent = len(line) - len(line.lstrip(" ")) if not begin else 0
        end = min(len(line), begin + indent + size) if len(source) == 1 else len(line)
        for word in TOKENS.finditer(line, begin, end):
            offset = len(line[: word.start()].expandtabs(TAB)) if "\t" in line else word.start()
            yield _Word(word[0], place.line + number, offset)


def _row_words(rows: "Sequence[Line]", source: Sequence[str], place: Place) -> list[_Word]:
    """In the order of the text: of a row of a table that takes several, one column after the other."""
    words: list[_Word] = []
    for line, several in groupby(enumerate(rows), key=lambda row: row[1].place.line):
        of_line = [word for run in _runs(several) for word in _words_of(run)]
        at = line - place.line
        if 0 <= at < len(source) and "|" in source[at] and _BETWEEN not in source[at]:
            of_line.sort(key=lambda word: rows[word.parts[0][0]].plain.count(_BETWEEN, 0, word.parts[0][1]))
        words += of_line
    return words


def _runs(rows: "Iterable[tuple[int, Line]]") -> "Iterator[list[tuple[int, Line]]]":
    """Rows that are one without their soft wraps, with their numbers."""
    run: list[tuple[int, Line]] = []
    for number, row in rows:
        if run and not row.goes_on:
            yield run
            run = []
        run.append((number, row))
    yield run


def _words_of(run: "Sequence[tuple[int, Line]]") -> Iterator[_Word]:
    """Without what names a column, and what stands left of a block again on each of its rows."""
    lefts = [max(row.label, row.margin if row.goes_on else 0) for _, row in run]
    texts = [row.plain[left:] for (_, row), left in zip(run, lefts, strict=True)]
    begins = list(accumulate(map(len, texts), initial=0))
    for word in TOKENS.finditer("".join(texts)):
        parts = []
        for at in range(bisect_right(begins, word.start()) - 1, bisect_left(begins, word.end())):
            shift = lefts[at] - begins[at]
            start, end = max(word.start(), begins[at]), min(word.end(), begins[at + 1])
            parts.append((run[at][0], start + shift, end + shift))
        yield _Word(word[0], 0, 0, parts)
