"""Trouble on request: only a server started with faults ever plays it.

A prompt names its fault (`fault:busy`, `fault:rate`, `fault:500`, `fault:cut`, `fault:stall`). Without such a word
every third flex request finds no capacity, and every seventh request of all meets the next fault in turn.
"""

import re
from enum import Enum

from compare_tui.demo.ask import Ask
from compare_tui.demo.memory import Memory
from compare_tui.demo.refusal import Refusal


class Fault(Enum):
    """What goes wrong: before the answer, or in the middle of it."""

    BUSY = "busy"
    RATE = "rate"
    BROKEN = "500"
    CUT = "cut"
    STALL = "stall"


_WORD = re.compile(r"\bfault:(busy|rate|500|cut|stall)\b")
_IN_TURN = (Fault.RATE, Fault.CUT, Fault.BROKEN, Fault.STALL)
_EVERY, _EVERY_FLEX = 7, 3


def fault_for(ask: Ask, memory: Memory) -> Fault | None:
    """Busy is a matter of flex alone; on another tier the word does nothing."""
    word = _WORD.search(ask.text)
    if word is not None:
        fault = Fault(word[1])
        return None if fault is Fault.BUSY and ask.tier != "flex" else fault
    if ask.tier == "flex" and memory.flex_requests % _EVERY_FLEX == 0:
        return Fault.BUSY
    if memory.requests % _EVERY == 0:
        return _IN_TURN[(memory.requests // _EVERY - 1) % len(_IN_TURN)]
    return None


def refuse(fault: Fault, model: str) -> None:
    """Raise what a fault before the answer looks like; a cut and a stall come later."""
    match fault:
        case Fault.BUSY:
            raise Refusal(
                "Resource unavailable: there is no flex capacity for this request right now (simulated). "
                "You are not charged for it. Try again later, or send it with service_tier 'auto'.",
                status=429,
                kind="resource_unavailable",
                code="resource_unavailable",
            )
        case Fault.RATE:
            raise Refusal(
                f"Rate limit reached for {model} on requests per min (RPM): Limit 500, Used 500, Requested 1. "
                "Please try again in 1s. (simulated)",
                status=429,
                kind="requests",
                code="rate_limit_exceeded",
                headers={"retry-after": "1", "x-ratelimit-remaining-requests": "0"},
            )
        case Fault.BROKEN:
            raise Refusal(
                "The server had an error while processing your request. Sorry about that! (simulated)",
                status=500,
                kind="server_error",
            )
        case Fault.CUT | Fault.STALL:
            return
