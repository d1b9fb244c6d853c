"""Translation by phrase book: honest about the few phrases it knows."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_LOOKED_AT = 4_000
_QUOTED = re.compile(r"[\"“«「]([^\"”»」]{1,1000})[\"”»」]")
_ORDER = re.compile(r"^[^\n:]{0,120}?\btranslat\w+\b[^\n:]{0,80}:\s*", re.IGNORECASE)
_INTO = re.compile(r"\b(?:in|into|to)\s+(?:french|german|spanish|japanese|russian)\b\s*:?", re.IGNORECASE)
_VERB = re.compile(r"^\s*(?:please\s+)?translate\s+", re.IGNORECASE)


@cache
def _book() -> Mapping[str, Mapping[str, str]]:
    source = files("compare_tui.demo").joinpath("topics", "phrases.toml").read_text("utf-8")
    return tomllib.loads(source)


def translation_facts(text: str) -> dict[str, str]:
    """The text with every known phrase put into the language that was asked for, French unless another is named."""
    text = text[:_LOOKED_AT]
    language = next((name for name in _book() if re.search(rf"\b{name}\b", text, re.IGNORECASE)), "French")
    source = _source(text)
    pairs: dict[str, str] = {}

    def render(match: re.Match[str]) -> str:
        phrase = match[0].lower()
        pairs[phrase] = _book()[language][phrase]
        return _as_cased(pairs[phrase], match[0])

    phrases = "|".join(re.escape(phrase) for phrase in sorted(_book()[language], key=len, reverse=True))
    translated = re.sub(rf"\b(?:{phrases})\b", render, source, flags=re.IGNORECASE)
    rows = [f"| {phrase} | {rendered} |" for phrase, rendered in pairs.items()]
    return {
        "translated": translated,
        "language": language,
        "pairs": "\n".join(rows) or "| (no phrase known) | – |",
        "words": str(len(source.split())),
        "known": str(len(pairs)),
    }


def _source(text: str) -> str:
    quoted = _QUOTED.search(text)
    if quoted:
        return quoted[1]
    bare = _INTO.sub("", _ORDER.sub("", text, count=1), count=1)
    return _VERB.sub("", bare, count=1).strip() or text


def _as_cased(rendered: str, original: str) -> str:
    return rendered[0].upper() + rendered[1:] if original[0].isupper() else rendered
