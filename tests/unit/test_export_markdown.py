"""A session as Markdown: a parser of CommonMark finds our headings and tables, and every text as it was."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from compare_tui.core.prompt import Prompt
from compare_tui.core.record import SessionRecord
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.export.markdown import fence, pieces, plain
from tests.fixtures.export_sessions import NASTY, answer, hostile_session, plain_session, rich_session, sent, session

PIECES = [
    *NASTY,
    *"`~#>|-*_[](){}<>&;\\\n\t !=+.0123456789",
    "```",
    "````",
    "~~~",
    "<details>",
    "https://x.example",
    "www.",
]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map("".join)


def markdown(record: SessionRecord) -> str:
    return "".join(pieces(record.session()))


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def headings(text: str) -> list[str]:
    tokens = parsed(text)
    return [words(after) for token, after in pairwise(tokens) if token.type == "heading_open"]


def words(inline: Token) -> str:
    return "".join(part.content for part in inline.children or [])


def fences(text: str) -> list[str]:
    return [token.content for token in parsed(text) if token.type == "fence"]


def cells(text: str) -> list[str]:
    tokens = parsed(text)
    return [words(after) for token, after in pairwise(tokens) if token.type in ("td_open", "th_open")]


@given(hostile)
def test_nothing_gets_out_of_a_fence(text: str) -> None:
    shown = safe_display(text)
    whole = shown if shown.endswith("\n") else f"{shown}\n"
    assert fences(f"before\n\n{fence(text)}\nafter\n") == [whole]


@given(hostile)
def test_a_line_is_its_own_text_in_a_heading_and_in_a_table(text: str) -> None:
    shown = safe_line(text)
    document = f"# a {plain(text)}\n\n| x |\n| --- |\n| a {plain(text)} |\n"
    assert [heading.split() for heading in headings(document)] == [f"a {shown}".split()]
    assert [cell.split() for cell in cells(document)] == [["x"], f"a {shown}".split()]
    kinds = {part.type for token in parsed(document) for part in token.children or []}
    assert kinds <= {"text", "text_special"}


@given(hostile, hostile, hostile)
def test_no_text_makes_a_heading_or_ends_the_document(prompt: str, text: str, reasoning: str) -> None:
    record = session(sent(1, Prompt(prompt), [("m", answer(text, reasoning=reasoning))]), name=prompt or "x")
    document = markdown(record)
    title, *others = headings(document)
    assert title.split() == (safe_line(prompt) or "abc123" if prompt else "x").split()
    assert others == ["Round 1", "m · ✓ done"]
    said = [prompt, *filter(None, (reasoning, text))]
    assert [fenced.rstrip("\n") for fenced in fences(document)] == [safe_display(one).rstrip("\n") for one in said]


def test_a_hostile_session_has_the_headings_of_its_rounds_and_takes() -> None:
    document = markdown(hostile_session(80))
    levels = [token.tag for token in parsed(document) if token.type == "heading_open"]
    assert (levels.count("h1"), levels.count("h2"), levels.count("h3")) == (1, 20 + 1, 80)


def test_prompts_answers_figures_and_what_went_wrong_are_told() -> None:
    document = markdown(rich_session())
    assert headings(document) == [
        "Cats <b>&",
        "All rounds",
        "Round 1",
        "gpt-5.5 low · ✓ done",
        "The high one · repeat 1 · ✓ done",
        "The high one · repeat 2 · ✗ failed",
        "Round 2",
        "gpt-5.5 low · ✓ done",
        "m · ✓ done",
    ]
    assert "**system=\\@brief.txt**\n\n```text\nBe very brief.\n```" in document
    assert "> **!** the endpoint says: too many requests" in document
    assert "> **!** from the store: the answer of abc123.1.1" in document
    assert "**prompt** · picture cat.png · picture far" in document
    assert "<details><summary>Reasoning</summary>\n\n```text\nWhiskers.\n```" in document


def test_a_table_has_a_row_a_lane_with_a_dash_for_what_is_unknown() -> None:
    document = markdown(plain_session())
    assert cells(document)[:11] == [
        *("lane", "verdict", "TTFT", "TTFA", "total", "tok/s", "input", "cached", "output", "reasoning", "cost")
    ]
    assert cells(document)[11:22] == [
        *("gpt-5.5 low", "✓ done", "600 ms", "600 ms", "2.70 s", "77", "1,000", "600", "161", "0", "$0.00713")
    ]
    unsent = markdown(session(sent(1, Prompt("Hi"), [("m", [])])))
    assert set(cells(unsent)[13:]) == {"–"}


def test_no_control_is_in_the_file() -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", markdown(hostile_session(200)))
