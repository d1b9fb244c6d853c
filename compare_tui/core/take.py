"""A take: one lane's answer in a round, folded from its events."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from compare_tui.core.entries import Entries
from compare_tui.core.events import Data, Event, Kind
from compare_tui.core.lane import TIER_ALIASES, Lane
from compare_tui.core.logprobs_missing import why_none
from compare_tui.core.pieces import Pieces, piece_order
from compare_tui.core.pricing import PER_MILLION, Cost, CostState, Rate
from compare_tui.core.timing import Stamps
from compare_tui.core.tokens import RunningEstimate
from compare_tui.core.usage import Usage
from compare_tui.core.verdict import Verdict, by_error, by_finish

_NEVER_BEGUN = ("refused", "dns", "tls", "connect", "budget", "too-long", "key")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt broke off, in words for the reader."""

    error_class: str
    message: str
    status: int | None = None
    request_id: str | None = None


@dataclass(slots=True)
class ToolCall:
    """A call the model asks for: shown, stored and compared, never made."""

    name: str = ""
    id: str = ""
    arguments: list[str] = field(default_factory=list)

    def to_data(self) -> dict[str, Any]:
        return {"tool": self.name, "id": self.id, "arguments": "".join(self.arguments)}


@dataclass(frozen=True, slots=True)
class Served:
    """What the endpoint says it served; None where it says nothing."""

    model: str | None = None
    tier: str | None = None
    effort: str | None = None
    id: str | None = None


class Take:
    """Text, figures, cost and verdict so far. `apply` is the only way any of it changes."""

    def __init__(self, take_id: str, lane: Lane, *, repeat: int = 1, origin: str = "live") -> None:
        self.id = take_id
        self.lane = lane
        self.repeat = repeat
        self.origin = origin
        """`live`, `store` (answered from there), `batch` or `import`."""
        self.endpoint: str | None = None
        self.api: str | None = None
        self.base_url: str | None = None
        self.stamps = Stamps()
        self.attempts = 0
        self.started_at: str | None = None
        self.sent: Data | None = None
        self.status: int | None = None
        self.request_id: str | None = None
        self.served = Served()
        self._told: Usage | None = None
        self.streamed = True
        self.retrying: Data | None = None
        self.failure: Failure | None = None
        self.verdict: Verdict | None = None
        self.finish_reason: str | None = None
        self.flags: tuple[str, ...] = ()
        self.cautions: list[str] = []
        self.notices: list[str] = []
        self.tools: dict[str, ToolCall] = {}
        self._rate: Rate | None = None
        self._free = False
        self._thinks = False
        self._input_estimate = 0
        self._output_estimate = RunningEstimate()
        self._finish: Data | None = None
        self._stopped = False
        self._refused = False
        self._parts: dict[str, Pieces] = {"": Pieces()}
        self._part = self._parts[""]
        self._logprobs = {"": Entries()}
        self._part_logprobs = self._logprobs[""]
        self._reasoning = Pieces()

    def apply(self, event: Event) -> None:
        _FOLD[event.kind](self, event)

    def apply_all(self, events: Iterable[Event]) -> "Take":
        for event in events:
            self.apply(event)
        return self

    # What it says

    @property
    def text(self) -> str:
        """The answer, piece after piece in the endpoint's own order, as the SDK joins them."""
        return "".join(str(self._parts[key]) for key in sorted(self._parts, key=piece_order))

    @property
    def logprobs(self) -> Sequence[Any]:
        """Of its tokens in the order of the text, as the endpoint gives them."""
        of_parts = [found for key in sorted(self._logprobs, key=piece_order) if (found := self._logprobs[key])]
        return of_parts[0] if len(of_parts) == 1 else [one for found in of_parts for one in found]

    @property
    def reasoning(self) -> str:
        return str(self._reasoning)

    # Where it stands

    @property
    def state(self) -> str:
        """One word for a progress line."""
        if self.verdict is not None:
            return self.verdict.value
        if self.retrying is not None:
            return "retrying"
        if self.stamps.first_text is not None:
            return "writing"
        if self.stamps.first_delta is not None:
            return "thinking"
        return "queued" if self.stamps.sent is None else "waiting"

    @property
    def usage(self) -> Usage | None:
        """As the endpoint tells it. No input or, beside an answer, no output cannot be: such a 0 is unknown."""
        told = self._told
        if told is None:
            return None
        generated = self._reasoning or self.tools or any(self._parts.values())
        return replace(told, input=told.input or None, output=told.output or (None if generated else told.output))

    @property
    def output_tokens(self) -> int:
        """As reported, or as seen so far."""
        reported = self.usage.output if self.usage else None
        return self._output_estimate.tokens if reported is None else reported

    @property
    def tokens_per_s(self) -> float | None:
        if self.usage is None or self.tools:
            return None  # arguments of calls are output, but not written in the window of the text
        if self.usage.reasoning is None and (self._reasoning or self._hides_thinking):
            return None  # how much of the output was thought is not known
        return self.stamps.tokens_per_s(self.usage.answer)

    @property
    def downgrade(self) -> str | None:
        """`asked flex, served default`, when the endpoint served another tier than the lane names."""
        asked, served = self.lane.tier, self.served.tier
        if asked in (None, "auto") or served in (None, "auto") or TIER_ALIASES.get(served, served) == asked:
            return None
        return f"asked {asked}, served {served}"

    @property
    def without_logprobs(self) -> str | None:
        """Why none came though the lane asks for them."""
        said = self.failure.message if self.failure else ""
        return None if self.logprobs else why_none(self.lane.logprobs, said, self.verdict, wrote=bool(self.text))

    # What it costs

    @property
    def rate(self) -> Rate | None:
        return self._rate

    @property
    def cost(self) -> Cost:
        if self.origin == "store":
            return Cost(Decimal(0), CostState.STORED)
        if self._free:
            return Cost(Decimal(0), CostState.FREE)
        usage = self.usage
        if usage and usage.reported_cost is not None:
            return Cost(usage.reported_cost, self._settled(CostState.REPORTED))
        if self._rate is None:
            return Cost(None, CostState.NO_PRICE)
        priced = self._rate.cost(usage) if usage else None
        if priced is not None:
            amount, exact = priced
            return Cost(amount, self._settled(CostState.FINAL if exact else CostState.ESTIMATED))
        return self._running_cost(self._rate)

    @property
    def may_be_billed(self) -> bool:
        """Whether the endpoint can have begun to work: not when nothing was sent, reached it, or was let in."""
        refused = self.failure is not None and (
            self.failure.error_class in _NEVER_BEGUN or (self.failure.status or 0) >= 300
        )
        return self.attempts > 0 and not refused and (self.status or 0) < 300

    def _settled(self, state: CostState) -> CostState:
        """Figures told on the way are estimates, and a lower bound once the answer broke off."""
        if self._finish is not None:
            return state
        return CostState.ESTIMATED if self.verdict is None else CostState.PARTIAL

    def _running_cost(self, rate: Rate) -> Cost:
        """What is owed for what was seen: a lower bound when thinking is hidden or the usage never came."""
        open_ended = self.verdict is not None or self._hides_thinking
        state = CostState.PARTIAL if open_ended else CostState.ESTIMATED
        if self.status != 200:  # nothing was answered: what is owed, if anything, is unknown
            return Cost(None, state)
        told = self.usage or Usage()
        read = self._input_estimate if told.input is None else told.input
        written = self._output_estimate.tokens if told.output is None else told.output
        return Cost((read * rate.input + written * rate.output) / PER_MILLION, state)

    @property
    def _hides_thinking(self) -> bool:
        return self._thinks and self.lane.effort != "none" and not self._reasoning

    # The fold

    def _queued(self, event: Event) -> None:
        self.stamps.queued = event.t_ns
        self._input_estimate = event.data.get("input_tokens", 0)
        self.endpoint = event.data.get("endpoint")
        self.api = event.data.get("api")
        self.base_url = event.data.get("base_url")

    def _request(self, event: Event) -> None:
        self.sent = event.data

    def _rated(self, event: Event) -> None:
        row = event.data.get("rate")
        self._rate = None if row is None else Rate.from_data(row)
        self._free = event.data.get("free", False)
        self._thinks = event.data.get("thinks", False)

    def _sent(self, event: Event) -> None:
        self.attempts += 1
        self.started_at = self.started_at or event.data.get("at")
        self.stamps = self.stamps.next_attempt(event.t_ns)
        self.retrying = self.failure = self.status = self.request_id = None

    def _connected(self, event: Event) -> None:
        self.stamps.connected = event.t_ns

    def _request_sent(self, event: Event) -> None:
        self.stamps.request_sent = event.t_ns

    def _headers(self, event: Event) -> None:
        self.stamps.headers = event.t_ns
        self.status = event.data.get("status")
        self.request_id = event.data.get("request_id")

    def _first_event(self, event: Event) -> None:
        self.stamps.first_event = event.t_ns

    def _served(self, event: Event) -> None:
        told = {name: event.data[name] for name in Served.__slots__ if event.data.get(name) is not None}
        self.served = replace(self.served, **told)

    def _switch_part(self, event: Event) -> None:
        self._part = self._parts.setdefault(event.data["key"], Pieces())
        self._part_logprobs = self._logprobs.setdefault(event.data["key"], Entries())

    def _delta(self, t_ns: int, text: str) -> None:
        self._output_estimate.add(text)
        if self.streamed and self.stamps.first_delta is None:
            self.stamps.first_delta = t_ns

    def _text(self, event: Event) -> None:
        self._part.append(event.text)
        self._delta(event.t_ns, event.text)
        if self.streamed:
            if self.stamps.first_text is None:
                self.stamps.first_text = event.t_ns
            self.stamps.last_text = event.t_ns

    def _refusal(self, event: Event) -> None:
        self._refused = True
        self._text(event)

    def _reasoned(self, event: Event) -> None:
        self._reasoning.append(event.text)
        self._delta(event.t_ns, event.text)
        if self.streamed and self.stamps.first_reasoning is None:
            self.stamps.first_reasoning = event.t_ns

    def _tool(self, event: Event) -> None:
        call = self.tools.setdefault(event.data["key"], ToolCall())
        call.name = event.data.get("name") or call.name
        call.id = event.data.get("id") or call.id
        if event.text:
            call.arguments.append(event.text)
            self._delta(event.t_ns, event.text)

    def _weighed(self, event: Event) -> None:
        self._part_logprobs.extend(event.data["tokens"])

    def _usage(self, event: Event) -> None:
        self._told = Usage.from_data(event.data)
        self.stamps.usage = event.t_ns

    def _stored(self, event: Event) -> None:
        self.origin = "store"
        self.streamed = False
        self.notices.append(f"from the store: the answer of {event.data['of']}")

    def _unstreamed(self, event: Event) -> None:
        self.streamed = False
        self.notices.append("not streamed")

    def _notice(self, event: Event) -> None:
        if event.text not in self.notices:
            self.notices.append(event.text)

    def _caution(self, event: Event) -> None:
        self.cautions.append(event.text)

    def _finished(self, event: Event) -> None:
        self._finish = event.data
        self.finish_reason = event.data.get("reason") or event.data.get("status")

    def _retry(self, event: Event) -> None:
        self.retrying = {**event.data, "t_ns": event.t_ns}

    def _error(self, event: Event) -> None:
        self.failure = Failure(
            event.data["class"], event.text, event.data.get("status"), event.data.get("request_id") or self.request_id
        )
        self.status = event.data.get("status") or self.status
        self.request_id = self.failure.request_id

    def _gap(self, event: Event) -> None:
        self.flags = tuple(dict.fromkeys((*self.flags, "clock-gap")))

    def _stop(self, event: Event) -> None:
        self._stopped = True

    def _end(self, event: Event) -> None:
        self.stamps.end = event.t_ns
        self.retrying = None
        self._part_logprobs.pack()
        if self._finish is not None:
            self.verdict = by_finish(self._finish.get("status"), self._finish.get("reason"), refused=self._refused)
            if self.verdict is Verdict.TRUNCATED and not self.text and not self.tools:
                self.notices.append("the limit of output tokens was spent before any answer text")
        elif self._stopped:
            self.verdict = Verdict.CANCELLED
        else:
            self.verdict = by_error(self.failure.error_class if self.failure else "cut")
        self.notices += filter(None, [self.without_logprobs])

    def _interrupted(self, event: Event) -> None:
        """Without an end there is no total. What the endpoint declared complete before is complete."""
        self.retrying = None
        self.notices.append("the process that asked ended before the answer did")
        if self._finish is None:
            self.verdict = Verdict.INTERRUPTED
        else:
            self.verdict = by_finish(self._finish.get("status"), self._finish.get("reason"), refused=self._refused)


_FOLD: dict[Kind, Callable[[Take, Event], None]] = {
    Kind.QUEUED: Take._queued,
    Kind.REQUEST: Take._request,
    Kind.RATE: Take._rated,
    Kind.SENT: Take._sent,
    Kind.CONNECTED: Take._connected,
    Kind.REQUEST_SENT: Take._request_sent,
    Kind.HEADERS: Take._headers,
    Kind.FIRST_EVENT: Take._first_event,
    Kind.SERVED: Take._served,
    Kind.PART: Take._switch_part,
    Kind.REASONING: Take._reasoned,
    Kind.TEXT: Take._text,
    Kind.REFUSAL: Take._refusal,
    Kind.TOOL: Take._tool,
    Kind.LOGPROBS: Take._weighed,
    Kind.USAGE: Take._usage,
    Kind.STORED: Take._stored,
    Kind.UNSTREAMED: Take._unstreamed,
    Kind.CAUTION: Take._caution,
    Kind.NOTICE: Take._notice,
    Kind.FINISH: Take._finished,
    Kind.RETRY: Take._retry,
    Kind.ERROR: Take._error,
    Kind.GAP: Take._gap,
    Kind.STOPPED: Take._stop,
    Kind.END: Take._end,
    Kind.INTERRUPTED: Take._interrupted,
}
