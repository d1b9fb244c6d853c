"""Where values that were compared by structure, and are laid out anew for that, stand in the text as it came."""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from compare_tui.core.diff.answer import Said

_PART: Final = re.compile(r'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[^\s"\[\]{},:]+|[\[\]{},:])', re.DOTALL)
_SIGN: Final = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.", re.DOTALL)
"""One character of a text in quotes, however it is written."""
_Path = tuple[object, ...]


class Stretch(NamedTuple):
    """From where to where a literal, a name or a text goes in what was compared, and where it begins as it came."""

    start: int
    end: int
    begin: int
    size: int

    def there(self, at: int, *, end: bool = False) -> int:
        """A place within it. What is written in another way, such as with escapes, is only known whole."""
        if self.size == self.end - self.start:
            return self.begin + at - self.start
        return self.begin + (self.size if end else 0)


class NotFound(ValueError):
    """The two do not say the same."""


def stretches(compared: str, came: str, said: Said) -> list[Stretch]:
    """Of the answer and its calls, in the order of what was compared. Members of an object are told by their names."""
    found: list[Stretch] = []
    here = there = 0
    if said.text:
        here, there = _add(found, compared, here, came, there, said.text)
    for name, arguments in said.calls:
        heads = re.compile(rf"\n?{re.escape(f'→ {name} ')}")
        one, other = heads.match(compared, here), heads.match(came, there)
        if one is None or other is None:
            raise NotFound(name)
        here, there = _add(found, compared, one.end(), came, other.end(), arguments)
    return sorted(found)


def _add(found: list[Stretch], compared: str, here: int, came: str, there: int, text: str) -> tuple[int, int]:
    """Of one text, which was laid out anew, or was not. The ends of it."""
    behind = there + len(text)
    if compared.startswith(text, here):
        found.append(Stretch(here, here + len(text), there, len(text)))
        return here + len(text), behind
    known = {path: (start, end) for path, start, end in _Values(compared, here).read()}
    opened = re.compile(r"[\[{]").search(came, there)  # behind the fence, if there is one
    end = here
    for path, start, stop in _Values(came, there if opened is None else opened.start()).read():
        if path not in known:
            raise NotFound(path)
        first, last = known[path]
        found += _literal(compared[first:last], first, came[start:stop], start)
        end = max(end, last)
    return _behind_brackets(compared, end), behind


def _literal(one: str, start: int, other: str, begin: int) -> Iterator[Stretch]:
    """What is written in the same way, and character by character what is not, such as with an escape."""
    signs, others = _SIGN.findall(one), _SIGN.findall(other)
    if one == other or len(signs) != len(others):
        yield Stretch(start, start + len(one), begin, len(other))
        return
    for same, several in groupby(zip(signs, others, strict=True), key=lambda pair: pair[0] == pair[1]):
        for pairs in [list(several)] if same else ([pair] for pair in several):
            size, other_size = (sum(map(len, written)) for written in zip(*pairs, strict=True))
            yield Stretch(start, start + size, begin, other_size)
            start, begin = start + size, begin + other_size


def _behind_brackets(text: str, at: int) -> int:
    closed = re.compile(r"[ \n\[\]{}:,]*[\]}]").match(text, at)
    return at if closed is None else closed.end()


class _Values:
    """Reads JSON for the places of its names and literals alone."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = self._start = at

    def read(self) -> Iterator[tuple[_Path, int, int]]:
        return self._value((), self._next())

    def _next(self) -> str:
        found = _PART.match(self._text, self._at)
        if found is None:
            raise NotFound(self._text[self._at : self._at + 20])
        self._start, self._at = found.span(1)
        return found[1]

    def _value(self, path: _Path, first: str) -> Iterator[tuple[_Path, int, int]]:
        if first == "{":
            yield from self._members(path)
        elif first == "[":
            yield from self._items(path)
        else:
            yield path, self._start, self._at

    def _members(self, path: _Path) -> Iterator[tuple[_Path, int, int]]:
        before: Counter[str] = Counter()
        while (name := self._next()) != "}":
            if name == ",":
                continue
            known = json.loads(name)
            inner = (*path, (known, before[known]))
            before[known] += 1
            yield (*inner, "name"), self._start, self._at
            self._next()
            yield from self._value(inner, self._next())

    def _items(self, path: _Path) -> Iterator[tuple[_Path, int, int]]:
        number = 0
        while (first := self._next()) != "]":
            if first != ",":
                yield from self._value((*path, number), first)
                number += 1


def carried(known: Sequence[Stretch], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the characters of what was compared stand; for none of them, behind what stands before them."""
    at = bisect_left(known, start, key=lambda one: one.end)
    if start == end:
        before = known[at] if at < len(known) and known[at].start < start else known[at - 1] if at else None
        place = 0 if before is None else before.there(min(start, before.end), end=True)
        yield place, place
        return
    for one in known[at:]:
        if one.start >= end:
            return
        if one.end > start:
            yield one.there(max(start, one.start)), one.there(min(end, one.end), end=True)
