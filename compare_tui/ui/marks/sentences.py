"""Which sentences stand in one answer alone: not what another says nearly so, with the same figures."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from compare_tui.core.diff.units import cut

_WORD: Final = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ITEM: Final = re.compile(r"\s*\d{1,3}[.)]\s")
"""What numbers an item says nothing."""
NEARLY: Final = 0.75
"""From here on a reader takes one sentence for the other, put differently, if its figures are the same."""
_RAREST: Final = 6
_MOST_ALIKE: Final = 12
"""Sentences that share the rarest words of another are looked at, so that 5,000 of them cost no more than 5,000."""


class _Known(NamedTuple):
    """The sentences of the others, and which of them have a word."""

    words: Sequence[tuple[str, ...]]
    whole: frozenset[tuple[str, ...]]
    having: dict[str, list[int]]


class Sentence(NamedTuple):
    """Or a list item, a heading, a row of a table, a line of code: where it stands, and its words."""

    start: int
    end: int
    words: tuple[str, ...]


def sentences(text: str) -> Sequence[Sentence]:
    starts = cut(text).starts
    return [Sentence(start, end, _words(text[start:end])) for start, end in pairwise([*starts, len(text)])]


def only_in(mine: Sequence[Sentence], others: Iterable[Sequence[Sentence]]) -> list[tuple[int, int]]:
    """From where to where each sentence goes that no other text has."""
    known = _known(others)
    return [
        (start, end) for start, end, words in mine if words and words not in known.whole and not _is_near(words, known)
    ]


def _known(others: Iterable[Sequence[Sentence]]) -> _Known:
    sentences = list({one.words: None for text in others for one in text})
    having: dict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(sentences):
        for word in set(words):
            having[word].append(at)
    return _Known(sentences, frozenset(sentences), having)


def _words(sentence: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(sentence[item.end() if (item := _ITEM.match(sentence)) else 0 :].casefold()))


def _figures(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word[0].isdigit()]


def _is_near(words: tuple[str, ...], known: _Known) -> bool:
    shared = sorted((word for word in set(words) if word in known.having), key=lambda word: len(known.having[word]))
    likely = Counter(at for word in shared[:_RAREST] for at in known.having[word][:_MOST_ALIKE])
    likely_words = (known.words[at] for at, _ in likely.most_common(_MOST_ALIKE))
    return any(_figures(words) == _figures(other) and _likeness(words, other) >= NEARLY for other in likely_words)


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The share of the letters of both that are in words they have in common, in order: `it is` says little."""
    from rapidfuzz.distance import LCSseq

    same = sum(
        sum(map(len, one[block.a : block.a + block.size])) for block in LCSseq.editops(one, other).as_matching_blocks()
    )
    return 2 * same / (sum(map(len, one)) + sum(map(len, other)))
