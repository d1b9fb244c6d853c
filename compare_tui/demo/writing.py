"""Prose from the topic files: blocks with a depth, and slots that the voice and the facts fill.

A topic file holds blocks, each under a line `== DEPTH`: an answer has the blocks up to its own depth, in the order of
the file. `‹a|b›` is one wording of several, `‹5..9›` a figure, `‹name=5..9›` a figure used again as `‹name›`, and any
other `‹name›` a fact about the prompt, with a capital if the name has one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from compare_tui.demo.voice import Voice

SIMULATED = "*Simulated by the compare-tui demo endpoint.*"

_SLOT = re.compile(r"‹(?:(?P<name>\w+)=)?(?P<body>[^‹›]*)›")
_FIGURE = re.compile(r"(\d+)\.\.(\d+)")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a topic, and how deep an answer must go to have it."""

    depth: int
    text: str


@cache
def blocks(topic: str) -> tuple[Block, ...]:
    source = files("compare_tui.demo").joinpath("topics", f"{topic}.md").read_text("utf-8")
    parts = re.split(r"^== (\d)\n", source, flags=re.MULTILINE)[1:]
    return tuple(Block(int(depth), text.strip("\n")) for depth, text in zip(parts[::2], parts[1::2], strict=True))


def write(topic: str, voice: Voice, facts: Mapping[str, str]) -> str:
    """The blocks of a topic down to the depth of the voice, their slots filled."""
    known = dict(facts)
    written = [
        _fill(block.text, voice, known, (topic, index))
        for index, block in enumerate(blocks(topic))
        if block.depth <= voice.depth
    ]
    return "\n\n".join(part for part in written if part)


def _fill(text: str, voice: Voice, known: dict[str, str], where: tuple[object, ...]) -> str:
    def slot(match: re.Match[str]) -> str:
        name, body = match["name"], match["body"]
        if name is None and body.lower() in known:
            fact = known[body.lower()]
            return fact[:1].upper() + fact[1:] if body[0].isupper() else fact
        value = _draw(body, voice, (*where, match.start()))
        if name is not None:
            known[name] = value
        return value

    return _SLOT.sub(slot, text)


def _draw(body: str, voice: Voice, where: tuple[object, ...]) -> str:
    figure = _FIGURE.fullmatch(body)
    if figure is None:
        return voice.pick(body.split("|"), *where)
    return str(voice.between(int(figure[1]), int(figure[2]), *where))
