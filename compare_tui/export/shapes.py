"""What an imported value must look like before anything is done with it."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from compare_tui.core.events import Kind
from compare_tui.core.usage import LARGEST_COST, LARGEST_COUNT
from compare_tui.export.records import DEEPEST, OWN_ORIGINS

Shape = Callable[[Any, str], str | None]
"""Says where the value, which stands at that place, is not what it must be; None when it fits."""

_MOST_DIGITS = 60
_LARGEST_STAMP = 2**62


def such(words: str, is_true: Callable[[Any], bool]) -> Shape:
    """A value for which this is true, in words for the reader."""
    return lambda value, at: None if is_true(value) else f"{at} must be {words}"


def fields(needed: Mapping[str, Shape], others: Mapping[str, Shape] | None = None) -> Shape:
    """An object with these fields; the others may be missing, and further ones are not looked at."""
    shapes = {**needed, **(others or {})}

    def misfit(value: Any, at: str) -> str | None:
        if not isinstance(value, dict):
            return f"{at} must be an object"
        if missing := next((name for name in needed if name not in value), None):
            return f"{at} has no {missing}"
        return _first((shapes[name], value[name], f"{at}.{name}") for name in shapes if name in value)

    return misfit


def each(shape: Shape) -> Shape:
    """An object whose values have this shape, whatever they are called."""

    def misfit(value: Any, at: str) -> str | None:
        if not isinstance(value, dict):
            return f"{at} must be an object"
        return _first((shape, inner, f"a value in {at}") for inner in value.values())

    return misfit


def items(shape: Shape) -> Shape:
    def misfit(value: Any, at: str) -> str | None:
        if not isinstance(value, list):
            return f"{at} must be a list"
        return _first((shape, inner, f"{at}[{index}]") for index, inner in enumerate(value))

    return misfit


def maybe(shape: Shape) -> Shape:
    return lambda value, at: None if value is None else shape(value, at)


def _first(parts: Iterable[tuple[Shape, Any, str]]) -> str | None:
    return next(filter(None, (shape(value, at) for shape, value, at in parts)), None)


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_amount(value: Any) -> bool:
    """Prices and costs as they are written; with an exponent of thousands one figure would fill the memory."""
    try:
        number = Decimal(value) if isinstance(value, str) and len(value) <= _MOST_DIGITS else Decimal("NaN")
    except InvalidOperation:
        return False
    return number.is_finite() and 0 <= number <= LARGEST_COST * 1_000 and number.adjusted() >= -_MOST_DIGITS


def _is_shallow(value: Any, depth: int = 0) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth <= DEEPEST and all(_is_shallow(one, depth + 1) for one in inner)


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


TEXT: Final = such("a text", lambda value: isinstance(value, str))
FLAG: Final = such("true or false", lambda value: isinstance(value, bool))
COUNT: Final = such("a whole number from 0", lambda value: _is_whole(value, 0, LARGEST_COUNT))
NUMBER: Final = such("a number", lambda value: isinstance(value, int | float) and abs(value) <= LARGEST_COUNT)
STAMP: Final = such("nanoseconds", lambda value: _is_whole(value, -_LARGEST_STAMP, _LARGEST_STAMP))
VERSION: Final = such("a whole number from 1", lambda value: _is_whole(value, 1, LARGEST_COUNT))
AMOUNT: Final = such("an amount as a text", _is_amount)
JSON: Final = such(f"nested no deeper than {DEEPEST} times", _is_shallow)
SESSION_ID: Final = such("6 or more lower-case letters and digits", _matches("[a-z0-9]{6,64}"))
TAKE_ID: Final = such("SESSION.ROUND.TAKE", _matches(r"[a-z0-9]{6,64}(\.[1-9][0-9]{0,8}){2}"))
_DATE: Final = such("a date", _matches(r"\d{4}-\d\d-\d\d"))
_PART: Final = such("numbers with dots between them", _matches(r"[0-9.]{0,40}"))
_TEXTS: Final = each(TEXT)
_IMAGES: Final = items(fields({"name": TEXT}, dict.fromkeys(("mime", "url", "data"), TEXT)))
_TURNS: Final = items(fields({"role": TEXT, "text": TEXT}, {"images": _IMAGES}))
OBJECT: Final = each(JSON)

SESSION: Final = fields(
    {"id": SESSION_ID}, {"created": TEXT, "name": TEXT, "tags": _TEXTS, "again_of": TEXT, "view": OBJECT}
)
PROMPT: Final = fields(
    {"text": TEXT},
    {"system": TEXT, "turns": _TURNS, "images": _IMAGES, "schema": OBJECT, "tools": items(OBJECT)},
)
ROUND: Final = fields(
    {"prompt": PROMPT},
    {
        **dict.fromkeys(("prompt_id", "sent_at", "follows"), TEXT),
        "lanes": items(TEXT),
        "tags": _TEXTS,
        "systems": _TEXTS,
        "histories": each(_TURNS),
    },
)
TAKE: Final = fields(
    {"id": TAKE_ID, "lane": TEXT, "repeat": such("a whole number from 1", lambda value: _is_whole(value, 1, 10**9))},
    {"origin": such(" or ".join(OWN_ORIGINS), lambda value: value in OWN_ORIGINS)},
)
RECORD: Final = fields(
    {
        "session": SESSION,
        "round": ROUND,
        "take": TAKE,
        "events": items(such("an event", lambda e: isinstance(e, list))),
    },
    {"kept": _TEXTS},
)

_RATE: Final = fields(
    {"model": TEXT, "tier": TEXT, "card_date": _DATE, "input": AMOUNT, "output": AMOUNT},
    {
        **dict.fromkeys(("cached", "written", "written_12h"), AMOUNT),
        "long_above": COUNT,
        "residency": TEXT,
    },
)
_USAGE: Final = fields(
    {},
    {
        **dict.fromkeys(("input", "output", "cached", "written", "written_12h", "reasoning"), COUNT),
        "reported_cost": AMOUNT,
        "doubtful": FLAG,
    },
)
_TOLD: Final = maybe(TEXT)

EVENT_DATA: Final[Mapping[Kind, Shape]] = {
    Kind.QUEUED: fields({}, {"input_tokens": COUNT, "endpoint": _TOLD, "api": _TOLD, "base_url": _TOLD}),
    Kind.RATE: fields({}, {"rate": maybe(_RATE), "free": FLAG, "thinks": FLAG}),
    Kind.SENT: fields({}, {"at": _TOLD}),
    Kind.HEADERS: fields({}, {"status": maybe(COUNT), "request_id": _TOLD}),
    Kind.SERVED: fields({}, dict.fromkeys(("model", "tier", "effort", "id"), _TOLD)),
    Kind.PART: fields({"key": _PART}),
    Kind.TOOL: fields({"key": TEXT}, {"name": _TOLD, "id": _TOLD}),
    Kind.LOGPROBS: fields({"tokens": items(JSON)}),
    Kind.USAGE: _USAGE,
    Kind.STORED: fields({"of": TEXT}),
    Kind.FINISH: fields({}, {"status": _TOLD, "reason": _TOLD}),
    Kind.RETRY: fields({}, {**dict.fromkeys(("attempt", "of", "wait_ms"), NUMBER), "because": _TOLD}),
    Kind.ERROR: fields({"class": TEXT}, {"status": maybe(COUNT), "request_id": _TOLD}),
    Kind.GAP: fields({}, {"ms": NUMBER}),
}
"""What the fold reads of them; beside it, and of a kind that is not here, any JSON is taken."""
