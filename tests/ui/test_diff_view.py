"""The view that shows a diff, under a real app: rows, marks, walking through the changes, growing texts, long ones."""

from typing import Any

import pytest
from textual.content import Content
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from compare_tui.core.diff.blocks import unified
from compare_tui.core.diff.model import Diff
from compare_tui.ui.diff.chunks import Alignment
from compare_tui.ui.diff.map import ChangeMap
from compare_tui.ui.diff.rows import DiffRows
from tests.ui.diffs import FAMILY, SIZE, Diffs, Told, columns, diff_of, having, numbered, showing
from tests.ui.driving import screen_text, until

# Rows


def test_lines_that_are_the_same_stand_beside_each_other_whatever_lies_between() -> None:
    async def scenario(app: Diffs, _: Pilot[Any]) -> None:
        assert columns(app)[:7] == [
            ("   alpha", "   alpha"),
            ("", " + one"),
            ("", " + two"),
            ("   beta", "   beta"),
            (" − gone", ""),
            ("   gamma", "   gamma"),
            (" ~ it is old", " ~ it is new"),
        ]

    showing(diff_of("alpha\n", ("", "one\ntwo\n"), "beta\n", ("gone\n", ""), "gamma\nit is ", ("old", "new")), scenario)


def test_in_one_column_the_old_line_stands_before_the_new_one() -> None:
    diff = diff_of("alpha\n", ("", "one\n"), "beta\nit is ", ("old", "new"), "\n", ("gone\n", ""), "end")

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.unified = True
        await pilot.pause()
        lines = [row[:-1].rstrip() for row in screen_text(app).split("\n")][:7]
        assert lines == ["   alpha", " + one", "   beta", " − it is old", " + it is new", " − gone", "   end"]
        assert [line[3:] for line in lines] == ["".join(part.text for part in line) for line in unified(diff)]

    showing(diff, scenario)


def test_the_taller_side_makes_room_on_the_other_when_text_is_wrapped() -> None:
    words = "and so on " * 8

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        rows = columns(app)
        assert [left for left, _ in rows[:4]] == [" ~ short end", "", "", "   below"]
        assert [right[:9] for _, right in rows[:4]] == [" ~ and so", " ~ so on ", " ~ and so", "   below"]
        await pilot.resize_terminal(60, 12)
        await until(pilot, lambda: app.view.shown_unified)
        assert not app.view.unified

    showing(diff_of(("short", words), " end\nbelow"), scenario)


# Marks


MARKED = {
    "wide": ("模型的回答很", "慢", "快", "慢", "快"),
    "after joined": (f"{FAMILY} is a family of ", "three", "3", "three", "3"),
    "inside joined": ("👨\u200d", "👩\u200d👧", "👦", FAMILY, "👨\u200d👦"),
    "tabs": ("\tx\ty", "\told", "new", "   old", "new"),
    "controls": ("esc \x1b[31m nul \x00 c1 \x9b rlo \u202e ", "red\x07", "blue", "red␇", "blue"),
    "combining": ("e\u0301" + "\u0301" * 40 + " ", "e\u0301", "é", "e\u0301", "é"),
    "right to left": ("\u202bשלום ", "ישן", "חדש", "ישן", "חדש"),
    "wrapped": ("a" * 20 + " ", "b" * 10 + " " + "c" * 20, "d", "bbbbbbbbbb |cccccccccccccccccccc", "d"),
}
"""What both have, what is gone, what is new, and what is then struck and underlined."""


def test_just_the_characters_that_differ_are_marked() -> None:
    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        for case, (before, gone, come, struck, underlined) in MARKED.items():
            app.view.show(diff_of(before, (gone, come), " end"), keep=False)
            await pilot.pause()
            assert having(app, "strike") == struck, case
            assert having(app, "underline") == underlined, case
            assert not any(sign in screen_text(app) for sign in "\x1b\x00\x9b\u202e\u202b\t\x07"), case

    showing(None, scenario)


def test_a_number_that_differs_is_reversed_and_a_line_that_is_new_is_not_marked_word_by_word() -> None:
    async def scenario(app: Diffs, _: Pilot[Any]) -> None:
        assert having(app, "reverse") == having(app, "bold") == "3040"
        assert having(app, "underline") == "40"

    showing(diff_of("it takes ", ("30", "40"), " ms\n", ("", "a line\n")), scenario)


def test_a_number_that_stands_against_none_is_bold_alone() -> None:
    async def scenario(app: Diffs, _: Pilot[Any]) -> None:
        assert having(app, "bold") == "30"
        assert having(app, "reverse") == ""

    showing(diff_of("it takes", ("", " "), ("", "30"), "\n"), scenario)


def test_the_blank_line_behind_a_moved_paragraph_does_not_look_like_another_move() -> None:
    async def scenario(app: Diffs, _: Pilot[Any]) -> None:
        assert [left[:3].strip() for left, _ in columns(app)[:5]] == ["", "«", "", "", ""]

    showing(diff_of("a\n", ("moved\n\n", "", 1), "b\n", ("", "moved\n\n", 1), "c\n"), scenario)


@pytest.mark.parametrize("theme", ["ink", "contrast-light", "terminal-dark"])
def test_the_current_change_stands_out_by_more_than_its_colour(theme: str) -> None:
    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.theme = theme
        app.view.go(1)
        await pilot.pause()
        assert [left[:2] for left, _ in columns(app)[:3]] == [" ~", "▌~", " ~"]
        styles = {
            segment.text: segment.style
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.text in ("one", "three")
        }
        assert styles["one"] != styles["three"]
        if theme == "terminal-dark":
            assert styles["three"]
            assert styles["three"].reverse

    showing(diff_of(("one", "two"), " a\n", ("three", "four"), " b\n", ("five", "six"), " c\n"), scenario)


# Walking through the changes


def walk() -> Diff:
    """Changes at lines 30, 60 and 90 of a hundred."""
    return diff_of(
        numbered(0, 30), ("a", "b"), "\n", numbered(31, 60), ("c", "d"), "\n", numbered(61, 90), ("e", "f"), "\n"
    )


def test_steps_go_from_change_to_change_and_tell_when_they_begin_again() -> None:
    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        for _ in range(4):
            app.view.step(1)
        app.view.step(-1)
        await until(pilot, lambda: len(app.moved) == 5)
        assert app.moved == [(0, False), (1, False), (2, False), (0, True), (2, True)]
        app.view.go(0)
        await pilot.pause()
        assert columns(app)[SIZE[1] // 3][0] == "▌− a", "a third down"

    showing(walk(), scenario)


def test_after_scrolling_a_step_goes_on_from_what_is_in_sight() -> None:
    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.go(0)
        app.view.scroll_rows(40)
        app.view.step(1)
        assert app.view.current == 2
        app.view.to_top()
        app.view.step(1)
        assert app.view.current == 0
        app.view.to_bottom()
        await pilot._post_mouse_events([MouseScrollDown], app.text, (5, 5))
        app.view.step(-1)
        assert app.view.current == 2

    showing(walk(), scenario)


def test_a_long_change_begins_at_the_top_and_a_move_has_two_ends() -> None:
    poem = numbered(900, 920)

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.go(0)
        await pilot.pause()
        assert columns(app)[0] == ("", "▌» line 900")
        assert app.view.other_end()
        await pilot.pause()
        assert columns(app)[0] == ("▌« line 900", "")
        app.view.go(1)
        assert not app.view.other_end()

    showing(diff_of(numbered(0, 20), ("", poem, 1), numbered(20, 90), (poem, "", 1), "z ", ("a", "b"), "\n"), scenario)


def test_the_map_shows_where_changes_lie_and_a_click_goes_there() -> None:
    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        def on_map() -> str:
            return "".join(row[-1] for row in screen_text(app).split("\n"))

        app.view.go(1)
        app.view.to_top()
        await pilot.pause()
        assert on_map().replace("┃", "│").count("~") == 3
        assert app.text.top == 0
        await pilot.click(app.query_one(ChangeMap), offset=(0, 8))
        await pilot.pause()
        assert 60 in range(app.text.top, app.text.top + SIZE[1]), "the middle of the view is what was clicked at"
        top = app.text.top
        await pilot._post_mouse_events([MouseScrollDown], app.query_one(ChangeMap), (0, 3))
        await until(pilot, lambda: app.text.top > top)
        await pilot._post_mouse_events([MouseScrollUp], app.text, (5, 3))
        await until(pilot, lambda: app.text.top == top)

    showing(walk(), scenario)


# Growing, swapping, resizing


def test_while_texts_grow_the_reader_and_the_current_change_stay_where_they_are() -> None:
    parts = (numbered(0, 30), ("a", "b"), "\n", numbered(31, 60))

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.go(0)
        app.view.scroll_rows(3)
        await pilot.pause()
        seen = columns(app)
        painted = app.text.render_lines(app.text.size.region)
        app.view.show(diff_of(*parts, ("", "a line that came\n"), numbered(60, 90)))
        await pilot.pause()
        assert columns(app) == seen
        assert app.view.current == 0
        again = app.text.render_lines(app.text.size.region)
        assert all(one is other for one, other in zip(painted, again, strict=True)), "nothing is painted anew"
        app.view.show(diff_of(("line 0\n", "line 0\n"), numbered(1, 30), *parts[1:]))
        await pilot.pause()
        assert columns(app) == seen
        assert app.view.current == 1
        assert app.moved[-1] == (1, False)
        app.view.show(diff_of("other"), keep=False)
        assert app.view.current is None
        assert app.text.top == 0

    showing(diff_of(*parts), scenario)


def test_swapped_sides_keep_the_place_and_the_change() -> None:
    between, end = numbered(9, 90) + "see ", " there\n" + numbered(0, 20)

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.go(1)
        await pilot.pause()
        assert columns(app)[4] == ("▌~ see c there", "▌~ see d there")
        app.view.show(diff_of("begin\n", ("", "x\ny\n"), between, ("d", "c"), f"{end}more"), swapped=True)
        await pilot.pause()
        assert columns(app)[4] == ("▌~ see d there", "▌~ see c there")

    showing(diff_of("begin\n", ("x\ny\n", ""), between, ("c", "d"), end), scenario)


def test_the_first_line_in_sight_stays_through_resizes_and_modes() -> None:
    prose = "".join(f"{at}. " + "some words that are wrapped " * 4 + "\n" for at in range(60))

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.scroll_rows(90)
        await pilot.pause()
        first = columns(app)[0][1]
        for width in (50, 120, 72):
            await pilot.resize_terminal(width, 12)
            await until(pilot, lambda width=width: app.text.size.width == width - 1)  # type: ignore[misc]  # the default
        await pilot.resize_terminal(*SIZE)
        await until(pilot, lambda: columns(app)[0][1] == first)
        app.view.unified = True
        app.view.unified = False
        await pilot.pause()
        assert columns(app)[0][1] == first

    showing(diff_of(("x\n", ""), prose), scenario)


# What is long, and what is not there


def long_text(lines: bool) -> list[Told]:
    end = "\n" if lines else " "
    text = "the quick brown fox jumps over the lazy dog " * 4
    return [part for at in range(2_800) for part in (f"{at} {text}{end}", ("old", "new words "))]


@pytest.mark.parametrize("lines", [True, False], ids=["lines", "one line"])
def test_of_half_a_megabyte_only_what_is_looked_at_is_laid_out(lines: bool) -> None:
    diff = diff_of(*long_text(lines), "\nend")
    assert len(diff.new) > 500_000

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        few = 500
        assert app.rows.rows_laid_out < few
        app.view.go(2_790)
        await pilot.pause()
        assert app.rows.rows_laid_out < 2 * few
        current = [pair for pair in columns(app) if "▌" in pair[0] or "▌" in pair[1]]
        assert "2791" in " ".join(sum(current, ())) or "2790" in " ".join(sum(current, ()))
        app.view.to_bottom()
        await pilot.pause()
        assert columns(app)[-1] == ("   end", "   end")
        assert app.rows.rows_laid_out < 3 * few

    showing(diff, scenario)


def test_the_rows_of_a_long_line_are_all_of_it_and_stay_beside_each_other() -> None:
    parts = [part for at in range(300) for part in (f"{at} 你好世界 " + "word " * 20, ("", f"added {at} " * 4))]
    diff = diff_of(*parts, (FAMILY * 6_000, "x" * 20_000))
    rows = DiffRows(Alignment.of(diff), 40, unified=False)
    rows.lay_out(range(2 * len(rows)))
    pairs = [rows.pair(y) for y in range(len(rows))]
    sides = [["" if row is None else row.text for row in column] for column in zip(*pairs, strict=True)]
    assert ["".join(side) for side in sides] == [diff.old, diff.new]
    near = [next(y for y, text in enumerate(side) if "290 你" in text) for side in sides]
    assert abs(near[0] - near[1]) < 40


def test_the_beginning_stays_the_beginning_in_one_column() -> None:
    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.unified = True
        await pilot.pause()
        assert screen_text(app).startswith(" − first old")

    showing(diff_of("first ", ("old", "new"), "\n" + numbered(0, 40)), scenario)


def test_nothing_to_show_says_so_in_the_middle() -> None:
    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.placeholder = Content("not yet")
        await pilot.pause()
        assert screen_text(app).split("\n")[SIZE[1] // 2 - 1].strip(" │") == "not yet"
        app.view.show(diff_of(("", "one\ntwo")))
        await pilot.pause()
        assert columns(app)[:3] == [("", " + one"), ("", " + two"), ("", "")]
        app.view.step(1)
        app.view.show(diff_of())
        app.view.step(1)
        await pilot.pause()
        assert "not yet" in screen_text(app)
        app.view.placeholder = None
        app.view.show(diff_of("same"))
        await pilot.pause()
        assert columns(app)[0] == ("   same", "   same")

    showing(None, scenario)


# Copying


async def drag(pilot: Pilot[Any], app: Diffs, start: tuple[int, int], end: tuple[int, int]) -> str | None:
    await pilot.mouse_down(app.text, offset=start)
    await pilot.hover(app.text, offset=end)
    await pilot.mouse_up(app.text, offset=end)
    return app.screen.get_selected_text()


def test_a_selection_stays_in_its_column_and_is_copied_without_soft_wraps() -> None:
    long = "one long line that has to be wrapped twice in here, it really has to"

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        assert await drag(pilot, app, (7, 0), (20, 3)) == long[4:] + "\nthe old end"
        assert await drag(pilot, app, (7, 0), (60, 3)) == long[4:] + "\nthe old end"
        assert await drag(pilot, app, (47, 3), (49, 3)) == "new"
        await pilot.pause()
        app.screen.clear_selection()

    showing(diff_of(f"{long}\nthe ", ("old", f"new {FAMILY}"), " end\n"), scenario)


def test_an_alignment_made_elsewhere_is_taken_as_it_is() -> None:
    diff = walk()

    async def scenario(app: Diffs, pilot: Pilot[Any]) -> None:
        app.view.show(diff, alignment=Alignment.of(diff))
        app.view.step(1)
        await until(pilot, lambda: app.moved == [(0, False)])
        assert app.view.diff is diff

    showing(None, scenario)
