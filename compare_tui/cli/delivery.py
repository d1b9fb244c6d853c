"""What a run leaves behind: rows in the files, then answers or JSON on stdout, round by round as they end."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from compare_tui.cli.plan import Plan
from compare_tui.cli.streams import is_full, say_full
from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.core.take import Take
from compare_tui.export.jsonl import take_object
from compare_tui.export.rows import Row, row
from compare_tui.export.runfile import PageFile, RowsFile, run_file


class Delivery:
    """Open while a run goes on. A file that fails or a reader that leaves costs nothing of the rest."""

    def __init__(self, plan: Plan, outs: Sequence[Path], *, as_json: bool) -> None:
        self.lost_a_file = False
        self.has_reader = True
        """Somebody still reads stdout."""
        self._name = plan.names()
        self._as_json = as_json
        self._rounds = {round_.id: round_ for round_ in plan.rounds}
        self._files: dict[Path, RowsFile | PageFile] = {}
        for path in outs:
            self._open(path)

    def __enter__(self) -> "Delivery":
        return self

    def __exit__(self, *error: object) -> None:
        for path, file in self._files.items():
            try:
                written = file.end(broken_off=error[0] is not None)
            except OSError as trouble:
                self._lost(path, trouble)
            else:
                if written:
                    click.echo(f"wrote {safe_line(str(path))}", err=True)

    def take_ended(self, take: Take) -> None:
        """Its rows are on disk before anything else is done: what comes later may break off."""
        round_ = self._rounds[take.id.rpartition(".")[0]]
        for path in list(self._files):
            try:
                self._files[path].write(take, round_)
            except OSError as error:
                self._lost(path, error)

    def round_ended(self, round_: Round, takes: Iterable[Take]) -> None:
        """Answers in the order of the prompts and the lanes."""
        try:
            for take in takes if self.has_reader else ():
                data = row(take, round_)
                click.echo(take_object(data) if self._as_json else self._answer(take, data))
        except OSError as error:
            self.has_reader = False
            if is_full(error):
                self.lost_a_file = True
                say_full(error)

    @property
    def is_wanted(self) -> bool:
        """Whether anybody gets what still comes."""
        return self.has_reader or bool(self._files)

    def _open(self, path: Path) -> None:
        try:
            self._files[path] = run_file(path)
        except OSError as error:
            for file in self._files.values():
                file.discard()
            raise click.UsageError(f"--out {path}: {error.strerror}") from None

    def _lost(self, path: Path, error: OSError) -> None:
        self.lost_a_file = True
        click.echo(f"{safe_line(str(path))}: {error.strerror}; rows may be missing", err=True)

    def _answer(self, take: Take, data: Row) -> str:
        """A heading line, then the answer as a screen may have it; `--json` has it raw."""
        assert take.verdict is not None
        heading = f"── {self._name(take)} · {take.verdict.glyph} {take.verdict.value} ──"
        said = str(data["output"] or "")
        if not said and take.failure:
            said = f"({take.failure.message})"
        return f"{safe_line(heading)}\n\n{safe_display(said)}\n"
