"""Wrapping into rows: nothing is lost, nothing is too wide, and how a text was cut on its way makes no difference."""

import re
from itertools import accumulate, groupby, pairwise
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from compare_tui.core.sanitize import safe_display
from compare_tui.ui import wrap as wrapping
from compare_tui.ui.rows import Place, RawRows, Rows

PIECES = (
    *"ab 9.",
    *("word ", "a longer-word, ", "   ", "\n", "\n\n", "\t", "a\tb", "\r", "\r\n", "\u2028"),
    *(
        "é",
        "“–”",
        "你好",
        "，世界。",
        "한국어",
        "かな",
        "\u3099",
        "🙂",
        "👍🏽",
        "👨\u200d👩\u200d👧",
        "🇩🇪",
        "🇫",
        "❤\ufe0f",
        "✔",
        "1\ufe0f\u20e3",
    ),
    *(
        "\u0301",
        "e\u0301",
        "\u0301" * 5,
        "\u200d",
        "\u200c",
        "می\u200cخواهم",
        "नमस्ते",
        "שלום",
        "\u202e",
        "\x1b[2J",
        "\x9b",
        "\u200b",
        "\ufe0f",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
WIDTHS = st.integers(2, 24)


def rows_of(*cuts: str, width: int) -> RawRows:
    rows = RawRows(width)
    for cut in cuts:
        rows.append(cut)
        while rows.pending:
            rows.fold(1.0)
    return rows


def plain(rows: Rows) -> list[str]:
    return [rows.plain(y) for y in range(len(rows))]


def places(rows: Rows) -> list[Place]:
    return [rows.place(y) for y in range(len(rows))]


def lines(rows: Rows) -> list[str]:
    """The text with its soft wraps undone."""
    by_line = groupby(range(len(rows)), lambda y: rows.place(y).line)
    return ["".join(rows.plain(y) for y in ys) for _, ys in by_line]


def cut(text: str, at: list[int]) -> list[str]:
    """The text in pieces."""
    edges = sorted({0, len(text), *(place % (len(text) + 1) for place in at)})
    return [text[start:end] for start, end in pairwise(edges)]


@given(TEXTS, WIDTHS, st.lists(st.integers(0, 200), max_size=12))
def test_a_text_in_any_cuts_has_the_rows_of_the_whole(text: str, width: int, at: list[int]) -> None:
    whole, streamed = rows_of(text, width=width), rows_of(*cut(text, at), width=width)
    assert plain(streamed) == plain(whole)
    assert places(streamed) == places(whole)


@given(TEXTS, WIDTHS)
def test_a_text_character_by_character_has_the_rows_of_the_whole(text: str, width: int) -> None:
    assert plain(rows_of(*text, width=width)) == plain(rows_of(text, width=width))


@given(TEXTS, WIDTHS)
def test_the_rows_joined_are_the_sanitised_text(text: str, width: int) -> None:
    shown = [line.expandtabs(4) for line in safe_display(text).split("\n")] if text else []
    assert lines(rows_of(text, width=width)) == shown


@given(TEXTS, WIDTHS)
def test_no_row_is_wider_than_the_pane(text: str, width: int) -> None:
    rows = rows_of(text, width=width)
    assert all(rows.row(y).cell_length <= width for y in range(len(rows)))


@given(TEXTS, WIDTHS)
def test_only_a_single_space_hangs_over_the_edge(text: str, width: int) -> None:
    rows = rows_of(text, width=width)
    hidden = [len(rows.plain(y)) - width for y in range(len(rows)) if rows.plain(y).isascii()]
    assert all(over <= 1 for over in hidden)


@given(TEXTS, WIDTHS, WIDTHS)
def test_a_new_width_gives_the_rows_of_a_text_wrapped_at_it(text: str, old: int, new: int) -> None:
    rows = rows_of(text, width=old)
    rows.rewrap(new)
    assert plain(rows) == plain(rows_of(text, width=new))
    rows.append("more\ntext\u0301")
    rows.fold(1.0)
    assert plain(rows) == plain(rows_of(text, "more\ntext\u0301", width=new))


@given(TEXTS, WIDTHS, WIDTHS)
def test_a_place_is_in_the_row_it_names_at_every_width(text: str, old: int, new: int) -> None:
    rows = rows_of(text, width=old)
    kept = places(rows)
    assert [rows.row_at(place) for place in kept] == list(range(len(rows)))
    rows.rewrap(new)
    for place in kept:
        y = rows.row_at(place)
        assert rows.place(y) <= place
        assert y + 1 == len(rows) or place < rows.place(y + 1)


@given(TEXTS, WIDTHS)
def test_the_row_after_a_soft_wrap_goes_on_where_the_row_before_ended(text: str, width: int) -> None:
    rows = rows_of(text, width=width)
    for _, group in groupby(range(len(rows)), lambda y: rows.place(y).line):
        ys = list(group)
        ends = accumulate((len(rows.plain(y)) for y in ys[:-1]), initial=0)
        assert [rows.place(y).offset for y in ys] == list(ends)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 7, ["one two ", "three"]),
        ("exactly right", 7, ["exactly ", "right"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("        indented_word_of_code", 12, ["        inde", "nted_word_of", "_code"]),
        ("你好世界再见", 5, ["你好", "世界", "再见"]),
        ("say 你好 now", 8, ["say 你好 ", "now"]),
        ("ab👨\u200d👩\u200d👧cd", 4, ["ab👨\u200d👩\u200d👧", "cd"]),
        ("abc🇩🇪", 4, ["abc", "🇩🇪"]),
        ("abc❤\ufe0f", 4, ["abc", "❤\ufe0f"]),
        ("one ❤\ufe0f three", 9, ["one ❤\ufe0f ", "three"]),
        ("❤\ufe0f你好", 5, ["❤\ufe0f你", "好"]),
        ("a\tb", 9, ["a   b"]),
        ("", 9, []),
        ("\n", 9, ["", ""]),
    ],
)
def test_a_row_ends_where_a_reader_expects_it(text: str, width: int, expected: list[str]) -> None:
    assert plain(rows_of(text, width=width)) == expected


@given(st.text(st.sampled_from("ab  é–你。"), min_size=1), WIDTHS)
def test_the_quick_ways_break_where_the_thorough_one_does(text: str, width: int) -> None:
    assert wrapping._row_end(text, 0, width) == wrapping._cluster_row_end(text, 0, width)
    assert wrapping.wrap(text, width)[0] == text[: wrapping._row_end(text, 0, width)]


def test_a_newline_cut_in_two_is_one_newline() -> None:
    assert plain(rows_of("one\r", "\ntwo", width=9)) == ["one", "two"]


def test_a_carriage_return_alone_becomes_visible_at_once() -> None:
    assert plain(rows_of("one\r", width=9)) == ["one␍"]


def test_marks_are_counted_over_all_deltas() -> None:
    assert lines(rows_of("x" + "\u0301" * 8, "\u0302" * 8, "y", width=9)) == ["x" + "\u0301" * 8 + "·y"]


def test_the_clean_text_of_the_quick_ways_has_the_widths_they_assume() -> None:
    patterns = ((wrapping._NARROW, 1), (wrapping._WIDE, 2))
    for code in range(0x20, 0x10000):
        for pattern, width in patterns:
            if re.fullmatch(pattern, chr(code)):
                assert get_character_cell_size(chr(code)) == width, hex(code)


@pytest.mark.parametrize("piece", ["word", "\u0301", "\u3099", "\u200d👩", "\t", "你好", " "])
def test_a_line_without_end_costs_the_same_per_delta_at_its_end(piece: str) -> None:
    rows = rows_of("a", width=40)

    def seconds_for_a_thousand() -> float:
        started = thread_time()
        for _ in range(1000):
            rows.append(piece)
            rows.fold(1.0)
        return thread_time() - started

    seconds_for_a_thousand()
    early = min(seconds_for_a_thousand() for _ in range(2))
    rows.append(piece * 20_000)
    while rows.pending:
        rows.fold(1.0)
    late = min(seconds_for_a_thousand() for _ in range(2))
    assert late < 5 * early + 0.05


def test_a_megabyte_at_once_is_folded_in_slices() -> None:
    rows = RawRows(40)
    rows.append("👨\u200d👩\u200d👧 and so on " * 60_000)
    slices = 0
    while rows.pending and slices < 5:
        started = thread_time()
        rows.fold(0.008)
        slices += thread_time() - started < 0.1
    assert rows.pending
    assert len(rows) > 0
