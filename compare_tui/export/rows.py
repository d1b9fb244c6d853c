"""A take as one row of typed values, the same for CSV and JSONL: unknown is None, never 0."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Protocol

from compare_tui.core.events import NOTHING
from compare_tui.core.pricing import CostState, plain
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.core.timing import Stamps
from compare_tui.core.usage import Usage

Value = str | int | float | Decimal | None
Row = Mapping[str, Value]

SCHEMA: Final = 1
"""The version of the columns and of what they mean."""

# fmt: off
COLUMNS: Final[tuple[str, ...]] = (
    "model", "effort", "prompt_id", "latency_s", "in_tokens", "out_tokens", "cost_usd", "output",
    "schema", "session", "round", "take", "repeat", "role", "parent", "origin", "lane", "endpoint", "api",
    "model_served", "tier", "tier_served", "effort_served", "verdict", "finish_reason", "flags", "started_at",
    "queue_ms", "ttft_ms", "ttfa_ms", "total_ms", "felt_ms", "tokens_per_s",
    "cached_tokens", "cache_write_tokens", "reasoning_tokens", "usage_source", "cost_state",
    "price_date", "attempts", "retry_ms", "http_status", "error_class", "error", "request_id",
    "temperature", "top_p", "max_output_tokens", "checks", "failed_checks", "grade", "vote", "grader", "tags",
    "system", "prompt", "reasoning", "escaped",
)
# fmt: on

_MICROSECOND: Final = Decimal("0.001")
_HUNDREDTH: Final = Decimal("0.01")


class Stream(Protocol):
    """Anything text can be written to; an open file needs `newline=""`."""

    def write(self, text: str, /) -> object: ...


def row(take: Take, round_: Round, *, tags: Mapping[str, str] = NOTHING) -> dict[str, Value]:
    """Every column in its order. `tags` are the session's; the round's own stand above them."""
    prompt, usage = round_.prompt_for(take.lane), take.usage
    return dict.fromkeys(COLUMNS) | {
        **_place(take, round_, tags),
        **_asked(take),
        **_outcome(take),
        **_times(take.stamps),
        **_tokens(usage or Usage()),
        **_price(take, usage),
        "tokens_per_s": _rounded(take.tokens_per_s),
        "output": output(take),
        "system": prompt.system,
        "prompt": prompt.text,
        "reasoning": take.reasoning or None,
    }


def digits(number: int | float | Decimal) -> str:
    """A number as CSV and JSON have it: every digit, no exponent, no zeros at the end."""
    if isinstance(number, int):
        return str(number)
    return plain(number if isinstance(number, Decimal) else Decimal(repr(number)))


def _place(take: Take, round_: Round, tags: Mapping[str, str]) -> dict[str, Value]:
    return {
        "schema": SCHEMA,
        "session": round_.session,
        "round": round_.id,
        "take": take.id,
        "repeat": take.repeat,
        "role": "answer",
        "origin": take.origin,
        "prompt_id": round_.prompt_id,
        "tags": _tags({**tags, **round_.tags}),
    }


def _asked(take: Take) -> dict[str, Value]:
    lane = take.lane
    return {
        "lane": str(lane),
        "endpoint": take.endpoint,
        "api": take.api,
        "model": lane.model,
        "effort": lane.effort,
        "tier": lane.tier,
        "temperature": lane.temp,
        "top_p": lane.top_p,
        "max_output_tokens": lane.max,
    }


def _outcome(take: Take) -> dict[str, Value]:
    return {
        "model_served": take.served.model,
        "tier_served": take.served.tier,
        "effort_served": take.served.effort,
        "verdict": take.verdict.value if take.verdict else None,
        "finish_reason": take.finish_reason,
        "flags": " ".join(take.flags) or None,
        "started_at": take.started_at,
        "attempts": take.attempts,
        "http_status": take.status,
        "error_class": take.failure.error_class if take.failure else None,
        "error": take.failure.message if take.failure else None,
        "request_id": take.request_id,
    }


def _times(stamps: Stamps) -> dict[str, Value]:
    total = _milliseconds(stamps.total_ns)
    return {
        "latency_s": None if total is None else total.scaleb(-3),
        "queue_ms": _milliseconds(stamps.queue_ns),
        "retry_ms": _milliseconds(stamps.retry_ns),
        "ttft_ms": _milliseconds(stamps.ttft_ns),
        "ttfa_ms": _milliseconds(stamps.ttfa_ns),
        "total_ms": total,
        "felt_ms": _milliseconds(stamps.felt_ns),
    }


def _tokens(usage: Usage) -> dict[str, Value]:
    """As the endpoint reports them, never as estimated."""
    written = None if usage.written is None else usage.written + (usage.written_12h or 0)
    return {
        "in_tokens": usage.input,
        "out_tokens": usage.output,
        "cached_tokens": usage.cached,
        "cache_write_tokens": written,
        "reasoning_tokens": usage.reasoning,
    }


def _price(take: Take, told: Usage | None) -> dict[str, Value]:
    cost = take.cost
    amount = cost.amount
    guessed = cost.state in (CostState.ESTIMATED, CostState.PARTIAL)
    if guessed and not amount:
        amount = None  # an estimate of nothing seen is no price of 0
    source = "server" if told else "estimated" if guessed and amount is not None else None
    return {
        "cost_usd": amount,
        "cost_state": cost.state.value,
        "price_date": take.rate.card_date.isoformat() if take.rate else None,
        "usage_source": source,
    }


def output(take: Take) -> str:
    """The answer; the calls it asks for follow as one JSON list."""
    if not take.tools:
        return take.text
    calls = json.dumps([call.to_data() for call in take.tools.values()], ensure_ascii=False)
    return f"{take.text}\n\n{calls}" if take.text else calls


def _tags(tags: Mapping[str, str]) -> str | None:
    """`k=v;k=v`, sorted; split at `;` and `=`, then undo the percent signs, to have them back."""
    return ";".join(f"{_escaped(key)}={_escaped(tags[key])}" for key in sorted(tags)) or None


def _escaped(word: str) -> str:
    return word.replace("%", "%25").replace(";", "%3B").replace("=", "%3D")


def _milliseconds(nanoseconds: int | None) -> Decimal | None:
    return None if nanoseconds is None else Decimal(nanoseconds).scaleb(-6).quantize(_MICROSECOND)


def _rounded(rate: float | None) -> Decimal | None:
    return None if rate is None else Decimal(rate).quantize(_HUNDREDTH)
