"""What a run will send, and what stands against it: all of it known before the first byte leaves."""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compare_tui.core.events import Event
from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.round import Round, unanswered
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.engine.account import Account
from compare_tui.engine.forecast import Forecast, forecasts

if TYPE_CHECKING:
    from compare_tui.store.store import Store


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds to send and the accounts they go through; the first account is the default."""

    rounds: tuple[Round, ...]
    accounts: tuple[Account, ...]
    again_of: str | None = None
    """The session whose rounds are asked again."""
    answers: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    """What the takes of these ids are answered from the store: nothing is sent for them."""

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


def with_answers(plan: Plan, store: "Store") -> Plan:
    """The same, answered from the store where the same was asked of the same before; a repeat takes another answer."""
    from compare_tui.store.reuse import Reuse

    reuse = Reuse(store)
    answers: dict[str, Sequence[Event]] = {}
    for round_ in plan.rounds:
        answers |= reuse.answers(round_, lambda lane: plan.account(lane).endpoint)
    return replace(plan, answers=answers)


def all_forecasts(plan: Plan) -> Iterator[Forecast]:
    """Of what will be sent."""
    for round_ in plan.rounds:
        yield from forecasts(unanswered(round_, plan.answers), plan.account)


def out_files(outs: Iterable[Path], *, yes: bool, ask: bool, formats: Sequence[str] = ()) -> None:
    """Refuse what cannot be written before anything is paid for; `formats` are other endings than those of sessions."""
    from compare_tui.export.files import FORMATS

    for path in outs:
        try:
            _refuse(path, formats or FORMATS, yes=yes, ask=ask)
        except OSError as error:  # a name that is too long
            raise click.UsageError(f"--out {path}: {error.strerror}") from None


def _refuse(path: Path, formats: Sequence[str], *, yes: bool, ask: bool) -> None:
    if path.suffix not in formats:
        wanted = f"{', '.join(formats[:-1])} or {formats[-1]}"
        raise click.UsageError(f"--out {path}: {wanted}, not {path.suffix or 'a name without an ending'}")
    if not path.parent.is_dir():
        raise click.UsageError(f"--out {path}: there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        raise click.UsageError(f"--out {path}: it is no regular file")
    if path.exists() and not yes:
        if not ask:
            raise click.UsageError(f"--out {path}: it exists already; --yes overwrites it")
        if not click.confirm(f"{safe_line(str(path))} exists already. Overwrite it?", err=True):
            raise click.UsageError(f"--out {path}: kept as it is")
