"""The diff screen: which two are compared, from the panes and from the store, and what is said of them."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import paths
from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.told import longer
from compare_tui.store.store import Store
from compare_tui.ui.app import CompareApp
from compare_tui.ui.diff.side import pairs
from compare_tui.ui.screens.diff.candidates import stored
from compare_tui.ui.screens.diff.screen import DiffScreen
from compare_tui.ui.screens.diff.titles import counter, further, nothing_differs, with_itself
from tests.told import answer, asked, failure, session
from tests.ui.driving import drive, screen_text, until
from tests.ui.kept_app import kept_app
from tests.ui.kept_app import opened as opened_in_panes
from tests.ui.one_screen import row_of, sees
from tests.ui.opened import tells
from tests.ui.scenes import LANES, Script, account, app_with, on_stage, opened, plays

Pressing = Pilot[Any]
OLD = "The queue takes 40 ms.\n\nThe model reads.\n\nThen it writes a word.\n\n"
NEW = "The queue takes 45 ms.\n\nThe model reads.\n\nThen it writes one word.\n\n"
LONG = "\n\n".join(f"Paragraph {n} is there." for n in range(80))
HOSTILE = "\x1b]0;owned\x07[bold]x[/]\u202egnp"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def done(text: str) -> Script:
    return Script().sent().accepted().says(text, 300, 400).done(400, 20)


async def diff_of(app: CompareApp, pilot: Pressing, *words: str) -> DiffScreen:
    """Once both are compared."""
    await until(pilot, lambda: isinstance(app.screen, DiffScreen) and app.screen.diff is not None)
    await sees(pilot, *words)
    assert isinstance(app.screen, DiffScreen)
    return app.screen


def titles(app: CompareApp) -> tuple[str, str]:
    """The rows of the old and of the new side."""
    old, new, *_ = screen_text(app).split("\n")
    return old, new


# What is said


def words_of(pieces: tuple[tuple[str, str], ...]) -> str:
    return "".join(text for text, _ in pieces).strip()


def test_the_counter_names_the_change_the_share_the_lane_with_itself_and_the_length() -> None:
    diff = compare(OLD, f"{NEW}And then it goes on and on.")
    share = f"{diff.percent} % the same"
    size = f"+{round(100 * (diff.longer or 0))} % longer"
    itself = with_itself(0.79, 0.79, one_lane=True)
    count = len(diff.changes)
    assert words_of(counter(diff, 0, itself, growing=False)) == (
        f"change 1 of {count} · {share} (this lane with itself: 79 %) · {size}"
    )
    assert words_of(counter(diff, None, "", growing=True)) == f"{count} changes · {share}"
    assert with_itself(0.5, None, one_lane=False) == "old lane with itself: 50 %"
    assert with_itself(0.5, 0.61, one_lane=False) == "old lane with itself: 50 %, new lane: 61 %"
    assert "1 number differs" in words_of(further(diff, None, growing=False))
    assert "still writing" in words_of(further(diff, None, growing=True))


def test_a_shorter_text_is_shorter_by_so_much_and_not_by_minus_so_much() -> None:
    assert (longer(compare("a b c d", "a b")), longer(compare("a b", "a b c"))) == ("50 % shorter", "+50 % longer")


def test_equality_is_claimed_only_where_no_character_differs() -> None:
    def nothing(old: str, new: str) -> str:
        return nothing_differs(compare(old, new), same_text=old == new, growing=False)

    assert nothing(OLD, OLD) == "The same text, character for character."
    assert nothing("One  word.", "One word.") == "The same words; white space differs in 1 place."


def test_pairs_with_the_first_side_come_first() -> None:
    assert pairs(3, 1) == [(1, 0), (1, 2), (0, 2)]


# From the panes and back


def test_d_holds_the_pane_against_the_first_one_or_the_baseline_and_esc_leads_back_to_the_very_place() -> None:
    app = app_with(LANES[:3])

    async def scenario(pilot: Pressing) -> None:
        await opened(pilot, app)
        await pilot.press("escape", "d")
        await tells(pilot, "nothing was sent")
        assert app.screen is app.compare
        await plays(pilot, app, *map(done, (OLD + LONG, NEW + LONG, OLD + LONG)))
        await pilot.press("1", "f3")
        await diff_of(app, pilot, "pair 1 of 3", "% the same")
        assert ("gpt-5.5 low" in titles(app)[0], "gpt-5.5 high" in titles(app)[1]) == (True, True)
        await every_pair(app, pilot)
        await pilot.press("escape", "2", "b", "3", "j", "j", "j")
        views = [pane.view.scroll_y for pane in app.compare.board.panes]
        await pilot.press("d")
        await diff_of(app, pilot, "pair 2 of 3", "% the same")
        assert ("gpt-5.5 high" in titles(app)[0], "gpt-5.5-pro high" in titles(app)[1]) == (True, True)
        await pilot.press("ctrl+c")
        await sees(pilot, "Nothing runs. esc goes back.")
        await pilot.press("b")
        await sees(pilot, "% the same")
        assert "gpt-5.5 high" in titles(app)[1]
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.compare)
        assert (app.compare.board.has_focus, app.compare.chosen()) == (True, app.compare.board.panes[2])
        assert [pane.view.scroll_y for pane in app.compare.board.panes] == views
        assert max(views) > 0

    on_stage(app, scenario)


async def every_pair(app: CompareApp, pilot: Pressing) -> None:
    """From the first one on."""
    await pilot.press("]")
    screen = await diff_of(app, pilot, "pair 2 of 3", "The same text, character for character.")
    screen.action_diff_next_pair()  # both at once: what the first asks for is never shown
    screen.action_diff_previous_pair()
    await diff_of(app, pilot, "pair 2 of 3", "The same text, character for character.")
    await pilot.press("]")
    await diff_of(app, pilot, "pair 3 of 3", "% the same")
    assert ("gpt-5.5 high" in titles(app)[0], "gpt-5.5-pro high" in titles(app)[1]) == (True, True)


def test_who_comes_back_to_a_pair_is_where_they_were_in_it() -> None:
    app = app_with(LANES[:3])

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, *map(done, (OLD + LONG, NEW + LONG + LONG, OLD + LONG)))
        await pilot.press("escape", "1", "f3")
        await diff_of(app, pilot, "pair 1 of 3", "% the same")
        await pilot.press("n", "n", "j", "j", "j")
        text = await sees(pilot, "change 2 of 3")
        await pilot.press("]")
        await diff_of(app, pilot, "pair 2 of 3", "The same text, character for character.")
        await pilot.press("G", "[")
        await diff_of(app, pilot, "pair 1 of 3", "change 2 of 3")
        assert (screen_text(app), row_of(text, " new ")) == (text, titles(app)[1])

    on_stage(app, scenario)


def test_a_copy_names_the_key_that_writes_a_file_where_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no tool there: the terminal gets it, and cannot say whether it took it
    app = app_with(LANES[:2])

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, done(OLD), done(NEW))
        await pilot.press("escape", "1", "y")
        await tells(pilot, "answer: sent to the terminal by OSC 52", "· w writes a file")
        await pilot.press("d", "n")
        await diff_of(app, pilot, "change 1 of")
        await pilot.press("y")
        await tells(pilot, "· E writes the diff to a file")
        await pilot.press("escape", "i")
        app.copy_to_clipboard("what was selected")
        await tells(pilot, "selection: sent", "· w in the panes writes a file")

    on_stage(app, scenario)


def test_a_lane_alone_is_held_against_its_repeats_or_a_prompt_and_says_how_like_itself_it_is() -> None:
    app = app_with(["gpt-5.5 low repeat=3"])

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, *map(done, (OLD, NEW, NEW)))
        await pilot.press("escape", "d")
        await sees(pilot, "One lane alone", "round 1 · repeat 2 of 3", "prompt of round 1", "▸ 1 old  – chosen below –")
        await pilot.press("enter")
        screen = await diff_of(app, pilot, "(this lane with itself: ")
        assert (screen.old.place, screen.new.place) == ("round 1 · repeat 1 of 3", "round 1 · repeat 3 of 3")
        await pilot.press("s", "2")
        await sees(pilot, "▸ 2 new")
        await pilot.press(*"prompt")
        await sees(pilot, "“Explain time to first token")
        await pilot.press("enter")
        screen = await diff_of(app, pilot, "prompt of round 1", "pair 2 of 3")
        assert screen.new.text.startswith("Explain time to first token")

    on_stage(app, scenario)


def test_what_failed_without_a_word_has_nothing_to_compare_and_is_never_called_a_change() -> None:
    app = app_with(LANES[:2])
    failed = Script().sent().fails(300, "server", "no [b]power[/]", 500)

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, done(OLD), failed)
        await pilot.press("escape", "2", "d")
        text = await sees(pilot, "The new one has nothing to compare: failed, without a word (no [b]power[/])")
        assert ("% the same" in text, "1 change" in text, "shorter" in text) == (False, False, False)
        await pilot.press("Y")
        await tells(pilot, "The new one has nothing to compare")
        await pilot.press("n")
        await tells(pilot, "There is no change to go to.")

    on_stage(app, scenario)


def test_without_room_for_both_u_says_so_and_changes_nothing_and_what_is_unusual_stays_in_sight() -> None:
    app = app_with(LANES[:2])

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, done(OLD), done(NEW))
        await pilot.press("escape", "2", "d")
        await diff_of(app, pilot, "% the same")
        await pilot.press("u")
        await tells(pilot, "There is no room for both side by side here.")
        assert app.diff_look is None
        await pilot.resize_terminal(80, 24)
        await pilot.press("u")
        await sees(pilot, "ignoring white space · unified")
        await pilot.press("E")
        await sees(pilot, "enter writes it · .html is a page", "esc leaves it")
        await pilot.resize_terminal(60, 20)
        await sees(pilot, "enter writes it · .html is a page", "esc leaves it")

    on_stage(app, scenario, (60, 20))


# Any take of any session


def test_either_side_can_be_a_take_of_a_stored_session_found_by_typing() -> None:
    with_store = Store.open(paths.sessions_file())
    try:
        with_store.add(session("another", asked("Name a bird.", lanes={"gpt-5.5 low": answer(NEW)}), name=HOSTILE))
        lanes = {"gpt-5.5 low": answer(OLD), "gpt-5.5 high": answer(OLD)}
        with_store.add(session("differs", asked("How long is the wait?", lanes=lanes)))
    finally:
        with_store.close()

    async def scenario(pilot: Pressing) -> None:
        app = await opened_in_panes(pilot, "round 1/1")
        await pilot.press("d")
        await diff_of(app, pilot, "The same text, character for character.")
        await pilot.press("s", "2", *"xyz")
        await sees(pilot, "Nothing here or in the store has “xyz”.")
        await pilot.press("ctrl+u", *"bird")
        await until(pilot, lambda: "session  " in screen_text(app) and "prompt of round" not in screen_text(app))
        await pilot.press("enter")
        text = await sees(pilot, "in the session “", "✓ done", "prompt of round 1")
        assert "[bold]x[/]" in text
        await pilot.press("enter")
        screen = await diff_of(app, pilot, "% the same")
        assert screen.new.take is not None
        assert screen.new.take.id == "another.1.1"
        assert "✓ done" in row_of(screen_text(app), " new ")

    drive(kept_app(account(), session="differs"), scenario)


@pytest.mark.parametrize("typed", ["mini", "gpt-5.5-mini", "failed", "another", "another.1.2", "bird mini", "Vögel"])
def test_a_stored_session_is_found_by_a_lane_a_verdict_or_an_id_as_well(typed: str) -> None:
    store = Store.open(paths.sessions_file())
    try:
        lanes = {"gpt-5.5 low": answer(NEW), "gpt-5.5-mini low": failure()}
        store.add(session("another", asked("Name a bird.", lanes=lanes), name="über Vögel"))
        store.add(session("nothing", asked("Name a fish.", lanes={"gpt-5.5 low": answer(NEW)})))
        found, mistake = stored(store, typed, "differs")
        assert ([one.id for one in found], mistake) == (["another"], "")
        assert [one.id for one in stored(store, "name", "another")[0]] == ["nothing"]
    finally:
        store.close()
