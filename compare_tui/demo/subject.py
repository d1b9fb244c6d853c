"""What a prompt is about: its topic words, found without understanding any of it."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

_LOOKED_AT = 2_000
_LONGEST_WORD = 40
_MOST_WORDS = 4
_LONGEST_ORDER, _LEAST_MATERIAL = 300, 10
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*|[,;()\"“”«»]")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？:])\s|\n")


@dataclass(frozen=True, slots=True)
class Subject:
    """The words a prompt turns on, and the next ones after them."""

    first: str
    second: str


def subject(text: str) -> Subject:
    """The longest unbroken runs of uncommon words in the first sentence that has any."""
    for sentence in _SENTENCE_END.split(text[:_LOOKED_AT]):
        runs = _runs(sentence)
        if runs:
            ranked = sorted(runs, key=lambda run: -len(run))
            second = ranked[1] if len(ranked) > 1 else "what surrounds it"
            return Subject(ranked[0], second)
    return Subject("your question", "what surrounds it")


@cache
def common_words() -> frozenset[str]:
    """Words that no prompt is about."""
    return frozenset(files("compare_tui.demo").joinpath("topics", "common-words.txt").read_text("utf-8").split())


def _runs(sentence: str) -> list[str]:
    words = [word[:_LONGEST_WORD] for word in _WORD.findall(sentence)]
    grouped = groupby(words, key=lambda word: word.lower() in common_words() or not word[0].isalnum())
    runs = [" ".join(list(run)[:_MOST_WORDS]) for common, run in grouped if not common]
    return list(dict.fromkeys(runs))


def material(text: str) -> str:
    """What an instruction is about, where the two are parted by a colon."""
    order, _, rest = text.partition(":")
    return rest if len(order) <= _LONGEST_ORDER and len(rest.strip()) >= _LEAST_MATERIAL else text


def identifier(text: str) -> str:
    """A name a function could have."""
    words = re.findall(r"[a-z]+", text.lower())
    return "_".join(words[:3]) or "solve"


def phrase(text: str, most: int = 90) -> str:
    """The opening of a text, on one line."""
    line = " ".join(text[: most * 4].split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
