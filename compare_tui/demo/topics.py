"""Which hand-written topic a prompt gets, and the facts about the prompt that fill it."""

import re

from compare_tui.demo.functions import code_facts
from compare_tui.demo.labels import Choice, choose, labels_in
from compare_tui.demo.subject import Subject, material, subject
from compare_tui.demo.summary import has_material, summary_facts
from compare_tui.demo.translation import translation_facts
from compare_tui.demo.voice import Voice

_BEGINNING, _END = 400, 200
_TOPICS = (
    ("translation", re.compile(r"\btranslat(?:e|ion)\b", re.IGNORECASE)),
    ("summary", re.compile(r"\b(?:summari[sz]e|summary|tl;?dr|key points|condense)\b", re.IGNORECASE)),
    (
        "classification",
        re.compile(r"\b(?:classify|categori[sz]e|sentiment|which (?:category|label)|label th\w+)\b", re.IGNORECASE),
    ),
    ("ttft", re.compile(r"\bttft\b|\b(?:time to )?first token\b", re.IGNORECASE)),
    (
        "function",
        re.compile(
            r"\b(?:write|implement|code|create|give)\b.{0,80}\b(?:function|method|script|class|code)\b", re.IGNORECASE
        ),
    ),
    ("compare", re.compile(r"\bcompar(?:e|ison)\b|\bversus\b|\bvs\b|\bdifferences? between\b", re.IGNORECASE)),
    ("howto", re.compile(r"\bhow (?:do|can|should|would|to)\b|\bsteps? (?:to|for)\b", re.IGNORECASE)),
)
_SIDES = re.compile(
    r"(?:compare|comparison of|between|choose)\s+(.{1,60}?)\s+(?:and|with|to|or)\s+(.{1,60}?)"
    r"(?:[.,;:?!\n]|\bfor\b|\bin\b|$)"
    r"|(\S+(?: \S+)?)\s+(?:vs\.?|versus)\s+(\S+(?: \S+)?)",
    re.IGNORECASE,
)
_PLAIN_SENTIMENTS = ("positive", "negative", "neutral")


def topic_of(text: str) -> str:
    """Judged by how a prompt opens and how it ends: the middle may be anything that was pasted."""
    edges = text if len(text) <= _BEGINNING + _END else f"{text[:_BEGINNING]}\n{text[-_END:]}"
    names = [name for name, sign in _TOPICS if sign.search(edges)]
    if "summary" in names and not has_material(text):
        names.remove("summary")
    return next(iter(names), "general")


def facts_about(topic: str, text: str, voice: Voice) -> dict[str, str]:
    about = _sides(text) if topic == "compare" else subject(material(text))
    facts = {"first": about.first, "second": about.second}
    match topic:
        case "function":
            facts |= code_facts(text, voice)
        case "summary":
            facts |= summary_facts(text, voice)
        case "translation":
            facts |= translation_facts(text)
        case "classification":
            facts |= _label_facts(text, voice)
    return facts


def _sides(text: str) -> Subject:
    found = _SIDES.search(text[:_BEGINNING])
    if found is None:
        return subject(text)
    first, second = (side.strip(" `'\"“”*?!.,") for side in found.groups() if side is not None)
    return Subject(first or "the one", second or "the other")


def _label_facts(text: str, voice: Voice) -> dict[str, str]:
    labels = labels_in(text) or _PLAIN_SENTIMENTS
    choice = choose(labels, text, voice)
    return {
        "label": choice.label,
        "runner_up": choice.runner_up,
        "confidence": f"{choice.confidence:.2f}",
        "scores": "\n".join(f"| {label} | {score:.2f} |" for label, score in _scores(labels, choice)),
    }


def _scores(labels: tuple[str, ...], choice: Choice) -> list[tuple[str, float]]:
    left = 1 - choice.confidence
    others = [label for label in labels if label not in (choice.label, choice.runner_up)]
    share = left * 0.3 / len(others) if others else 0.0
    return [
        (choice.label, choice.confidence),
        (choice.runner_up, left * (0.7 if others else 1.0)),
        *((label, share) for label in others),
    ]
