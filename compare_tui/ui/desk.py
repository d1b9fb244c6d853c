"""The desk: the session being worked on, its lanes, what runs, and the engine behind it. Knows nothing of widgets."""

import asyncio
import datetime
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from compare_tui.core.endpoint import Endpoint
from compare_tui.core.events import Event
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.pricing import Cost
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict
from compare_tui.ui.archive import Archive
from compare_tui.ui.columns import Column, columns_now, columns_of
from compare_tui.ui.leaving import stop_if_left
from compare_tui.ui.start import Start

if TYPE_CHECKING:  # the engine is imported when it is opened, which is after the first paint
    from compare_tui.core.conversation import FollowUp
    from compare_tui.engine.account import Account
    from compare_tui.engine.engine import Engine, Running
    from compare_tui.engine.forecast import Forecast
    from compare_tui.store.store import Store

T = TypeVar("T")

HISTORY: Final = 20
"""So many answers of a lane say what the next one is likely to come to."""
WARM_FOR_S: Final = 240.0
"""Less than a connection is kept."""


class Desk:
    """Rounds go out from here and their takes come back. `open` and `prepare` block: not for the thread that paints."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.lineup: Lineup = start.lineup
        self.session = Session()
        self.archive = Archive(start)
        self.following: SentRound | None = None
        """The round that the next send continues."""
        self.reuse = False
        """What was asked of the same lane before is answered from the store."""
        self.chosen: dict[Lane, Take] = {}
        """Of several takes of a lane there, the one looked at: its answer is what is continued."""
        self.accounts: dict[str, Account] = {}
        self.problems: dict[str, str] = {}
        """Why nothing can be sent to an endpoint."""
        self._ready: set[str] = set()
        self._warmed: dict[str, float] = {}
        self._engine: Engine | None = None
        self._default = start.config.defaults.endpoint
        self._running: list[Running] = []
        self._draft_tokens = 0
        self._aside = ThreadPoolExecutor(4, thread_name_prefix="desk")
        self._preparing = threading.Lock()
        self._before: dict[Lane, list[int]] = {}

    # The way to the endpoints

    def open(self) -> None:
        """Load the cards, open the store, start the engine. Keys come later: a command may have to print them."""
        from compare_tui.engine.engine import Engine

        self.accounts.update(self.start.accounts())
        if not self.private:
            self.archive.open()
        engine = Engine((), self.start.config.limits, self.archive, default=self._default)
        engine.__enter__()
        engine.ready()
        self._engine = engine

    async def aside(self, work: Callable[[], T]) -> T:
        """What blocks, beside the thread that paints; leaving the app or the screen that asks does not wait for it."""
        try:
            return await asyncio.wrap_future(self._aside.submit(work))
        finally:
            stop_if_left()

    @property
    def is_open(self) -> bool:
        return self._engine is not None

    @property
    def store(self) -> "Store | None":
        return self.archive.store

    @property
    def private(self) -> bool:
        return self.archive.private

    def close(self) -> None:
        if self._engine is not None:
            self._engine.__exit__()
            self._engine = None
        self.archive.close()
        self._aside.shutdown(wait=False, cancel_futures=True)

    def prepare(self, lanes: Sequence[Lane] | None = None) -> None:
        """Get the keys of the endpoints these lanes go to; what is missing is kept in `problems`.

        One at a time: a second command for the same key would ask the user twice.
        """
        asked = (Lane("?"), *self.lineup.lanes) if lanes is None else lanes
        for name in dict.fromkeys(lane.endpoint or self._default for lane in asked):
            with self._preparing:
                self._prepare(name)
        self._look_up_history()

    def _look_up_history(self) -> None:
        """What the lanes wrote in other sessions, for the price of the next send. Without it there is less to go by."""
        from compare_tui.store.problems import StoreProblem

        if (store := self.store) is not None:
            with suppress(StoreProblem):
                for lane in {lane.configuration for lane in self.lineup.lanes}:
                    simulated = self.only_simulated([lane])
                    self._before[lane] = store.history(lane, simulated=simulated, besides=self.session.id)

    def _prepare(self, name: str) -> None:
        from compare_tui.engine.engine import SetUpFailed
        from compare_tui.secrets import KeyProblem

        engine, account = self._engine, self.accounts.get(name)
        if engine is None or (name in self._ready and name not in self.problems):
            return
        if account is None:
            self._bar(engine, name, f"no endpoint is named {name}")
            return
        try:
            keyed = self.start.keyed(account)
            if self._engine is None:  # the app was left meanwhile
                return
            keyed = replace(self.accounts[name], key=keyed.key)  # a price may have been typed meanwhile
            engine.add(keyed)
        except (KeyProblem, SetUpFailed) as problem:
            self._bar(engine, name, str(problem))
        else:
            self.accounts[name] = keyed
            self._ready.add(name)
            self.problems.pop(name, None)

    def _bar(self, engine: "Engine", name: str, why: str) -> None:
        self.problems[name] = why
        engine.bar(name, why)

    @property
    def nothing_can_be_sent(self) -> bool:
        """Neither to the default endpoint nor to one that a lane names."""
        names = {lane.endpoint or self._default for lane in self.lineup.lanes} | {self._default}
        return names <= set(self.problems)

    def only_simulated(self, lanes: Sequence[Lane]) -> bool:
        """All of them go to the embedded endpoint, where nothing costs anything."""
        return self.start.simulated and all(lane.endpoint in (None, self._default) for lane in lanes)

    def without_key(self, endpoint: Endpoint) -> "Account":
        """An account for an endpoint found on this machine."""
        from compare_tui.engine.account import Account

        card = next(iter(self.accounts.values())).card
        return Account(endpoint, None, card)

    def starter_lanes(self) -> Sequence[Lane]:
        from compare_tui.core.starters import starter_lanes

        account = self.accounts.get(self._default)
        return starter_lanes(account.card, datetime.datetime.now(datetime.UTC).date()) if account is not None else ()

    def use(self, account: "Account") -> None:
        """Work with this endpoint from now on, for lanes that name none."""
        engine = self._engine
        assert engine is not None
        self.accounts[account.endpoint.name] = account
        self._default = account.endpoint.name
        engine.use(account)
        self._ready.add(account.endpoint.name)

    def warm(self) -> None:
        """Open connections while the prompt is typed, so that opening them is no part of TTFT."""
        now = monotonic()
        lanes = Counter(lane.endpoint or self._default for lane in self.lineup.lanes)
        for name, count in lanes.items():
            endpoint = self.accounts[name].endpoint if name in self._ready else None
            if self._engine is None or endpoint is None or endpoint.is_loopback:
                continue  # on this machine it takes no time
            if now - self._warmed.get(name, -WARM_FOR_S) >= WARM_FOR_S:
                self._warmed[name] = now
                self._engine.warm(name, min(count, endpoint.concurrency))

    # What the lanes screen asks

    @property
    def endpoints(self) -> Sequence[str]:
        return list(dict.fromkeys((self._default, *self.accounts)))

    def endpoint_of(self, lane: Lane) -> str:
        return lane.endpoint or self._default

    def account(self, lane: Lane) -> "Account | None":
        return self.accounts.get(lane.endpoint or self._default)

    def models(self, endpoint: str) -> "Future[list[Mapping[str, Any]]]":
        return self._aside.submit(self._models, endpoint)

    def _models(self, endpoint: str) -> list[Mapping[str, Any]]:
        from compare_tui.secrets import KeyProblem

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
        for name, account in list(self.accounts.items()):
            self.accounts[name] = replace(account, card=account.card.over(card))
            if self._engine is not None and name in self._ready:
                self._engine.add(self.accounts[name])

    def expected_tokens(self) -> int:
        return self._draft_tokens

    # Before sending

    def planned(self, prompt: Prompt) -> Round:
        """The round that sending would make now. Files that lanes name are read here."""
        from compare_tui.promptfiles import read_text_option

        lanes = self.lineup.lanes
        systems = {lane.system: read_text_option(lane.system) for lane in lanes if lane.system}
        round_ = self.session.next_round(prompt, lanes, systems)
        if self.following is None:
            return round_
        follow = self.follow_up(self.following)
        return replace(round_, follows=follow.round_id, histories=follow.histories)

    def follow_up(self, sent: SentRound) -> "FollowUp":
        """What the lanes there are would continue of this round."""
        from compare_tui.core.conversation import follow_up

        return follow_up(self.session, sent, self.lineup.lanes, self.chosen)

    def forecast(self, round_: Round) -> "list[Forecast]":
        """Only for lanes whose endpoint is known."""
        from compare_tui.engine.forecast import forecasts

        known = tuple(lane for lane in round_.lanes if self.account(lane))
        found = forecasts(replace(round_, lanes=known), self._known_account, self.history)
        self._draft_tokens = max((one.input_tokens for one in found), default=0)
        return found

    def preview(self, prompt: Prompt) -> "tuple[list[Forecast], str]":
        """What sending this prompt to the lanes there are would come to, and what stands against it."""
        from compare_tui.promptfiles import PromptFileError

        lanes = self.lineup.lanes
        if not lanes:
            return [], "every lane is muted" if self.lineup.entries else "no lane to send to · f2 adds one"
        try:
            found = self.forecast(self.planned(prompt))
        except PromptFileError as error:
            return [], str(error)
        unsent = (self.problems.get(lane.endpoint or self._default) for lane in lanes)
        return found, next(filter(None, unsent), "")

    def refusals(self, found: "Sequence[Forecast]") -> list[str]:
        """Why the caps forbid this send. Blocks: what was spent stands in the store."""
        from compare_tui.engine.forecast import budget_refusals, cap_refusals
        from compare_tui.store.problems import StoreProblem

        caps = self.start.config.caps
        refusals = budget_refusals(found, None, caps.per_send)
        if caps.over_time and self.store is not None and not self.private:
            today = datetime.date.today()
            simulated = self.only_simulated([one.lane for one in found])
            spent = (self.store.spent_since(day, simulated=simulated) for day in (today, today.replace(day=1)))
            try:
                refusals += cap_refusals(found, caps, *spent)
            except StoreProblem as problem:
                refusals.append(f"the caps cannot be looked at: {problem}")
        return refusals

    def history(self, lane: Lane) -> list[int]:
        """The output tokens of this configuration's last answers, here and in sessions before."""
        configuration = lane.configuration
        found = (
            take.usage.output
            for sent in reversed(self.session.rounds)
            for take in reversed(sent.takes)
            if take.lane.configuration == configuration
            and take.origin == "live"
            and take.verdict is not None
            and take.verdict.is_answer
            and take.usage is not None
            and take.usage.output is not None
        )
        here = list(islice(found, HISTORY))[::-1]
        return [*self._before.get(configuration, ()), *here][-HISTORY:]

    def _known_account(self, lane: Lane) -> "Account":
        account = self.account(lane)
        assert account is not None
        return account

    async def answers(self, round_: Round) -> "Mapping[str, Sequence[Event]]":
        """What the store answers of it, when that is asked for. A StoreProblem when it cannot be looked at."""
        store = self.store
        if not self.reuse or store is None:
            return {}
        from compare_tui.store.reuse import Reuse

        known = replace(round_, lanes=tuple(lane for lane in round_.lanes if self.account(lane)))
        return await self.aside(lambda: Reuse(store).answers(known, lambda lane: self._known_account(lane).endpoint))

    # Sending and stopping

    def send(self, round_: Round, answers: "Mapping[str, Sequence[Event]]" = MappingProxyType({})) -> SentRound:
        """Under the number that is free now: another round may have gone while this one was asked about."""
        assert self._engine is not None
        free = self.session.next_round(round_.prompt, round_.lanes, dict(round_.systems))
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        named = {f"{free.id}{take_id.removeprefix(round_.id)}": events for take_id, events in answers.items()}
        prompt_id = round_.prompt_id if round_.id == free.id else free.prompt_id
        round_ = replace(round_, id=free.id, prompt_id=prompt_id, sent_at=now)
        return self.watch(round_, self._engine.send(round_, answers=named))

    def watch(self, round_: Round, running: "Sequence[Running]") -> SentRound:
        """Take up a round that is under way, wherever its events come from."""
        sent = SentRound(round_, [one.take for one in running])
        self.session.rounds.append(sent)
        self._running += running
        return sent

    def again(self, sent: SentRound, lane: Lane) -> Take:
        """One more take of a lane in a round that was sent."""
        from compare_tui.core.conversation import turns_before

        assert self._engine is not None
        if sent.round.follows is not None and lane.configuration not in sent.round.histories:
            late = {lane.configuration: turns_before(self.session, sent.round, lane)}
            sent.round = replace(sent.round, histories={**sent.round.histories, **late})
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
        if at is not None and rounds:
            return columns_of(rounds[at])
        return columns_now(self.lineup, rounds[-1] if rounds else None)


def went_wrong(take: Take) -> bool:
    """Whether it is worth asking again."""
    return take.verdict is not None and (not take.verdict.is_answer or take.verdict is Verdict.TRUNCATED)
