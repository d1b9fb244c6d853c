"""A session as one page: every text is in it as text, nothing else is, and what differs from the baseline is marked."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.record import SessionRecord
from compare_tui.core.sanitize import safe_display
from compare_tui.export.charts import Bar, bars
from compare_tui.export.html import pieces
from compare_tui.export.page import POLICY
from tests.fixtures.export_sessions import (
    NASTY,
    answer,
    failed,
    hostile_session,
    plain_session,
    rich_session,
    sent,
    session,
)
from tests.page import Page


def page(record: SessionRecord) -> str:
    return "".join(pieces(record.session()))


hostile = st.lists(st.sampled_from([*NASTY, *"<>&\"'`=/!-"]) | st.text(max_size=4), max_size=10).map("".join)


@given(hostile, hostile, hostile)
def test_any_text_stands_in_the_page_as_text(prompt: str, said: str, thought: str) -> None:
    record = session(sent(1, Prompt(prompt), [("m", answer(said, reasoning=thought))]), name=prompt)
    read = Page(page(record))
    assert read.is_of_our_own()
    assert "".join(read.inside("div.sent", "div.message", "div.text")) == safe_display(prompt)
    assert "".join(read.inside("details.reasoning", "div.text")) == safe_display(thought)
    assert "".join(read.inside("article.take", "div.text")) == safe_display(said)


def test_a_hostile_session_is_a_page_of_our_own_elements_alone() -> None:
    read = Page(page(hostile_session(200)))
    assert read.is_of_our_own()
    assert sum(tag == "article" for tag, _ in read.elements) == 200
    addresses = [known[name] or "" for _, known in read.elements for name in ("href", "src") if name in known]
    assert {address.partition("-")[0] for address in addresses} == {"data:,", "#round"}


def test_the_page_may_run_and_load_nothing() -> None:
    html = page(plain_session())
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in html
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert not re.search(r"<script|<iframe|<form|@import|url\(|\son\w+=|javascript:", html, re.IGNORECASE)
    assert html.index("Content-Security-Policy") < html.index("<title>")


def test_no_control_is_in_the_page() -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page(hostile_session(200)))


def test_lanes_stand_side_by_side_with_their_verdict_in_glyph_and_word() -> None:
    read = Page(page(rich_session()))
    assert read.inside("section.lane", "h3") == ["gpt-5.5 low", "The high one ", "gpt-5.5 low ", "m"]
    assert read.inside("span.verdict good") == ["✓ done"] * 4
    assert read.inside("span.verdict bad") == ["✗ failed"]
    assert read.inside("span.repeat") == ["1 of 2", "2 of 2"]


def test_what_went_wrong_and_what_was_noticed_is_told() -> None:
    read = Page(page(rich_session()))
    assert read.inside("p.notice") == [
        "the endpoint says: too many requests",
        "from the store: the answer of abc123.1.1",
    ]
    assert read.inside("p.nothing") == ["No answer text."]


def baselines(record: SessionRecord) -> list[str]:
    """The headings behind which there is more, which is the word."""
    return [text.strip() for text in Page(page(record)).inside("section.lane", "h3") if text.endswith(" ")]


def test_the_baseline_is_the_lane_that_was_chosen_else_the_first() -> None:
    assert baselines(rich_session()) == ["The high one", "gpt-5.5 low"]
    assert baselines(plain_session()) == ["gpt-5.5 low"]


def marked(record: SessionRecord) -> list[tuple[str, str]]:
    return [(path[-1], text) for path, text in Page(page(record)).texts if path and path[-1] in ("ins", "del")]


def two_answers(first: str, second: str) -> SessionRecord:
    return session(sent(1, Prompt("Hi"), [("m", answer(first)), ("n", answer(second))]))


def test_what_differs_from_the_baseline_is_marked_as_new_and_as_gone() -> None:
    record = two_answers("The cat sat on the red mat today.", "The cat sat on the blue mat today, then left.")
    assert marked(record) == [("del", "red"), ("ins", "blue"), ("ins", ", then left")]


def test_an_answer_with_little_in_common_keeps_its_own_words_alone() -> None:
    record = two_answers("One thing is said here at length.", "Quite another matter, <b>told</b>!")
    assert {mark for mark, _ in marked(record)} == {"ins"}
    assert "only what is new is marked" in page(record)


def test_a_repeat_is_compared_with_the_same_repeat_of_the_baseline() -> None:
    lanes = [("m repeat=2", answer("alpha beta gamma delta")), ("m repeat=2", answer("one two three four"))]
    lanes += [("n repeat=2", answer("alpha beta gamma epsilon")), ("n repeat=2", answer("one two three five"))]
    assert marked(session(sent(1, Prompt("Hi"), lanes))) == [
        ("del", "delta"),
        ("ins", "epsilon"),
        ("del", "four"),
        ("ins", "five"),
    ]


def test_without_an_answer_of_the_baseline_nothing_is_marked() -> None:
    record = session(sent(1, Prompt("Hi"), [("m", failed("no")), ("n", answer("Yes."))]))
    assert marked(record) == []


def test_a_picture_is_in_the_page_and_one_elsewhere_is_only_named() -> None:
    read = Page(page(rich_session()))
    sources = [known["src"] or "" for tag, known in read.elements if tag == "img"]
    assert len(sources) == 2
    assert all(source.startswith("data:image/png;base64,iVBOR") for source in sources)
    assert read.inside("p.picture") == ["picture far at https://example.com/far.png"]


def test_a_picture_of_a_kind_that_could_hold_script_is_only_named() -> None:
    image = Image("x.svg", "image/svg+xml", b"<svg onload=alert(1)>")
    html = page(session(sent(1, Prompt("Hi", images=(image,)), [("m", answer("Hi"))])))
    assert "<img" not in html
    assert "picture x.svg" in html


def test_one_round_needs_no_overview_and_several_have_one() -> None:
    assert "All rounds" not in page(plain_session())
    read = Page(page(rich_session()))
    assert [known["href"] for tag, known in read.elements if tag == "a"] == ["#round-1", "#round-2"]


# The charts


def chart(*values: float | None) -> tuple[list[float], list[str]]:
    """The widths of its bars, and its texts."""
    rows = [Bar(f"lane {at}", value, "–" if value is None else f"{value:g} ms") for at, value in enumerate(values)]
    svg = bars("TTFT", "ms", rows, lambda value: f"{value:g}")
    return [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)], re.findall(
        r">([^<>]+)</text>", svg
    )


def test_a_bar_is_as_long_as_its_value_and_the_unknown_is_a_dash_without_one() -> None:
    widths, texts = chart(100, 200, None, 400)
    assert widths == pytest.approx([widths[0], 2 * widths[0], 4 * widths[0]], abs=0.2)
    assert {"100 ms", "200 ms", "–", "400 ms", "0", "ms"} <= set(texts)


@pytest.mark.parametrize("values", [(), (None,), (0.0,), (1e-9, 2e-9), (1e12, 3.0), (0.3,)])
def test_a_chart_of_anything_has_an_axis_from_0(values: tuple[float | None, ...]) -> None:
    widths, texts = chart(*values)
    assert "0" in texts
    assert all(1 <= width <= 240 for width in widths)


def steps() -> Iterator[float]:
    for power in range(-6, 7):
        yield from (factor * 10.0**power for factor in (1, 1.01, 2, 3.7, 5, 9.99))


@pytest.mark.parametrize("largest", list(steps()))
def test_the_axis_reaches_the_largest_in_at_most_five_round_steps(largest: float) -> None:
    _, texts = chart(largest)
    ticks = [float(text) for text in texts[:-3]]
    assert ticks[0] == 0
    assert largest <= ticks[-1] * 1.000001
    assert 2 <= len(ticks) <= 6
    assert f"{ticks[1]:e}"[0] in "125"
