"""A session as JSON lines that lose nothing: one line a take, its row and behind it all the store has of it.

`record` in a line: `format`; `session` (id, created, name, tags, again_of, view); `round`, whose `histories` are told
with the takes they belong to; `take` (id, lane, repeat, and its origin unless it was live); `events`, each `[ns since
the one before, kind, text, data]` without what is empty at its end, the first since the clock's own zero; `kept`,
pictures in base64 by their SHA-256, each in the first line that needs it. A session without takes has no line.
"""

import base64
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from typing import Any, Final

from compare_tui.core.events import Event
from compare_tui.core.lane import Lane
from compare_tui.core.record import SessionRecord, TakeRecord
from compare_tui.core.round import Round
from compare_tui.core.round_data import to_data
from compare_tui.export.jsonl import take_object
from compare_tui.export.rows import row

Data = dict[str, Any]

FORMAT: Final = 1
"""The version of what stands under `record`."""
DEEPEST: Final = 100
"""Values nested deeper are nobody's data and would exhaust the stack of the next reader."""
OWN_ORIGINS: Final = ("store", "batch")
"""What a take stays when it is taken elsewhere; any other was live where it was asked."""


def lines(record: SessionRecord) -> Iterator[str]:
    """Without their ends. The same record gives the same lines, also when it came from them."""
    session = _session_data(record)
    kept: set[str] = set()
    for one in record.rounds:
        untold = set(one.round.histories) - {take.lane.configuration for take in one.takes}
        for take in one.takes:
            pictures: dict[str, str] = {}
            told = _telling(one.round, untold | {take.lane.configuration})
            data = {
                "format": FORMAT,
                "session": session,
                "round": _sound(to_data(told, _keeper(pictures))),
                "take": _take_data(take),
                "events": list(_compact(take.events)),
            }
            untold = set()
            if new := {name: pictures[name] for name in pictures if name not in kept}:
                data["kept"] = new
                kept.update(new)
            folded = take.take()
            told_row = row(folded, one.round, tags=record.tags) | {"origin": _own_origin(folded.origin) or "live"}
            yield take_object(told_row, data)


def kept_name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _own_origin(origin: str) -> str | None:
    return origin if origin in OWN_ORIGINS else None


def _telling(round_: Round, lanes: Set[Lane]) -> Round:
    """With the conversations of these lanes alone: each may be long, and a line a take would repeat them all."""
    return replace(round_, histories={lane: turns for lane, turns in round_.histories.items() if lane in lanes})


def _keeper(pictures: dict[str, str]) -> Callable[[bytes], str]:
    def keep(data: bytes) -> str:
        name = kept_name(data)
        if name not in pictures:
            pictures[name] = base64.b64encode(data).decode()
        return name

    return keep


def _session_data(record: SessionRecord) -> Data:
    data = {
        "id": record.id,
        "created": record.created,
        "name": record.name,
        "tags": dict(record.tags),
        "again_of": record.again_of,
        "view": _sound(record.view),
    }
    return {key: value for key, value in data.items() if value not in (None, "", {})}


def _take_data(take: TakeRecord) -> Data:
    data: Data = {"id": take.id, "lane": str(take.lane), "repeat": take.repeat}
    own = _own_origin(take.origin)
    return data if own is None else {**data, "origin": own}


def _compact(events: Iterable[Event]) -> Iterator[list[Any]]:
    before = 0
    for t_ns, kind, text, data in events:
        event: list[Any] = [t_ns - before, kind.value]
        before = t_ns
        if text or data:
            event.append(text)
        if data:
            event.append(_sound(data))
        yield event


def _sound(value: Any, depth: int = 0) -> Any:
    """The value as JSON can have it: what an endpoint sent as NaN or nested without end is unknown."""
    if isinstance(value, Mapping):
        return {key: _sound(inner, depth + 1) for key, inner in value.items()} if depth < DEEPEST else None
    if isinstance(value, list | tuple):
        return [_sound(inner, depth + 1) for inner in value] if depth < DEEPEST else None
    return None if isinstance(value, float) and not math.isfinite(value) else value
