"""A lane: one configuration a prompt is sent to, and the text it is written as."""

import math
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from compare_tui.core.nearest import did_you_mean

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
TIERS = ("auto", "default", "flex", "priority", "scale", "ultrafast", "batch")
TIER_ALIASES = {"standard": "default", "fast": "priority"}


class LaneError(ValueError):
    """The text is no lane; the message says which word and what comes near."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Model, effort, tier, endpoint and what else is sent. None means: not sent, the endpoint decides."""

    model: str
    effort: str | None = None
    tier: str | None = None
    endpoint: str | None = None
    name: str | None = None
    temp: float | None = None
    top_p: float | None = None
    freq: float | None = None
    pres: float | None = None
    max: int | None = None
    verbosity: str | None = None
    summary: str | None = None
    seed: int | None = None
    logprobs: int | None = None
    timeout: float | None = None
    repeat: int | None = None
    busy: str | None = None
    cache: str | None = None
    system: str | None = None
    """`@FILE`, like `prompt`."""
    until: str | None = None
    prompt: str | None = None
    body: tuple[tuple[str, str], ...] = ()
    """Any other field: its dotted path and its value as compact JSON."""

    @classmethod
    def parse(cls, text: str) -> "Lane":
        words = _words(text)
        if not words or not words[0]:
            raise LaneError("a lane starts with a model")
        found: dict[str, Any] = {}
        body: dict[str, str] = {}
        for word in words[1:]:
            key, value = _read(word)
            if key.startswith("body."):
                if key[5:] in body:
                    raise LaneError(f"a second {key}: {word}")
                body[key[5:]] = value
            elif key in found:
                raise LaneError(f"a second {key}: {word}")
            else:
                found[key] = value
        return cls(words[0], body=tuple(sorted(body.items())), **found)

    def __str__(self) -> str:
        words = [self.model]
        for key, bare in (("effort", EFFORTS), ("tier", TIERS)):
            value = getattr(self, key)
            if value is not None:
                words.append(value if value in bare else f"{key}={value}")
        if self.endpoint is not None:
            words.append(f"@{self.endpoint}")
        for key in _KEYED:
            value = getattr(self, key)
            if value is not None:
                words.append(f"{key}={_number_text(value) if isinstance(value, float) else value}")
        words += [f"body.{path}={value}" for path, value in self.body]
        return " ".join(map(shlex.quote, words))

    @property
    def label(self) -> str:
        """What a heading calls it."""
        if self.name:
            return self.name
        endpoint = f"@{self.endpoint}" if self.endpoint else None
        return " ".join(part for part in (self.model, self.effort, self.tier, endpoint) if part)

    @property
    def configuration(self) -> "Lane":
        """What two lanes must share to be the same configuration: all but name, repeat and timeout."""
        if self.name is None and self.repeat is None and self.timeout is None:
            return self  # asked of every take of a long session while a prompt is typed
        return replace(self, name=None, repeat=None, timeout=None)


def distinct_labels(lanes: Iterable[Lane]) -> dict[Lane, str]:
    """What to call each of several lanes: by its label where that is its own, else by all that is written of it."""
    unique = list(dict.fromkeys(lanes))
    labels = [lane.label for lane in unique]
    return {lane: label if labels.count(label) == 1 else str(lane) for lane, label in zip(unique, labels, strict=True)}


def sweep(models: Iterable[str], efforts: Iterable[str] = (), tiers: Iterable[str] = ()) -> list[Lane]:
    """Every model at every effort on every tier, in the order given."""
    at_efforts: list[str | None] = [_swept("effort", word) for word in efforts]
    on_tiers: list[str | None] = [_swept("tier", word) for word in tiers]
    return [
        Lane(model, effort, tier) for model in models for effort in at_efforts or [None] for tier in on_tiers or [None]
    ]


def _swept(key: str, word: str) -> str:
    value = TIER_ALIASES.get(word, word) if key == "tier" else word
    known = EFFORTS if key == "effort" else (*TIERS, *TIER_ALIASES)
    if value not in known:
        raise LaneError(f"{word} is no {key}{did_you_mean(word, known)}")
    return value


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise LaneError(f"{error} in: {text}") from None
    if ">>" in words:
        raise LaneError("a chain (>>) is more than one lane")
    return words


def _read(word: str) -> tuple[str, Any]:
    """One word after the model as the field it sets and its value."""
    if word.startswith("@") and len(word) > 1:
        return "endpoint", word[1:]
    key, equals, value = word.partition("=")
    if equals:
        return _read_keyed(key, value)
    if word in EFFORTS:
        return "effort", word
    if word in TIERS or word in TIER_ALIASES:
        return "tier", TIER_ALIASES.get(word, word)
    raise LaneError(f"{word} is no effort, tier, @endpoint or key=value{did_you_mean(word, _BARE)}")


def _read_keyed(key: str, value: str) -> tuple[str, Any]:
    if key.startswith("body."):
        if not all(key[5:].split(".")):
            raise LaneError(f"{key} names no field; write body.FIELD=JSON")
        return key, _json(key, value)
    reader = _READERS.get(key)
    if key == "endpoint":
        raise LaneError(f"an endpoint is written @{value}")
    if reader is None:
        raise LaneError(f"{key} is no key of a lane{did_you_mean(key, [*_READERS, 'body.'])}")
    return key, reader(key, value)


def _text(key: str, value: str) -> str:
    if not value:
        raise LaneError(f"{key}= is empty")
    return value


def _tier(key: str, value: str) -> str:
    return TIER_ALIASES.get(value, _text(key, value))


def _file(key: str, value: str) -> str:
    if not value.startswith("@") or len(value) == 1:
        raise LaneError(f"{key} takes a file: {key}=@FILE")
    return value


def _number(key: str, value: str) -> float:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value, re.ASCII) or math.isinf(float(value)):
        raise LaneError(f"{key} takes a number, not {value}")
    return float(value)


def _seconds(key: str, value: str) -> float:
    number = _number(key, value)
    if number <= 0:
        raise LaneError(f"{key} takes seconds above 0, not {value}")
    return number


def _integer(least: int | None) -> Callable[[str, str], int]:
    def read(key: str, value: str) -> int:
        if not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
            raise LaneError(f"{key} takes a whole number, not {value}")
        if least is not None and int(value) < least:
            raise LaneError(f"{key} takes a whole number from {least}, not {value}")
        return int(value)

    return read


def _one_of(*words: str) -> Callable[[str, str], str]:
    def read(key: str, value: str) -> str:
        if value not in words:
            raise LaneError(f"{key} is {' or '.join(words)}, not {value}{did_you_mean(value, words)}")
        return value

    return read


def _json(key: str, value: str) -> str:
    import json

    try:
        return json.dumps(json.loads(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):
        raise LaneError(f"""{key} takes JSON, not {value}; a text is written {key}='"…"'""") from None


def _number_text(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


_READERS: dict[str, Callable[[str, str], Any]] = {
    "effort": _text,
    "tier": _tier,
    "name": _text,
    "temp": _number,
    "top_p": _number,
    "freq": _number,
    "pres": _number,
    "max": _integer(1),
    "verbosity": _text,
    "summary": _text,
    "seed": _integer(None),
    "logprobs": _integer(0),
    "timeout": _seconds,
    "repeat": _integer(1),
    "busy": _one_of("wait", "fail"),
    "cache": _one_of("warm", "cold"),
    "system": _file,
    "until": _text,
    "prompt": _file,
}
_KEYED = tuple(field.name for field in fields(Lane) if field.name in _READERS and field.name not in ("effort", "tier"))
_BARE = (*EFFORTS, *TIERS, *TIER_ALIASES, *(f"{key}=" for key in _READERS))
