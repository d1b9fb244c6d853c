"""Rows as JSON lines: raw texts, exact numbers, null for what is unknown, one line a take."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.export.jsonl import JsonlWriter, take_object
from compare_tui.export.outfile import OutFile
from compare_tui.export.rows import COLUMNS, Value, row

COST = "0.000000120000000000000000000000000001"


def answered(text: str, prompt: Prompt | None = None, lane: str = "m", *more: Event) -> dict[str, Value]:
    finished = Event(8_000_000, Kind.FINISH, data={"status": "completed"})
    events = [Event(0, Kind.SENT), Event(7_000_500, Kind.TEXT, text), finished, *more]
    round_ = Round("abc123.1", prompt or Prompt("Hi"), (Lane.parse(lane),))
    return row(round_.takes()[0].apply_all(events), round_)


def read_back(told: dict[str, Value]) -> dict[str, Any]:
    back: dict[str, Any] = json.loads(take_object(told), parse_float=Decimal)
    return back


PIECES = ["words", "\ud83d\ude00", *"é😀=-@'\"\\,/\x00\x1b\x7f\x85\x9b\u2028\u2029\r\n\t\ufeff\ud83d\ude00"]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join)


@settings(max_examples=700, deadline=None)
@given(hostile, hostile, hostile)
def test_any_text_reads_back_raw_from_one_line_that_is_safe_to_print(system: str, text: str, output: str) -> None:
    told = answered(output, Prompt(text, system=system))
    line = take_object(told)
    assert len(line.splitlines()) == 1
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in line)
    back = json.loads(line.encode())
    for name, sent in (("system", system), ("prompt", text), ("output", output)):
        assert back[name] == sent.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def test_the_keys_are_the_columns_of_the_csv_in_their_order() -> None:
    assert tuple(read_back(answered("x"))) == COLUMNS


def test_a_formula_stays_what_it_was_and_escaped_stays_null() -> None:
    back = read_back(answered("=1+1"))
    assert (back["output"], back["escaped"]) == ("=1+1", None)


def test_numbers_are_numbers_with_all_their_digits() -> None:
    used = Event(9_000_000, Kind.USAGE, "", {"input": 12, "output": 7, "cached": 0, "reported_cost": COST})
    told = answered("x", None, "m temp=-0.5 top_p=0.0000001", used)
    assert f'"cost_usd": {COST}, ' in take_object(told)
    back = read_back(told)
    assert (back["cost_usd"], back["in_tokens"], back["out_tokens"]) == (Decimal(COST), 12, 7)
    assert back["cached_tokens"] == 0
    assert (back["temperature"], back["top_p"]) == (Decimal("-0.5"), Decimal("0.0000001"))
    assert back["ttft_ms"] == 7


@settings(max_examples=300, deadline=None)
@given(st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=30))
def test_no_digit_of_a_cost_is_lost(cost: Decimal) -> None:
    used = Event(9_000_000, Kind.USAGE, "", {"reported_cost": str(cost)})
    assert Decimal(read_back(answered("x", None, "m", used))["cost_usd"]) == cost


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(["input", "output"], st.integers(1, 3)),
            **dict.fromkeys(["cached", "written", "reasoning"], st.integers(0, 3)),
        },
    )
)
def test_null_is_exactly_what_is_unknown_and_never_0(usage: dict[str, int]) -> None:
    told = answered("x", None, "m", Event(9_000_000, Kind.USAGE, "", usage))
    back = read_back(told)
    columns = {"input": "in", "output": "out", "cached": "cached", "written": "cache_write", "reasoning": "reasoning"}
    assert {name: back[f"{column}_tokens"] for name, column in columns.items()} == {**dict.fromkeys(columns), **usage}
    assert {name for name in COLUMNS if back[name] is None} == {name for name in COLUMNS if told[name] is None}


def test_half_a_character_is_unknown_and_two_halves_are_one() -> None:
    line = take_object(answered("a\ud83d b\ud83d\ude00"))
    assert '"output": "a\ufffd b😀"' in line


def test_other_scripts_are_written_as_they_are() -> None:
    assert '"output": "你好 é 😀"' in take_object(answered("你好 é 😀"))


def test_a_line_for_each_take_on_a_stream_and_in_a_file(tmp_path: Path) -> None:
    rows = [answered("one\ntwo"), answered("three")]
    stream = io.StringIO()
    writer = JsonlWriter(stream)
    with OutFile(tmp_path / "r.jsonl", JsonlWriter) as out:
        for told in rows:
            writer.write(told)
            out.write(told)
    assert stream.getvalue() == "".join(f"{take_object(told)}\n" for told in rows)
    assert (tmp_path / "r.jsonl").read_bytes() == stream.getvalue().encode()


def test_a_file_without_takes_is_empty(tmp_path: Path) -> None:
    with OutFile(tmp_path / "r.jsonl", JsonlWriter):
        pass
    assert (tmp_path / "r.jsonl").read_bytes() == b""
