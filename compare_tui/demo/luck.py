"""Chance that always falls the same way: every draw is a pure function of the words it is asked with."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

_T = TypeVar("_T")
_RANGE = 2**64


def digest(*parts: object) -> str:
    """A short fingerprint of anything that can be written down; lone surrogates are text too."""
    joined = "\x1f".join(str(part) for part in parts)
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Luck:
    """One source of draws; a source within it draws differently, and both draw the same tomorrow."""

    root: str

    def within(self, *words: object) -> "Luck":
        return Luck(digest(self.root, *words))

    def number(self, *words: object) -> int:
        joined = "\x1f".join((self.root, *map(str, words)))
        return int.from_bytes(blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")

    def share(self, *words: object) -> float:
        """From 0 up to, never reaching, 1."""
        return min(self.number(*words) / _RANGE, 1 - 2**-53)

    def between(self, least: int, most: int, *words: object) -> int:
        return least + self.number(*words) % (most - least + 1)

    def pick(self, options: Sequence[_T], *words: object) -> _T:
        return options[self.number(*words) % len(options)]

    def one_in(self, times: int, *words: object) -> bool:
        return self.number(*words) % times == 0
