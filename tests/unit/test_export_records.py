"""JSON lines that lose nothing: written, read, written again; and what is no record of ours is refused."""

import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.events import Kind
from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.record import SessionRecord
from compare_tui.export.reading import LONGEST_LINE, ImportProblem, lines_of, read
from compare_tui.export.records import DEEPEST, FORMAT, lines
from compare_tui.export.rows import COLUMNS
from tests.fixtures.export_sessions import (
    PNG,
    answer,
    event,
    hostile_session,
    plain_session,
    rich_session,
    sent,
    session,
)


def again(record: SessionRecord) -> list[str]:
    """Its lines after they were read from its lines."""
    (back,) = read(lines(record))
    return list(lines(back))


# Nothing is lost


@pytest.mark.parametrize("make", [plain_session, rich_session, lambda: hostile_session(80)])
def test_what_was_read_is_written_as_the_same_bytes(make: Callable[[], SessionRecord]) -> None:
    written = list(lines(make()))
    assert again(make()) == written
    assert "\n".join(written).encode()


@pytest.mark.parametrize("make", [plain_session, rich_session])
def test_the_session_read_is_the_session_written(make: Callable[[], SessionRecord]) -> None:
    assert read(lines(make())) == [make()]


@given(st.text(), st.text(st.characters(codec=None, categories=["Cs"]), max_size=4))
def test_any_text_survives_with_its_halves_of_characters(text: str, halves: str) -> None:
    whole = (text + halves).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    record = session(sent(1, Prompt(text + halves, text or None), [("m", answer(halves + text))]))
    written = list(lines(record))
    ((back,),) = [read(written)]
    assert back.rounds[0].round.prompt.text == whole
    assert list(lines(back)) == written
    assert all(len(line.encode().splitlines()) == 1 for line in written)


def test_figures_of_an_imported_take_are_those_it_had() -> None:
    record = rich_session()
    (back,) = read(lines(record))
    for (_, mine), (_, theirs) in zip(record.takes(), back.takes(), strict=True):
        had, has = mine.take(), theirs.take()
        assert (has.stamps, has.cost, has.verdict, has.usage) == (had.stamps, had.cost, had.verdict, had.usage)


def test_a_picture_stands_in_the_first_line_that_needs_it_alone() -> None:
    first, *others = [json.loads(line)["record"] for line in lines(rich_session())]
    assert len(first["kept"]) == 1
    assert all("kept" not in other for other in others)


def test_a_line_tells_the_conversation_of_its_own_lane_alone() -> None:
    *_, with_one, without = [json.loads(line)["record"]["round"] for line in lines(rich_session())]
    assert [lane.split()[0] for lane in with_one["histories"]] == ["gpt-5.5", "gone-model"]
    assert "histories" not in without


def test_an_imported_take_is_written_with_the_origin_it_had_at_home() -> None:
    record = rich_session()
    rounds = [replace(one, takes=tuple(replace(take, origin="import") for take in one.takes)) for one in record.rounds]
    imported = replace(record, rounds=tuple(rounds))
    assert list(lines(imported)) == list(lines(record))
    assert [json.loads(line)["origin"] for line in lines(imported)] == ["live"] * 4 + ["store"]


def test_an_origin_of_its_own_is_kept() -> None:
    record = plain_session()
    one = record.rounds[0]
    batch = replace(record, rounds=(replace(one, takes=(replace(one.takes[0], origin="batch"),)),))
    assert read(lines(batch)) == [batch]


def test_the_names_of_the_csv_come_first_and_the_session_s_tags_are_under_those_of_the_round() -> None:
    record = replace(rich_session(), tags={"feature": "from the session", "team": "x"})
    told = [json.loads(line) for line in lines(record)]
    assert tuple(told[0]) == (*COLUMNS, "record")
    assert told[0]["tags"] == "a%3Bb=c%3Dd;feature=pictures;team=x"
    assert told[-1]["tags"] == "feature=from the session;team=x"
    assert told[0]["record"]["format"] == FORMAT


def test_a_session_without_takes_has_no_line() -> None:
    assert list(lines(session())) == []


def test_what_no_json_can_say_is_unknown_and_stays_so() -> None:
    tokens = [{"logprob": float("nan"), "top": nested(2_000)}, {"logprob": float("-inf")}]
    odd = event(650, Kind.LOGPROBS, tokens=tokens)
    record = session(sent(1, Prompt("Hi"), [("m", [*answer("Hi"), odd])]))
    (line,) = lines(record)
    assert '"logprob":null' in line
    assert again(record) == [line]


# However the lines come


@pytest.mark.examples(25, 500)
@given(st.randoms(use_true_random=False))
def test_lines_may_be_mixed_doubled_and_in_any_order(chance: random.Random) -> None:
    records = [rich_session(), hostile_session(8), plain_session("Another.")]
    records[2] = renamed(records[2], "other1")
    mixed = [line for record in records for line in lines(record)]
    mixed += chance.sample(mixed, 3)
    chance.shuffle(mixed)
    back = {record.id: list(lines(record)) for record in read(["", *mixed, " \t\r"])}
    assert back == {record.id: list(lines(record)) for record in records}


def renamed(record: SessionRecord, id_: str) -> SessionRecord:
    rounds = [
        replace(
            one,
            round=replace(one.round, id=f"{id_}.{one.round.number}"),
            takes=tuple(replace(take, id=f"{id_}.{take.id.partition('.')[2]}") for take in one.takes),
        )
        for one in record.rounds
    ]
    return replace(record, id=id_, rounds=tuple(rounds))


def test_a_file_another_program_has_written_again_is_read_as_well() -> None:
    foreign = "\ufeff" + "\r\n".join(json.dumps(json.loads(line), indent=None) for line in lines(rich_session()))
    assert read(lines_of(io.BytesIO(foreign.encode()))) == [rich_session()]


# What is refused, and how it is said


def changed(change: Callable[[dict[str, Any]], Any]) -> list[str]:
    """The first line of the first round, changed, and the second round as it was."""
    told = [json.loads(one) for one in lines(rich_session())]
    change(told[0]["record"])
    return [json.dumps(one) for one in (told[0], *told[3:])]


def refused(written: list[str]) -> str:
    with pytest.raises(ImportProblem) as caught:
        read(written)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "no JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"record": {"format": NaN}}', "NaN is no number"),
        ('{"record": {"format": 1e999}}', "1e999 is too large"),
        ("1" * 10_000, "no JSON"),
        ("[]", "no record of what happened"),
        ('{"model": "m"}', "no record of what happened"),
        ('{"record": []}', "no record of what happened"),
        ('{"record": {}}', "record.format must be a whole number"),
        ('{"record": {"format": true}}', "record.format must be a whole number"),
        ('{"record": {"format": 2}}', "written by a newer compare-tui (format 2, this one reads 1)"),
        ('{"record": {"format": 1}}', "record has no session"),
    ],
)
def test_a_line_that_is_no_record_is_named(line: str, words: str) -> None:
    good = list(lines(plain_session()))
    said = refused([*good, line])
    assert said.startswith("line 3: ")
    assert words in said
    assert len(said) < 300


def nested(times: int) -> Any:
    value: Any = "bottom"
    for _ in range(times):
        value = [value]
    return value


SPOILT: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("session id", lambda r: r["session"].update(id="x"), "record.session.id must be 6 or more"),
    ("session tags", lambda r: r["session"].update(tags={"a": 1}), "a value in record.session.tags must be a text"),
    ("view", lambda r: r["session"].update(view=[]), "record.session.view must be an object"),
    ("prompt", lambda r: r["round"]["prompt"].update(text=5), "record.round.prompt.text must be a text"),
    ("no prompt", lambda r: r["round"].pop("prompt"), "record.round has no prompt"),
    ("turn", lambda r: r["round"]["prompt"].update(turns=[{"role": "user"}]), "turns[0] has no text"),
    ("lanes", lambda r: r["round"].update(lanes=["m", "m effort="]), "effort= is empty"),
    ("lane", lambda r: r["take"].update(lane="'"), "No closing quotation"),
    ("systems", lambda r: r["round"].pop("systems"), "the text of @brief.txt"),
    ("take id", lambda r: r["take"].update(id="abc123.0.1"), "record.take.id must be SESSION.ROUND.TAKE"),
    ("other session", lambda r: r["take"].update(id="zzz999.1.1"), "is none of the session abc123"),
    ("repeat", lambda r: r["take"].update(repeat=0), "record.take.repeat must be a whole number from 1"),
    ("origin", lambda r: r["take"].update(origin="import"), "record.take.origin must be store or batch"),
    ("events", lambda r: r.update(events={}), "record.events must be a list"),
    ("event", lambda r: r["events"].append([1]), "is no event"),
    ("kind", lambda r: r["events"].append([1, "sung"]), "is no event"),
    ("kind as a list", lambda r: r["events"].append([1, []]), "is no event"),
    ("stamp", lambda r: r["events"].append([1.5, "end"]), "must be nanoseconds"),
    ("large stamp", lambda r: r["events"].append([2**80, "end"]), "must be nanoseconds"),
    ("part", lambda r: r["events"].append([1, "part", "", {"key": "x"}]), "must be numbers with dots"),
    ("dots", lambda r: r["events"].append([1, "part", "", {"key": "."}]), ""),
    ("tool", lambda r: r["events"].append([1, "tool", "", {}]), "has no key"),
    ("usage", lambda r: r["events"].append([1, "usage", "", {"input": -1}]), "must be a whole number from 0"),
    ("cost", lambda r: r["events"].append([1, "usage", "", {"reported_cost": "1e999999999"}]), "must be an amount"),
    ("tiny", lambda r: r["events"].append([1, "usage", "", {"reported_cost": "1e-99999"}]), "must be an amount"),
    ("no day", lambda r: r["events"][1][3]["rate"].update(card_date="2026-13-45"), "tell nothing that can be"),
    ("deep", lambda r: r["events"].append([1, "end", "", {"x": nested(200)}]), "nested no deeper than 100 times"),
    ("deep extra", lambda r: r["events"].append([1, "sent", "", {"x": nested(200)}]), "nested no deeper than 100"),
    ("sNaN", lambda r: r["events"].append([1, "usage", "", {"reported_cost": "sNaN"}]), "must be an amount"),
    ("error", lambda r: r["events"].append([1, "error", "x", {}]), "has no class"),
    ("picture", lambda r: r.pop("kept"), "is in no line"),
    ("base64", lambda r: r.update(kept={"x": "!"}), "is no base64"),
    ("other picture", lambda r: r.update(kept={"x": "AAAA"}), "not the one its name says"),
    ("tells otherwise", lambda r: r["session"].update(name="Other"), "tells the session abc123 otherwise than line 1"),
]


@pytest.mark.parametrize(("change", "words"), [case[1:] for case in SPOILT], ids=[case[0] for case in SPOILT])
def test_a_value_that_cannot_be_is_refused_with_its_line_and_place(
    change: Callable[[dict[str, Any]], Any], words: str
) -> None:
    if words:
        said = refused(changed(change))
        assert said.startswith("line ")
        assert words in said
    else:
        read(changed(change))


def test_a_rate_with_a_price_of_a_million_digits_is_refused() -> None:
    def dear(record: dict[str, Any]) -> None:
        record["events"][1][3]["rate"]["output"] = "1e1000000"

    assert "rate.output must be an amount as a text" in refused(changed(dear))


def test_two_lines_that_tell_a_take_differently_are_refused() -> None:
    good = list(lines(plain_session()))
    other = json.loads(good[0])
    other["record"]["events"].pop()
    assert refused([*good, json.dumps(other)]) == "line 3: tells the take abc123.1.1 otherwise than line 1"


def test_a_message_about_a_hostile_line_is_fit_for_a_terminal() -> None:
    said = refused(changed(lambda r: r["take"].update(lane="m \x1b]0;owned\x07\u202e=1")))
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(ImportProblem, match="line 2: not UTF-8"):
        list(lines_of(io.BytesIO(b"{}\n\xff\n")))


class Endless(io.RawIOBase):
    """A line without an end."""

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= LONGEST_LINE + 1
        return b"x" * size


def test_a_line_without_an_end_is_not_read_to_it() -> None:
    with pytest.raises(ImportProblem, match="line 1: longer than 256 MB"):
        next(lines_of(Endless()))  # type: ignore[arg-type]  # only readline is asked


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


RECORD = [json.loads(line) for line in lines(rich_session())]
PLACES = [(at, place) for at, line in enumerate(RECORD) for place in places(line["record"], ("record",))]


@pytest.mark.examples(400, 5_000)
@given(st.sampled_from(PLACES), JSON_VALUES)
def test_any_value_anywhere_is_taken_or_refused_and_what_is_taken_can_be_written(
    where: tuple[int, tuple[Any, ...]], value: Any
) -> None:
    at, (*path, last) = where
    told = json.loads(json.dumps(RECORD))
    holder = told[at]
    for key in path:
        holder = holder[key]
    holder[last] = value
    try:
        taken = read([json.dumps(line) for line in told])
    except ImportProblem:
        return
    for record in taken:
        again(record)


def test_data_nested_as_deeply_as_may_be_is_taken() -> None:
    deep = event(650, Kind.LOGPROBS, tokens=[nested(DEEPEST - 4)])
    picture = Image("x", "image/png", PNG)
    record = session(sent(1, Prompt("Hi", images=(picture,)), [("m", [*answer("Hi"), deep])]))
    assert read(lines(record)) == [record]
