"""Probabilities for the pieces of an answer, and what might have stood there instead."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from compare_tui.demo.luck import Luck
from compare_tui.demo.subject import common_words

_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Weighed:
    """A piece, the probability it had, and the likeliest pieces at its place, itself perhaps among them."""

    piece: str
    probability: float
    likeliest: tuple[tuple[str, float], ...]


def weigh(pieces: tuple[str, ...], top: int, luck: Luck) -> Iterator[Weighed]:
    """Mostly sure, now and then not, and seldom outweighed by the runner-up."""
    vocabulary = tuple(dict.fromkeys((*pieces, *(f" {word}" for word in sorted(common_words()) if len(word) == 3))))
    for index, piece in enumerate(pieces):
        here = luck.within("logprobs", index)
        sure = 0.55 + 0.449 * here.share("sure")
        probability = sure if not here.one_in(5, "wavers") else 0.1 + 0.5 * here.share("doubt")
        others = _others(piece, vocabulary, max(top, 1), here)
        rivals = _shared_out(1 - probability, others)
        likeliest = sorted([(piece, probability), *rivals], key=lambda pair: -pair[1])
        yield Weighed(piece, probability, tuple(likeliest[:top]))


def to_json(weighed: Weighed, *, bytes_too: bool) -> dict[str, object]:
    """The one shape both dialects use; the deltas of Responses leave the bytes out."""
    return _entry(weighed.piece, weighed.probability, bytes_too) | {
        "top_logprobs": [_entry(piece, probability, bytes_too) for piece, probability in weighed.likeliest]
    }


def _others(piece: str, vocabulary: tuple[str, ...], count: int, luck: Luck) -> list[str]:
    """One draw, then its neighbours: a draw for each would cost a long answer 70 ms."""
    start = luck.number("others")
    drawn = (vocabulary[(start + attempt) % len(vocabulary)] for attempt in range(count + 2))
    return [other for other in drawn if other != piece][:count]


def _shared_out(left: float, others: list[str]) -> list[tuple[str, float]]:
    """Each takes about half of what the one before left over, so that all together stay below 1."""
    return [(other, max(left * 0.55 * 0.4**index, _LEAST)) for index, other in enumerate(others)]


def _entry(piece: str, probability: float, bytes_too: bool) -> dict[str, object]:
    entry: dict[str, object] = {"token": piece, "logprob": round(math.log(probability), 6)}
    if bytes_too:
        entry["bytes"] = list(piece.encode("utf-8", "replace"))
    return entry
