"""JSON and calls of tools, rendered: every value as it came, laid out as a reader expects."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare_tui.core.take import ToolCall
from tests.ui.rendering import shown


def test_json_keeps_numbers_order_and_repeated_keys_as_they_came() -> None:
    text = (
        '{"z":1.0,"a":1e400, "big":123456789012345678901234567890,"a":[true,null,{}],"t":"\\u00e9\\n\\u0007 ü","e":[ ]}'
    )
    assert shown(text) == [
        "{",
        '  "z": 1.0,',
        '  "a": 1e400,',
        '  "big": 123456789012345678901234567890,',
        '  "a": [',
        "    true,",
        "    null,",
        "    {}",
        "  ],",
        '  "t": "é\\n\\u0007 ü",',
        '  "e": []',
        "}",
    ]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab \\"{}[],:é', max_size=30),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text("xy ,{", max_size=5), inner, max_size=6),
    max_leaves=40,
)


@settings(max_examples=20, deadline=None)
@given(st.lists(_VALUES, min_size=1), st.integers(1, 12), st.sampled_from([None, 1, 4]))
def test_json_of_any_length_is_laid_out_as_pythons_own(value: list[object], times: int, indent: int | None) -> None:
    text = json.dumps(value * times, indent=indent, ensure_ascii=False)
    assert shown(text, 10_000) == json.dumps(value * times, indent=2, ensure_ascii=False).split("\n")


@pytest.mark.parametrize(
    "text", ['{"a": 1', "{'a': 1}", "[1, NaN]", "[link](https://e.example) [1]", '{"a": 1} and more', "42"]
)
def test_what_is_no_json_is_markdown(text: str) -> None:
    assert shown(text) != shown(json.dumps({"a": 1}))
    assert len(shown(text)) == 1


def test_a_long_string_in_json_is_wrapped_whole() -> None:
    text = json.dumps({"essay": 'word \\ "quoted" ' * 2_000, "next": [1.50]})
    rows = shown(text, 50)
    assert "".join(row.strip() for row in rows).replace(" ", "") == text.replace(" ", "")
    assert rows[-4:] == ['  "next": [', "    1.5", "  ]", "}"]


def test_tool_calls_follow_the_text() -> None:
    calls = ToolCall("weather", "call_1", ['{"city":', '"Paris"}']), ToolCall("broken", "", ['{"city": '])
    assert shown("I look it up.", 40, *calls) == [
        "I look it up.",
        "",
        "→ call weather  call_1",
        *("{", '  "city": "Paris"', "}"),
        "",
        "→ call broken",
        '│ {"city":',
    ]
    assert shown("", 40, calls[1])[0] == "→ call broken"
