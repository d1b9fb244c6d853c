"""The engine: rounds go in from any thread, events come out through a deque per take.

It has a thread and an event loop of its own, so that a slow paint never delays a time stamp and an open editor never
stops a stream. Whatever happens to a take goes to its recorder as well: who sends cannot forget to write it down.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, TypeVar

from compare_tui.api.errors import SetUpFailed as SetUpFailed
from compare_tui.config import Limits
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.engine.account import Account
from compare_tui.engine.pulse import BEAT_S, Pulse
from compare_tui.engine.recorder import Recorder
from compare_tui.engine.settle import settle

if TYPE_CHECKING:
    from compare_tui.api.client import Client
    from compare_tui.engine.budget import Budget
    from compare_tui.engine.life import Life, Line

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Running:
    """A take and the events that wait to be folded into it by whoever watches."""

    take: Take
    inbox: deque[Event] = field(default_factory=deque)

    def drain(self) -> list[Event]:
        """Fold what has come, and give it on."""
        events = [self.inbox.popleft() for _ in range(len(self.inbox))]
        self.take.apply_all(events)
        return events


class Engine:
    """Started once, closed once. `changed`: a take has ended.

    Lanes without an endpoint go to the default one, or the first. Accounts may join later; an endpoint without one can
    be barred, so that what is sent there fails with the reason.
    """

    def __init__(
        self,
        accounts: Iterable[Account],
        limits: Limits,
        recorder: Recorder,
        *,
        budget: Decimal | None = None,
        concurrency: int | None = None,
        default: str | None = None,
    ) -> None:
        self.changed = threading.Event()
        self._accounts = {account.endpoint.name: account for account in accounts}
        self._barred: dict[str, str] = {}
        self._default = default
        self._limits = limits
        self._recorder = recorder
        self._cap = budget
        self._concurrency = concurrency
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
        self._history: dict[Lane, deque[int]] = {}
        self._lives: dict[str, Life] = {}
        self._failure: BaseException | None = None
        self._pulse = Pulse()
        self._client: Client
        self._budget: Budget
        self._lines: dict[str, Line]

    def __enter__(self) -> "Engine":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop what runs, tell its end, close the connections."""
        self._ready.wait()
        if self._failure is None:
            self._call(self._close()).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def ready(self) -> None:
        """Wait until it can send; raises what keeps it from that."""
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def add(self, account: Account) -> None:
        """Another account, or one in the place of another."""
        self.ready()
        self._accounts[account.endpoint.name] = account
        self._barred.pop(account.endpoint.name, None)
        self._call(self._open(account)).result()

    def use(self, account: Account) -> None:
        """An account that lanes without an endpoint go to from now on."""
        self.add(account)
        self._default = account.endpoint.name

    def bar(self, endpoint: str, why: str) -> None:
        """Nothing can be sent to this endpoint, and why."""
        self._barred[endpoint] = why

    def send(
        self,
        round_: Round,
        takes: Iterable[Take] | None = None,
        answers: Mapping[str, Sequence[Event]] | None = None,
    ) -> list[Running]:
        """Send a round, or these takes of it; they can be watched at once.

        A take whose id is among the answers has its events already, and nothing is sent for it.
        """
        running = [Running(take) for take in (round_.takes() if takes is None else takes)]
        known = {*self._accounts, *self._barred}
        unknown = {one.take.lane.endpoint for one in running if one.take.lane.endpoint} - known
        if unknown:
            raise ValueError(f"no account for {', '.join(sorted(unknown))}")
        sizes = round_.input_tokens(one.take.lane for one in running)
        self.ready()
        simulated = [one.take.id for one in running if self._is_simulated(one.take.lane)]
        self._recorder.begin(round_, [one.take for one in running], simulated)
        self._on_loop(lambda: self._begin(round_, running, sizes, answers or {}))
        return running

    def stop(self, take_ids: Iterable[str] | None = None) -> None:
        """Stop these takes, or all."""
        ids = None if take_ids is None else frozenset(take_ids)
        self._on_loop(lambda: self._stop(ids))

    def models(self, endpoint: str) -> "Future[list[Mapping[str, Any]]]":
        """What the endpoint says it serves; the future raises a Problem."""
        from compare_tui.api.models import listed

        self.ready()
        return self._call(listed(self._client, self._accounts[endpoint].endpoint))

    def warm(self, endpoint: str, connections: int) -> "Future[None]":
        """Open connections before they are needed."""
        self.ready()
        return self._call(self._client.warm(self._accounts[endpoint].endpoint, connections))

    # In the engine's own thread

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._set_up())
            self._ready.set()
            self._loop.run_forever()
        except BaseException as error:  # handed to whoever waits for this thread
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _set_up(self) -> None:
        """The SDK is imported here: half a second during which the other threads paint or read files."""
        from compare_tui.api.client import Client
        from compare_tui.engine.budget import Budget

        self._client = Client(connect_s=self._limits.connect)
        self._budget = Budget(self._cap, self._recorder.reserve)
        self._lines = {}
        for account in self._accounts.values():
            await self._open(account)
        await self._client.rehearse()
        settle()
        self._heart = asyncio.create_task(self._beat())

    async def _open(self, account: Account) -> None:
        from compare_tui.engine.life import Line

        self._client.add(account.endpoint, account.key)
        line = self._lines.get(account.endpoint.name)
        if line is not None and line.account.endpoint == account.endpoint:
            line.account = account  # those that stand in it keep their places
        else:
            self._lines[account.endpoint.name] = Line(account, self._concurrency or account.endpoint.concurrency)

    def _begin(
        self,
        round_: Round,
        running: list[Running],
        sizes: Mapping[Lane, int],
        answers: Mapping[str, Sequence[Event]],
    ) -> None:
        from compare_tui.engine.gate import Gate
        from compare_tui.engine.life import Errand, Life

        gate = Gate()
        queued_ns = perf_counter_ns()
        for one in running:
            take = Take(one.take.id, one.take.lane, repeat=one.take.repeat)
            endpoint = self._endpoint(take.lane)
            if take.id in answers:
                self._tell_all(one, take, answers[take.id])
            elif endpoint in self._barred:
                self._tell_all(one, take, _refusal(queued_ns, endpoint, self._barred[endpoint]))
            else:
                errand = Errand(take, round_.prompt_for(take.lane), sizes[take.lane], self._lines[endpoint])
                emit = self._recording(one)
                life = self._lives[take.id] = Life(errand, self._client, self._limits, self._pulse, emit)
                gate.expect(life)
                history = self._history.setdefault(take.lane.configuration, deque(maxlen=20))
                life.begin(queued_ns, gate, self._budget, history, self._ended)

    def _endpoint(self, lane: Lane) -> str:
        return lane.endpoint or self._default or next(iter(self._accounts))

    def _is_simulated(self, lane: Lane) -> bool:
        account = self._accounts.get(self._endpoint(lane))
        return account is not None and account.endpoint.simulated

    def _recording(self, one: Running) -> Callable[[list[Event]], None]:
        """Hands events to who watches, and to the recorder."""
        watched, record, take_id = one.inbox.extend, self._recorder.record, one.take.id

        def emit(events: list[Event]) -> None:
            watched(events)
            record(take_id, events)

        return emit

    def _tell_all(self, one: Running, take: Take, events: Sequence[Event]) -> None:
        """The whole life of a take for which nothing is sent."""
        self._recorder.record(take.id, events)
        self._recorder.ended(take.apply_all(events))
        one.inbox.extend(events)
        self.changed.set()

    def _ended(self, life: "Life") -> None:
        if self._lives.get(life.take.id) is life:  # an id used again belongs to the later one
            del self._lives[life.take.id]
        self._recorder.ended(life.take)
        self.changed.set()

    def _stop(self, take_ids: frozenset[str] | None) -> None:
        for take_id, life in self._lives.items():
            if take_ids is None or take_id in take_ids:
                life.stop()

    async def _beat(self) -> None:
        """Four times a second: has the process stood still, is anyone silent for too long?"""
        while True:
            self._pulse.beat()
            await asyncio.sleep(BEAT_S)
            for life in list(self._lives.values()):
                life.note_gap()
                life.check(perf_counter_ns())

    async def _close(self) -> None:
        self._heart.cancel()
        for life in self._lives.values():
            life.stop()
        while self._lives:
            await asyncio.sleep(0.005)
        await self._client.close()

    # From other threads

    def _on_loop(self, action: Callable[[], object]) -> None:
        self.ready()
        self._loop.call_soon_threadsafe(action)

    def _call(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)


def _refusal(t_ns: int, endpoint: str, why: str) -> list[Event]:
    """The whole life of a take that cannot be sent."""
    return [
        Event(t_ns, Kind.QUEUED, data={"endpoint": endpoint}),
        Event(t_ns, Kind.ERROR, f"not sent: {why}", {"class": "key"}),
        Event(t_ns, Kind.END),
    ]
