"""Sessions in a store without an endpoint: their events are made up, their way into the file is the real one."""

from collections.abc import Mapping, Sequence
from typing import Any

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.record import SessionRecord
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.store.store import Place, Store

MS = 1_000_000
RATE: Mapping[str, Any] = {
    "model": "gpt-5.5",
    "tier": "default",
    "input": "5",
    "output": "30",
    "card_date": "2026-11-01",
}
"""One of a card's rows as an event has it; see `Rate.to_data`."""


def told(
    text: str = "An answer.",
    *,
    start_ns: int = 1_000_000_000,
    verdict: str = "done",
    rate: Mapping[str, Any] | None = RATE,
    usage: Mapping[str, int] | None = None,
    prompt: str = "A question?",
    model: str = "gpt-5.5",
) -> list[Event]:
    """What happens to a take from its place in line to its end. A verdict of `running` leaves the end out."""
    at = start_ns
    words = [word + " " for word in text.split(" ")]
    words[-1] = words[-1][:-1]
    queued = {"input_tokens": 7, "endpoint": "here", "api": "responses", "base_url": "https://here.test/v1"}
    events = [
        Event(at, Kind.QUEUED, data=queued),
        Event(at + 1, Kind.RATE, data={"rate": dict(rate) if rate else None, "free": False, "thinks": False}),
        Event(at + MS, Kind.REQUEST, data={"path": "/responses", "body": {"model": model, "input": prompt}}),
        Event(at + 2 * MS, Kind.SENT, data={"at": "2026-11-20T10:00:00.000Z"}),
        Event(at + 40 * MS, Kind.HEADERS, data={"status": 200, "request_id": "req-1"}),
        Event(at + 41 * MS, Kind.FIRST_EVENT),
        Event(at + 41 * MS, Kind.SERVED, data={"model": model, "tier": "default"}),
    ]
    events += [Event(at + (300 + 20 * n) * MS, Kind.TEXT, word) for n, word in enumerate(words)]
    at += (300 + 20 * len(words)) * MS
    if verdict == "running":
        return events
    if verdict == "failed":
        return [*events, Event(at, Kind.ERROR, "it broke", {"class": "server", "status": 500}), Event(at, Kind.END)]
    told = dict(usage or {"input": 7, "output": max(1, len(words)), "cached": 0})
    return [
        *events,
        Event(at, Kind.USAGE, data=told),
        Event(at, Kind.FINISH, data={"status": "completed"}),
        Event(at, Kind.END),
    ]


def answered(
    store: Store,
    session_id: str | None = None,
    *,
    prompts: Sequence[str] = ("A question?",),
    lanes: Sequence[str] = ("gpt-5.5 low", "gpt-5.5-pro high flex"),
    texts: Sequence[str] = ("An answer.",),
    verdicts: Sequence[str] = ("done",),
    tags: Mapping[str, str] | None = None,
) -> SessionRecord:
    """A session of a round per prompt, written by the journal; texts and verdicts go round."""
    session = Session(session_id) if session_id else Session()
    parsed = tuple(map(Lane.parse, lanes))
    count = 0
    for prompt in prompts:
        round_ = session.next_round(Prompt(prompt), parsed, {})
        takes = [Take(take.id, take.lane, repeat=take.repeat) for take in round_.takes()]
        store.journal.begin(round_, takes, ())
        for take in takes:
            verdict = verdicts[count % len(verdicts)]
            events = told(texts[count % len(texts)], verdict=verdict, prompt=prompt, model=take.lane.model)
            store.journal.record(take.id, events)
            take.apply_all(events)
            if take.verdict is not None:
                store.journal.ended(take)
            count += 1
        session.rounds.append(SentRound(round_, takes))
    for name, value in (tags or {}).items():
        store.tag(Place(session.id), name, value)
    assert store.journal.flush(10), store.journal.trouble
    return store.read(session.id)
