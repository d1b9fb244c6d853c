"""What a review of the app found beside the store: ways to leak, to say what is not so, and to stand still."""

import threading
from collections.abc import Iterator
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import demo, paths
from compare_tui.core.lane import Lane
from compare_tui.engine.account import Account
from compare_tui.store.store import Store
from compare_tui.ui.app import CompareApp
from tests.store_samples import answered
from tests.ui.driving import drive, until
from tests.ui.kept_app import begun, kept_app, store_here
from tests.ui.opened import demo_account, sends, takes, tells
from tests.ui.scenes import app_with

Pressing = Pilot[Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


def test_what_waits_for_a_key_in_a_private_session_is_not_sent_in_one_that_is_stored(at_once: Account) -> None:
    """The prompt went to the disk under the session that was begun meanwhile."""
    came = threading.Event()

    def keyed(account: Account) -> Account:
        assert came.wait(20)
        return account

    async def scenario(pilot: Pressing) -> None:
        app = pilot.app
        assert isinstance(app, CompareApp)
        await until(pilot, app.opened.is_set)
        await pilot.press("f5")
        await tells(pilot, "Waiting for a key")
        await pilot.press("escape", "P")
        await tells(pilot, "Sessions are stored from here on")
        came.set()
        await tells(pilot, "Not sent", "was left meanwhile")
        assert takes(app) == []
        await pilot.press("i")
        await sends(pilot)  # and what is asked from here on is

    try:
        drive(kept_app(at_once, "gpt-5.5 low", private=True, keyed=keyed), scenario)
    finally:
        came.set()
    with store_here() as store:
        assert [one.rounds for one in store.listed()] == [1]


def test_a_session_that_cannot_be_stored_is_not_called_stored(at_once: Account, home: Path) -> None:
    (home / "home").mkdir()
    (home / "home" / "data").write_text("in the way")

    async def scenario(pilot: Pressing) -> None:
        await begun(pilot)
        await pilot.press("escape", "P")
        await tells(pilot, "Nothing is stored")

    drive(kept_app(at_once, "gpt-5.5 low", private=True), scenario)


def test_a_session_is_asked_again_once_however_often_the_key_is_pressed(at_once: Account) -> None:
    may, slow = threading.Event(), threading.Event()

    def keyed(account: Account) -> Account:
        assert not slow.is_set() or may.wait(20)
        return account

    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        slow.set()
        app.desk._ready.clear()
        await pilot.press("escape", "A", "A")
        await tells(pilot, "still on its way")
        may.set()
        await until(pilot, lambda: app.desk.session.again_of is not None)
        await until(pilot, lambda: not app.desk.running)

    try:
        drive(kept_app(at_once, "gpt-5.5 low", keyed=keyed), scenario)
    finally:
        may.set()
    with store_here() as store:
        assert [one.takes for one in store.listed()] == [1, 1]


def test_the_price_of_the_next_send_costs_no_more_in_a_session_of_hundreds_of_rounds(tmp_path: Path) -> None:
    """All takes of it were looked at for each lane, on the thread that paints: 0.4 s at every pause in typing."""
    store = Store.open(tmp_path / "sessions.db")
    lanes = tuple(f"gpt-5.5 low max={number} name=lane-{number}" for number in range(1, 9))
    desk = app_with().desk

    def cost(rounds: int) -> float:
        kept = answered(store, f"of{rounds}", prompts=("Why?",) * rounds, lanes=lanes, texts=("So.",))
        desk.session = kept.session()
        taken = []
        for _ in range(5):
            began = thread_time()
            found = [desk.history(Lane.parse(lane)) for lane in lanes]
            taken.append(thread_time() - began)
            assert found == [[1] * 20] * 8
        return min(taken)

    try:
        assert cost(150) < 2 * cost(20) + 0.005
    finally:
        desk.close()
        store.close()


def test_a_session_that_was_left_may_be_gone_on_with_by_another_process(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        left = app.desk.session.id
        with store_here() as other:
            assert not other.claim(left)
            await pilot.press("ctrl+n")
            await until(pilot, lambda: other.claim(left))

    drive(kept_app(at_once, "gpt-5.5 low"), scenario)


def test_a_log_of_requests_that_cannot_be_written_is_told(at_once: Account) -> None:
    paths.request_log_file().parent.parent.mkdir(parents=True)
    paths.request_log_file().parent.write_text("in the way")

    async def scenario(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)
        await tells(pilot, "requests are not logged")

    drive(kept_app(at_once, "gpt-5.5 low"), scenario)
