"""A summary made of the text's own sentences: those that share most words with the rest."""

import re
from collections import Counter

from compare_tui.demo.subject import subject
from compare_tui.demo.voice import Voice

_LOOKED_AT = 60_000
_LONGEST_SENTENCE = 400
_MOST_POINTS = 8
_SHORTEST = 160
_MARKUP = re.compile(r"^(?:[-*#>•|`\s]+|\d+\.\s+)")
_ORDER = re.compile(
    r"^[^\n.!?]{0,200}?\b(?:summar\w+|tl;?dr|condense|key points)\b[^\n:]{0,120}(?::|\n|$)", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?。！？]+|$|(?=\n))", re.MULTILINE)
_NUMBER = re.compile(r"[$€£]?\d[\d,.]*\d?\s?(?:%|percent|million|billion|ms|km|kg|USD|EUR)?")


def has_material(text: str) -> bool:
    """Whether there is a text to summarise beside the wish for a summary."""
    return len(text) >= _SHORTEST or ":" in text or "\n" in text.strip()


def summary_facts(text: str, voice: Voice) -> dict[str, str]:
    """Deeper voices keep more points; none invents one."""
    body = _ORDER.sub("", text[:_LOOKED_AT], count=1).strip() or text[:_LOOKED_AT]
    sentences = _sentences(body)
    ranked = _central(sentences) or [subject(text).first]
    points = _in_order(ranked[: min(voice.depth, _MOST_POINTS)], sentences)
    figures = list(dict.fromkeys(found.strip() for found in _NUMBER.findall(body)))[:6]
    opening = voice.pick(("In short:", "The main point:", "In one line:"), "summary", "opening")
    return {
        "first": subject(body).first,
        "second": subject(body).second,
        "lead": f"{opening} {ranked[0]}",
        "points": "\n".join(f"- {point}" for point in points),
        "figures": ", ".join(figures) or "None are given.",
        "words": str(len(body.split())),
        "kept": str(sum(len(point.split()) for point in points)),
        "sentences": str(len(sentences)),
        "points_kept": str(len(points)),
    }


def _sentences(body: str) -> list[str]:
    bare = [_MARKUP.sub("", found.strip()).strip() for found in _SENTENCE.findall(body)]
    return [sentence[:_LONGEST_SENTENCE] for sentence in bare if len(sentence) > 2 and "|" not in sentence]


def _central(sentences: list[str]) -> list[str]:
    """Sentences by the weight of their words in the whole text, long ones not favoured."""
    words = [re.findall(r"[^\W_]{4,}", sentence.lower()) for sentence in sentences]
    counts = Counter(word for found in words for word in set(found))
    weights = [sum(counts[word] for word in set(found)) / (len(found) + 4) for found in words]
    return [sentences[index] for index in sorted(range(len(sentences)), key=lambda index: (-weights[index], index))]


def _in_order(points: list[str], sentences: list[str]) -> list[str]:
    kept = set(points)
    return list(dict.fromkeys(sentence for sentence in sentences if sentence in kept)) or points
