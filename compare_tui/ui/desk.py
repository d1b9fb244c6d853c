"""The desk: the session being worked on, its lanes, what runs, and the engine behind it. Knows nothing of widgets."""

import datetime
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from compare_tui.core.endpoint import Endpoint
from compare_tui.core.events import Event
from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.lineup import Lineup
from compare_tui.core.pricing import Cost
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.core.session import SentRound, Session
from compare_tui.core.starters import starter_lanes
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine, Running
from compare_tui.engine.forecast import Forecast, budget_refusals, forecasts
from compare_tui.promptfiles import PromptFileError, read_text_option
from compare_tui.secrets import KeyProblem
from compare_tui.ui.start import Start


@dataclass(frozen=True, slots=True)
class Column:
    """What one pane is about: a lane and its takes in the round that is looked at."""

    lane: Lane
    label: str
    takes: tuple[Take, ...] = ()
    muted: bool = False


class Desk:
    """Rounds go out from here and their takes come back. `open` and `prepare` block: not for the thread that paints."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.lineup: Lineup = start.lineup
        self.session = Session()
        self.accounts: dict[str, Account] = {}
        self.problems: dict[str, str] = {}
        self._ready: set[str] = set()
        """Why nothing can be sent to an endpoint."""
        self._engine: Engine | None = None
        self._default = start.config.defaults.endpoint
        self._running: list[Running] = []
        self._draft_tokens = 0
        self._aside = ThreadPoolExecutor(2, thread_name_prefix="desk")

    # The way to the endpoints

    def open(self) -> None:
        """Load the cards, start the engine, get the keys of the lanes there are."""
        self.accounts.update(self.start.accounts())
        engine = Engine((), self.start.config.limits, default=self._default)
        engine.__enter__()
        engine.ready()
        self._engine = engine
        self.prepare((Lane("?"), *self.lineup.lanes))

    @property
    def is_open(self) -> bool:
        return self._engine is not None

    def close(self) -> None:
        if self._engine is not None:
            self._engine.__exit__()
            self._engine = None
        self._aside.shutdown(wait=False, cancel_futures=True)

    def prepare(self, lanes: Sequence[Lane]) -> None:
        """Get the keys of the endpoints these lanes go to; what is missing is kept in `problems`."""
        engine = self._engine
        assert engine is not None
        for name in dict.fromkeys(lane.endpoint or self._default for lane in lanes):
            account = self.accounts.get(name)
            if account is None:
                self._bar(engine, name, f"no endpoint is named {name}")
            elif name not in self._ready or name in self.problems:
                try:
                    self.accounts[name] = keyed = self.start.keyed(account)
                    engine.add(keyed)
                    self._ready.add(name)
                    self.problems.pop(name, None)
                except KeyProblem as problem:
                    self._bar(engine, name, str(problem))

    def _bar(self, engine: Engine, name: str, why: str) -> None:
        self.problems[name] = why
        engine.bar(name, why)

    @property
    def nothing_can_be_sent(self) -> bool:
        """Neither to the default endpoint nor to one that a lane names."""
        names = {lane.endpoint or self._default for lane in self.lineup.lanes} | {self._default}
        return names <= set(self.problems)

    def without_key(self, endpoint: Endpoint) -> Account:
        """An account for an endpoint found on this machine."""
        card = next(iter(self.accounts.values())).card
        return Account(endpoint, None, card)

    def starter_lanes(self) -> Sequence[Lane]:
        account = self.accounts.get(self._default)
        return starter_lanes(account.card, datetime.datetime.now(datetime.UTC).date()) if account is not None else ()

    def use(self, account: Account) -> None:
        """Work with this endpoint from now on, for lanes that name none."""
        engine = self._engine
        assert engine is not None
        self.accounts[account.endpoint.name] = account
        self._default = account.endpoint.name
        engine.use(account)
        self._ready.add(account.endpoint.name)

    # What the lanes screen asks

    @property
    def endpoints(self) -> Sequence[str]:
        return list(dict.fromkeys((self._default, *self.accounts)))

    def account(self, lane: Lane) -> Account | None:
        return self.accounts.get(lane.endpoint or self._default)

    def models(self, endpoint: str) -> "Future[list[Mapping[str, Any]]]":
        return self._aside.submit(self._models, endpoint)

    def _models(self, endpoint: str) -> list[Mapping[str, Any]]:
        assert self._engine is not None
        self.prepare((Lane("?", endpoint=endpoint),))
        if endpoint in self.problems:
            raise KeyProblem(self.problems[endpoint])
        return self._engine.models(endpoint).result()

    def set_price(self, model: str, fresh: Decimal, answer: Decimal, cached: Decimal | None, /) -> None:
        """Write a typed price down and use it at once, for every endpoint."""
        from compare_tui.paths import typed_prices_file
        from compare_tui.ratecards import keep_typed, typed_card

        today = datetime.datetime.now(datetime.UTC).date()
        card = typed_card(model, fresh, answer, cached, today)
        keep_typed(typed_prices_file(), model, fresh, answer, cached, today)
        for name, account in self.accounts.items():
            self.accounts[name] = replace(account, card=account.card.over(card))
            if self._engine is not None and name in self._ready:
                self._engine.add(self.accounts[name])

    def expected_tokens(self) -> int:
        return self._draft_tokens

    # Before sending

    def planned(self, prompt: Prompt) -> Round:
        """The round that sending would make now. Files that lanes name are read here."""
        lanes = self.lineup.lanes
        systems = {lane.system: read_text_option(lane.system) for lane in lanes if lane.system}
        return self.session.next_round(prompt, lanes, systems)

    def forecast(self, round_: Round) -> list[Forecast]:
        """Only for lanes whose endpoint is known."""
        known = tuple(lane for lane in round_.lanes if self.account(lane))
        found = forecasts(replace(round_, lanes=known), self._known_account, self.history)
        self._draft_tokens = max((one.input_tokens for one in found), default=0)
        return found

    def preview(self, prompt: Prompt) -> list[Forecast]:
        """What sending this prompt to the lanes there are would come to; nothing when a lane's file cannot be read."""
        try:
            return self.forecast(self.planned(prompt))
        except PromptFileError:
            return []

    def refusals(self, found: Sequence[Forecast]) -> list[str]:
        """Why the caps forbid this send."""
        return budget_refusals(found, None, self.start.config.caps.per_send)

    def history(self, lane: Lane) -> list[int]:
        """The output tokens of this configuration's earlier answers."""
        return [
            take.usage.output
            for take in self.session.takes()
            if take.lane.configuration == lane.configuration
            and take.verdict is not None
            and take.verdict.is_answer
            and take.usage is not None
            and take.usage.output is not None
        ]

    def _known_account(self, lane: Lane) -> Account:
        account = self.account(lane)
        assert account is not None
        return account

    # Sending and stopping

    def send(self, round_: Round) -> SentRound:
        assert self._engine is not None
        running = self._engine.send(round_)
        sent = SentRound(round_, [one.take for one in running])
        self.session.rounds.append(sent)
        self._running += running
        return sent

    def again(self, sent: SentRound, lane: Lane) -> Take:
        """One more take of a lane in a round that was sent."""
        assert self._engine is not None
        take = sent.again(lane)
        self._running += self._engine.send(sent.round, [take])
        return take

    def stop(self, takes: Sequence[Take] | None = None) -> None:
        if self._engine is not None:
            self._engine.stop(None if takes is None else [take.id for take in takes])

    def drain(self) -> list[tuple[Take, list[Event]]]:
        """What has come since, folded; takes that ended leave the list of what runs."""
        news = [(one.take, events) for one in self._running if (events := one.drain())]
        if any(take.verdict is not None for take, _ in news):
            self._running = [one for one in self._running if one.take.verdict is None]
        return news

    @property
    def running(self) -> list[Take]:
        return [one.take for one in self._running]

    # What is there

    @property
    def cost(self) -> Cost:
        return self.session.cost

    def columns(self, at: int | None) -> list[Column]:
        """What the panes show: a round that was sent, or (None) the lanes now with their takes of the last round."""
        rounds = self.session.rounds
        sent = rounds[-1 if at is None else at] if rounds else None
        if at is not None and sent is not None:
            return self._columns(sent, [(lane, False) for lane in sent.lanes])
        rows = [(entry.lane, entry.muted) for entry in self.lineup.entries]
        here = {lane.configuration for lane, _ in rows}
        if sent is not None:
            asked = {lane.configuration for lane in sent.round.lanes}
            rows += [
                (lane, False)
                for lane in sent.lanes
                if lane.configuration not in here and (lane.configuration not in asked or _runs(sent.of(lane)))
            ]
        return self._columns(sent, rows)

    def _columns(self, sent: SentRound | None, rows: list[tuple[Lane, bool]]) -> list[Column]:
        labels = distinct_labels(lane for lane, _ in rows)
        return [Column(lane, labels[lane], tuple(sent.of(lane)) if sent else (), muted) for lane, muted in rows]


def _runs(takes: Sequence[Take]) -> bool:
    return any(take.verdict is None for take in takes)


def went_wrong(take: Take) -> bool:
    """Whether it is worth asking again."""
    return take.verdict is not None and (not take.verdict.is_answer or take.verdict is Verdict.TRUNCATED)
