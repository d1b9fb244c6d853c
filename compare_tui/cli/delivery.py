"""What a run leaves behind: answers or JSON on stdout, rows in the files, round by round as they end."""

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from compare_tui.cli.plan import Plan
from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.core.take import Take
from compare_tui.export.csv import CsvWriter
from compare_tui.export.jsonl import JsonlWriter, take_object
from compare_tui.export.outfile import OutFile
from compare_tui.export.rows import row

_WRITERS = {".csv": CsvWriter, ".jsonl": JsonlWriter}


class Delivery:
    """Open while a run goes on; every row is on disk before the next round is looked at."""

    def __init__(self, plan: Plan, outs: Sequence[Path], *, as_json: bool) -> None:
        self._plan = plan
        self._as_json = as_json
        self._names_prompts = len(plan.rounds) > 1
        self._open = contextlib.ExitStack()
        self._files = [self._open.enter_context(OutFile(path, _WRITERS[path.suffix], overwrite=True)) for path in outs]

    def __enter__(self) -> "Delivery":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def ended(self, round_: Round, takes: Iterable[Take]) -> None:
        for take in takes:
            data = row(take, round_, self._plan.account(take.lane).endpoint, round_.prompt_for(take.lane))
            for file in self._files:
                file.write(data)
            if self._as_json:
                click.echo(take_object(data))
            else:
                click.echo(self._answer(round_, take, str(data["output"] or "")))

    def _answer(self, round_: Round, take: Take, said: str) -> str:
        """A heading line, then the answer as a screen may have it; `--json` has it raw."""
        assert take.verdict is not None
        of = f" · {round_.prompt_id}" if self._names_prompts else ""
        repeat = f" · repeat {take.repeat}" if (take.lane.repeat or 1) > 1 else ""
        heading = f"── {take.lane.label}{of}{repeat} · {take.verdict.glyph} {take.verdict.value} ──"
        if not said and take.failure:
            said = f"({take.failure.message})"
        return f"{safe_line(heading)}\n\n{safe_display(said)}\n"
