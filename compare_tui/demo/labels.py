"""Labels a prompt asks to choose from, and the choice."""

import re
from dataclasses import dataclass

from compare_tui.demo.voice import Voice

_LOOKED_AT = 8_000
_MOST, _LONGEST, _LONGEST_LIST = 20, 40, 600
_LEAD = re.compile(
    r"\b(?:one of|labels?|categor(?:y|ies)|class(?:es)?|intents?|sentiment|options?|choose from|between)\b"
    r"[^:.\n(]{0,40}[:=(]\s*"
    r"|\b(?:classify|categori[sz]e|label|sort|tag)\b[^.\n]{0,60}?\b(?:as|into)\s+(?:one of\s+)?(?:either\s+)?"
    r"|\b(?:one of|either|reply|answer|respond)\s+(?:with\s+)?(?:only\s+)?(?=[\w`'\"]+(?:,| or ))",
    re.IGNORECASE,
)
_BULLETS = re.compile(r"(?:\s*[-*•]\s*[^\n]{1,40}(?:\n|$)){2,}")
_ITEM = re.compile(r"[^\W_][\w/&+-]*(?: [\w/&+-]+){0,2}")
_CUT = re.compile(r"\s*(?:,|;|\||\bor\b|\band\b|\n)\s*(?:\b(?:or|and)\b\s*)?")
_END = re.compile(r"[.?!:\n)]")
_SIGNS = {
    "positive": "love great good excellent happy thanks thank wonderful perfect best pleased",
    "negative": "hate bad terrible awful broken worst angry disappointed slow never refund useless",
    "billing": "invoice charge charged refund payment bill price subscription card paid",
    "technical": "error crash bug login password install slow fails failed broken stack timeout",
    "sales": "quote demo trial pricing licence license offer buy upgrade",
    "spam": "winner prize click free viagra lottery crypto urgent",
    "urgent": "now immediately asap today down outage",
    "refund": "refund money return returned charged twice back",
    "shipping": "parcel package delivery deliver delivered arrive arrived shipped tracking",
    "account": "password login email profile delete sign",
    "complaint": "disappointed angry terrible worst refund complain unacceptable",
    "question": "how what why when where which can could",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The label, the one that came next, and how sure the model is of it."""

    label: str
    runner_up: str
    confidence: float


def labels_in(text: str) -> tuple[str, ...]:
    """The labels a prompt lists, or none."""
    text = text[:_LOOKED_AT]
    for lead in _LEAD.finditer(text):
        bullets = _BULLETS.match(text, lead.end())
        if bullets:
            found = [line.strip(" \t-*•") for line in bullets[0].splitlines()]
        else:
            listed = text[lead.end() : lead.end() + _LONGEST_LIST]
            found = _CUT.split(_END.split(listed.lstrip(), maxsplit=1)[0])
        labels = _clean(found)
        if 2 <= len(labels) <= _MOST:
            return labels
    return ()


def choose(labels: tuple[str, ...], text: str, voice: Voice) -> Choice:
    """The label whose words the text uses most; a slip takes the one that came second."""
    words = set(re.findall(r"[^\W_]+", text[:_LOOKED_AT].lower()))
    tie = {label: voice.shared(range(1_000), "label", label) for label in labels}
    ranked = sorted(labels, key=lambda label: (-_signs(label, words), tie[label]))
    if voice.slips("label"):
        ranked[0], ranked[1] = ranked[1], ranked[0]
    sure = voice.between(70, 97, "sure") if _signs(ranked[0], words) else voice.between(45, 79, "sure")
    return Choice(ranked[0], ranked[1], sure / 100)


def _signs(label: str, words: set[str]) -> int:
    return len(words.intersection(_SIGNS.get(label.lower(), "").split()))


def _clean(found: list[str]) -> tuple[str, ...]:
    bare = [part.strip(" \t\n[](){}`'\"“”*") for part in found]
    good = [part for part in bare if len(part) <= _LONGEST and _ITEM.fullmatch(part)]
    return tuple(dict.fromkeys(good)) if len(good) == len([part for part in bare if part]) else ()
