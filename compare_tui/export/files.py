"""Sessions written to files: the ending says how, and what is there already stays unless it may be replaced."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from compare_tui.core.record import SessionRecord
from compare_tui.export import html, markdown
from compare_tui.export.csv import CsvWriter
from compare_tui.export.document import told
from compare_tui.export.outfile import OutFile, as_it_is
from compare_tui.export.records import lines
from compare_tui.export.rows import row

FORMATS: Final = (".csv", ".jsonl", ".md", ".html")
_LONGEST_IN_PREVIEW: Final = 400
"""Characters of a line."""


def beside(path: Path) -> Path:
    """Where the whole texts go when Excel cannot have them."""
    return path.with_suffix(".jsonl")


def write(
    path: Path, record: SessionRecord, *, raw: bool = False, excel: bool = False, overwrite: bool = False
) -> list[Path]:
    """The files written: all of them, or `OSError` says why there is none and nothing is left behind."""
    text = _CsvText(record, raw=raw, excel=excel) if path.suffix == ".csv" else _pieces(record, path.suffix)
    written = {path: _filled(path, text, overwrite)}
    try:
        if isinstance(text, _CsvText) and text.has_cut:
            written[beside(path)] = _filled(beside(path), _pieces(record, ".jsonl"), overwrite)
        for out in written.values():
            out.close()
    except BaseException:
        for out in written.values():
            out.discard()
        raise
    return list(written)


def write_lines(path: Path, records: Iterable[SessionRecord]) -> None:
    """JSON lines in the place of what is there, one part of a session in memory at a time."""
    _filled(path, (f"{line}\n" for record in records for line in lines(record)), overwrite=True).close()


def preview(record: SessionRecord, format_: str, rows: int, *, raw: bool = False, excel: bool = False) -> str:
    """The first lines of what would be written, raw, long ones cut; of a page those of its body."""
    pieces: Iterable[str]
    if format_ == ".csv":
        pieces = _CsvText(record, raw=raw, excel=excel)
    elif format_ == ".html":
        pieces = html.body(told(record.session()))
    else:
        pieces = _pieces(record, format_)
    first = (line.removesuffix("\r") for line in islice(_lines_of(pieces), rows))
    return "\n".join(f"{line[:_LONGEST_IN_PREVIEW]}…" if len(line) > _LONGEST_IN_PREVIEW else line for line in first)


def _pieces(record: SessionRecord, format_: str) -> Iterator[str]:
    if format_ == ".jsonl":
        return (f"{line}\n" for line in lines(record))
    if format_ == ".md":
        return markdown.pieces(record.session())
    if format_ == ".html":
        return html.pieces(record.session())
    raise ValueError(f"{', '.join(FORMATS)} are the endings, not {format_ or 'none'}")


class _CsvText:
    """The CSV, row by row."""

    def __init__(self, record: SessionRecord, *, raw: bool, excel: bool) -> None:
        if raw and excel:
            raise ValueError("exact bytes are not what Excel can have: raw and excel exclude each other")
        self._record = record
        self._ready: list[str] = []
        self._writer = CsvWriter(self, raw=raw, excel=excel)

    @property
    def has_cut(self) -> bool:
        return self._writer.has_cut

    def write(self, text: str) -> None:
        self._ready.append(text)

    def __iter__(self) -> Iterator[str]:
        yield from self._ready
        for round_, take in self._record.takes():
            self._ready.clear()
            self._writer.write(row(take.take(), round_, tags=self._record.tags))
            yield from self._ready


def _filled(path: Path, pieces: Iterable[str], overwrite: bool) -> OutFile[str]:
    """The file with all its text, not in its place yet."""
    out = OutFile(path, as_it_is, overwrite=overwrite)
    try:
        for piece in pieces:
            out.write(piece)
    except BaseException:
        out.discard()
        raise
    return out


def _lines_of(pieces: Iterable[str]) -> Iterator[str]:
    rest = ""
    for piece in pieces:
        *whole, rest = f"{rest}{piece}".split("\n")
        yield from whole
    if rest:
        yield rest
