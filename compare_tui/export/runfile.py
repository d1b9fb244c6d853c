"""The file a run leaves: its takes come as they end, in whatever order."""

from pathlib import Path

from compare_tui.core.round import Round
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.export import html, markdown
from compare_tui.export.csv import CsvWriter
from compare_tui.export.jsonl import JsonlWriter
from compare_tui.export.outfile import OutFile, as_it_is
from compare_tui.export.rows import row

_ROWS = {".csv": CsvWriter, ".jsonl": JsonlWriter}
_PAGES = {".md": markdown.pieces, ".html": html.pieces}


class RowsFile:
    """A row a take, on disk as soon as it is written."""

    def __init__(self, path: Path) -> None:
        self._out = OutFile(path, _ROWS[path.suffix], overwrite=True)

    def write(self, take: Take, round_: Round) -> None:
        self._out.write(row(take, round_), (round_.number, _number(take)))

    def end(self, *, broken_off: bool) -> bool:
        return self._out.end(broken_off=broken_off)

    def discard(self) -> None:
        self._out.discard()


class PageFile:
    """A document of the whole session: it can be written when there is no more to come."""

    def __init__(self, path: Path) -> None:
        self._out = OutFile(path, as_it_is, overwrite=True)
        self._pieces = _PAGES[path.suffix]
        self._rounds: dict[str, SentRound] = {}

    def write(self, take: Take, round_: Round) -> None:
        self._rounds.setdefault(round_.id, SentRound(round_)).takes.append(take)

    def end(self, *, broken_off: bool) -> bool:
        """Write it, unless there is nothing to tell; says whether the target has it now."""
        rounds = sorted(self._rounds.values(), key=lambda sent: sent.round.number)
        if not rounds:
            return self._out.end(broken_off=True)
        for sent in rounds:
            sent.takes.sort(key=_number)
        try:
            for piece in self._pieces(Session(rounds[0].round.session, rounds)):
                self._out.write(piece)
            self._out.close()
        except BaseException:
            self._out.discard()
            raise
        return True

    def discard(self) -> None:
        self._out.discard()


def run_file(path: Path) -> RowsFile | PageFile:
    """A file that is there is replaced at the end."""
    return RowsFile(path) if path.suffix in _ROWS else PageFile(path)


def _number(take: Take) -> int:
    return int(take.id.rpartition(".")[2])
