"""The same question asked again: what makes two requests alike, and a take that is answered by an earlier one."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.record import TakeRecord
from compare_tui.core.take import Served, Take

_VERSION: Final = b"\x01"
"""Of what goes into the digest. Another one makes all that was kept unlike, and nothing wrong."""


def likeness(prompt: Prompt, lane: Lane, base_url: str, api: str) -> bytes:
    """32 bytes that are the same when the same would be sent to the same address.

    The prompt is the lane's own, as `Round.prompt_for` gives it. What goes in, as compact JSON in this order behind a
    byte of version: address, dialect, the lane as it is written, system text, turns, text, pictures by what is in them,
    schema, tools. The keys of a schema keep their order, answers follow it. Of the lane is left out what is not sent:
    how it is called, asked and waited for, where its texts come from, and the endpoint's name. A cold cache counts:
    who asks for one wants no figure of a warm one.
    """
    said: dict[str, Any] = {
        "url": base_url,
        "api": api,
        "lane": str(_as_sent(lane)),
        "system": prompt.system or None,
        "turns": [[turn.role, turn.text, list(map(_image, turn.images))] for turn in prompt.turns],
        "text": prompt.text,
        "images": list(map(_image, prompt.images)),
        "schema": prompt.schema,
        "tools": list(prompt.tools),
    }
    written = json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=dict)
    return hashlib.sha256(_VERSION + written.encode("utf-8", "surrogatepass")).digest()


def _as_sent(lane: Lane) -> Lane:
    cache = "cold" if lane.cache == "cold" else None
    return replace(lane.configuration, endpoint=None, busy=None, cache=cache, system=None, until=None, prompt=None)


def _image(image: Image) -> list[str | None]:
    """Its name is not sent."""
    if image.url:
        return [None, image.url]
    return [image.mime, hashlib.sha256(image.data).hexdigest()]


def stored_events(record: TakeRecord, t_ns: int, endpoint: str, api: str) -> list[Event]:
    """All that happens to a new take answered with what an earlier one was answered: it has no time and no attempt."""
    return list(_events(record, t_ns, endpoint, api))


def _events(record: TakeRecord, t_ns: int, endpoint: str, api: str) -> Iterator[Event]:
    asked = next((event.data["of"] for event in record.events if event.kind is Kind.STORED), record.id)
    yield Event(t_ns, Kind.QUEUED, data={"endpoint": endpoint, "api": api})
    yield Event(t_ns, Kind.STORED, data={"of": asked})
    take = record.take()
    if take.served != Served():
        yield Event(t_ns, Kind.SERVED, data={name: getattr(take.served, name) for name in Served.__slots__})
    yield from _answer(take, t_ns, refused=any(event.kind is Kind.REFUSAL for event in record.events))
    for kind in (Kind.USAGE, Kind.FINISH):
        told = next((event for event in reversed(record.events) if event.kind is kind), None)
        if told is not None:
            yield told._replace(t_ns=t_ns)
    yield Event(t_ns, Kind.END)


def _answer(take: Take, t_ns: int, *, refused: bool) -> Iterator[Event]:
    """Each channel in one piece: the order in which pieces came says nothing without their times."""
    if take.reasoning:
        yield Event(t_ns, Kind.REASONING, take.reasoning)
    if take.text or refused:
        yield Event(t_ns, Kind.REFUSAL if refused else Kind.TEXT, take.text)
    for key, call in take.tools.items():
        yield Event(t_ns, Kind.TOOL, "".join(call.arguments), {"key": key, "name": call.name, "id": call.id})
    if take.logprobs:
        yield Event(t_ns, Kind.LOGPROBS, data={"tokens": list(take.logprobs)})
