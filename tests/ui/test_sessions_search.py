"""Sessions are found again, however many there are; and where there is nothing to find, it is said why."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui.core.prompt import Prompt
from compare_tui.core.record import RoundRecord, SessionRecord
from compare_tui.core.round import Round
from compare_tui.store.store import Store
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.sessions import view as sessions_view
from compare_tui.ui.screens.sessions.screen import SessionsScreen
from compare_tui.ui.screens.sessions.search import understood
from tests.store_samples import answered
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.kept_sessions import THREE, desk_on, keep_three, lists, opened, screen_of, typed
from tests.ui.one_screen import NOT_YET, OneScreen, row_of, sees, showing
from tests.ui.scenes import app_with


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    yield from opened(file)


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    yield from desk_on(store)


@pytest.fixture
def three(store: Store) -> Store:
    keep_three(store)
    return store


# Looking for something


def test_the_list_follows_what_is_typed(desk: Desk, three: Store) -> None:
    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("slash")
        await typed(pilot, "scatt")
        await lists(pilot, "oldest")
        found = row_of(await sees(pilot, "Light of short waves is scattered"), "Light of short")
        assert found.startswith("    Light of short waves is scattered.")
        assert emphasised(app, "scattered")
        assert not emphasised(app, "Light of short waves is")
        screen_of(app).field.value = ""
        await lists(pilot, *THREE)
        await typed(pilot, "verdict:failed tag:team=core")
        await lists(pilot, "newest")

    showing(SessionsScreen(desk), types)


def emphasised(app: OneScreen, words: str) -> bool:
    """In the row of what was found, which stands above the preview."""
    strips = app.screen._compositor.render_strips()
    return any(segment.text.strip() == words and segment.style and segment.style.bold for s in strips for segment in s)


def test_it_can_begin_with_something_to_look_for(desk: Desk, three: Store) -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, "middle")

    showing(SessionsScreen(desk, "wren"), looks)


def test_a_mistake_is_told_below_and_the_other_conditions_hold(desk: Desk, three: Store) -> None:
    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("slash")
        await typed(pilot, "bird verdict:fai")
        await sees(pilot, "fai is no verdict; did you mean failed?")
        await lists(pilot, "middle")
        assert not app._notifications

    showing(SessionsScreen(desk), types)


@pytest.mark.parametrize(
    ("line", "words", "tier", "mistake"),
    [
        ("sky tier:", ("sky",), None, ""),
        ("tier:", (), None, ""),
        ("sky cost>", ("sky",), None, ""),
        ("tier:flex sky cost>x", ("sky",), "flex", "cost takes USD such as 0.01, not x"),
        ("since:yesterday", (), None, "since: takes a day such as 2026-11-20, or a month, not yesterday"),
    ],
)
def test_a_condition_that_is_not_whole_yet_asks_for_nothing(
    line: str, words: tuple[str, ...], tier: str | None, mistake: str
) -> None:
    query, told = understood(line)
    assert (query.words, query.tier, told) == (words, tier, mistake)


def test_nothing_found_names_the_condition_that_nothing_meets(desk: Desk, three: Store) -> None:
    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("slash")
        await typed(pilot, "bird tier:flex")
        text = await sees(pilot, "No session has “bird” and tier:flex.")
        assert "Without “bird” or tier:flex there would be some." in text
        await pilot.press("enter", "enter", "x", "n", "c")
        assert app.answer is NOT_YET

    showing(SessionsScreen(desk), types, NARROW)


def test_words_are_ranked_on_demand(desk: Desk, store: Store) -> None:
    answered(store, "often", prompts=["bird"], texts=["bird bird bird"])
    answered(store, "once", prompts=["a long prompt that names one bird among very many other things"])

    async def turns(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("s")
        await sees(pilot, "The best matches come first once there are words to look for.", "newest first")
        screen_of(app).field.value = "bird"
        await lists(pilot, "often", "once")
        await sees(pilot, "best first")
        await pilot.press("s")
        await lists(pilot, "once", "often")

    showing(SessionsScreen(desk), turns)


def test_a_search_is_whole_when_it_is_typed_in_one_burst_with_or_without_its_key(desk: Desk, three: Store) -> None:
    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await typed(pilot, "/name a bird")
        await lists(pilot, "middle")
        assert screen_of(app).field.value == "name a bird"
        await pilot.press("escape", "j", "k", "slash", "s")
        assert screen_of(app).field.value == "name a birds"
        screen_of(app).field.value = ""
        await pilot.press("escape")
        await lists(pilot, *THREE)
        await typed(pilot, "wren")  # no letter of the list, and what follows belongs to it
        await lists(pilot, "middle")

    showing(SessionsScreen(desk), types)


def test_keys_do_not_wait_for_an_answer_and_only_the_last_question_is_answered(desk: Desk, three: Store) -> None:
    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        with three._looks:  # somebody else is served, and it takes long
            await pilot.press("slash")
            await typed(pilot, "bird")
            await sees(pilot, "bird")
            screen_of(app).field.value = "haiku"
            await pilot.press("down", "down")
            assert screen_of(app).shelf.at == 2
        await lists(pilot, "newest")

    showing(SessionsScreen(desk), types)


# Many of them


def filled(store: Store, count: int) -> None:
    for n in range(count):
        round_ = Round(f"session{n:04d}.1", Prompt(f"Prompt number {n:04d}"), ())
        store.add(SessionRecord(round_.session, rounds=(RoundRecord(round_),)))


def test_pages_come_as_the_end_comes_near(desk: Desk, store: Store) -> None:
    filled(store, 205)

    async def moves(app: OneScreen, pilot: Pilot[Any]) -> None:
        shelf = screen_of(app).shelf
        await until(pilot, lambda: len(shelf.rows) == 100)
        await sees(pilot, "Sessions  100 and more")
        for _ in range(75):
            app.simulate_key("j")
        await until(pilot, lambda: len(shelf.rows) == 200)
        assert shelf.at == 75
        await pilot.press("G")
        await sees(pilot, "Prompt number 0000", "Sessions  205 ·")
        assert [row.title[-4:] for row in shelf.rows] == [f"{n:04d}" for n in reversed(range(205))]
        assert shelf.at == 204
        await pilot.press("g")
        assert shelf.at == 0
        await pilot.press("pagedown")
        assert shelf.at is not None
        assert shelf.at > 3

    showing(SessionsScreen(desk), moves, NARROW)


def test_what_others_add_comes_in_and_what_is_chosen_stays_so(
    desk: Desk, three: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions_view, "_LOOK_AGAIN_S", 0.05)

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("j")
        other = Store.open(file)
        try:
            answered(other, "foreign", prompts=["From elsewhere"], verdicts=["running"], lanes=["gpt-5.5 low"])
            await lists(pilot, "foreign", *THREE)
            chosen = screen_of(app).shelf.chosen
            assert chosen is not None
            assert chosen.id == "middle"
            assert "▸1 running" in screen_text(app)
            await pilot.press("g", "x")
            await sees(pilot, "Answers are still coming to it.")
        finally:
            other.close()

    showing(SessionsScreen(desk), looks)


# Where there is nothing


def test_the_first_session_is_announced(desk: Desk) -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "No session yet.", "Every round that is sent is kept here by itself")
        await pilot.press("j", "G", "enter", "x", "D")
        await sees(pilot, "Nothing is deleted.")

    showing(SessionsScreen(desk), looks, NARROW)


@pytest.mark.parametrize(
    ("private", "problem", "told"),
    [(True, "", "This is private work"), (False, "the disk is full", "the disk is full")],
)
def test_without_a_store_it_says_why(private: bool, problem: str, told: str) -> None:
    desk = app_with().desk
    desk.archive.private, desk.archive.problem = private, problem

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, told, "esc back")
        await pilot.press("slash", "a", "escape", "j", "x", "escape")
        await until(pilot, lambda: app.answer is None)

    showing(SessionsScreen(desk), looks, NARROW)
    desk.close()


def test_a_store_that_can_only_be_read_says_so_at_every_edit(three: Store, file: Path, desk: Desk) -> None:
    three.close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    newer = Store.open(file)
    desk.archive.store = newer

    async def tries(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("x")
        await sees(pilot, "can only be read")
        await lists(pilot, *THREE)

    showing(SessionsScreen(desk), tries)
    newer.close()
