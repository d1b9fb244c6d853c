"""Token probabilities read: which part of an answer each token is, how likely it was, what else might have stood there.

Endpoints agree on little. A token may be half a character, with its bytes beside it or as `bytes:\\xf0\\x9f`; there
are tokens that are not in the text, text without tokens, and figures that are none. A token is placed where it and its
neighbours stand in the text, and nowhere when that cannot be told.
"""

import heapq
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

_SPELLED_BYTES: Final = re.compile(r"bytes:((?:\\x[0-9a-fA-F]{2})+)")
_SURE: Final = 24
"""So many characters in a row that are those of the text cannot be there by chance."""
_FAR: Final = 64
"""Tokens looked at for one from which on it fits again."""
_LONGEST_CHARACTER: Final = 16
"""Tokens that may share characters."""
_WIDEST_GAP: Final = 20_000
"""Characters looked through for where tokens fit again."""
_MOST_LOOKS: Final = 5_000
"""A hostile answer would have some for each of its tokens."""
MOST_ALTERNATIVES: Final = 50
_ROUNDING: Final = 0.01
"""A logarithm so little above 0 is one of 1, calculated in floats."""


class Alternative(NamedTuple):
    """What might have stood there, or what does: the chosen one."""

    text: str
    probability: float | None
    chosen: bool


class Token(NamedTuple):
    """A token of an answer, or those that have a character in common."""

    text: str
    start: int | None
    """Where it stands in the text, in characters; None when it is not in there or cannot be found."""
    end: int
    probability: float | None
    entries: tuple[Mapping[str, Any], ...]
    """As the endpoint gave them."""

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Likeliest first, the chosen one among them. Of tokens that share a character those of the first."""
        return _alternatives(self.entries[0])

    @property
    def was_likeliest(self) -> bool | None:
        """None when no alternatives came."""
        known = [_alternatives(entry) for entry in self.entries]
        return all(some[0].chosen for some in known) if all(len(some) > 1 for some in known) else None


class Figures(NamedTuple):
    """Of the tokens that are in the text and have a probability."""

    known: int = 0
    mean: float | None = None
    lowest: float | None = None
    perplexity: float | None = None
    under: int = 0
    """How many are less likely than was asked about."""


def figures(tokens: Sequence[Token], threshold: float) -> Figures:
    known = [token.probability for token in tokens if token.start is not None and token.probability is not None]
    if not known:
        return Figures()
    mean, lowest = math.fsum(known) / len(known), min(known)
    bits = math.fsum(map(math.log, known)) / len(known) if lowest else -math.inf
    perplexity = math.exp(-bits) if bits > -700 else None
    return Figures(len(known), mean, lowest, perplexity, sum(one < threshold for one in known))


def tokens_of(entries: Sequence[Any], text: str) -> tuple[Token, ...]:
    """Those of a whole answer. When the endpoint is honest their texts joined are the text."""
    weighed = Weighed()
    weighed.feed(entries, text, whole=True)
    return tuple(weighed.tokens)


class Weighed:
    """The tokens of an answer that may still grow; each feeding goes on where the one before ended."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.placed: list[int] = []
        """Which of them are in the text."""
        self.text = ""
        self._begin()

    def _begin(self) -> None:
        self.tokens.clear()
        self.placed.clear()
        self._whole = False
        self._read = 0
        """Entries made tokens of."""
        self._at = 0
        """The end of the last one in the text."""
        self._run = (0, 0, 0)
        """Tokens, entries and characters before the run that fits without a gap."""
        self._looks = 0

    def feed(self, entries: Sequence[Any], text: str, *, whole: bool, most: int | None = None) -> bool:
        """All that came so far; `whole` when no more will. Whether more than `most` entries were new, some left."""
        if not text.startswith(self.text) or len(entries) < self._read:
            self._begin()
        self.text, self._whole = text, whole
        until = len(entries) if most is None else min(len(entries), self._read + most)
        while self._read < until:
            found = _spoken(entries, self._read, text, self._at)
            if found is not None:
                self._place(*found, entries)
            elif self._may_fit_later(entries, whole=whole):
                return False
            else:
                self._search(entries, whole=whole)
        if whole and self._read == len(entries):
            self._doubt_the_last()
        return self._read < len(entries)

    @property
    def known_until(self) -> int:
        """Text before this either has a token, or will have none."""
        return len(self.text) if self._whole and self.placed else self._at

    def at(self, character: int) -> int:
        """The position in `placed` of the token that holds this character of the text, or of the next one."""
        return bisect_right(self.placed, character, key=lambda index: self.tokens[index].end)

    def _doubt_the_last(self) -> None:
        """What fitted behind a gap, only a few characters and not the last ones, may have fitted by chance."""
        tokens, read, at = self._run
        if read and self._at - at < _SURE and self._at < len(self.text):
            doubtful = self.tokens[tokens:]
            self._drop(tokens)
            self.tokens += [token._replace(start=None, end=-1) for token in doubtful]
            self._at = at

    def _drop(self, tokens: int) -> None:
        """From this one on."""
        del self.tokens[tokens:]
        del self.placed[bisect_left(self.placed, tokens) :]

    def _place(self, words: str, count: int, entries: Sequence[Any]) -> None:
        """An empty token is nowhere."""
        start = self._at
        self._at += len(words)
        self._add(words, start if words else None, entries[self._read : self._read + count])

    def _add(self, words: str, start: int | None, entries: Sequence[Any]) -> None:
        end = self._at if start is not None else -1
        if start is not None:
            self.placed.append(len(self.tokens))
        self.tokens.append(Token(words, start, end, _joint(entries), tuple(map(_mapping, entries))))
        self._read += len(entries)

    def _may_fit_later(self, entries: Sequence[Any], *, whole: bool) -> bool:
        """Tokens may come before their text, and the first half of a character before the second."""
        return not whole and len(entries) - self._read < _FAR

    def _search(self, entries: Sequence[Any], *, whole: bool) -> None:
        """A run of a few characters that ends like this may have fitted by chance: it is not counted on."""
        tokens, read, at = self._run
        if self._at - at < _SURE and not (whole and self._at == len(self.text)):
            self._drop(tokens)
            self._read, self._at = read, at
        skipped, place = self._next_fit(entries, whole=whole)
        for entry in entries[self._read : self._read + skipped]:
            self._add(_shown(entry), None, (entry,))
        self._at = place
        self._run = (len(self.tokens), self._read, self._at)

    def _next_fit(self, entries: Sequence[Any], *, whole: bool) -> tuple[int, int]:
        """How many tokens are to be skipped, and where the text fits then: at one place only, or at its end."""
        ahead = entries[self._read : self._read + 2 * _FAR]
        if self._looks > _MOST_LOOKS:
            return len(entries) - self._read, self._at
        for skipped in range(min(_FAR, len(ahead))):
            self._looks += 1
            words = _begin_of(ahead[skipped:])
            if len(words) >= _SURE:
                place = self.text.find(words, self._at, self._at + _WIDEST_GAP)
                alone = place >= 0 and self.text.find(words, place + 1, self._at + _WIDEST_GAP) < 0
            else:
                place = len(self.text) - len(words)
                alone = whole and bool(words) and place >= self._at and self.text.endswith(words)
            if alone and (skipped, place) != (0, self._at):
                return skipped, place
        return min(_FAR, len(ahead)), self._at


def _spoken(entries: Sequence[Any], first: int, text: str, at: int) -> tuple[str, int] | None:
    """What the text says here as well, and how many entries say it: more than one where they share a character."""
    entry = _mapping(entries[first])
    word = entry.get("token")
    if isinstance(word, str) and word and text.startswith(word, at):
        return word, 1
    joined = b""
    for count, one in enumerate(entries[first : first + _LONGEST_CHARACTER], 1):
        joined += _bytes(_mapping(one))
        try:
            words = joined.decode()
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                return None
        else:
            return (words, count) if text.startswith(words, at) else None
    return None


def _begin_of(entries: Sequence[Any]) -> str:
    """What these say joined, as far as is needed to know it again."""
    joined = b""
    for entry in entries:
        joined += _bytes(_mapping(entry))
        if len(joined) >= _SURE and len(joined.decode(errors="ignore")) >= _SURE:
            break
    try:
        return joined.decode()
    except UnicodeDecodeError as error:
        return joined[: error.start].decode() if error.reason == "unexpected end of data" else ""


def _mapping(entry: Any) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else {}


def _bytes(entry: Mapping[str, Any]) -> bytes:
    told, word = entry.get("bytes"), entry.get("token")
    if isinstance(told, list) and all(type(one) is int and 0 <= one < 256 for one in told):
        return bytes(told)
    if not isinstance(word, str):
        return b""
    if spelled := _SPELLED_BYTES.fullmatch(word):
        return bytes.fromhex(spelled[1].replace("\\x", ""))
    return word.encode("utf-8", "surrogatepass")


def _shown(entry: Any) -> str:
    """By itself: bytes that are no character are written out."""
    return _bytes(_mapping(entry)).decode("utf-8", "backslashreplace")


def _logprob(entry: Mapping[str, Any]) -> float | None:
    told = entry.get("logprob")
    if isinstance(told, bool) or not isinstance(told, int | float) or not told <= _ROUNDING:  # NaN is not, either
        return None
    return min(0.0, float(max(told, -9999)))


def _probability(entry: Mapping[str, Any]) -> float | None:
    told = _logprob(entry)
    return None if told is None else math.exp(told)


def _joint(entries: Sequence[Any]) -> float | None:
    known = [_probability(_mapping(entry)) for entry in entries]
    return math.prod(one for one in known if one is not None) if None not in known else None


def _alternatives(entry: Mapping[str, Any]) -> tuple[Alternative, ...]:
    told = entry.get("top_logprobs")
    chosen = Alternative(_shown(entry), _probability(entry), True)
    others = (other for other in _others(told) if other.text != chosen.text)
    likeliest = heapq.nlargest(MOST_ALTERNATIVES, others, key=_weight)
    return tuple(sorted((chosen, *likeliest), key=_weight, reverse=True))


def _others(told: Any) -> Iterator[Alternative]:
    for one in told if isinstance(told, list) else ():
        if isinstance(one, Mapping):
            yield Alternative(_shown(one), _probability(one), False)


def _weight(alternative: Alternative) -> float:
    return -1.0 if alternative.probability is None else alternative.probability
