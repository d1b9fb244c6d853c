"""Sessions told in a few words: who was asked what, what came of it and when. Nothing is sent for them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Rate
from compare_tui.core.prompt import Prompt
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.round import Round

RATE = Rate("gpt-5.5", "default", Decimal(5), Decimal(30), date(2026, 11, 20), cached=Decimal("0.5"))
SKY = "Why is the sky blue?"
BEGAN_NS = 1_000_000_000


def answer(
    text: str = "Because blue scatters most.",
    *,
    ttft: float = 500,
    total: float = 2_000,
    out: int = 100,
    read: int = 1_000,
    cached: int = 0,
    reason: str | None = None,
    day: str = "2026-11-20",
) -> tuple[Event, ...]:
    """Times in milliseconds. The text comes in two pieces."""
    half = len(text) // 2
    usage: dict[str, Any] = {"input": read, "output": out, "cached": cached, "reasoning": 0}
    return (
        *_sent(day),
        _at(ttft, Kind.TEXT, text[:half]),
        _at(total, Kind.TEXT, text[half:]),
        _at(total, Kind.USAGE, **usage),
        _at(total, Kind.FINISH, status="incomplete" if reason else "completed", reason=reason),
        _at(total, Kind.END),
    )


def unfinished(text: str = "", *, ttft: float = 500) -> tuple[Event, ...]:
    """It still runs; the figures tick on the clock of a process that has just begun."""
    return (*_sent("2026-11-20"), *([_at(ttft, Kind.TEXT, text)] if text else ()))


def failure(message: str = "the server failed") -> tuple[Event, ...]:
    return (
        *_sent("2026-11-20"),
        _at(300, Kind.ERROR, message, **{"class": "server", "status": 500}),
        _at(300, Kind.END),
    )


def from_store(text: str, of: str = "earlier.1.1") -> tuple[Event, ...]:
    return (
        _at(0, Kind.QUEUED, input_tokens=1_000, endpoint="here", api="responses"),
        _at(0, Kind.STORED, of=of),
        _at(0, Kind.TEXT, text),
        _at(0, Kind.FINISH, status="completed"),
        _at(0, Kind.END),
    )


def session(id_: str, *rounds: RoundRecord, **known: Any) -> SessionRecord:
    """Its rounds are numbered in their order."""
    return SessionRecord(id_, created="2026-11-20T09:00:00.000Z", rounds=tuple(_numbered(id_, rounds)), **known)


def asked(text: str = SKY, /, *, prompt: Prompt | None = None, **takes: Any) -> RoundRecord:
    """A round: `lanes` maps each lane to its answers, a list for repeats; the rest is what `Round` takes."""
    lanes: dict[str, Any] = takes.pop("lanes")
    repeats = [
        (Lane.parse(lane), repeat, events)
        for lane, answers in lanes.items()
        for repeat, events in enumerate(answers if isinstance(answers, list) else [answers], 1)
    ]
    round_ = Round("?.1", prompt or Prompt(text), tuple(dict.fromkeys(lane for lane, _, _ in repeats)), **takes)
    return RoundRecord(round_, tuple(TakeRecord("", lane, repeat, events) for lane, repeat, events in repeats))


def _numbered(session_id: str, rounds: tuple[RoundRecord, ...]) -> Iterator[RoundRecord]:
    from dataclasses import replace

    for number, one in enumerate(rounds, 1):
        id_ = f"{session_id}.{number}"
        follows = one.round.follows and f"{session_id}.{one.round.follows}"
        round_ = replace(one.round, id=id_, prompt_id=one.round.prompt_id, follows=follows)
        takes = tuple(replace(take, id=f"{id_}.{at}") for at, take in enumerate(one.takes, 1))
        yield RoundRecord(round_, takes)


def _sent(day: str) -> tuple[Event, ...]:
    return (
        _at(0, Kind.QUEUED, input_tokens=1_000, endpoint="here", api="responses"),
        _at(0, Kind.RATE, rate=RATE.to_data()),
        _at(0, Kind.SENT, at=f"{day}T09:00:00.000Z"),
        _at(10, Kind.HEADERS, status=200, request_id="req_1"),
    )


def _at(ms: float, kind: Kind, text: str = "", **data: Any) -> Event:
    return Event(BEGAN_NS + int(ms * 1e6), kind, text, data)


def in_order(text: str, *words: str) -> bool:
    """Whether these stand in the text, one behind the other."""
    places = [text.find(word) for word in words]
    return all(place >= 0 for place in places) and all(one < other for one, other in pairwise(places))
