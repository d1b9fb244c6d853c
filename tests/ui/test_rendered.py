"""Finished answers as rendered rows: what a reader sees of Markdown, JSON and tool calls, in any width."""

import subprocess
import sys
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from compare_tui.core.take import ToolCall
from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.answer import rendered
from compare_tui.ui.rows import Place
from compare_tui.ui.widgets.stream import StreamView
from tests.ui.driving import drive, screen_text
from tests.ui.rendering import INK, rows_of, shown

ANSWER = """\
# Choosing a queue

Use **Postgres** until you *measure* that it hurts; see the [guide](https://example.com/guide) and `SKIP LOCKED`.

1. Throughput is fine on one table, as long as vacuum keeps up with the dead rows.
2. Latency:
   - `LISTEN/NOTIFY` wakes workers at once
     - deeper still, with an explanation that wraps
10. Ten

> A quote that is long enough to go on in the next row of a narrow pane.

| Option | Jobs | Note |
|:--|--:|---|
| Postgres | 2,000 | already there |
| Redis streams | 50,000 | needs care with persistence |

```python
def claim(worker: str) -> None:
    return "job"  # nothing else
```

日本語のテキストは幅が二倍なので、折り返しの位置に注意が必要です。 👩‍👩‍👧 ❤️
"""


def style_of(text: str, word: str, ink: Ink = INK) -> Style:
    rows = rendered(text, (), 60, ink)
    strips = [rows.row(y) for y in range(len(rows))]
    return next(segment.style or Style() for strip in strips for segment in strip if word in segment.text)


@pytest.mark.parametrize("width", [2, 7, 20, 38, 60, 100])
def test_no_row_is_wider_than_the_pane_and_each_has_its_place(width: int) -> None:
    rows = rows_of(ANSWER, width, ToolCall("weather", "call_1", ['{"city": ["Paris", 1.0]}']))
    for y in range(len(rows)):
        assert rows.row(y).cell_length <= width
        assert rows.row(y).text == rows.plain(y).rstrip(" ")
        assert width < 20 or rows.row_at(rows.place(y)) == y


def test_blocks_are_laid_out_in_a_narrow_pane() -> None:
    assert shown(ANSWER, 38)[:17] == [
        "Choosing a queue",
        "Use Postgres until you measure that it",
        "hurts; see the guide",
        "(https://example.com/guide) and SKIP",
        "LOCKED.",
        "",
        " 1. Throughput is fine on one table,",
        "    as long as vacuum keeps up with",
        "    the dead rows.",
        " 2. Latency:",
        "    ◦ LISTEN/NOTIFY wakes workers at",
        "      once",
        "      ▪ deeper still, with an",
        "        explanation that wraps",
        "10. Ten",
        "",
        "▌ A quote that is long enough to go on",
    ]


def test_a_table_is_a_grid_where_it_fits_and_a_list_of_values_where_it_does_not() -> None:
    wide, narrow = shown(ANSWER, 60), shown(ANSWER, 30)
    assert "Option        │   Jobs │ Note" in wide
    assert "Redis streams │ 50,000 │ needs care with persistence" in wide
    assert narrow[narrow.index("───") + 1 :][:4] == [
        "Option: Redis streams",
        "Jobs: 50,000",
        "Note: needs care with",
        "persistence",
    ]


def test_columns_of_a_table_in_chinese_stand_in_line() -> None:
    grid = shown("| 名前 | n |\n|---|---|\n| 東京 | 42 |\n| x | 7 |")
    assert len({cell_len(row[: row.index("│")]) for row in grid if "│" in row}) == 1


def test_links_images_and_html_are_text_and_nothing_can_be_clicked() -> None:
    text = (
        "[name](https://a.example) <https://b.example> ![pic](https://c.example/p.png) <b onclick=x>bold</b> [r][1]\n"
    )
    text += "\n<details>\nhidden?\n</details>\n\n[1]: https://d.example 'D'\n"
    rows = rows_of(text, 200)
    assert [rows.plain(y) for y in range(len(rows))] == [
        "name (https://a.example) https://b.example image pic (https://c.example/p.png) "
        "<b onclick=x>bold</b> r (https://d.example)",
        "",
        "<details>",
        "hidden?",
        "</details>",
        "",
        "[1]: https://d.example 'D'",
    ]
    styles = [segment.style for y in range(len(rows)) for segment in rows.row(y) if segment.style]
    assert not any(style.link or style.meta for style in styles)


def test_mathematics_stays_as_it_came() -> None:
    text = (
        "With $a_i * b_i * c$ and \\(x\\_1\\):\n\n\\[\nE = \\sum_i p_i\n- 2 * x * y\n\\]\n\nIt costs $5 or *maybe* $10."
    )
    assert shown(text) == [
        "With $a_i * b_i * c$ and \\(x\\_1\\):",
        "",
        *("\\[", "E = \\sum_i p_i", "- 2 * x * y", "\\]"),
        "",
        "It costs $5 or maybe $10.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J\x1b]52;c;AAAA\x07",
        "&#x202e;gpj.exe",
        "[x](https://e.example/\u202e)",
        "`\x9b`",
        "```\n\x1b[2J\n```",
        '{"\x1b": 1}',
    ],
)
def test_nothing_reaches_the_screen_that_commands_it(text: str) -> None:
    call = ToolCall("\x1b[2Jname", "\u202eid", [text])
    for row in shown(text, 60, call):
        assert not set(row) & {"\x1b", "\x07", "\x9b", "\u202e"}


def test_meaning_does_not_hang_on_colour() -> None:
    assert style_of("**strong** word", "strong").bold
    assert style_of("*soft* word", "soft").italic
    assert style_of("# Title\n\nword", "Title").underline
    assert style_of("see [name](https://e.example)", "name").underline
    assert style_of("call `code` now", "code").bold
    assert style_of('{"key": "text"}', "key").bold


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark", "nord"])
def test_every_theme_has_its_ink(theme: str) -> None:
    ink = Ink.of(BUILTIN_THEMES[theme].to_color_system().generate())
    assert style_of("```python\ndef f(): pass  # why\n```", "def", ink).color == ink.keyword.color
    assert ink.keyword.color is not None
    assert ink.muted != ink.text


def test_code_is_coloured_across_sections_as_one_text_and_only_at_its_beginning() -> None:
    doc = "\n".join(f"line {n} of the docstring" for n in range(100))
    text = f'```python\ntext = """\n{doc}\n"""\n' + "x = 1\n" * 3_000 + "```"
    assert style_of(text, "line 90").color == INK.string.color
    rows = rows_of(text)
    assert rows.row(120).text == "│ x = 1"
    assert rows.row(len(rows) - 1).text == "│ x = 1"
    assert [segment.style for segment in rows.row(len(rows) - 1)][1:] == [INK.text]


def test_a_list_cut_into_sections_reads_as_one() -> None:
    text = "\n".join(f"{n}. item **{n}**\n     - below {n}" for n in range(1, 301))
    rows = shown(text)
    assert len(rows) == 600
    assert [row.strip() for row in rows[:2]] == ["1. item 1", "◦ below 1"]
    assert [row.strip() for row in rows[-2:]] == ["300. item 300", "◦ below 300"]


def test_a_table_cut_into_sections_keeps_its_columns() -> None:
    body = "\n".join(f"| row {n} | {'x' * (n % 30)} | {n} |" for n in range(200))
    rows = shown(f"| name | value | n |\n|---|---|--:|\n{body}")
    assert len(rows) == 202
    assert len({tuple(at for at, sign in enumerate(row) if sign in "│┼") for row in rows}) == 1
    assert sum("name" in row for row in rows) == 1


def test_a_fence_within_a_list_stays_code_however_long() -> None:
    code = "\n".join(f"   - not an item {n}" for n in range(300))
    rows = shown(f"1. Look:\n\n   ```\n{code}\n   ```\n\nDone.")
    assert [row.lstrip() for row in rows if "not an item" in row] == [f"│ - not an item {n}" for n in range(300)]
    assert rows[-1] == "Done."


_BEGINNINGS = ["# T", "- a", "  - b", "1. x", "> q", "```", "~~~js", "| a | b |", "|---|---|", "    in"]
_LINES = [*_BEGINNINGS, "word", "", "**b", "$x", "家"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(_LINES),
        max_size=60,
    ),
    st.integers(2, 50),
)
def test_any_text_is_shown_whole_in_any_width(lines: list[str], width: int) -> None:
    numbered = [f"{line} n{number}" if line and line[0] not in "`~|" else line for number, line in enumerate(lines)]
    rows = rows_of("\n".join(numbered), width)
    text = "".join("".join(rows.plain(y).split()) for y in range(len(rows)))
    for sign in "▌│":
        text = text.replace(sign, "")
    assert all(rows.row(y).cell_length <= width for y in range(len(rows)))
    if width > 12:
        assert [n for n in range(len(lines)) if numbered[n].endswith(f" n{n}") and f"n{n}" not in text] == []


def test_rows_asked_for_in_the_middle_keep_their_place_while_the_rest_is_laid_out() -> None:
    text = "\n\n".join(f"## Part {n}\n\n{ANSWER}" for n in range(100))
    rows = rendered(text, (), 38, INK)
    assert not rows.ready
    while not rows.ready:
        rows.settle(1)
    place = rows.place(len(rows) // 2)
    seen = rows.plain(rows.row_at(place))
    moved = set()
    while not rows.settled:
        rows.settle(1)
        moved.add(rows.row_at(place))
        assert rows.plain(rows.row_at(place)) == seen
    assert len(moved) > 1


def test_the_work_on_a_long_answer_is_cut_into_slices() -> None:
    rows = rendered(ANSWER * 500, (), 100, INK)
    slices = []
    while not rows.ready:
        begin = thread_time()
        rows.settle(4)
        slices.append(thread_time() - begin)
    assert len(slices) > 4
    assert max(slices) < 0.1
    begin = thread_time()
    assert [rows.row(y).text for y in range(len(rows) - 40, len(rows) - 10) if y < len(rows)]
    assert thread_time() - begin < 0.2


@pytest.mark.parametrize("sign", ["[", "![", "[a](", "*[", "\\(", "> ", "- ", "**a ", "  - a\n", "&#x202e;"])
def test_hostile_text_holds_up_the_app_no_longer_than_any_other(sign: str) -> None:
    """Twice as long is usual. The best of three: a machine that is busy elsewhere makes any one of them slow."""
    hostile, marked = sign * 20_000, "A *word*, `code` and **more**. "
    usual = (marked * len(hostile))[: len(hostile)]
    for _ in range(3):
        taken, control = cpu_of_rows(hostile), cpu_of_rows(usual)
        if taken < 4 * control:
            return
    assert taken < 4 * control


def cpu_of_rows(text: str) -> float:
    rows = rendered(text, (), 60, INK)
    begin = thread_time()
    for y in range(400):
        rows.row(y)
    return thread_time() - begin


class Reader(App[None]):
    def compose(self) -> ComposeResult:
        self.view = StreamView()
        yield self.view


def test_the_reader_stays_where_the_raw_text_was_read() -> None:
    text = "\n\n".join(f"**Paragraph {n}** says what it has to say about the number {n}." for n in range(200))
    app = Reader()

    async def scenario(pilot: Pilot[None]) -> None:
        app.view.append(text)
        app.view.flush()
        await pilot.pause()
        app.view.to_top()
        app.view.scroll_rows(100)
        await pilot.pause()
        assert screen_text(app).startswith("**Paragraph 50**")
        app.view.show_rendered(rendered(text, (), app.view.row_width, Ink.of(app.theme_variables)))
        await pilot.pause()
        assert screen_text(app).startswith("Paragraph 50 says")
        app.view.show_rendered(None)
        await pilot.pause()
        assert screen_text(app).startswith("**Paragraph 50**")

    drive(app, scenario)


def test_what_renders_is_loaded_only_when_something_is_rendered() -> None:
    code = (
        "import sys, compare_tui.ui.rendered\n"
        "print([name for name in ('markdown_it', 'pygments', 'rich.markdown', 'json') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "markdown_it" not in done.stdout
    assert "pygments" not in done.stdout
    assert "rich.markdown" not in done.stdout


@pytest.mark.parametrize("text", ["> > >", "[](", "***", "-", "```", "\\[", "|a|\n|-|"])
def test_what_says_nothing_in_markdown_is_seen_all_the_same(text: str) -> None:
    assert any(shown(text))


def test_an_empty_answer_has_no_rows() -> None:
    rows = rendered("", (), 40, INK)
    assert len(rows) == 0
    assert rows.row_at(Place(3, 0)) == 0
    rows.rewrap(20)
    assert rows.settled
