"""What a run will send, and what stands against it: all of it known before the first byte leaves."""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import new_session_id
from compare_tui.core.take import Take
from compare_tui.engine.account import Account
from compare_tui.engine.forecast import Forecast, forecasts
from compare_tui.promptfiles import Item, PromptFileError, read_text_option


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds to send and the accounts they go through; the first account is the default."""

    rounds: tuple[Round, ...]
    accounts: tuple[Account, ...]

    @property
    def takes(self) -> int:
        return sum(lane.repeat or 1 for round_ in self.rounds for lane in round_.lanes)

    @property
    def labels(self) -> dict[Lane, str]:
        return distinct_labels(lane for round_ in self.rounds for lane in round_.lanes)

    def names(self) -> Callable[[Take], str]:
        """What to call a take: its lane, and which prompt and repeat where there are several."""
        labels, rounds = self.labels, {round_.id: round_ for round_ in self.rounds}

        def name(take: Take) -> str:
            round_ = rounds[take.id.rpartition(".")[0]]
            first_words = " ".join(round_.prompt.text[:200].split())
            which = f"{round_.prompt_id} “{textwrap.shorten(first_words, 40, placeholder='…')}”"
            repeat = f"repeat {take.repeat}" if (take.lane.repeat or 1) > 1 else ""
            return " · ".join(filter(None, [labels[take.lane], which if len(rounds) > 1 else "", repeat]))

        return name

    def account(self, lane: Lane) -> Account:
        return next((account for account in self.accounts if account.endpoint.name == lane.endpoint), self.accounts[0])


def rounds(items: Iterable[Item], lanes: tuple[Lane, ...], tags: Mapping[str, str]) -> tuple[Round, ...]:
    session = new_session_id()
    systems = {lane.system: _system_text(lane.system) for lane in lanes if lane.system}
    return tuple(
        Round(f"{session}.{at}", item.prompt, lanes, item.id, {**item.tags, **tags}, systems)
        for at, item in enumerate(items, 1)
    )


def all_forecasts(plan: Plan) -> Iterator[Forecast]:
    for round_ in plan.rounds:
        yield from forecasts(round_, plan.account)


def _system_text(option: str) -> str:
    try:
        return read_text_option(option)
    except PromptFileError as error:
        raise click.UsageError(f"system={option}: {error}") from None


def out_files(outs: Iterable[Path], *, yes: bool, ask: bool) -> None:
    """Refuse what cannot be written before anything is paid for."""
    for path in outs:
        if path.suffix not in (".csv", ".jsonl"):
            raise click.UsageError(f"--out {path}: .csv or .jsonl, not {path.suffix or 'a name without an ending'}")
        if not path.parent.is_dir():
            raise click.UsageError(f"--out {path}: there is no folder {path.parent}")
        if path.exists() and not path.is_file():
            raise click.UsageError(f"--out {path}: it is no regular file")
        if path.exists() and not yes:
            if not ask:
                raise click.UsageError(f"--out {path}: it exists already; --yes overwrites it")
            if not click.confirm(f"{safe_line(str(path))} exists already. Overwrite it?", err=True):
                raise click.UsageError(f"--out {path}: kept as it is")
