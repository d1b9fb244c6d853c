"""Token probabilities as they came, kept small: for 50,000 tokens with five alternatives each 8 MB instead of 140."""

import marshal
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, overload

_LOOSE: Final = 64
_READ_AT_ONCE: Final = 4
"""Packs that were unpacked last: who reads on, reads in one or two of them."""


class Entries(Sequence[Any]):
    """Grows at its end. What is packed is unpacked by whoever looks at it."""

    def __init__(self) -> None:
        self._packs: list[bytes] = []
        self._starts: list[int] = []
        self._packed = 0
        self._loose: list[Any] = []
        self._unpacked: dict[int, list[Any]] = {}

    def extend(self, entries: Iterable[Any]) -> None:
        self._loose += entries
        if len(self._loose) >= _LOOSE:
            self.pack()

    def pack(self) -> None:
        """No more will come for now."""
        if self._loose:
            self._starts.append(self._packed)
            self._packs.append(zlib.compress(marshal.dumps(self._loose), 1))  # 5 µs a token; JSON takes 15
            self._packed += len(self._loose)
            self._loose = []

    def __len__(self) -> int:
        return self._packed + len(self._loose)

    def __iter__(self) -> Iterator[Any]:
        for pack in self._packs:
            yield from _unpacked(pack)
        yield from self._loose

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and list(self) == list(other)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self._one(index) for index in range(*at.indices(len(self)))]
        return self._one(range(len(self))[at])

    def _one(self, at: int) -> Any:
        if at >= self._packed:
            return self._loose[at - self._packed]
        number = bisect_right(self._starts, at) - 1
        if number not in self._unpacked:
            while len(self._unpacked) >= _READ_AT_ONCE:
                del self._unpacked[next(iter(self._unpacked))]
            self._unpacked[number] = _unpacked(self._packs[number])
        return self._unpacked[number][at - self._starts[number]]


def _unpacked(pack: bytes) -> list[Any]:
    """What this process packed itself."""
    entries: list[Any] = marshal.loads(zlib.decompress(pack))
    return entries
