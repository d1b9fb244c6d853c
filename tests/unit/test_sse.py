"""Server-sent events come out the same however their bytes were cut, and what is wrong comes after what was right."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api.errors import Unreadable
from compare_tui.api.sse import LARGEST_EVENT, ServerEvent, Splitter

MEBIBYTE = 1024 * 1024


def events(*chunks: bytes, close: bool = False) -> list[ServerEvent]:
    splitter = Splitter()
    found = [event for chunk in chunks for event in splitter.feed(chunk)]
    return found + list(splitter.close()) if close else found


def by_the_standard(stream: bytes) -> list[ServerEvent]:
    """The algorithm of the HTML standard, a character at a time. An unfinished block at the end is dropped."""
    text = stream.decode().removeprefix("\ufeff")
    lines, line = [], ""
    at = 0
    while at < len(text):
        if text[at] in "\r\n":
            lines.append(line)
            line = ""
            at += 2 if text[at : at + 2] == "\r\n" else 1
        else:
            line += text[at]
            at += 1
    found: list[ServerEvent] = []
    name = data = ""
    for line in lines:
        if not line:
            if data:
                found.append(ServerEvent(name, data[:-1]))
            name = data = ""
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data += value + "\n"
    return found


breaks = st.sampled_from(["\n", "\r", "\r\n"])
words = st.text(st.sampled_from("ab :é狐🦊\u2028\x85\x0b\ufeff\x00"), max_size=5)
lines = st.sampled_from(
    ["", "", "data", "data:", "data: ", ": ping", ":", "event", "id: 7", "retry: 5", "datax: no"]
) | (
    st.tuples(st.sampled_from(["data: ", "data:", "data:  ", "event: ", "event:", "Data: ", " data: "]), words).map(
        "".join
    )
)
streams = st.tuples(
    st.sampled_from(["", "\ufeff", "\ufeff\ufeff"]),
    st.lists(st.tuples(lines, breaks).map("".join)).map("".join),
    words,
).map(lambda parts: "".join(parts).encode())


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    places = sorted(place % (len(stream) + 1) for place in places)
    return [stream[start:end] for start, end in zip([0, *places], [*places, len(stream)], strict=True)]


@pytest.mark.examples(500, 20_000)
@given(streams, st.lists(st.integers(0, 10_000), max_size=8))
def test_the_same_events_come_out_of_every_cut_of_the_same_bytes(stream: bytes, places: list[int]) -> None:
    expected = by_the_standard(stream)
    assert events(stream) == expected
    assert events(*cut(stream, places)) == expected
    assert events(*(bytes([byte]) for byte in stream)) == expected


@pytest.mark.examples(200, 5_000)
@given(streams, st.lists(st.integers(0, 10_000), max_size=8))
def test_the_unfinished_last_event_is_the_same_for_every_cut(stream: bytes, places: list[int]) -> None:
    closed = events(stream, close=True)
    assert events(*cut(stream, places), close=True) == closed
    assert closed[: len(by_the_standard(stream))] == by_the_standard(stream)


EVENT = ServerEvent("delta", '{"é":\n1}')


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_all_three_line_ends_are_read_at_every_cut(end: bytes) -> None:
    stream = end.join((b": hello", b"event: delta", 'data: {"é":'.encode(), b"data: 1}", b"", b"")) * 2
    for place in range(len(stream) + 1):
        assert events(stream[:place], stream[place:]) == [EVENT, EVENT]


def test_mixed_line_ends_are_read() -> None:
    assert events(b"data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\n") == [ServerEvent("", "a\nb\nc"), ServerEvent("", "d")]


def test_a_byte_order_mark_is_no_part_of_the_first_line_wherever_it_is_cut() -> None:
    stream = b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n"
    for place in range(len(stream) + 1):
        assert events(stream[:place], stream[place:]) == [ServerEvent("", "a"), ServerEvent("", "c")]


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"data:a\n\n", ["a"]),
        (b"data:  a \n\n", [" a "]),
        (b"data\n\n", [""]),
        (b"data:\n\n", [""]),
        (b"data\ndata\n\n", ["\n"]),
        (b": comment\n\n:\n\n", []),
        (b"event: x\n\ndata: a\n\n", ["a"]),
        (b"id: 1\nretry: 5\ndata: a\nunknown: x\n\n", ["a"]),
        (b"data: a: b:c\n\n", ["a: b:c"]),
        (b"\n\n\ndata: a\n\n\n\n", ["a"]),
        (b"data: [DONE]\n\n", ["[DONE]"]),
        ("data: a\u2028b\x85c\x0bd\n\n".encode(), ["a\u2028b\x85c\x0bd"]),
        (b"data: a\x00b\n\n", ["a\x00b"]),
    ],
)
def test_the_lines_of_an_event_are_joined_and_the_rest_is_passed_over(stream: bytes, data: list[str]) -> None:
    assert [event.data for event in events(stream)] == data


def test_a_name_holds_for_its_own_event_alone() -> None:
    stream = b"event: a\ndata: 1\n\ndata: 2\n\nevent: b\n\ndata: 3\n\nevent: c\nevent\ndata: 4\n\n"
    assert [event.name for event in events(stream)] == ["a", "", "", ""]


@pytest.mark.parametrize("rest", [b"data: b", b"data: b\n", b"data: b\r", b"data: b\r\n"])
def test_the_last_event_of_a_server_that_forgets_the_blank_line_comes_at_the_close(rest: bytes) -> None:
    stream = b"data: a\n\n" + rest
    assert [event.data for event in events(stream)] == ["a"]
    assert [event.data for event in events(stream, close=True)] == ["a", "b"]


@pytest.mark.parametrize("rest", [b"", b"\n", b": ping", b"event: x", b"id: 3\n"])
def test_a_close_after_nothing_gives_nothing(rest: bytes) -> None:
    assert events(b"data: a\n\n" + rest, close=True) == [ServerEvent("", "a")]


BAD_UTF8 = [b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80"]


@pytest.mark.parametrize("bad", BAD_UTF8)
def test_invalid_utf8_is_told_only_after_the_events_before_it(bad: bytes) -> None:
    stream = "data: é\n\ndata: b\n\n".encode() + b"data: x" + bad + b"x\n\ndata: never\n\n"
    for place in range(len(stream) + 1):
        splitter = Splitter()
        given_out: list[str] = []

        def read(splitter: Splitter = splitter, place: int = place, given_out: list[str] = given_out) -> None:
            for chunk in (stream[:place], stream[place:]):
                given_out.extend(event.data for event in splitter.feed(chunk))

        with pytest.raises(Unreadable) as caught:
            read()
        assert caught.value.error_class == "encoding"
        assert given_out == ["é", "b"]


def test_invalid_utf8_in_a_comment_harms_nobody() -> None:
    assert events(b": \xff\xfe\ndata: a\n\n") == [ServerEvent("", "a")]


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"data: ", b"x" * 65_536, id="one line"),
        pytest.param(b"data: ", b"x" * 65_536 + b"\ndata: ", id="many lines"),
        pytest.param(b": ", b"x" * 65_536, id="a comment"),
        pytest.param(b"event: ", b"x" * 65_536, id="a name"),
        pytest.param(b"", b"data:\n" * 10_000, id="empty lines"),
        pytest.param(b"", b"data\n" * 10_000, id="bare lines"),
    ],
)
def test_an_event_without_end_is_told_before_it_fills_the_memory(start: bytes, piece: bytes) -> None:
    splitter = Splitter()
    assert not list(splitter.feed(start))

    def feed() -> None:
        for _ in range(2 * LARGEST_EVENT // len(piece)):
            assert not list(splitter.feed(piece))

    with pytest.raises(Unreadable) as caught:
        feed()
    assert caught.value.error_class == "event-too-large"
    assert caught.value.message == "one event of the stream is larger than 16 MiB"


def test_a_large_event_within_the_limit_comes_whole() -> None:
    text = "x" * (LARGEST_EVENT - 100)
    stream = f'event: big\ndata: "{text}"\n\ndata: b\n\n'.encode()
    big, after = events(*(stream[at : at + MEBIBYTE] for at in range(0, len(stream), MEBIBYTE)))
    assert json.loads(big.data) == text
    assert after == ServerEvent("", "b")


def test_events_before_one_that_is_too_large_are_given_out() -> None:
    splitter = Splitter()
    found = splitter.feed(b"data: a\n\ndata: " + b"x" * (LARGEST_EVENT + 1) + b"\n\n")
    assert next(found) == ServerEvent("", "a")
    with pytest.raises(Unreadable, match="larger than 16 MiB"):
        next(found)


def test_many_events_together_are_no_large_event() -> None:
    stream = (b"data: " + b"x" * MEBIBYTE + b"\n\n") * 20
    assert len(events(stream)) == 20
