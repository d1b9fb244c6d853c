"""What is done with a session in the panes: tagged, asked again, answered from the store, and kept under its caps."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.config import Caps
from compare_tui.core.pricing import Cost, CostState
from compare_tui.engine.account import Account
from compare_tui.ui.screens.against import AgainstScreen
from compare_tui.ui.screens.question import Question
from tests.faults.server import FaultServer
from tests.ui.driving import drive, screen_text, until
from tests.ui.kept_app import begun, chosen_in_the_list, kept_app, session_kept, store_here
from tests.ui.opened import all_ended, demo_account, fault_account, says, sends, takes, tells

Pressing = Pilot[Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


# Tags


def test_a_tag_given_in_the_panes_is_kept_with_its_round(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)
        await pilot.press("escape", "#")
        await says(pilot, "Tags of this round")
        await pilot.press(*"t=[b]", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Question) and pilot.app.screen is app.compare)
        await sends(pilot, "r")
        await pilot.press("f4")
        await chosen_in_the_list(pilot)
        await says(pilot, "#t=[b]")

    app = kept_app(at_once, "gpt-5.5 low")
    drive(app, scenario)
    (sent,) = session_kept().rounds
    assert dict(sent.round.tags) == {"t": "[b]"}
    with store_here() as store:
        assert [(one.key, one.takes) for one in store.spent("t")] == [("[b]", 2)]


# All of it once more


def test_a_session_asked_again_is_held_against_the_one_before(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        app.compare.prompt.load("And cats?")
        await pilot.press("escape", "F")
        await says(pilot, "continues 2 turns")
        await pilot.press("escape")
        await until(pilot, lambda: app.desk.following is None)
        await sends(pilot, "S", 2)
        before = app.desk.session
        await pilot.press("A")
        await tells(pilot, "v holds it against the session before")
        await until(pilot, lambda: app.desk.session is not before and all_ended(app, 4))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, AgainstScreen))
        await says(pilot, "4 pairs")

    drive(kept_app(at_once, "gpt-5.5 low", "gpt-5.5-mini low"), scenario)
    with store_here() as store:
        new, old = store.listed()
    assert new.again_of == old.id
    assert (new.takes, old.takes) == (4, 4)


# Answered from the store


def test_what_was_asked_before_is_answered_from_the_store(server: FaultServer) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        await until(pilot, lambda: app.desk.archive.store is not None and app.desk.archive.store.journal.flush(5))
        asked = len(server.requests)
        await pilot.press("ctrl+n")
        await says(pilot, "new session")
        await pilot.press("escape", "u")
        await says(pilot, "reuses answers")
        await sends(pilot, "S", 2)
        await says(pilot, "from the store: the answer of ")
        assert len(server.requests) == asked
        assert [take.origin for take in takes(app)] == ["store", "store"]
        await pilot.press("u")
        await until(pilot, lambda: "reuses answers" not in screen_text(app))
        app.compare.prompt.load("Another prompt")
        await sends(pilot, "S", 2)
        assert len(server.requests) == asked + 2

    drive(kept_app(fault_account(server.base_url()), "healthy-1", "healthy-2"), scenario)
    first, second = list(session_kept().takes())[:2]
    assert (first.origin, first.cost, first.stamps.ttft_ns) == ("store", Cost(Decimal(0), CostState.STORED), None)
    assert first.text == second.text != ""


# Caps of all processes


def test_a_cap_of_the_day_that_earlier_sessions_have_used_up_refuses_the_send(at_once: Account) -> None:
    async def spend(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)

    async def refused(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("f5")
        await tells(pilot, "caps.per_day is $0.00001", "is spent today")
        assert [note.title for note in app._notifications] == ["Not sent"]
        assert takes(app) == []

    drive(kept_app(at_once, "gpt-5.5 low"), spend)
    drive(kept_app(at_once, "gpt-5.5 low", caps=Caps(per_day=Decimal("0.00001"))), refused)
