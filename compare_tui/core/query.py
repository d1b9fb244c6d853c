"""What is looked for among the sessions: words, and `key:value` conditions, as typed into one line."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from compare_tui.core.nearest import did_you_mean
from compare_tui.core.sanitize import join_surrogates
from compare_tui.core.verdict import Verdict


class QueryError(ValueError):
    """A condition that is none; the message is for the reader."""


@dataclass(frozen=True, slots=True)
class Query:
    """A session is found when one of its texts holds all words and one of its takes meets all conditions."""

    words: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()
    """Each of them is in its id or name, or in a text, a lane or a verdict of it; never typed as such."""
    model: str | None = None
    effort: str | None = None
    tier: str | None = None
    verdict: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    """An empty value stands for any."""
    since: str | None = None
    """A day, `YYYY-MM-DD`, or a month; this one and later."""
    until: str | None = None
    above: Decimal | None = None
    """The session cost more than that."""
    below: Decimal | None = None
    unfinished: bool = False
    """The last word is still being typed: it may go on."""

    @property
    def is_empty(self) -> bool:
        return self == Query(unfinished=self.unfinished)


_FIRST_YEAR, _LAST_YEAR = 1970, 9998
"""A moment before or behind a day of these is one as well, in every time zone."""
_COST = re.compile(r"cost([<>])(.+)")


def parse(text: str, *, unfinished: bool = False) -> Query:
    """`ttft model:gpt-5.5 effort:high tag:team=core since:2026-11-01 cost>0.01 verdict:failed`; quotes keep words
    together. A sign that no condition knows is a word."""
    found: dict[str, Any] = {}
    words: list[str] = []
    tags: dict[str, str] = {}
    for word in _split(join_surrogates(text).replace("\0", " ")):  # neither can be looked for
        if cost := _COST.fullmatch(word):
            found["above" if cost[1] == ">" else "below"] = _usd(cost[2])
            continue
        key, colon, value = word.partition(":")
        if not colon or key not in _CONDITIONS or not value:
            words.append(word)
        elif key == "tag":
            name, _, wanted = value.partition("=")
            tags[name] = wanted
        else:
            found[key] = _CONDITIONS[key](key, value)
    return Query(tuple(words), tags=tags, unfinished=unfinished and not text.endswith((" ", '"')), **found)


def _split(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="")
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    lexer.quotes = '"'
    try:
        return list(lexer)
    except ValueError:  # a quote that is still open
        return text.replace('"', " ").split()


def _as_it_is(key: str, value: str) -> str:
    return value


def _verdict(key: str, value: str) -> str:
    known = [verdict.value for verdict in Verdict]
    if value not in known:
        raise QueryError(f"{value} is no verdict{did_you_mean(value, known) or '; there are ' + ', '.join(known)}")
    return value


def _day(key: str, value: str) -> str:
    try:
        day = date.fromisoformat(value if len(value) > len("YYYY-MM") else f"{value}-01")
    except ValueError:
        day = date.min
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise QueryError(f"{key}: takes a day such as 2026-11-20, or a month, not {value}")
    return value


def _usd(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise QueryError(f"cost takes USD such as 0.01, not {text}")
    return amount


_CONDITIONS = {
    "model": _as_it_is,
    "effort": _as_it_is,
    "tier": _as_it_is,
    "verdict": _verdict,
    "tag": _as_it_is,
    "since": _day,
    "until": _day,
}
