"""What was spent: by day, model, tier and tag, and how much of the caps."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from compare_tui.config import Caps
from compare_tui.store.store import Store
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.spend import SpendScreen
from tests.store_samples import answered
from tests.told import in_order
from tests.ui.driving import NARROW, WIDE, screen_text
from tests.ui.one_screen import OneScreen, row_of, sees, showing
from tests.ui.scenes import app_with


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "sessions.db")
    yield opened
    opened.close()


def desk(store: Store | None, *, private: bool = False, caps: Caps | None = None) -> Desk:
    one = app_with().desk
    one.archive.store, one.archive.private = store, private
    if caps is not None:
        one.start = replace(one.start, config=replace(one.start.config, caps=caps))
    return one


def spend(store: Store, lanes: Sequence[str] = ("gpt-5.5 low", "gpt-5.5-pro high flex"), **told: Any) -> None:
    answered(store, lanes=lanes, **told)


def test_each_day_has_its_takes_tokens_and_cost_and_all_are_summed_up(store: Store) -> None:
    spend(store, prompts=("one", "two"), texts=("three words here",))

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "by day", "2026-11-20")
        assert in_order(row_of(text, "2026-11-20"), "$0.0005", "█", "4", "28", "0 %", "12")
        assert in_order(row_of(text, " total "), "$0.0005", "4", "28", "12")

    showing(SpendScreen(desk(store)), looks)


def test_keys_change_what_it_is_told_by(store: Store) -> None:
    spend(store, tags={"team": "core"})
    spend(store, texts=("much longer than that",), tags={"team": "search"})

    async def turns(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "2026-11-20")
        await pilot.press("m")
        await sees(pilot, "by model", " gpt-5.5-pro ")
        await pilot.press("t")
        await sees(pilot, "by tier", " flex ", "(none)")
        await pilot.press("a")
        await sees(pilot, "Spend by which tag", "team")
        await pilot.press("enter")
        assert in_order(await sees(pilot, "tag team", " core "), " search ", " core ")
        await pilot.press("d")
        await sees(pilot, "by day", "2026-11-20")

    showing(SpendScreen(desk(store)), turns)


def test_a_tag_that_no_session_has_is_told_before_it_is_asked_for(store: Store) -> None:
    spend(store, tags={"team": "core"})

    async def asks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "2026-11-20")
        await pilot.press("a")
        await sees(pilot, "Spend by which tag")
        await pilot.press("s")
        await sees(pilot, "No session has a tag of this name.")
        await pilot.press(*["backspace"] * 5)
        await sees(pilot, "Tags there are: team")
        await pilot.press("enter", "escape")
        await sees(pilot, "by day")

    showing(SpendScreen(desk(store)), asks)


def test_the_dearest_has_the_longest_bar_and_what_costs_little_a_sliver(store: Store) -> None:
    spend(store, ("dear low",), texts=("word " * 2_000,))
    spend(store, ("cheap low",), texts=("word",))

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("m")
        text = await sees(pilot, " dear ", " cheap ")
        assert row_of(text, " dear ").count("█") > 20
        assert "▏" in row_of(text, " cheap ")

    showing(SpendScreen(desk(store)), looks)


def test_the_caps_say_how_much_of_them_is_spent(store: Store) -> None:
    spend(store, texts=("word " * 100,))
    caps = Caps(per_day=Decimal("1000"), per_month=Decimal("2000"))

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "caps.per_day", "caps.per_month")
        assert in_order(row_of(text, "caps.per_day"), "of $1,000.00 today", "0 %")
        assert in_order(row_of(text, "caps.per_month"), "of $2,000.00 this month", "0 %")

    for size in (WIDE, NARROW):
        showing(SpendScreen(desk(store, caps=caps)), looks, size)


def test_without_any_spending_it_says_what_will_stand_here(store: Store) -> None:
    async def leaves(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "Nothing was spent yet.", "esc back")
        await pilot.press("m", "enter", "escape")

    assert showing(SpendScreen(desk(store)), leaves, NARROW).answer is None


def test_private_work_is_told_to_be_counted_nowhere(store: Store) -> None:
    spend(store)

    async def without_a_store(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "This session is private", "counted here.")

    async def beside_one(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "only what is stored, nothing private", "2026-11-20")

    showing(SpendScreen(desk(None, private=True)), without_a_store, NARROW)
    showing(SpendScreen(desk(store, private=True)), beside_one, NARROW)


def test_sessions_that_cannot_be_opened_are_no_spending_of_nothing() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "The sessions cannot be opened, so nothing is known of what was spent.")
        assert "$0" not in screen_text(app)

    showing(SpendScreen(desk(None)), looks, NARROW)


def test_long_and_hostile_names_keep_every_row_as_wide_as_the_screen(store: Store) -> None:
    hostile = "m\x1b]52;c;QUJD\x07[bold red]x[/]\u202e日本語 " + "w" * 90
    spend(store, (f"'{hostile}'", "日本語" * 20), tags={hostile: hostile})

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        for keys in (("m",), ("l", "l"), ("a",), ("enter",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert not any(sign in screen_text(app) for sign in "\x1b\x07\u202e")
            widths = {sum(cell_len(s.text) for s in strip) for strip in app.screen._compositor.render_strips()}
            assert widths == {app.size.width}

    for size in (WIDE, NARROW):
        showing(SpendScreen(desk(store)), looks, size)


def test_help_teaches_its_keys(store: Store) -> None:
    async def asks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("?")
        await sees(pilot, "Here: in the spend", "What was spent on each model")

    showing(SpendScreen(desk(store)), asks)
