"""Answers of a word or a number, for prompts that ask for no more."""

import re
from decimal import Decimal

from compare_tui.demo.labels import choose, labels_in
from compare_tui.demo.voice import Voice

_LOOKED_AT = 8_000
_SHORT = 100
_TERSE = re.compile(
    r"\b(?:only|just|exactly)\b[^.\n]{0,40}\b(?:label|word|category|class|intent|letter|number|name|one of)\b"
    r"|\b(?:one|single) word\b|\b(?:answer|reply|respond)\s+(?:with\s+)?(?:only|just|yes or no|one of)\b"
    r"|\bnothing else\b|\bno explanations?\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\W*(?:what(?:'s| is)|calculate|compute|how much is)?\s*(-?\d{1,9}(?:\.\d{1,4})?)\s*([-+−–*×x/÷])\s*"
    r"(-?\d{1,9}(?:\.\d{1,4})?)\W*",
    re.IGNORECASE,
)
_ECHO = re.compile(
    r"(?:please\s+)?(?:say|(?:reply|answer|respond)\s+(?:with|exactly|only|just))(?:\s+(?:exactly|only|just))*\s*+:?+\s*+"
    r"(?!(?:in|as|to|the|this|these|an?|one|my|your|with|by|only|yes or no|some\w*|more|what|why|how|when|if)\b)"
    r"[\"“']?([\w ,!?-]{1,60}?)[\"”']?[.!]?\s*",
    re.IGNORECASE,
)


def short_answer(system: str, text: str, voice: Voice) -> str | None:
    """A label, a result, or the words that were asked for; None when more is wanted."""
    return _result(text, voice) or _label(system, text, voice) or _echo(text)


def _label(system: str, text: str, voice: Voice) -> str | None:
    asked = f"{system}\n{text}"[:_LOOKED_AT]
    labels = labels_in(asked) if _TERSE.search(asked) else ()
    return choose(labels, text, voice).label if labels else None


def _result(text: str, voice: Voice) -> str | None:
    found = _SUM.fullmatch(text) if len(text) <= _SHORT else None
    if found is None:
        return None
    left, sign, right = Decimal(found[1]), found[2], Decimal(found[3])
    if sign in "/÷" and not right:
        return "Nothing divides by zero."
    match sign:
        case "+":
            result = left + right
        case "-" | "−" | "–":
            result = left - right
        case "/" | "÷":
            result = round(left / right, 4)
        case _:
            result = left * right
    if voice.slips("sum"):
        result += voice.shared((-10, -1, 1, 10), "off by")
    return f"{result:f}".rstrip("0").rstrip(".") if "." in f"{result:f}" else f"{result:f}"


def _echo(text: str) -> str | None:
    found = _ECHO.fullmatch(text) if len(text) <= _SHORT else None
    return found[1] if found else None
