"""One session against another: what became worse stands first, and both answers can be read side by side."""

from time import process_time
from typing import Any

from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from compare_tui.core.record import SessionRecord
from compare_tui.ui.screens.against import AgainstScreen
from compare_tui.ui.screens.answers import AnswersScreen
from compare_tui.ui.widgets.stream import StreamView
from tests.told import answer, asked, failure, in_order, session
from tests.ui.driving import NARROW, WIDE, screen_text, until
from tests.ui.one_screen import OneScreen, row_of, sees, showing

LOW, HIGH = "gpt-5.5 low", "gpt-5.5-pro high flex"


def against(new: SessionRecord, old: SessionRecord) -> AgainstScreen:
    return AgainstScreen(new.session(), old.session())


def usual() -> AgainstScreen:
    """One prompt slower and said otherwise, one dearer, one broken, one that was not asked before."""
    old = session(
        "oldold",
        asked("alpha", lanes={LOW: answer("The sky is blue.", ttft=500)}),
        asked("beta", lanes={LOW: answer(out=100)}),
        asked("gamma", lanes={LOW: answer()}),
        name="before",
    )
    new = session(
        "newnew",
        asked("alpha", lanes={LOW: answer("The sky is grey.", ttft=750)}),
        asked("beta", lanes={LOW: answer(out=200)}),
        asked("gamma", lanes={LOW: failure("the server failed")}),
        asked("delta", lanes={LOW: answer()}),
        name="afterwards",
    )
    return against(new, old)


def test_a_pair_has_old_above_new_and_the_change_beside_it() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "75 % alike", "same")
        rows = text.split("\n")
        at = next(y for y, row in enumerate(rows) if " alpha" in row)
        assert in_order(rows[at], "1", "alpha", "✓ done", "500 ms")
        assert in_order(rows[at + 1], LOW, "✓ done", "75 % alike", "750 ms", "+50 %")

    showing(usual(), looks)


def test_what_became_worse_stands_first_until_the_order_of_the_session_is_wanted() -> None:
    async def turns(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "what became worse first", "✗ failed ▲")
        assert in_order(text, " gamma ", " beta ", " alpha ", " delta ")
        await pilot.press("o")
        text = await sees(pilot, "in the order of the session")
        assert in_order(text, " alpha ", " beta ", " gamma ", " delta ")
        assert "▌" in row_of(text, " gamma ")  # the row that was chosen stays the one
        await pilot.press("o")
        assert in_order(await sees(pilot, "what became worse first"), " gamma ", " beta ", " alpha ")

    showing(usual(), turns)


def test_above_the_pairs_each_lane_says_what_it_comes_to_and_of_how_many_pairs() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "∑  gpt-5.5 low", "3 pairs · 1 only in the new one")
        rows = text.split("\n")
        at = next(y for y, row in enumerate(rows) if "∑" in row)
        assert in_order(rows[at], "1 worse", "1 of 2", "n 2")
        assert in_order(rows[at + 1], "3 pairs, 1 without", "0 better", "differ", "(+")  # two pairs are noise

    showing(usual(), looks)


def test_without_a_counterpart_there_is_a_dash_and_a_word() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = screen_text(app)
        assert row_of(text, " delta ").count("–") > 3
        assert "only now" in text

    showing(usual(), looks)


def test_both_answers_are_read_side_by_side_and_the_next_pair_follows() -> None:
    async def reads(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        text = await sees(pilot, "· then", "· now", "the server failed", "1 of 4")
        assert in_order(row_of(text, "scatters"), "Because blue scatters most.", "│")
        await pilot.press("n", "n")
        text = await sees(pilot, "3 of 4", "75 % alike")
        assert in_order(row_of(text, "grey"), "The sky is blue.", "The sky is grey.")
        await pilot.press("p", "escape")
        await until(pilot, lambda: app.screen is app.shown)
        await until(pilot, lambda: "▌" in row_of(screen_text(app), " beta "))

    for size in (WIDE, NARROW):
        showing(usual(), reads, size)


def test_a_row_of_a_lane_opens_nothing() -> None:
    async def presses(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("g", "enter")
        await pilot.pause()
        assert app.screen is app.shown

    showing(usual(), presses)


def test_the_two_answers_scroll_together() -> None:
    lines = "\n\n".join(f"line {n}" for n in range(200))
    new, old = (session(id_, asked(lanes={LOW: answer(f"{id_}\n\n{lines}")})) for id_ in ("newnew", "oldold"))

    def agree(app: OneScreen, word: str) -> bool:
        """Both show this, and are the same in every row."""
        rows = [row.split("│") for row in screen_text(app).split("\n")[3:-1]]
        left, right = ([row[at].strip("▁▂▃▄▅▆▇█ ") for row in rows] for at in (0, 1))
        return word in left and left == right

    async def scrolls(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await sees(pilot, "oldold", "newnew")
        await pilot.press("g", "j", "j")
        await until(pilot, lambda: agree(app, "line 0"))
        await pilot.press("G")
        await until(pilot, lambda: agree(app, "line 199"))
        await pilot.press("g", "pagedown", "k")
        await until(pilot, lambda: agree(app, "line 30"))
        screen = app.screen
        assert isinstance(screen, AnswersScreen)
        left, right = screen.query(StreamView)
        await pilot._post_mouse_events([events.MouseScrollDown], left, offset=(5, 5), button=0)
        await until(pilot, lambda: round(left.scroll_y) > 42 and right.scroll_y == left.scroll_y)

    showing(against(new, old), scrolls)


def test_two_long_answers_do_not_hold_up_the_keys() -> None:
    long = "\n\n".join(
        "A paragraph of **some** words, for the wrapping of them takes its time. " * 6 for _ in range(450)
    )
    assert len(long) > 190_000
    rounds = [asked("short", lanes={LOW: answer()}), asked("long", lanes={LOW: answer(long, out=900)})]
    old = session("oldold", asked("short", lanes={LOW: answer()}), asked("long", lanes={LOW: answer(long[::-1])}))

    async def reads(app: OneScreen, pilot: Pilot[Any]) -> None:
        began = process_time()
        await pilot.press("enter")
        await sees(pilot, "· then", "· now")
        await pilot.press("j", "j", "G", "g")
        assert process_time() - began < 2
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.shown)

    showing(against(session("newnew", *rounds), old), reads)


def test_hostile_names_and_texts_keep_every_row_as_wide_as_the_screen() -> None:
    hostile = "m\x1b]52;c;QUJD\x07[bold red]x[/]\u202e日本語 " + "w" * 90
    lanes = {"日本語" * 20: answer(hostile), f"'{hostile}'": [answer(hostile), answer("other")]}
    new, old = (
        session(id_, *(asked(hostile + str(n), lanes=lanes) for n in range(20)), name=hostile)
        for id_ in ("n1n1n1", "o1o1o1")
    )

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        for keys in (("G",), ("l", "l"), ("enter",), ("G",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert not any(sign in screen_text(app) for sign in "\x1b\x07\u202e")
            widths = {sum(cell_len(s.text) for s in strip) for strip in app.screen._compositor.render_strips()}
            assert widths == {app.size.width}

    for size in (WIDE, NARROW):
        showing(against(new, old), looks, size)


def test_two_empty_sessions_say_that_there_is_nothing_to_compare() -> None:
    async def leaves(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "Neither session has an answer to compare.", "esc back")
        await pilot.press("enter", "o", "escape")

    assert showing(against(session("newnew"), session("oldold")), leaves, NARROW).answer is None


def test_help_teaches_the_keys_of_both_screens() -> None:
    async def asks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("?")
        await sees(pilot, "Here: in the comparison over time")
        await pilot.press("escape", "enter", "?")
        await sees(pilot, "Here: between two answers")

    showing(usual(), asks)
