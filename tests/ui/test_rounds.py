"""Rounds, lanes and takes in quick hands: keys act on what the panes show, and what is kept is right."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.config import Caps, Limits
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.pricing import Cost, total
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine
from compare_tui.engine.recorder import Unrecorded
from compare_tui.ui.app import CompareApp
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.question import Question
from tests.faults.server import FaultServer
from tests.ui.driving import drive, screen_text, until
from tests.ui.opened import all_ended, app_on, demo_account, fault_account, says, sends, start_on, takes, tells
from tests.ui.scenes import LANES, Script, app_with, opened, watches

Pressing = Pilot[Any]
LOW, HIGH, MINI = Lane("gpt-5.5", "low"), Lane("gpt-5.5", "high"), Lane("gpt-5.5-mini", "low")
ENDING = 3
"""Events: usage, finish, end."""
KEYS = {"<": "less_than_sign", "-": "minus"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


async def begun(pilot: Pressing) -> CompareApp:
    """Ready for keys; the price may still be worked out."""
    app = pilot.app
    assert isinstance(app, CompareApp)
    await until(pilot, app.opened.is_set)
    return app


async def burst(pilot: Pressing, keys: str) -> None:
    """All of them are there before the first is dealt with."""
    for key in keys:
        pilot.app.post_message(events.Key(KEYS.get(key, key), key))
    await pilot.pause()


async def with_lanes(pilot: Pressing, app: CompareApp, *lanes: Lane) -> None:
    await app.compare.use_lineup(Lineup.of(lanes))
    await until(pilot, lambda: shown(app) == list(lanes))


def shown(app: CompareApp) -> list[Lane]:
    """The lanes of the panes, from left to right."""
    return [pane.column.lane for pane in app.compare.board.panes if pane.column is not None]


def muted(app: CompareApp) -> list[bool]:
    return [entry.muted for entry in app.desk.lineup.entries]


# Rounds leafed through


def test_earlier_and_again_in_one_burst_ask_a_lane_in_a_round_of_its_own(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await with_lanes(pilot, app, HIGH)
        await sends(pilot)
        await pilot.press("escape")
        await burst(pilot, "<r")
        await until(pilot, lambda: all_ended(app, 3))
        for sent in app.desk.session.rounds:
            assert {take.lane for take in sent.takes} == set(sent.round.lanes)

    drive(app_on(at_once, str(LOW)), scenario)


def test_from_the_last_round_as_it_was_sent_it_goes_on_to_the_lanes_as_they_are_now(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await app.compare.use_lineup(Lineup.of([HIGH]).mute(0))
        await pilot.press("escape", "<")
        await until(pilot, lambda: shown(app) == [LOW])
        await pilot.press(">")
        await until(pilot, lambda: HIGH in shown(app))
        await says(pilot, "– muted")
        await pilot.press(">")
        await tells(pilot, "This is the last round.")

    drive(app_on(at_once, str(LOW)), scenario)


def test_the_title_tells_the_prompt_of_the_round_that_is_looked_at(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        app.compare.prompt.load("[b]Why[/b] not green?")
        await sends(pilot)
        await says(pilot, "Why is the sky blue? › [b]Why[/b] not green?")
        await pilot.press("escape", "<")
        await says(pilot, "round 1/2")
        assert "›" not in screen_text(app).splitlines()[0]

    drive(app_on(at_once, str(LOW)), scenario)


def test_asking_the_failed_again_before_anything_was_sent_says_so(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        await begun(pilot)
        await pilot.press("escape", "R")
        await tells(pilot, "Nothing was sent yet.")

    drive(app_on(at_once, str(LOW)), scenario)


def test_a_new_session_is_measured_against_nothing(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        app.compare.prompt.load("And at night?")
        await sends(pilot, lanes=2)
        await pilot.press("escape", "b", "p")
        await says(pilot, "◆ baseline", "measured against the round before")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await says(pilot, "new session", "· not sent")
        assert "baseline" not in screen_text(app)
        assert "measured against" not in screen_text(app)

    drive(app_on(at_once, str(LOW), str(HIGH)), scenario)


# Lanes muted and changed


def test_mute_in_an_older_round_goes_both_ways_and_says_where_it_cannot(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        await app.compare.use_lineup(Lineup.of([LOW, MINI]))
        await pilot.press("escape", "<")
        await until(pilot, lambda: shown(app) == [LOW, HIGH])
        await pilot.press("-")
        await until(pilot, lambda: muted(app) == [True, False])
        await pilot.press("-")
        await until(pilot, lambda: muted(app) == [False, False])
        await pilot.press("2", "-")
        await tells(pilot, "This lane is not among the lanes that are sent to.")
        assert muted(app) == [False, False]

    drive(app_on(at_once, str(LOW), str(HIGH)), scenario)


def test_two_lanes_muted_in_one_burst_are_both_muted(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("escape")
        await burst(pilot, "-l-")
        await until(pilot, lambda: muted(app) == [True, True, False])
        await until(pilot, lambda: screen_text(app).count("– muted") == 2)

    drive(app_on(at_once, str(LOW), str(HIGH), str(MINI)), scenario)


def test_a_lane_asked_again_under_another_name_and_timeout_keeps_its_first_take(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await with_lanes(pilot, app, Lane.parse("gpt-5.5 low timeout=99 name=Small"))
        await pilot.press("escape")
        for count in (2, 3):
            await sends(pilot, "r")
            (pane,) = app.compare.board.panes
            assert pane.column is not None
            assert list(pane.column.takes) == takes(app)
            await says(pilot, "Small", f"{count}/{count}")
        assert [take.repeat for take in takes(app)] == [1, 2, 3]

    drive(app_on(at_once, str(LOW)), scenario)


# What it costs


def test_after_a_no_the_same_prompt_is_asked_about_again_at_once(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        for _ in range(2):
            await pilot.press("f5")
            await until(pilot, lambda: isinstance(app.screen, Question), within_s=0.9)
            await pilot.press("n")
            await until(pilot, lambda: app.screen is app.compare)
        assert takes(app) == []

    drive(app_on(at_once, "gpt-5.5-pro high", caps=Caps(ask_above=Decimal("0.1"))), scenario)


def test_the_cost_of_a_session_is_that_of_its_takes_while_they_run_and_after() -> None:
    app = app_with(LANES[:2])

    async def scenario(pilot: Pressing) -> None:
        await opened(pilot, app)
        round_ = app.desk.planned(Prompt("Why?"))
        script = Script(thinks=False).sent().accepted().says("It\nis\nblue.\n" * 40, 300, 900).done(1000, 900)
        running = [script.on(take) for take in round_.takes()]
        rests = [[one.inbox.pop() for _ in range(ENDING)][::-1] for one in running]
        await watches(pilot, app, running)
        costs = [told_and_counted(app)]
        for one, rest in zip(running, rests, strict=True):
            one.inbox.extend(rest)
            await until(pilot, lambda take=one.take: take.verdict is not None)  # type: ignore[misc]  # bound in a loop
            costs.append(told_and_counted(app))
        assert [told for told, _ in costs] == [counted for _, counted in costs]
        assert len({told for told, _ in costs}) == 3

    drive(app, scenario)


def told_and_counted(app: CompareApp) -> tuple[Cost, Cost]:
    """What the session is said to cost, and what its takes come to."""
    return app.desk.cost, total(take.cost for take in takes(app))


def test_a_price_typed_while_the_command_for_the_key_runs_is_kept(at_once: Account) -> None:
    asked, typed = threading.Event(), threading.Event()

    def keyed(account: Account) -> Account:
        asked.set()
        typed.wait(5)
        return account

    desk = Desk(start_on(at_once, "tiny", keyed=keyed))
    desk.open()
    reading = threading.Thread(target=desk.prepare)
    reading.start()
    assert asked.wait(5)
    desk.set_price("tiny", Decimal(1), Decimal(2), None)
    typed.set()
    reading.join(5)
    (priced,), _ = desk.preview(Prompt("Why?"))
    desk.close()
    assert priced.expected is not None


def test_an_endpoint_added_again_keeps_its_ceiling_and_those_that_wait() -> None:
    with FaultServer() as server:
        account = fault_account(server.base_url())
        with Engine([account], Limits(), Unrecorded(), concurrency=1) as engine:
            running = []
            for number in range(3):
                running += engine.send(Round(f"s.{number}", Prompt("Why?"), (Lane("healthy-1", repeat=2),)))
                engine.add(account)
            while not all(one.take.verdict for one in running):
                engine.changed.wait(0.02)
                engine.changed.clear()
                for one in running:
                    one.drain()
    assert [one.take.verdict for one in running] == ["done"] * 6
    assert len(server.requests) == 6
    times = sorted((request.arrived_ns, request.answered_ns or 0) for request in server.requests)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(times))
