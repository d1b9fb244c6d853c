"""Texts like those models answer with: paragraphs, lists and code, the same for the same seed."""

import random
from typing import Final

_VOCABULARY: Final = (
    "the of model effort token latency stream answer pane request server cost value function return when first because "
    "each result index buffer window config client response error retry schedule compare measure"
)
_WORDS: Final = _VOCABULARY.split()


def long_answer(size: int, seed: int) -> str:
    """So many characters of Markdown."""
    chance, blocks, length = random.Random(seed), list[str](), 0
    while length < size:
        blocks.append(_block(chance))
        length += len(blocks[-1]) + 2
    return "\n\n".join(blocks)[:size].ljust(size)


def _block(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.6:
        return _sentence(chance, 30, 90)
    if kind < 0.7:
        return "## " + " ".join(chance.choices(_WORDS, k=4)).title()
    if kind < 0.9:
        items = range(chance.randint(3, 7))
        return "\n".join(f"- **{chance.choice(_WORDS)}**: {_sentence(chance, 6, 16)}" for _ in items)
    lines = range(chance.randint(5, 20))
    code = "\n".join(f"    {chance.choice(_WORDS)}_{at} = {chance.choice(_WORDS)}(key={at})" for at in lines)
    return f"```python\n{code}\n```"


def _sentence(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(least, most))).capitalize() + "."
