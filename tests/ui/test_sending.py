"""Sending from the compare screen: what goes out once, what is asked before, what is told when nothing can go."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.config import Caps
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.ratecard import CardError
from compare_tui.core.verdict import Verdict
from compare_tui.engine.account import Account
from compare_tui.secrets import KeyMissing
from compare_tui.ui.screens.lanes import LanesScreen
from compare_tui.ui.screens.question import Question
from tests.ui.driving import drive, screen_text, until
from tests.ui.opened import all_ended, app_on, demo_account, ready, says, sends, takes, tells

Pressing = Pilot[Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


@pytest.fixture(scope="module")
def faulty() -> Iterator[Account]:
    with demo.start(speed=0, faults=True) as server:
        yield demo_account(server)


class SlowKey:
    """A command that prints a key when somebody has typed a passphrase."""

    def __init__(self) -> None:
        self.asked = 0
        self.typed = threading.Event()
        self.given = threading.Event()

    def __call__(self, account: Account) -> Account:
        self.asked += 1
        self.typed.wait(8)
        self.given.set()
        return account


# What is sent


def test_pressing_again_while_the_key_is_read_sends_one_round(at_once: Account) -> None:
    slow = SlowKey()

    async def scenario(pilot: Pressing) -> None:
        await until(pilot, lambda: bool(slow.asked))
        await pilot.press("f5")
        await tells(pilot, "Waiting for a key")
        app.compare.prompt.load("Another prompt")
        await pilot.press("f5")
        await tells(pilot, "still on its way")
        slow.typed.set()
        await until(pilot, lambda: all_ended(app, 1))
        assert [sent.round.prompt.text for sent in app.desk.session.rounds] == ["Why is the sky blue?"]
        assert slow.asked == 1

    app = app_on(at_once, "gpt-5.5 low", keyed=slow)
    drive(app, scenario)


def test_keys_answer_while_a_command_for_a_key_takes_its_time(at_once: Account) -> None:
    slow = SlowKey()

    async def scenario(pilot: Pressing) -> None:
        await until(pilot, lambda: bool(slow.asked))
        await says(pilot, "worst case")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(pilot.app.screen, LanesScreen))
        await pilot.press("escape", "escape", "z", "ctrl+q")

    drive(app_on(at_once, "gpt-5.5 low", keyed=slow), scenario)
    assert not slow.given.is_set(), "leaving waited for the command"
    slow.typed.set()


def test_a_round_above_the_threshold_is_asked_about_and_not_sent_by_default(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        for answer in ("enter", "escape", "n"):
            await pilot.press("f5")
            await says(pilot, "This may cost up to $26.88", "gpt-5.5-pro high: up to $23.04")
            await pilot.press(answer)
            await until(pilot, lambda: not isinstance(app.screen, Question))
            app.compare.prompt.load(f"after {answer}")
        assert takes(app) == []
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await sends(pilot, "y", 2)

    lanes = "gpt-5.5 low", "gpt-5.5-pro high"
    drive(app_on(at_once, *lanes, caps=Caps(ask_above=Decimal("0.1"))), scenario)


def test_a_cap_refuses_a_send_and_says_what_would_fit(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await pilot.press("f5")
        await tells(pilot, "may cost up to $3.8", "caps.per_send is $0.50", "max=N on a lane lowers that")
        assert takes(app) == []
        await pilot.press("escape", "minus")
        await says(pilot, "– muted")
        await sends(pilot, "S")
        assert [take.lane.max for take in takes(app)] == [200]

    caps = Caps(per_send=Decimal("0.5"))
    drive(app_on(at_once, "gpt-5.5 low", "gpt-5.5 low max=200", caps=caps), scenario)


def test_no_flex_capacity_offers_to_wait_and_the_wait_can_be_stopped(faulty: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await ready(pilot)
        await sends(pilot)
        await pilot.press("escape")
        await says(pilot, "r again · W wait for it · D default tier")
        await sends(pilot, "D")
        assert str(takes(app)[1].lane) == "gpt-5.5 low default"
        assert takes(app)[1].verdict is Verdict.DONE
        await pilot.press("1", "W")
        await says(pilot, "retry 1 in", "x stops it", "↻ retrying")
        await pilot.press("x")
        await until(pilot, lambda: all_ended(app, 3))
        await says(pilot, "■ cancelled")

    drive(app_on(faulty, "gpt-5.5 low flex", text="fault:busy please"), scenario)


# What cannot be sent


def test_an_environment_that_forbids_all_sending_is_told_in_the_pane(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    account = Account(Endpoint("here", "https://example.invalid/v1"), None, demo.rate_card())

    async def scenario(pilot: Pressing) -> None:
        await ready(pilot)
        await sends(pilot)
        await says(pilot, "✗ failed", "check the proxy and TLS variables")

    drive(app_on(account, "gpt-5.5 low"), scenario)


def test_a_rate_card_that_cannot_be_read_ends_the_app_with_its_reason(at_once: Account) -> None:
    def accounts() -> dict[str, Account]:
        raise CardError("is not TOML", place="prices.toml:3")

    async def scenario(pilot: Pressing) -> None:
        await until(pilot, lambda: app.failure is not None)

    app = app_on(at_once, "gpt-5.5 low", accounts=accounts)
    drive(app, scenario)
    assert str(app.failure) == "prices.toml:3: is not TOML"


def test_what_is_sent_without_a_key_says_so_where_the_panes_were(at_once: Account) -> None:
    def keyed(account: Account) -> Account:
        raise KeyMissing("@here needs a key: [bold]HERE[/] is not set")

    async def scenario(pilot: Pressing) -> None:
        await says(pilot, "Begin with", "⚠ @here needs a key: [bold]HERE[/] is not set")
        await sends(pilot)
        await says(pilot, "✗ failed", "not sent: @here needs a key")
        assert "Begin with" not in screen_text(pilot.app)

    drive(app_on(at_once, "gpt-5.5 low", keyed=keyed), scenario)


@pytest.mark.parametrize(
    ("lane", "why"),
    [
        ("gpt-5.5 @nowhere", "no endpoint is named nowhere"),
        ("gpt-5.5 system=@gone.md", "gone.md: there is no such file"),
    ],
)
def test_the_price_line_says_why_there_is_no_price(at_once: Account, lane: str, why: str) -> None:
    async def scenario(pilot: Pressing) -> None:
        await says(pilot, why)
        await pilot.press("escape", "minus")
        await says(pilot, "every lane is muted")

    drive(app_on(at_once, lane), scenario)
