"""The life of one take: it stands in line, is sent, perhaps sent again, and ends; every step is an event."""

import asyncio
import datetime
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns

from compare_tui.api import adapt, dialects
from compare_tui.api.attempt import Attempt
from compare_tui.api.client import Client
from compare_tui.api.errors import Problem, Withheld
from compare_tui.api.wire import Request
from compare_tui.config import Limits
from compare_tui.core.events import NOTHING, Data, Event, Kind
from compare_tui.core.prompt import Prompt
from compare_tui.core.take import Take
from compare_tui.engine.account import Account
from compare_tui.engine.budget import Budget
from compare_tui.engine.gate import Gate
from compare_tui.engine.pulse import Pulse
from compare_tui.engine.retry import MOST_RETRIES, wait_before_retry
from compare_tui.engine.watch import Watch


class Line:
    """The line before one endpoint: so many at once, and which of our own fields each model there has refused."""

    def __init__(self, account: Account, concurrency: int) -> None:
        self.account = account
        self.slots = asyncio.Semaphore(concurrency)
        self._refused: dict[str, set[str]] = {}

    def refused_fields(self, model: str) -> set[str]:
        return self._refused.setdefault(model, set())

    def refuses(self, model: str, field: str) -> None:
        """The last name that was refused counts: the other one is what it takes."""
        self.refused_fields(model).discard(adapt.OTHER_NAME.get(field, ""))
        self.refused_fields(model).add(field)


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be sent for a take, and through which line. The take is the engine's own fold."""

    take: Take
    prompt: Prompt
    input_tokens: int
    line: Line


class Life:
    """Carries one take through."""

    def __init__(
        self, errand: Errand, client: Client, limits: Limits, pulse: Pulse, emit: Callable[[list[Event]], None]
    ) -> None:
        self.take = errand.take
        self.watch = Watch(errand.take.lane, limits)
        self.ended = False
        self._line = errand.line
        self._prompt = errand.prompt
        self._input_tokens = errand.input_tokens
        self._client = client
        self._pulse = pulse
        self._pass_on = emit
        self._today = datetime.datetime.now(datetime.UTC).date()
        self._stopped = False
        self._given_up: set[str] = set()
        self._priced: Data = NOTHING
        self._task: asyncio.Task[None] | None = None

    def begin(
        self, queued_ns: int, gate: Gate, budget: Budget, history: deque[int], when_over: Callable[["Life"], None]
    ) -> None:
        endpoint = self._line.account.endpoint
        told = {
            "input_tokens": self._input_tokens,
            "endpoint": endpoint.name,
            "api": endpoint.api,
            "base_url": endpoint.recorded_url,
        }
        self._emit([Event(queued_ns, Kind.QUEUED, data=told)])
        self._task = asyncio.create_task(self._run(gate, budget, history))

        def over(task: "asyncio.Task[None]") -> None:
            gate.leave(self)
            self._over(task)
            when_over(self)

        self._task.add_done_callback(over)

    def stop(self) -> None:
        """The user stops it, wherever it stands."""
        if not self.ended and self._task is not None:
            self._stopped = True
            self._task.cancel()

    def check(self, now_ns: int) -> None:
        """Called four times a second: silence and deadlines end an attempt."""
        if self._task is not None and self.watch.overdue(now_ns) is not None:
            self._task.cancel()

    def note_gap(self) -> None:
        """When the process stood still, no figure of a take under way can be trusted, and that silence was ours."""
        if not self.ended and (ms := self._pulse.gap_ms):
            self._say(Kind.GAP, {"ms": ms})
            self.watch.forgive(self._pulse.stamped_gap_ns)

    # The way through

    async def _run(self, gate: Gate, budget: Budget, history: deque[int]) -> None:
        account, lane = self._line.account, self.take.lane
        try:
            for caution in account.cautions(lane, self._prompt, self._input_tokens, self._today):
                if caution.blocks:
                    raise Withheld.too_long(caution.text)
                self._say(Kind.CAUTION, text=caution.text)
            self._price()
            if self._line.slots.locked():
                gate.leave(self)
            async with self._line.slots:
                if not account.endpoint.free:
                    expected = account.expected(lane, self._input_tokens, list(history), self._today)
                    await budget.hold(self.take.id, expected, before_waiting=lambda: gate.leave(self))
                await self._attempts(gate)
        except Problem as problem:
            self._fail(problem)
        finally:
            usage, verdict = self.take.usage, self.take.verdict
            if usage and usage.output is not None and verdict and verdict.is_answer:
                history.append(usage.output)
            await budget.settle(self.take.id, self.take.cost, billable=self.take.may_be_billed)

    async def _attempts(self, gate: Gate) -> None:
        cache_key = f"cold-{uuid.uuid4().hex}" if self.take.lane.cache == "cold" else None
        request = dialects.request(self._line.account.endpoint.api, self.take.lane, self._prompt, cache_key)
        for field in self._line.refused_fields(self.take.lane.model):
            request = adapt.without(request, field)
        retries = 0
        while True:
            attempt = Attempt(
                self._client, self._line.account.endpoint, request, self._emit, lambda: gate.pass_through(self)
            )
            self._say(Kind.REQUEST, {"path": request.path, "body": request.shown()})
            try:
                await self._one(attempt)
            except Problem as problem:
                adapted = self._adapted(request, problem)
                if adapted is not None:
                    request = adapted
                else:
                    await self._wait(problem, retries)
                    retries += 1
            else:
                return
            finally:
                await attempt.close()

    async def _one(self, attempt: Attempt) -> None:
        """One attempt, from the moment it may be sent to its end. Its END leaves before the connection is tidied up."""
        self.watch.start(perf_counter_ns())
        try:
            await attempt.run()
        except asyncio.CancelledError:
            overdue = self.watch.overdue(perf_counter_ns())
            if self._stopped or overdue is None:
                raise
            current = asyncio.current_task()
            assert current is not None
            current.uncancel()
            if not attempt.complete:
                raise attempt.refusal() or overdue from None
            self._say(Kind.NOTICE, text="the connection stayed open after the answer was complete")
            self._end(self.watch.last_ns)
        finally:
            self.watch.rest()
        self._end()

    def _adapted(self, request: Request, problem: Problem) -> Request | None:
        """The same request once more, when the endpoint refuses a field the user never wrote."""
        field = adapt.refused_field(request, problem)
        if field is None or self._given_up & {field, adapt.OTHER_NAME.get(field)}:
            return None
        self._given_up.add(field)
        self._line.refuses(self.take.lane.model, field)
        self._say(Kind.RETRY, {"attempt": 1, "of": 1, "wait_ms": 0, "because": problem.message})
        return adapt.without(request, field)

    async def _wait(self, problem: Problem, retries: int) -> None:
        wait = wait_before_retry(problem, retries, waits_for_capacity=self.take.lane.busy == "wait")
        if wait is None or not self.watch.allows(wait, perf_counter_ns()):
            raise problem
        of = None if problem.error_class == "flex-busy" else MOST_RETRIES
        told = {"attempt": retries + 1, "of": of, "wait_ms": round(wait * 1000), "because": problem.message}
        self._say(Kind.RETRY, told)
        await asyncio.sleep(wait)

    # What is told

    def _say(self, kind: Kind, data: Data = NOTHING, *, text: str = "") -> None:
        self._emit([Event(perf_counter_ns(), kind, text, data)])

    def _emit(self, events: list[Event]) -> None:
        if self.ended:
            return
        self.watch.heard(events)
        self.take.apply_all(events)
        self._pass_on(events)

    def _price(self) -> None:
        """The row it is priced by, as far as is known now; said when it changes."""
        account, lane, served = self._line.account, self.take.lane, self.take.served
        usage = self.take.usage
        size = self._input_tokens if usage is None or usage.input is None else usage.input
        rate = account.rate(served.model or lane.model, served.tier or lane.tier, size, self._today)
        told = {
            "rate": rate.to_data() if rate else None,
            "free": account.endpoint.free,
            "thinks": account.thinks(lane.model),
        }
        if told != self._priced:
            self._priced = told
            self._say(Kind.RATE, told)

    def _fail(self, problem: Problem) -> None:
        self._say(Kind.ERROR, problem.to_data(), text=problem.message)
        self._end()

    def _end(self, t_ns: int | None = None) -> None:
        if not self.ended:
            self.note_gap()
            self._price()
            self._emit([Event(t_ns or perf_counter_ns(), Kind.END)])
            self.ended = True

    def _over(self, task: "asyncio.Task[None]") -> None:
        """However the task ended, the watcher is told."""
        if self.ended:
            return
        if task.cancelled():
            self._say(Kind.STOPPED)
            self._end()
        else:
            error = task.exception()
            self._fail(Withheld.internal(error) if error else Withheld.internal(RuntimeError("no end was told")))
