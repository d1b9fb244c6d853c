"""Prompts, the templates they come from, and the round that sends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.lane import Lane
from compare_tui.core.prompt import TOKENS_PER_IMAGE, Image, Prompt, TemplateError, Turn, fill, variables
from compare_tui.core.round import Round
from compare_tui.core.tokens import estimate_tokens

PICTURE = Image("cat.png", "image/png", b"\x89PNG")


def test_the_variables_of_a_template_are_named_once_and_in_order() -> None:
    assert variables("{{b}} {{ a }} {{b}} {{a.b-c_1}} {{ é }}") == ["b", "a", "a.b-c_1", "é"]


@pytest.mark.parametrize("literal", ["{name}", "{{}}", "{{ a b }}", "{{ {x} }}", "{{a}", "{{a", "{{$x}}"])
def test_what_is_no_variable_stays_literal(literal: str) -> None:
    assert variables(literal) == []
    assert fill(literal, {}) == literal


def test_a_template_is_filled_wherever_a_variable_stands() -> None:
    assert (
        fill("{{who}} asks {{ what }}: {{who}}!", {"who": "Ada", "what": "why", "unused": "x"}) == "Ada asks why: Ada!"
    )


@given(st.text(), st.text())
def test_what_a_value_holds_stays_literal(one: str, other: str) -> None:
    assert fill("<{{a}}|{{b}}>", {"a": one, "b": other}) == f"<{one}|{other}>"


@pytest.mark.parametrize("value", ["{{b}}", "{{a}}", r"\1 \g<0>", "{{ b }}{{b}}"])
def test_a_value_that_looks_like_a_template_is_not_filled_again(value: str) -> None:
    assert fill("{{a}} {{b}}", {"a": value, "b": "B"}) == f"{value} B"


def test_a_variable_that_nobody_gave_is_named_with_the_nearest_one() -> None:
    with pytest.raises(TemplateError) as caught:
        fill("{{ticket}} {{cutsomer}}", {"ticket": "1", "customer": "Ada"})
    assert str(caught.value) == "nothing fills {{cutsomer}}; did you mean customer?"


def test_a_variable_without_any_values_is_named_alone() -> None:
    with pytest.raises(TemplateError) as caught:
        fill("{{ticket}}", {})
    assert str(caught.value) == "nothing fills {{ticket}}"


def test_the_system_text_of_a_lane_stands_in_for_that_of_the_prompt() -> None:
    prompt = Prompt("why?", system="be kind")
    assert prompt.with_system("be brief") == Prompt("why?", system="be brief")
    assert prompt.with_system("") == Prompt("why?", system="")
    assert prompt.with_system(None) == prompt


def test_everything_that_is_sent_is_counted() -> None:
    prompt = Prompt("why is the sky blue")
    assert prompt.input_tokens == estimate_tokens("why is the sky blue")
    longer = [
        Prompt(prompt.text, system="be brief"),
        Prompt(prompt.text, turns=(Turn("user", "hello there"),)),
        Prompt(prompt.text, images=(PICTURE,)),
        Prompt(prompt.text, turns=(Turn("user", "", (PICTURE,)),)),
        Prompt(prompt.text, schema={"type": "object"}),
        Prompt(prompt.text, tools=[{"type": "function", "name": "weather"}]),
    ]
    assert all(one.input_tokens > prompt.input_tokens for one in longer)
    assert longer[2].input_tokens == longer[3].input_tokens == prompt.input_tokens + TOKENS_PER_IMAGE


def test_a_picture_does_not_print_its_bytes() -> None:
    assert "PNG" not in repr(PICTURE)


SYSTEMS = {"@strict.md": "Be strict.", "@long.md": "Take your time. " * 50}
LANES = (Lane("a"), Lane("b", system="@strict.md"), Lane("c", system="@long.md"))
ROUND = Round("abc123.4", Prompt("why?", system="Be kind."), LANES, systems=SYSTEMS)


def test_each_lane_of_a_round_gets_its_own_system_text() -> None:
    texts = [ROUND.prompt_for(lane).system for lane in LANES]
    assert texts == ["Be kind.", "Be strict.", SYSTEMS["@long.md"]]


def test_each_lane_of_a_round_is_sized_by_what_it_sends() -> None:
    assert ROUND.input_tokens() == {lane: ROUND.prompt_for(lane).input_tokens for lane in LANES}


def test_the_takes_of_a_round_are_numbered_from_one_through_all_repeats() -> None:
    round_ = Round("abc123.4", Prompt("why?"), (Lane("a", repeat=2), Lane("b")))
    takes = [(take.id, take.lane.model, take.repeat) for take in round_.takes()]
    assert takes == [("abc123.4.1", "a", 1), ("abc123.4.2", "a", 2), ("abc123.4.3", "b", 1)]
    assert round_.session == "abc123"
