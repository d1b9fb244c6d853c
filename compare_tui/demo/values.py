"""Single values for JSON: numbers within their limits, texts that suit their name and the prompt."""

import math
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compare_tui.demo.labels import choose, labels_in
from compare_tui.demo.refusal import Refusal
from compare_tui.demo.subject import identifier, material, subject
from compare_tui.demo.voice import Voice

_LONGEST_TEXT = 20_000
_SHARES = re.compile(r"confidence|probability|score|likelihood|certainty")
_PROPER = re.compile(r"(?<=[^\W\d_] |[,(] )[A-ZÄÖÜÉ][\w’'-]{1,30}(?: [A-ZÄÖÜÉ][\w’'-]{1,30}){0,2}")
_SENTENCES = (
    "{first} decides most of it, and {second} the rest.",
    "What matters here is {first}.",
    "{first} is the likelier reading; {second} would be the other.",
    "The wording points to {first}.",
)
_FORMATS = {
    "date": "2026-{month:02}-{day:02}",
    "time": "{hour:02}:{minute:02}:00Z",
    "date-time": "2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z",
    "duration": "P{day}D",
    "email": "{name}@example.org",
    "idn-email": "{name}@example.org",
    "hostname": "{dashed}.example.org",
    "ipv4": "192.0.2.{day}",
    "ipv6": "2001:db8::{day}",
    "uri": "https://example.org/{dashed}",
    "uri-reference": "/{dashed}",
}
_NAMES = (
    (re.compile(r"e_?mail"), "{name}@example.org"),
    (re.compile(r"ur[il]|link|website"), "https://example.org/{dashed}"),
    (re.compile(r"date|deadline|day$"), "2026-{month:02}-{day:02}"),
    (re.compile(r"time"), "{hour:02}:{minute:02}"),
    (re.compile(r"currency"), "EUR"),
    (re.compile(r"language|locale"), "en"),
    (re.compile(r"unit"), "celsius"),
    (re.compile(r"(?:^|_)id$"), "{name}-{day}{month:02}"),
    (re.compile(r"city|place|location|person|name|who|country|company|customer"), "{proper}"),
    (re.compile(r"label|category|title|topic|subject|query|keyword|term|tag|entity|item"), "{first}"),
)
_CHOSEN = re.compile(r"label|category|intent|class|sentiment|verdict|answer")
_SENTIMENTS = ("positive", "negative", "neutral")
_SPAN = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from: the prompt, and the voice that answers it."""

    voice: Voice
    text: str

    def choose(self, words: tuple[str, ...]) -> str:
        return choose(words, self.text, self.voice).label


def number_for(
    rules: Mapping[str, Any], name: str, source: Source, where: tuple[object, ...], *, whole: bool
) -> int | float:
    """Within the limits; a share of 1 leans towards certainty, the more so the more careful the model."""
    share = _SHARES.search(name.lower()) is not None
    least = _limit(rules, max, "minimum", "exclusiveMinimum")
    most = _limit(rules, min, "maximum", "exclusiveMaximum")
    if least is None:
        least = Decimal(0) if most is None or most > 0 else most - _SPAN
    if most is None:
        most = least + (1 if share and not whole else _SPAN)
    open_ends = (rules.get("exclusiveMinimum") == least, rules.get("exclusiveMaximum") == most)
    if whole or "multipleOf" in rules:
        step = _step(rules, whole)
        first, last = math.ceil(least / step) + (open_ends[0] and least % step == 0), math.floor(most / step)
        last -= open_ends[1] and most % step == 0
        if first > last:
            raise invalid_schema(f"no number fits the limits of '{name[:40]}'")
        drawn = step * source.voice.between(first, last, "number", *where)
        return int(drawn) if drawn == int(drawn) else float(drawn)
    if least > most or (least == most and any(open_ends)):
        raise invalid_schema(f"no number fits the limits of '{name[:40]}'")
    percent = source.voice.between(round(source.voice.care * 60), 95, "number", *where) if share else None
    return _inside(least, most, percent or source.voice.between(5, 95, "number", *where))


def _inside(least: Decimal, most: Decimal, percent: int) -> float:
    """So far along between two ends, with two decimals where they fit between."""
    exact = least + (most - least) * percent / 100
    short = round(exact, 2)
    return float(short if least < short < most else exact)


def text_for(rules: Mapping[str, Any], name: str, source: Source, where: tuple[object, ...]) -> str:
    """A text that suits its format, its name and its length."""
    least, most = rules.get("minLength", 0), rules.get("maxLength", _LONGEST_TEXT)
    if not isinstance(least, int) or not isinstance(most, int) or not least <= min(most, _LONGEST_TEXT):
        raise invalid_schema(f"no text fits the length of '{name[:40]}'")
    form = rules.get("format")
    if form == "uuid":
        luck = source.voice.luck.within(source.voice.model, *where)
        return str(uuid.UUID(int=luck.number("high") << 64 | luck.number("low"), version=4))
    text = (
        _filled(_FORMATS[form], source, where)
        if isinstance(form, str) and form in _FORMATS
        else _named(name.lower(), source, where)
    )
    while len(text) < least:
        text = f"{text} {_filled(source.voice.pick(_SENTENCES, len(text), *where), source, where)}"
    return text[:most]


def _named(name: str, source: Source, where: tuple[object, ...]) -> str:
    labels = labels_in(source.text) if _CHOSEN.search(name) else ()
    if labels or "sentiment" in name:
        return source.choose(labels or _SENTIMENTS)
    for sign, template in _NAMES:
        if sign.search(name):
            return _filled(template, source, where)
    if not where or not isinstance(where[-1], int):
        return _filled(source.voice.pick(_SENTENCES, *where), source, where)
    if where[-1] >= len(_SENTENCES):
        return f"{subject(material(source.text)).first} {where[-1] + 1}"
    turn = source.voice.between(0, len(_SENTENCES) - 1, *where[:-1])
    return _filled(_SENTENCES[(where[-1] + turn) % len(_SENTENCES)], source, where)


def _filled(template: str, source: Source, where: tuple[object, ...]) -> str:
    about = subject(material(source.text))
    proper = _PROPER.search(source.text[:2_000])
    between = source.voice.between
    return template.format(
        first=about.first,
        second=about.second,
        name=identifier(about.first),
        dashed=identifier(about.first).replace("_", "-"),
        proper=proper[0] if proper else about.first,
        month=between(1, 12, "month", *where),
        day=between(1, 28, "day", *where),
        hour=between(0, 23, "hour", *where),
        minute=between(0, 59, "minute", *where),
    )


def _limit(rules: Mapping[str, Any], stricter: Callable[[list[Decimal]], Decimal], *names: str) -> Decimal | None:
    found = [_decimal(rules[name], name) for name in names if rules.get(name) is not None]
    return stricter(found) if found else None


def _step(rules: Mapping[str, Any], whole: bool) -> Decimal:
    step = _decimal(rules.get("multipleOf", 1), "multipleOf")
    if step <= 0:
        raise invalid_schema("'multipleOf' is above 0")
    return Decimal(step.as_integer_ratio()[0]) if whole else step


def _decimal(value: object, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1e-9 <= abs(value or 1) <= 1e15:
        raise invalid_schema(f"'{name}' is a number between 10^-9 and 10^15")
    return Decimal(str(value))


def invalid_schema(reason: str) -> Refusal:
    return Refusal(f"Invalid schema: {reason}.", param="schema", code="invalid_json_schema")
