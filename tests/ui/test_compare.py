"""The compare screen as a demanding user meets it: which answer stands where, measured by what, and how it ends."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.ratecard import RateCard
from compare_tui.core.verdict import Verdict
from compare_tui.engine.account import Account
from compare_tui.ui.app import CompareApp
from compare_tui.ui.screens.lanes import LanesScreen
from compare_tui.ui.screens.question import Question
from tests.faults.server import FaultServer
from tests.ui.driving import NARROW, WIDE, drive, screen_text, until
from tests.ui.opened import all_ended, app_on, demo_account, fault_account, ready, says, sends, takes, tells

Pressing = Pilot[Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


@pytest.fixture(scope="module")
def paced() -> Iterator[Account]:
    with demo.start(speed=3) as server:
        yield demo_account(server)


@pytest.fixture(scope="module")
def as_slow_as_a_model() -> Iterator[Account]:
    with demo.start(speed=1) as server:
        yield demo_account(server)


def head(app: CompareApp) -> str:
    """The top bar, and the title and the counters of the panes in the first row."""
    return "\n".join(screen_text(app).splitlines()[:3])


# Which pane shows which answer


def test_the_same_lane_twice_shares_a_pane(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await sends(pilot, lanes=2)
        await says(pilot, "gpt-5.5 low  2/2", "n 2")
        assert len(app.compare.board.panes) == 1
        await pilot.press("escape", "minus")
        await says(pilot, "– muted")
        assert app.desk.lineup.lanes == ()

    drive(app_on(at_once, "gpt-5.5 low", "gpt-5.5 low"), scenario)


def test_a_muted_lane_does_not_show_the_answer_of_its_twin(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("escape", "minus")
        await sends(pilot, "S")
        first, second = app.compare.board.panes
        assert first.take is None
        assert second.take is takes(app)[0]
        await says(pilot, "✓ done", "– muted")

    drive(app_on(at_once, "gpt-5.5 low name=A", "gpt-5.5 low name=B"), scenario)


def test_a_renamed_lane_keeps_its_answer(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await sends(pilot)
        await app.compare.use_lineup(app.desk.lineup.name(0, "[bold]Swift[/]"))
        await says(pilot, "[bold]Swift[/]", "✓ done", "Simulated by")

    drive(app_on(at_once, "gpt-5.5 low"), scenario)


def test_a_lane_changed_while_it_answers_keeps_a_pane_beside_24_others(as_slow_as_a_model: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("f5", "escape", "o")
        await until(pilot, lambda: len(takes(app)) == 24)
        await app.compare.use_lineup(app.desk.lineup.replace(20, Lane("gpt-5.5-mini")))
        await until(pilot, lambda: len(app.compare.board.panes) == 25)
        assert takes(app)[20] is app.compare.board.panes[24].take
        await pilot.press("ctrl+t")
        await until(pilot, lambda: all_ended(app, 24))

    drive(app_on(as_slow_as_a_model, *(f"gpt-5.5 low seed={n}" for n in range(24))), scenario)


def test_lanes_may_change_in_the_middle_of_a_change(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        full = app.desk.lineup
        lineups = full, Lineup(), full.remove(0), full.add(Lane("gpt-5.5")), full.remove(1).remove(1)
        await asyncio.gather(*map(app.compare.use_lineup, lineups))
        assert [pane.column and pane.column.lane for pane in app.compare.board.panes] == [full.entries[0].lane]

    drive(app_on(at_once, "gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini"), scenario)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_without_a_lane_the_place_of_the_panes_still_takes_its_keys(at_once: Account, size: tuple[int, int]) -> None:
    async def scenario(pilot: Pressing) -> None:
        await says(pilot, "no lane to send to")
        await pilot.press("escape", *"rzbp.<yDR]9j-", "space", "S")
        await tells(pilot, "There is no lane to send to")
        await pilot.press("a")
        await until(pilot, lambda: any(isinstance(screen, LanesScreen) for screen in pilot.app.screen_stack))

    drive(app_on(replace(at_once, card=RateCard(at_once.card.date, {}))), scenario, size)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_markup_and_controls_in_names_prompts_and_errors_stay_text(size: tuple[int, int]) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = pilot.app
        assert isinstance(app, CompareApp)
        await says(pilot, "2 requests", "free")
        await sends(pilot, lanes=2)
        await says(pilot, "[red]hi[/] ␛[31m ⟨RLO⟩", "1 [/]x␛[31m", "2 [b]m[/b]", "of a well-behaved")
        assert "\x1b" not in screen_text(app)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, LanesScreen))
        await says(pilot, "[/]x␛[31m", "[b]m[/b]")

    with FaultServer() as server:
        account = fault_account(server.base_url())
        lanes = "healthy-1 'name=[/]x\x1b[31m'", "'[b]m[/b]'"
        drive(app_on(account, *lanes, text="[red]hi[/] \x1b[31m \u202e{{x}}"), scenario, size)


# Figures against figures


def test_the_baseline_stays_with_its_lane_when_lanes_move(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("escape", "2", "b")
        await says(pilot, "2 gpt-5.5-mini low ◆ baseline")
        await app.compare.use_lineup(app.desk.lineup.move(1, 1))
        await says(pilot, "3 gpt-5.5-mini low ◆ baseline")
        await app.compare.use_lineup(app.desk.lineup.remove(2))
        assert "baseline" not in screen_text(app)

    drive(app_on(at_once, "gpt-5.5 low", "gpt-5.5-mini low", "gpt-5.5 high"), scenario)


def test_a_baseline_that_ends_last_still_gives_the_others_their_ratios(paced: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("escape", "b")
        await sends(pilot, "S", 2)
        slow, quick = takes(app)
        assert (slow.stamps.end or 0) > (quick.stamps.end or 0)
        await says(pilot, "×0.")

    drive(app_on(paced, "gpt-5.5 high", "gpt-5.5-mini low"), scenario)


def test_rounds_are_leafed_through_while_lanes_change(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await sends(pilot, lanes=2)
        app.compare.prompt.load("And cats?")
        await sends(pilot, lanes=2)
        await pilot.press("escape", "p")
        await says(pilot, "measured against the round before", "round 2/2", "×")
        await pilot.press("<")
        await says(pilot, "round 1/2")
        await until(pilot, lambda: "×" not in head(app))
        await app.compare.use_lineup(app.desk.lineup.replace(0, Lane.parse("gpt-5.5-pro high")))
        await says(pilot, "round 1/2", "1 gpt-5.5 low")
        await pilot.press(">")
        await says(pilot, "round 2/2", "1 gpt-5.5-pro high", "· not sent")
        await pilot.press("<")
        await says(pilot, "round 2/2", "1 gpt-5.5 low")
        await sends(pilot, "S", 2)
        await says(pilot, "round 3/3", "1 gpt-5.5-pro high")
        total = sum((take.cost.amount or Decimal(0) for take in takes(app)), Decimal(0))
        assert app.desk.cost.amount == total

    drive(app_on(at_once, "gpt-5.5 low", "gpt-5.5-mini low"), scenario)


# Stopping and leaving


def test_leaving_asks_on_every_screen_while_answers_come(as_slow_as_a_model: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: bool(app.desk.running))
        await pilot.press("f1")
        await until(pilot, lambda: app.screen is not app.compare)
        await pilot.press("ctrl+q")
        await says(pilot, "Leave?", "One answer is still coming")
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Question))
        await pilot.press("escape", "escape", "escape", "escape")
        await until(pilot, lambda: app.screen is app.compare)
        assert app.is_running
        await pilot.press("ctrl+q", "ctrl+q")

    app = app_on(as_slow_as_a_model, "gpt-5.5-pro high")
    drive(app, scenario)
    assert app.return_value == 0


def test_ctrl_c_stops_what_runs_and_keeps_what_came(as_slow_as_a_model: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("ctrl+c")
        await tells(pilot, "Nothing runs. ctrl+q quits.")
        await pilot.press("f5")
        await until(pilot, lambda: any(len(take.text) > 100 for take in takes(app)))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: all_ended(app, 1))
        (take,) = takes(app)
        assert take.verdict is Verdict.CANCELLED
        assert take.text
        await says(pilot, "■ cancelled", "≥$", take.text[:100].split()[3])

    drive(app_on(as_slow_as_a_model, "gpt-5.5 high"), scenario)


def test_a_new_session_stops_what_runs_and_counts_from_one_again(as_slow_as_a_model: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: bool(app.desk.running))
        await pilot.press("ctrl+n")
        await says(pilot, "Begin a new session?", "One answer is still coming")
        await pilot.press("y")
        await says(pilot, "new session", "· not sent")
        await until(pilot, lambda: not app.desk.running)
        await pilot.press("f5")
        await says(pilot, "round 1/1")
        assert app.desk.session.rounds[0].round.id == f"{app.desk.session.id}.1"
        await pilot.press("ctrl+t")
        await until(pilot, lambda: all_ended(app, 1))

    drive(app_on(as_slow_as_a_model, "gpt-5.5 high"), scenario)


def test_a_key_pressed_before_there_is_a_prompt_does_what_it_does_later(at_once: Account) -> None:
    app = app_on(at_once, "gpt-5.5 low")

    async def scenario(pilot: Pressing) -> None:
        app.post_message(events.Key("escape", None))
        await until(pilot, lambda: app.compare.board.has_focus)

    drive(app, scenario)
