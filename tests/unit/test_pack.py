"""Events as bytes: what goes in comes out, in one piece or in many, and bytes that are damaged are called so."""

import random
import struct
import zlib
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.events import NOTHING, Event, Kind
from compare_tui.store.pack import Unreadable, merge, pack, unpack
from tests.store_samples import told

any_text = st.text(st.characters(), max_size=20) | st.sampled_from(["\ud83d", "\ude00", "a\0b", "👩‍👩‍👧", "\r\n"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
any_data = st.just(NOTHING) | st.dictionaries(any_text, json_values, min_size=1, max_size=3)
any_event = st.builds(Event, st.integers(0, 2**62), st.sampled_from(Kind), any_text, any_data)
any_events = st.lists(any_event, max_size=12)


@pytest.mark.examples(100, 2_000)
@given(any_events)
def test_events_come_back_as_they_went_in(events: list[Event]) -> None:
    assert unpack(pack(events)) == events


@pytest.mark.examples(100, 2_000)
@given(st.lists(any_events, max_size=5))
def test_pieces_make_one_piece_with_the_same_events(pieces: list[list[Event]]) -> None:
    assert unpack(merge(list(map(pack, pieces)))) == [event for piece in pieces for event in piece]


def test_every_kind_has_a_place_of_its_own() -> None:
    events = [Event(at, kind) for at, kind in enumerate(Kind)]
    assert unpack(pack(events)) == events


def test_the_codes_of_the_kinds_are_those_of_files_already_written() -> None:
    """New kinds go to the end: a changed place would turn old answers into something else."""
    written = (
        "queued request rate caution sent connected request_sent headers first_event served part reasoning text "
        "refusal tool logprobs usage unstreamed notice finish retry error gap stopped end stored interrupted"
    )
    for code, name in enumerate(written.split()):
        assert unpack(_one_event(code)) == [Event(0, Kind(name))]


def _one_event(code: int) -> bytes:
    body = struct.pack("<III", 1, 0, 0) + bytes([code]) + struct.pack("<qI", 0, 0)
    return struct.pack("<BI", 1, len(body)) + zlib.compress(body, 1)


@pytest.mark.examples(200, 5_000)
@given(st.data())
def test_damaged_bytes_are_unreadable_or_events_and_nothing_else(data: Any) -> None:
    whole = bytearray(pack(told("A few words of an answer.")))
    if data.draw(st.booleans()):
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(whole) - 1))
            whole[at] = data.draw(st.integers(0, 255))
    try:
        events = unpack(bytes(whole))
    except Unreadable:
        return
    assert all(isinstance(event, Event) for event in events)


def test_damage_within_the_compressed_part_is_unreadable_too() -> None:
    """A kind nobody knows, lengths beyond the text, half a character in the middle of UTF-8."""
    packed = pack(told("Größe"))
    head, body = packed[:5], bytearray(zlib.decompress(packed[5:]))
    chance = random.Random(4)
    refused = 0
    for _ in range(500):
        hurt = bytearray(body)
        hurt[chance.randrange(len(hurt))] = chance.randrange(256)
        try:
            unpack(head + zlib.compress(bytes(hurt)))
        except Unreadable:
            refused += 1
    assert refused > 100


def test_bytes_of_a_later_version_are_named() -> None:
    with pytest.raises(Unreadable, match="of version 9"):
        unpack(b"\x09" + pack([])[1:])


def test_thousands_of_pieces_become_one_in_a_time_that_grows_with_their_length_alone() -> None:
    """A take of ten minutes; each piece once looked at all before it, which took as long as the answer."""

    def cpu_s(many: int) -> float:
        pieces = [pack([Event(1_000 * at + n, Kind.TEXT, "word ") for n in range(100)]) for at in range(many)]
        begun = process_time()
        merge(pieces)
        return process_time() - begun

    assert min(cpu_s(1_600) for _ in range(3)) < 10 * min(cpu_s(400) for _ in range(3))
