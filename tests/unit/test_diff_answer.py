"""Answers compared by structure: values by their paths, lists item by item, tool calls by name, and what stays text."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare_tui.core.diff.answer import Said, compare_said, said, whole_text
from compare_tui.core.diff.blocks import blocks, patch
from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.model import EVERY_CHARACTER, Diff, How, Kind
from compare_tui.core.events import Event
from compare_tui.core.events import Kind as EventKind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take


def diff(old: Any, new: Any) -> Diff:
    return compare_said(_said(old), _said(new))


def _said(value: Any) -> Said:
    return Said(value if isinstance(value, str) else json.dumps(value))


def told(diff: Diff) -> list[tuple[str, How, str, str]]:
    return [
        (change.path, change.how, diff.old[slice(*change.old)].strip(), diff.new[slice(*change.new)].strip())
        for change in diff.changes
    ]


def rebuilt(diff: Diff) -> bool:
    sides = (
        "".join(diff.old[piece.old : piece.old_end] for piece in diff.pieces),
        "".join(diff.new[piece.new : piece.new_end] for piece in diff.pieces),
    )
    same = all(
        diff.old[piece.old : piece.old_end] == diff.new[piece.new : piece.new_end]
        for piece in diff.pieces
        if piece.kind is Kind.SAME
    )
    return sides == (diff.old, diff.new) and same


# What a take says


def test_a_take_says_its_text_and_its_calls_without_their_ids() -> None:
    take = Take("t", Lane.parse("gpt-5.5"))
    take.apply(Event(1, EventKind.TEXT, "I look."))
    take.apply(Event(2, EventKind.TOOL, '{"q"', {"key": "0", "name": "find", "id": "call_1"}))
    take.apply(Event(3, EventKind.TOOL, ": 1}", {"key": "0"}))
    assert said(take) == Said("I look.", (("find", '{"q": 1}'),))
    assert whole_text(said(take)) == 'I look.\n→ find {"q": 1}'


# Literals


@pytest.mark.parametrize(
    ("old", "new"), [("1", "1.0"), ("1e3", "1000"), ("0.1", "0.10"), ("-0", "0"), ("1" * 5000, "2" * 5000)]
)
def test_a_number_is_what_is_written(old: str, new: str) -> None:
    found = diff(f"[{old}]", f"[{new}]")
    assert told(found) == [("[0]", How.REPLACED, old, new)]
    assert found.changes[0].numbers == ((old, new),)
    assert [piece.number for piece in found.pieces if piece.kind in (Kind.GONE, Kind.NEW)] == [True, True]


def test_the_same_string_in_other_escapes_is_laid_out_the_same_and_counts_as_alike() -> None:
    found = diff('{"a": "caf\\u00e9\\/\\ud83d\\ude00"}', '{"a": "café/😀"}')
    assert (found.changes, found.alike, found.is_same) == ((), 1, False)
    assert '"café/😀"' in found.old


def test_half_a_character_stays_escaped() -> None:
    found = diff('["\\ud83d é"]', '["\\ud83e é"]')
    assert found.old.encode()
    assert [change.path for change in found.changes] == ["[0]"]


def test_members_of_the_same_name_are_all_there() -> None:
    assert told(diff('{"a": 1, "a": 2}', '{"a": 1, "a": 3}')) == [("a", How.REPLACED, "2", "3")]
    assert told(diff('{"a": 1, "a": 2}', '{"a": 2}')) != []


# Structure


def test_a_new_key_stands_where_the_new_object_has_it() -> None:
    found = diff({"a": 1, "c": 3}, {"a": 1, "b": 2, "c": 3})
    assert told(found) == [("b", How.NEW, "", '"b": 2,')]
    assert patch(found, "a", "b").splitlines()[3:] == [" {", '   "a": 1,', '+  "b": 2,', '   "c": 3', " }"]


def test_a_member_added_at_the_end_does_not_change_the_one_before_it() -> None:
    """Its comma differs, and is shown as what it is: layout."""
    found = diff({"a": 1}, {"a": 1, "b": 2})
    assert told(found) == [("b", How.NEW, "", '"b": 2')]
    assert [piece.kind for piece in found.pieces] == [Kind.SAME, Kind.ALIKE, Kind.NEW, Kind.SAME]


def test_paths_lead_through_lists_and_odd_names() -> None:
    old = {"items": [{"odd key": {"größe": 1}}]}
    new = {"items": [{"odd key": {"größe": 2}}]}
    assert [change.path for change in diff(old, new).changes] == ['items[0]["odd key"].größe']


def test_numbers_in_a_list_stand_for_each_other_in_their_order() -> None:
    assert told(diff([1, 2, 3], [1, 5, 3])) == [("[1]", How.REPLACED, "2", "5")]


def test_objects_are_matched_by_what_names_them() -> None:
    old = [{"id": "a", "n": 1, "m": 1}, {"id": "b", "n": 2, "m": 2}]
    new = [{"id": "b", "n": 9, "m": 9}]
    assert [(change.path, change.how) for change in diff(old, new).changes] == [
        ("[0]", How.GONE),
        ("[0].n", How.REPLACED),
        ("[0].m", How.REPLACED),
    ]


def test_a_move_has_its_two_places() -> None:
    found = diff(["x1", "x2", "x3", "x4"], ["x4", "x1", "x2", "x3"])
    assert told(found) == [("[3]", How.MOVED, '"x4"', '"x4",')]
    assert len([block for block in blocks(found) if 0 in block.changes]) == 2


def test_an_object_against_one_it_shares_nothing_with_is_one_change() -> None:
    assert [change.path for change in diff({"v": {"a": 1, "b": 2}}, {"v": {"c": 3}}).changes] == ["v"]


# Tool calls


def test_a_call_more_of_the_same_function_is_one_change() -> None:
    rome, oslo = ("f", '{"city": "Rome"}'), ("f", '{"city": "Oslo"}')
    found = compare_said(Said("", (rome,)), Said("", (oslo, rome)))
    assert told(found) == [("f", How.NEW, "", '→ f {\n  "city": "Oslo"\n}')]


def test_text_and_calls_are_both_compared() -> None:
    found = compare_said(Said("I look.", (("f", '{"a": 1}'),)), Said("I search.", (("f", '{"a": 2}'),)))
    assert told(found) == [("", How.REPLACED, "look", "search"), ("f.a", How.REPLACED, "1", "2")]
    assert found.structure == "tool calls"


# What stays text


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1, 2",
        "NaN",
        "[NaN]",
        "[Infinity]",
        "[1,]",
        "12",
        '"a"',
        "null",
        "",
        "[" * 100_000,
        "[" * 90 + "]" * 90,
        '{"a":' * 5_000,
    ],
)
def test_what_is_no_json_or_too_deep_is_compared_as_it_came(text: str) -> None:
    found = diff(text, f"{text} ")
    assert (found.old, found.new, found.structure) == (text, f"{text} ", "")


def test_json_against_prose_is_text() -> None:
    assert diff('{"a": 1}', "There is one.").structure == ""


def test_where_every_character_counts_json_is_text() -> None:
    found = compare_said(Said('{"a":1}'), Said('{"a": 1}'), ignoring=EVERY_CHARACTER)
    assert (found.structure, bool(found.changes)) == ("", True)


def test_the_same_answers_are_the_same_and_not_laid_out_anew() -> None:
    found = diff('{"a":1}', '{"a":1}')
    assert found.is_same
    assert found.old == '{"a":1}'


def test_what_still_grows_is_text() -> None:
    old, new = Said('{"a": 1}'), Said('{"a": 1, "b"')
    assert compare_said(old, new, growing=True) == compare(old.text, new.text, growing=True)


# Whatever it is

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aé"\\😀', max_size=6),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from("abc ") | st.text(max_size=2), inside, max_size=4)
    ),
    max_leaves=12,
)
_MANY = st.lists(_VALUES, max_size=4) | st.dictionaries(st.sampled_from("abcd"), _VALUES, max_size=4)


@settings(max_examples=60)
@given(_MANY, _MANY)
def test_both_sides_can_be_rebuilt_and_hold_the_values(old: Any, new: Any) -> None:
    found = diff(old, new)
    assert rebuilt(found)
    assert (json.loads(found.old), json.loads(found.new)) == (old, new)
    assert bool(found.changes) == (json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True))


@settings(max_examples=40)
@given(_MANY, st.randoms(use_true_random=False))
def test_keys_in_any_order_are_no_change(value: Any, luck: random.Random) -> None:
    found = diff(value, _shuffled(value, luck))
    assert not found.changes
    assert rebuilt(found)


def _shuffled(value: Any, luck: random.Random) -> Any:
    if isinstance(value, list):
        return [_shuffled(item, luck) for item in value]
    if isinstance(value, dict):
        return {name: _shuffled(value[name], luck) for name in luck.sample(list(value), len(value))}
    return value


@given(st.text('{}[]",:1a\\ \n→', max_size=30), st.text('{}[]",:1a\\ \n→', max_size=30))
def test_nothing_that_is_said_stops_the_comparison(one: str, other: str) -> None:
    assert rebuilt(diff(one, other))
    assert rebuilt(compare_said(Said(one, ((other, one),)), Said(other, (("f", other), ("f", one)))))


def test_behind_thousands_of_changes_items_are_changed_whole_and_that_is_said() -> None:
    old, new = ([{"id": at, "a": at + by, "b": at - by} for at in range(2000)] for by in (0, 1))
    found = diff(old, new)
    assert found.coarse
    assert [change.path for change in found.changes[2998:3002]] == ["[1499].a", "[1499].b", "[1500]", "[1501]"]
    assert rebuilt(found)


def test_a_quarter_of_a_megabyte_of_values_is_compared_by_structure() -> None:
    luck = random.Random(1)
    old = [
        {"id": at, "name": f"item {at} of many", "price": at % 97, "tags": ["a", "b"], "ok": True} for at in range(3000)
    ]
    new = [dict(item) for item in old]
    for at in luck.sample(range(3000), 150):
        new[at]["price"] = -1
    for at in luck.sample(range(3000), 20):
        new.insert(at, {"id": -at, "name": "new", "price": 0})
    texts = Said(json.dumps(old)), Said(json.dumps(new))
    found = compare_said(*texts)
    assert len(texts[0].text) > 230_000
    assert (found.structure, len(found.changes)) == ("JSON", 170)


def test_an_object_of_many_names_is_compared_name_by_name() -> None:
    """Looked through once for each of its names it took minutes."""
    old = {f"name{at}": at for at in range(20_000)}
    found = compare_said(Said(json.dumps(old)), Said(json.dumps(old | {"name7": -1})))
    assert [(change.path, change.numbers) for change in found.changes] == [("name7", (("7", "-1"),))]
