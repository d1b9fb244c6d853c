"""How much of what was sent came from the endpoint's cache, and what in the prompt kept more of it from that."""

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from compare_tui.core.events import Data
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import TOKENS_PER_IMAGE
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.tally import in_percent
from compare_tui.core.tokens import estimate_tokens

LEAST_CACHED: Final = 1024
"""From so many tokens on a prefix is kept, in whole steps of 128."""
A_LOT: Final = 0.25
"""So much less of the input from the cache than before is worth an alarm."""
_KEPT_MINUTES: Final = 5
_HEAD: Final = {
    "model": ("model",),
    "cache key": ("prompt_cache_key",),
    "effort": ("reasoning.effort", "reasoning_effort"),
    "verbosity": ("text.verbosity", "verbosity"),
    "tier": ("service_tier",),
}
"""What must be the same for a cache to be looked at, and where each dialect has it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a request departs from an earlier one."""

    text: str
    """For the reader; empty when one of the two begins the other."""
    shared: int
    """Tokens before that place, estimated."""
    in_prompt: bool = False
    """It is in the last turn, the prompt itself, which is seldom meant to be the same."""


@dataclass(frozen=True, slots=True)
class Cached:
    """What one configuration had from the cache in one round, all its takes together. None is unknown."""

    round_id: str
    lane: Lane
    takes: int = 0
    input: int | None = None
    cached: int | None = None
    alarm: str = ""

    @property
    def share(self) -> float | None:
        return None if self.cached is None or not self.input else self.cached / self.input


# Per session


def cached_shares(session: Session) -> list[Cached]:
    """Round by round and lane by lane; an alarm where much less came from the cache than could have."""
    found: dict[tuple[str, Lane], Cached] = {}
    last: dict[Lane, SentRound] = {}
    by_id = {sent.round.id: sent for sent in session.rounds}
    for sent in session.rounds:
        for lane in dict.fromkeys(lane.configuration for lane in sent.lanes):
            now = _counted(sent, lane)
            earlier = by_id.get(sent.round.follows or "")
            if earlier is None or (earlier.round.id, lane) not in found:
                earlier = last.get(lane)
            alarm = "" if earlier is None else _alarm(found[earlier.round.id, lane], now, earlier, sent)
            found[sent.round.id, lane] = Cached(now.round_id, lane, now.takes, now.input, now.cached, alarm)
            if now.share is not None:
                last[lane] = sent
    return list(found.values())


def share_of(found: Iterable[Cached]) -> float | None:
    """Of all the input whose cached part is known."""
    known = [(one.cached, one.input) for one in found if one.cached is not None and one.input]
    return sum(cached for cached, _ in known) / sum(read for _, read in known) if known else None


def _reported(sent: SentRound, lane: Lane) -> list[Take]:
    """Takes that were sent and say how much was cached; what the store answered is no news of a cache."""
    return [
        take
        for take in sent.alike(lane)
        if take.verdict is not None
        and take.origin != "store"
        and take.usage
        and take.usage.input
        and _cached(take) is not None
    ]


def _cached(take: Take) -> int | None:
    return take.usage.cached if take.usage else None


def _counted(sent: SentRound, lane: Lane) -> Cached:
    takes = _reported(sent, lane)
    if not takes:
        return Cached(sent.round.id, lane)
    usages = [take.usage for take in takes if take.usage]
    read = sum(usage.input or 0 for usage in usages)
    return Cached(sent.round.id, lane, len(takes), read, sum(usage.cached or 0 for usage in usages))


def _alarm(before: Cached, now: Cached, earlier: SentRound, sent: SentRound) -> str:
    """A prompt that merely grew has as much from the cache as it had; another prompt shares nothing to be cached."""
    if before.share is None or now.share is None or now.lane.cache == "cold":
        return ""
    fewer = 2 * (now.cached or 0) / now.takes < (before.cached or 0) / before.takes
    if before.share - now.share < A_LOT or not fewer or (now.input or 0) / now.takes < LEAST_CACHED:
        return ""
    first, then = _reported(earlier, now.lane)[0], _reported(sent, now.lane)[0]
    if first.sent is not None and then.sent is not None:
        difference = departs(first.sent, then.sent)
        if difference.in_prompt and _had_what_it_could(difference, then):
            return ""
    now_is, then_was, number = in_percent(now.share), in_percent(before.share), earlier.round.number
    return f"{now_is} of the input from the cache, {then_was} in round {number}: {why_missed(first, then)}"


# Between two takes


def why_missed(before: Take, now: Take) -> str:
    """Why the later take had not more of its prompt from the cache that the earlier one left."""
    if before.sent is None or now.sent is None:
        return "what was sent is not known"
    if now.usage and now.usage.input and now.usage.input < LEAST_CACHED:
        return f"below {LEAST_CACHED:,} tokens nothing is cached"
    difference = departs(before.sent, now.sent)
    if difference.text and _had_what_it_could(difference, now):
        return difference.text
    same = f"the first ~{difference.shared:,} tokens are the same" if difference.text else "nothing changed"
    minutes = _minutes(before.started_at, now.started_at)
    if minutes is None:
        return f"{same}, the cache was not kept; most are for {_KEPT_MINUTES} minutes"
    if minutes < _KEPT_MINUTES:
        return f"{same} and it was asked within {_KEPT_MINUTES} minutes: the endpoint kept no cache"
    return f"{same}, the cache was not kept: {minutes:,} minutes lay between, most are kept for {_KEPT_MINUTES}"


def _had_what_it_could(difference: Difference, take: Take) -> bool:
    """Too little is the same to be cached, or what is the same was; our count is off by a fifth at times."""
    return difference.shared < LEAST_CACHED or 2 * (_cached(take) or 0) >= difference.shared


def _minutes(start: str | None, end: str | None) -> int | None:
    try:
        past = datetime.datetime.fromisoformat(end or "") - datetime.datetime.fromisoformat(start or "")
    except (ValueError, TypeError):  # what was imported may say anything
        return None
    return None if past.total_seconds() < 0 else int(past.total_seconds() // 60)


def departs(before: Data, now: Data) -> Difference:
    """The first difference between what two takes sent (`take.sent`), in the order in which a cache reads it."""
    old, new = _Request.of(before.get("body")), _Request.of(now.get("body"))
    for name in _HEAD:
        if old.head[name] != new.head[name]:
            return Difference(f"the {name} changed", 0)
    shared: list[str] = []
    for name, one, other in zip(("tools", "schema", "system text"), old.fixed, new.fixed, strict=True):
        if one != other:
            said = _how(one, other) if name == "system text" else "changed"
            return Difference(f"the {name} {said}", _tokens([*shared, one[: _alike(one, other)]]))
        shared.append(one)
    return _in_turns(old.turns, new.turns, shared)


# What was sent, whatever the dialect


@dataclass(frozen=True, slots=True)
class _Message:
    role: str
    text: str
    images: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: Any) -> "_Message":
        """What a `body.` key of the lane put there is taken as it is written."""
        if not isinstance(said, Mapping):
            return cls("user", _written(said))
        content = said.get("content", said)
        parts = [
            part if isinstance(part, Mapping) else {"text": part}
            for part in (content if isinstance(content, list | tuple) else [{"text": content}])
        ]
        text = "".join(_written(part.get("text", part)) for part in parts if "image_url" not in part)
        images = tuple(_written(part["image_url"]) for part in parts if "image_url" in part)
        return cls(_written(said.get("role")), text, images)


@dataclass(frozen=True, slots=True)
class _Request:
    """A body in the order in which a cache reads it: what chooses the cache, tools, schema, system text, turns."""

    head: Mapping[str, str]
    fixed: tuple[str, str, str]
    turns: tuple[_Message, ...]

    @classmethod
    def of(cls, body: Any) -> "_Request":
        head = {name: "".join(_written(_at(body, path)) for path in paths) for name, paths in _HEAD.items()}
        said = _at(body, "messages") or _at(body, "input")
        turns = list(map(_Message.of, said if isinstance(said, list | tuple) else [said]))
        system = _written(_at(body, "instructions"))
        if not system and turns[:1] and turns[0].role == "system":
            system = turns.pop(0).text
        schema = _written(_at(body, "text.format") or _at(body, "response_format"))
        return cls(head, (_written(_at(body, "tools")), schema, system), tuple(turns))


def _at(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body.get(name) if isinstance(body, Mapping) else None
    return body


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dict)


def _in_turns(old: Sequence[_Message], new: Sequence[_Message], shared: list[str]) -> Difference:
    pictures = 0
    for number, (one, other) in enumerate(zip(old, new, strict=False), 1):
        if one == other:
            shared.append(one.text)
            pictures += len(one.images)
            continue
        same = _alike(one.text, other.text) if one.role == other.role else 0
        if one.role == other.role and one.text == other.text:
            place, said = _other_image(one.images, other.images)
            said = f"image {place + 1} of turn {number} {said}"
            pictures += place
        else:
            said = f"turn {number} {_how(one.text, other.text) if same else 'is another one'}"
        return Difference(said, _tokens([*shared, one.text[:same]], pictures), in_prompt=number == len(new))
    return Difference("", _tokens(shared, pictures))


def _other_image(one: Sequence[str], other: Sequence[str]) -> tuple[int, str]:
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if at == len(one):
        return at, "is new"
    return at, "is gone" if at == len(other) else "is another one"


def _how(one: str, other: str) -> str:
    if not one or not other:
        return "is gone" if one else "is new"
    return f"differs from character {_alike(one, other) + 1:,} on"


def _alike(one: str, other: str) -> int:
    """How many characters both begin with; halving, for a loop over 2 MB takes 100 ms."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _tokens(texts: Iterable[str], pictures: int = 0) -> int:
    """Of all texts at once: of a long one samples are counted."""
    return estimate_tokens("\n".join(filter(None, texts))) + TOKENS_PER_IMAGE * pictures
