"""Follow-ups in the app: what is said before sending, what reaches each lane's endpoint, and what it is priced at."""

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.core.lane import Lane
from compare_tui.engine.account import Account
from compare_tui.ui.app import CompareApp
from tests.faults.behaviours import HEALTHY_TEXT
from tests.faults.server import FaultServer
from tests.integration.app_server import HeldServer, numbered
from tests.ui.driving import drive, screen_text, until
from tests.ui.kept_app import begun, kept_app, session_kept
from tests.ui.opened import PROMPT, all_ended, demo_account, fault_account, says, sends, takes, tells

Pressing = Pilot[Any]
USER = ("user", PROMPT)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))


@pytest.fixture
def answers() -> Iterator[HeldServer]:
    """Each model answers in words of its own, and everything that is asked is written down."""
    with HeldServer() as server:
        server.go_on()
        yield server


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


def turns(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(one["role"], one["content"]) for one in body["messages"]]


def asked(server: HeldServer, model: str) -> list[list[tuple[str, str]]]:
    """The conversations that came for a model, in order."""
    return [turns(body) for body in server.bodies if body["model"] == model]


def tokens(app: CompareApp) -> int:
    """Of the next send, as the price line has them."""
    found = re.search(r"· ~([\d,]+) tokens ·", screen_text(app))
    return int(found[1].replace(",", "")) if found else 0


async def continues(pilot: Pressing, text: str, *words: str) -> CompareApp:
    """The next prompt, once it is said what it continues."""
    app = pilot.app
    assert isinstance(app, CompareApp)
    await pilot.press("escape", "F")
    await says(pilot, *words)
    app.compare.prompt.load(text)
    return app


def test_each_lane_continues_its_own_conversation_from_any_round(answers: HeldServer) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        await continues(pilot, "And cats?", "continues 2 turns · ", "tokens of history")
        await sends(pilot, lanes=2)
        assert "tokens of history" not in screen_text(app)
        await continues(pilot, "And dogs?", "continues 4 turns · ")
        await sends(pilot, lanes=2)
        await pilot.press("escape", "<", "<")
        await says(pilot, "round 1/3")
        await continues(pilot, "And birds?", "continues 2 turns · ")
        await sends(pilot, lanes=2)
        app.compare.prompt.load("Something else")
        await sends(pilot, lanes=2)

    drive(kept_app(fault_account(answers.base_url, "chat"), "one", "two"), scenario)
    for model in ("one", "two"):
        said = ("assistant", numbered(model))
        second = [USER, said, ("user", "And cats?")]
        third = [*second, said, ("user", "And dogs?")]
        branch = [USER, said, ("user", "And birds?")]
        assert asked(answers, model) == [[USER], second, third, branch, [("user", "Something else")]]
    rounds = [sent.round for sent in session_kept().rounds]
    assert [one.follows for one in rounds] == [None, rounds[0].id, rounds[1].id, rounds[0].id, None]


def test_the_price_has_the_history_until_escape_leaves_the_follow_up(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        before = tokens(app)
        assert 0 < before < 20
        await pilot.press("escape", "F")
        await says(pilot, "continues 2 turns · up to")
        await until(pilot, lambda: tokens(app) > 150)
        await pilot.press("escape")
        await until(pilot, lambda: tokens(app) == before)
        assert "tokens of history" not in screen_text(app)
        assert app.compare.board.has_focus
        app.compare.prompt.load("Something else")
        await sends(pilot, "S", 2)

    drive(kept_app(at_once, "gpt-5.5 low", "gpt-5.5-mini high"), scenario)
    assert [one.round.follows for one in session_kept().rounds] == [None, None]


def test_a_lane_without_a_good_answer_and_one_added_late_send_the_prompts_only_and_say_so() -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        await continues(pilot, "And cats?", "1 lane with the prompts only")
        await tells(pilot, "[b]Bad[/]: sends the prompts only: its take ended failed")
        await app.compare.use_lineup(app.desk.lineup.add(Lane("late")))
        await says(pilot, "2 lanes with the prompts only")
        await tells(pilot, "late: sends the prompts only: it was not asked in that round")
        await sends(pilot, lanes=3)

    with FaultServer() as server:
        lanes = "healthy-1", "fault-key-unknown name=[b]Bad[/]"
        drive(kept_app(fault_account(server.base_url(), "chat"), *lanes), scenario)
        models = "healthy-1", "fault-key-unknown", "late"
        good, bad, late = (turns(server.requests_for(model)[-1].body) for model in models)
    assert good == [USER, ("assistant", HEALTHY_TEXT), ("user", "And cats?")]
    assert bad == late == [USER, ("user", "And cats?")]


def test_the_repeat_that_is_looked_at_is_continued() -> None:
    numbers = itertools.count(1)

    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=2)
        await pilot.press("escape", "comma")
        looked_at = app.compare.board.panes[0].take
        assert looked_at is takes(app)[0]
        await continues(pilot, "And cats?", "continues 2 turns · ")
        await sends(pilot, lanes=2)
        assert [turns(body)[1] for body in server.bodies[2:]] == [("assistant", looked_at.text)] * 2

    with HeldServer(lambda model: f"{next(numbers)}\n" * 2) as server:
        server.go_on()
        drive(kept_app(fault_account(server.base_url, "chat"), "one repeat=2"), scenario)


def test_a_session_opened_again_is_continued_and_asked_again_with_its_history(answers: HeldServer) -> None:
    account = fault_account(answers.base_url, "chat")

    async def first(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot, lanes=2)
        await pilot.press("ctrl+q")

    async def second(pilot: Pressing) -> None:
        app = await begun(pilot)
        await until(pilot, lambda: bool(app.desk.session.rounds))
        await continues(pilot, "And cats?", "continues 2 turns")
        await sends(pilot, lanes=2)
        await pilot.press("escape", "r")
        await until(pilot, lambda: all_ended(app, 5))
        await pilot.press("A")
        await until(pilot, lambda: len(app.desk.session.rounds) == 2 and all_ended(app, 4))

    drive(kept_app(account, "one", "two"), first)
    drive(kept_app(account, session="last", text=""), second)
    fresh, continued = [USER], [USER, ("assistant", numbered("one")), ("user", "And cats?")]
    assert asked(answers, "one")[:3] == [fresh, continued, continued]
    assert sorted(asked(answers, "one")[3:]) == [fresh, continued]


def test_without_a_round_there_is_nothing_to_continue_and_a_new_session_continues_nothing(answers: HeldServer) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("escape", "F")
        await tells(pilot, "There is no round to continue yet.")
        await sends(pilot, "S")
        await pilot.press("F")
        await says(pilot, "tokens of history")
        await pilot.press("ctrl+n")
        await says(pilot, "new session")
        assert "tokens of history" not in screen_text(app)
        await sends(pilot)

    drive(kept_app(fault_account(answers.base_url, "chat"), "one"), scenario)
    assert asked(answers, "one") == [[USER], [USER]]
