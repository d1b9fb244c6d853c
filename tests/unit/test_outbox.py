"""The events of one read: neighbouring deltas are one, halves of a character wait for each other, nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api.outbox import Outbox
from compare_tui.core.events import Event, Kind
from compare_tui.core.sanitize import join_surrogates

FIRST, SECOND, FOX = "\ud83e", "\udd8a", "🦊"
UNKNOWN = "\ufffd"


def told(events: list[Event]) -> list[tuple[Kind, str]]:
    return [(event.kind, event.text) for event in events]


def released(out: Outbox) -> list[tuple[Kind, str]]:
    out.release_halves()
    return told(out.take())


def test_the_deltas_of_one_read_are_one_event_with_its_stamp() -> None:
    out = Outbox()
    out.begin(7)
    for piece in ("a", "b", "c"):
        out.delta(Kind.TEXT, piece)
    assert out.take() == [Event(7, Kind.TEXT, "abc")]
    assert out.take() == []


def test_the_next_read_has_its_own_stamp() -> None:
    out = Outbox()
    stamps = []
    for t_ns in (7, 9):
        out.begin(t_ns)
        out.delta(Kind.TEXT, "a")
        stamps += [event.t_ns for event in out.take()]
    assert stamps == [7, 9]


def test_another_channel_begins_another_event_in_the_order_of_arrival() -> None:
    out = Outbox()
    for kind, piece in [(Kind.REASONING, "a"), (Kind.REASONING, "b"), (Kind.TEXT, "c"), (Kind.REASONING, "d")]:
        out.delta(kind, piece)
    assert told(out.take()) == [(Kind.REASONING, "ab"), (Kind.TEXT, "c"), (Kind.REASONING, "d")]


def test_what_is_no_delta_stands_where_it_happened() -> None:
    for kind in (Kind.PART, Kind.NOTICE, Kind.TOOL, Kind.FINISH):
        out = Outbox()
        out.delta(Kind.TEXT, "a")
        out.add(kind, {"key": "1.0"})
        out.delta(Kind.TEXT, "b")
        assert told(out.take()) == [(Kind.TEXT, "a"), (kind, ""), (Kind.TEXT, "b")]


def test_halves_of_a_character_in_one_read_are_that_character() -> None:
    out = Outbox()
    for piece in ("a", FIRST, SECOND, "b"):
        out.delta(Kind.TEXT, piece)
    assert told(out.take()) == [(Kind.TEXT, f"a{FOX}b")]


def test_a_half_waits_for_the_other_over_two_reads() -> None:
    out = Outbox()
    out.delta(Kind.TEXT, f"a{FIRST}")
    assert told(out.take()) == [(Kind.TEXT, "a")]
    assert out.take() == []
    out.delta(Kind.TEXT, f"{SECOND}b")
    assert told(out.take()) == [(Kind.TEXT, f"{FOX}b")]
    assert released(out) == []


def test_a_half_waits_for_its_own_channel() -> None:
    out = Outbox()
    out.delta(Kind.TEXT, FIRST)
    out.delta(Kind.REASONING, f"think{FIRST}")
    out.delta(Kind.TEXT, SECOND)
    out.delta(Kind.REASONING, SECOND)
    assert told(out.take()) == [(Kind.REASONING, "think"), (Kind.TEXT, FOX), (Kind.REASONING, FOX)]


def test_a_half_that_meets_something_else_is_unknown() -> None:
    out = Outbox()
    out.delta(Kind.TEXT, FIRST)
    assert out.take() == []
    out.delta(Kind.TEXT, "x")
    out.delta(Kind.TEXT, SECOND)
    assert told(out.take()) == [(Kind.TEXT, f"{UNKNOWN}x{UNKNOWN}")]


def test_a_half_at_the_end_is_unknown() -> None:
    out = Outbox()
    out.delta(Kind.TEXT, f"a{FIRST}")
    assert told(out.take()) == [(Kind.TEXT, "a")]
    assert released(out) == [(Kind.TEXT, UNKNOWN)]
    assert released(out) == []


def test_a_half_at_the_end_of_the_read_that_ends_the_answer_is_unknown_too() -> None:
    out = Outbox()
    out.delta(Kind.TEXT, f"a{FIRST}")
    assert "".join(text for _, text in released(out)) == f"a{UNKNOWN}"


def test_text_behind_a_waiting_half_is_kept_when_the_answer_ends() -> None:
    out = Outbox()
    out.delta(Kind.TEXT, FIRST)
    assert out.take() == []
    out.delta(Kind.TEXT, "x")
    assert "".join(text for _, text in released(out)) == f"{UNKNOWN}x"


channels = st.sampled_from([Kind.TEXT, Kind.REASONING, Kind.REFUSAL])
halves = [FIRST, SECOND, "\ud800", "\udbff", "\udc00", "\udfff"]
pieces = st.text(st.sampled_from(["a", "é", FOX, *halves]), min_size=1, max_size=4)
steps = st.lists(st.tuples(channels, pieces) | st.sampled_from(["read", "notice"]))


@given(steps)
def test_every_channel_comes_out_as_if_it_had_come_at_once(steps: list[tuple[Kind, str] | str]) -> None:
    out = Outbox()
    events: list[Event] = []
    sent: dict[Kind, str] = {}
    for step in steps:
        if step == "read":
            events += out.take()
        elif step == "notice":
            out.add(Kind.NOTICE, text="x")
        elif isinstance(step, tuple):
            out.delta(*step)
            sent[step[0]] = sent.get(step[0], "") + step[1]
    out.release_halves()
    events += out.take()
    assert out.take() == []
    for kind, text in sent.items():
        assert "".join(event.text for event in events if event.kind is kind) == join_surrogates(text)
