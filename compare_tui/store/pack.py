"""Events as bytes: columns of kinds, times and lengths, then the text and the data, all of it compressed.

Times are exact to the nanosecond, lengths count code points of the raw text, half characters survive. Written column by
column because eight streams of a thousand deltas a second leave 2 µs for each.
"""

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from operator import attrgetter, sub
from typing import Any, Final

from compare_tui.core.events import NOTHING, Data, Event, Kind

_VERSION: Final = 1
_LEVEL: Final = 4
"""The next two make a long answer 7 % smaller in three times the time."""
_HEAD: Final = struct.Struct("<BI")
_SIZES: Final = struct.Struct("<III")

_KINDS: Final = (
    *(Kind.QUEUED, Kind.REQUEST, Kind.RATE, Kind.CAUTION, Kind.SENT, Kind.CONNECTED, Kind.REQUEST_SENT, Kind.HEADERS),
    *(Kind.FIRST_EVENT, Kind.SERVED, Kind.PART, Kind.REASONING, Kind.TEXT, Kind.REFUSAL, Kind.TOOL, Kind.LOGPROBS),
    *(Kind.USAGE, Kind.UNSTREAMED, Kind.NOTICE, Kind.FINISH, Kind.RETRY, Kind.ERROR, Kind.GAP, Kind.STOPPED, Kind.END),
    *(Kind.STORED, Kind.INTERRUPTED),
)
"""A kind is its place in this list: it grows at its end only."""
_CODES: Final = {kind: code for code, kind in enumerate(_KINDS)}


class Unreadable(ValueError):
    """Bytes that no version of this program wrote."""


def pack(events: Sequence[Event], lean: Callable[[Event], Data] = attrgetter("data")) -> bytes:
    """Of an event that has data, `lean` says what of it to write."""
    return _columns(events, lean).packed(_quickly)


def merge(packed: Sequence[bytes]) -> bytes:
    """Events packed one after the other as one, smaller; no event is made for it."""
    if not packed:
        return pack(())
    whole, *others = map(_Columns.of, packed)
    whole.extend(others)
    return whole.packed(partial(zlib.compress, level=_LEVEL))


def unpack(packed: bytes) -> list[Event]:
    columns = _Columns.of(packed)
    try:
        return _events(columns)
    except (ValueError, LookupError, TypeError) as error:
        raise Unreadable(f"stored events cannot be read: {error}") from error


def _events(columns: "_Columns") -> list[Event]:
    told = dict(columns.told)
    text = columns.text.decode("utf-8", "surrogatepass")
    texts = [text[start:end] for start, end in pairwise(accumulate(columns.lengths, initial=0))]
    return [
        Event(t_ns, _KINDS[code], text, told.get(at, NOTHING))
        for at, (t_ns, code, text) in enumerate(zip(accumulate(columns.steps), columns.kinds, texts, strict=True))
    ]


@dataclass(slots=True)
class _Columns:
    """The first step is the absolute time, each further one what passed since the event before."""

    kinds: bytes
    steps: "array[int]"
    lengths: "array[int]"
    text: bytes
    told: list[Any]
    """Pairs of an event's place and its data, for those that have any."""

    def extend(self, others: "Sequence[_Columns]") -> None:
        """In time that grows with the length alone: a take of ten minutes has thousands of pieces."""
        last = sum(self.steps)
        for other in others:
            before = len(self.steps)
            ends = sum(other.steps)
            if other.steps:
                other.steps[0] -= last
                last = ends
            self.steps += other.steps
            self.lengths += other.lengths
            self.told += [[before + at, data] for at, data in other.told]
        self.kinds += b"".join(other.kinds for other in others)
        self.text += b"".join(other.text for other in others)

    def packed(self, compressed: Callable[[bytes], bytes]) -> bytes:
        told = json.dumps(self.told, separators=(",", ":")).encode() if self.told else b""
        sizes = _SIZES.pack(len(self.kinds), len(self.text), len(told))
        body = b"".join((sizes, self.kinds, _little(self.steps), _little(self.lengths), self.text, told))
        return _HEAD.pack(_VERSION, len(body)) + compressed(body)

    @classmethod
    def of(cls, packed: bytes) -> "_Columns":
        try:
            return cls._read(packed)
        except (struct.error, zlib.error, ValueError) as error:
            raise Unreadable(f"stored events cannot be read: {error}") from error

    @classmethod
    def _read(cls, packed: bytes) -> "_Columns":
        version, size = _HEAD.unpack_from(packed)
        if version != _VERSION:
            raise Unreadable(f"they are of version {version}")
        body = zlib.decompress(packed[_HEAD.size :], bufsize=size)
        count, text_size, told_size = _SIZES.unpack_from(body)
        ends = accumulate((_SIZES.size, count, 8 * count, 4 * count, text_size, told_size))
        kinds, steps, lengths, text, told = (body[start:end] for start, end in pairwise(ends))
        return cls(kinds, _array("q", steps), _array("I", lengths), text, json.loads(told) if told else [])


def _columns(events: Sequence[Event], lean: Callable[[Event], Data]) -> _Columns:
    times, kinds, texts, data = zip(*events, strict=True) if events else ((), (), (), ())
    return _Columns(
        bytes(map(_CODES.__getitem__, kinds)),
        array("q", [*times[:1], *map(sub, times[1:], times)]),
        array("I", map(len, texts)),
        "".join(texts).encode("utf-8", "surrogatepass"),
        [[at, dict(lean(events[at]))] for at, told in enumerate(data) if told],
    )


def _quickly(body: bytes) -> bytes:
    """As it is, but for a check sum: a piece is soon part of a whole. To compress it took as long as all else."""
    compressor = zlib.compressobj(0, wbits=12, memLevel=5)
    return compressor.compress(body) + compressor.flush()


def _array(kind: Any, data: bytes) -> "array[int]":
    found: array[int] = array(kind, data)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _little(column: "array[int]") -> bytes:
    if sys.byteorder == "little":
        return column.tobytes()
    turned: Iterable[int] = column
    swapped = array(column.typecode, turned)
    swapped.byteswap()
    return swapped.tobytes()
