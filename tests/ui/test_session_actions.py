"""Sessions in the app: opened again as they were left, gone on with, tagged, asked again, and never lost on the way."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import demo, paths
from compare_tui.config import Caps
from compare_tui.core.pricing import Cost, CostState, ModelCard
from compare_tui.core.ratecard import RateCard
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict
from compare_tui.engine.account import Account
from compare_tui.store.database import Database
from compare_tui.ui.app import CompareApp
from compare_tui.ui.screens.against import AgainstScreen
from compare_tui.ui.screens.export import ExportScreen
from compare_tui.ui.screens.question import Question
from compare_tui.ui.screens.sessions import SessionsScreen
from tests.faults.server import FaultServer
from tests.integration.app_server import HeldServer, numbered
from tests.store_samples import answered
from tests.ui.driving import drive, screen_text, until
from tests.ui.kept_app import begun, kept_app, session_kept, store_here
from tests.ui.opened import all_ended, demo_account, fault_account, says, sends, takes, tells

Pressing = Pilot[Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


@pytest.fixture
def held() -> Iterator[HeldServer]:
    """Its answers stop half way until they are let go on."""
    with HeldServer() as server:
        yield server


class Disk:
    """The one under the store, which may be full: SQLite itself refuses to make the file any larger."""

    def __init__(self, connect: Callable[[Database], sqlite3.Connection]) -> None:
        self._connect = connect
        self._pages = 0
        self._connections: list[sqlite3.Connection] = []

    def connection(self, database: Database) -> sqlite3.Connection:
        connection = self._connect(database)
        self._connections.append(connection)
        self._limit(connection)
        return connection

    def fill(self) -> None:
        self._pages = 1
        for connection in self._connections:
            with suppress(sqlite3.ProgrammingError):  # closed
                self._limit(connection)

    def make_room(self) -> None:
        """For connections made from now on: what has failed is tried on a new one."""
        self._pages = 0

    def _limit(self, connection: sqlite3.Connection) -> None:
        if self._pages:
            connection.execute(f"PRAGMA max_page_count = {self._pages}")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(Database.connect)
    monkeypatch.setattr(Database, "connect", lambda self: disk.connection(self))
    return disk


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


async def opened(pilot: Pressing, *words: str) -> CompareApp:
    """The app with a session in its panes, the focus among them."""
    app = pilot.app
    assert isinstance(app, CompareApp)
    await until(pilot, lambda: app.opened.is_set() and bool(app.desk.session.rounds))
    await pilot.press("escape")
    await says(pilot, " i prompt ", *words)
    return app


async def from_the_list(pilot: Pressing) -> None:
    """The newest session."""
    await begun(pilot)
    await pilot.press("f4")
    await chosen_in_the_list(pilot)
    await pilot.press("enter")


async def chosen_in_the_list(pilot: Pressing) -> SessionsScreen:
    """Until the list has read its sessions, and the first one is chosen."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, SessionsScreen))
    screen = app.screen
    assert isinstance(screen, SessionsScreen)
    await until(pilot, lambda: screen.shelf.chosen is not None)
    return screen


def seen(app: CompareApp) -> list[str]:
    """The screen without what is told for a while only."""
    app.clear_notifications()
    return screen_text(app).splitlines()


async def settled(pilot: Pressing, app: CompareApp) -> list[str]:
    """The screen once the price of the next send stands on it, and nothing more is told."""
    await until(pilot, lambda: not app.compare._price_due and "worst case" in screen_text(app))
    app.clear_notifications()
    await until(pilot, lambda: not app.screen.query("Toast"))
    return screen_text(app).splitlines()


# Opening one again


@pytest.mark.parametrize("way", ["last", "its id", "the list"])
def test_a_session_opened_again_looks_as_it_was_left(at_once: Account, way: str) -> None:
    left: list[str] = []

    async def leaving(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=4)
        await pilot.press("escape", "2", "b")
        app.compare.prompt.load("And cats?", "Be brief.")
        await sends(pilot, "S", 4)
        await pilot.press("3", "minus")
        await says(pilot, "– muted")
        await pilot.press("1", "<")
        await says(pilot, "round 1/2", "◆ baseline", "×", "And cats?")
        left[:] = await settled(pilot, app)
        await pilot.press("ctrl+q")

    async def opening(pilot: Pressing) -> None:
        if way == "the list":
            await from_the_list(pilot)
        app = await opened(pilot, "round 1/2")
        assert await settled(pilot, app) == left
        await pilot.press(">", ">")
        await says(pilot, "round 2/2", "– muted")

    lanes = "gpt-5.5 low repeat=2", "gpt-5.5-mini low name=[b]Mini[/]", "gpt-5.5 high"
    drive(kept_app(at_once, *lanes), leaving)
    session = {"last": "last", "its id": session_kept().id, "the list": None}[way]
    drive(kept_app(at_once, "gpt-5.5-pro", text="", session=session), opening)


def test_other_prices_change_no_figure_of_a_session_opened_again(at_once: Account) -> None:
    left: list[str] = []

    async def leaving(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await pilot.press("escape")
        left[:] = (await settled(pilot, app))[:37]

    async def opening(pilot: Pressing) -> None:
        app = await opened(pilot)
        now = await settled(pilot, app)
        assert "input ~$0.30" in now[-2], "the new prices are not those of the next send"
        assert now[:37] == left
        await pilot.press("r")
        await until(pilot, lambda: all_ended(app, 2))
        before, after = (take.cost.amount or Decimal(0) for take in takes(app))
        assert after > 1000 * before

    drive(kept_app(at_once, "gpt-5.5 low"), leaving)
    dearer = replace(at_once, card=_times(at_once.card, 10_000))
    drive(kept_app(dearer, session="last"), opening)


def _times(card: RateCard, factor: int) -> RateCard:
    def dearer(model: ModelCard) -> ModelCard:
        rates = (replace(row, input=row.input * factor, output=row.output * factor) for row in model.rates)
        return replace(model, rates=tuple(rates))

    return replace(card, models={name: dearer(model) for name, model in card.models.items()})


def test_a_session_opened_again_goes_on_under_the_next_numbers(at_once: Account) -> None:
    async def first(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)
        await pilot.press("ctrl+q")

    async def second(pilot: Pressing) -> None:
        await opened(pilot, "round 1/1")
        await sends(pilot, "r")
        await sends(pilot, "S")
        await says(pilot, "round 2/2")
        await pilot.press("ctrl+q")

    drive(kept_app(at_once, "gpt-5.5 low"), first)
    before = session_kept()
    drive(kept_app(at_once, session="last"), second)
    with store_here() as store:
        (one,) = store.listed()
    session = session_kept(one.id)
    assert one.id == before.id
    assert [take.id.removeprefix(before.id) for take in session.takes()] == [".1.1", ".1.2", ".2.1"]
    assert all(take.verdict is Verdict.DONE and take.text for take in session.takes())
    assert next(session.takes()).text == next(before.takes()).text


def test_what_the_next_answer_is_likely_to_come_to_counts_each_answer_once(at_once: Account) -> None:
    async def first(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)
        app.compare.prompt.load("And cats?")
        await sends(pilot)
        await says(pilot, "(n 2)")
        await pilot.press("ctrl+n")
        await says(pilot, "new session", "(n 2)")

    async def second(pilot: Pressing) -> None:
        await opened(pilot)
        await says(pilot, "(n 2)")

    app = kept_app(at_once, "gpt-5.5 low")
    drive(app, first)
    drive(kept_app(at_once, session="last"), second)


def test_a_session_that_another_process_writes_to_is_opened_as_a_copy(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await opened(pilot, "(copy)", "An answer.")
        await tells(pilot, "Another compare-tui writes to this session: this is a copy.")
        assert app.desk.session.id != "abcdef"
        await sends(pilot, "S", 2)
        await says(pilot, "round 2/2")

    with store_here() as other:
        answered(other, "abcdef", verdicts=("done", "running"))
        drive(kept_app(at_once, session="abcdef"), scenario)
        assert len(other.read("abcdef").rounds) == 1
        copy = other.read(other.resolve("last").session)
        assert [len(one.takes) for one in copy.rounds] == [1, 2]
        assert other.spent_since(_long_ago()) < Decimal(1)


def _long_ago() -> Any:
    import datetime

    return datetime.date(2020, 1, 1)


def test_an_id_of_nobody_is_told_and_a_new_session_begun(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        await tells(pilot, "there is no session", "A new one is begun.")
        await sends(pilot)

    drive(kept_app(at_once, "gpt-5.5 low", session="nobody"), scenario)
    assert len(session_kept().rounds) == 1


# Leaving one


async def by_a_new_one(pilot: Pressing) -> None:
    await pilot.press("ctrl+n")


async def by_private_work(pilot: Pressing) -> None:
    await pilot.press("escape", "P")


async def by_opening_another(pilot: Pressing) -> None:
    await pilot.press("f4")
    await chosen_in_the_list(pilot)
    await pilot.press("j", "enter")


async def by_quitting(pilot: Pressing) -> None:
    await pilot.press("ctrl+q")


@pytest.mark.parametrize("leave", [by_a_new_one, by_private_work, by_opening_another, by_quitting])
def test_what_still_comes_when_a_session_is_left_is_cancelled_and_kept(held: HeldServer, leave: Any) -> None:
    left: list[Take] = []

    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: [take.text.count("\n") for take in takes(app)] == [60, 60])
        left[:] = takes(app)
        await leave(pilot)
        await says(pilot, "2 answers are still coming and would be stopped; what came is kept.")
        await pilot.press("y")
        if leave is not by_quitting:
            await until(pilot, lambda: not app.desk.running)
            await pilot.pause()
            assert app.desk.session.id != left[0].id.partition(".")[0]

    with store_here() as store:
        answered(store, "abcdef")
    drive(kept_app(fault_account(held.base_url, "chat"), "one", "two"), scenario)
    kept = session_kept(left[0].id.partition(".")[0])
    assert [take.verdict for take in kept.takes()] == [Verdict.CANCELLED] * 2
    assert [take.text for take in kept.takes()] == [take.text for take in left]


def test_saying_no_leaves_everything_running(held: HeldServer) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: bool(takes(app) and takes(app)[0].text))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is app.compare)
        held.go_on()
        await until(pilot, lambda: all_ended(app, 1))
        assert takes(app)[0].verdict is Verdict.DONE

    drive(kept_app(fault_account(held.base_url, "chat"), "one"), scenario)


# Tags


def test_a_tag_given_in_the_panes_is_kept_with_its_round(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)
        await pilot.press("escape", "#")
        await says(pilot, "Tags of this round")
        await pilot.press(*"team=core x=[b]", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Question) and pilot.app.screen is app.compare)
        await sends(pilot, "r")
        await pilot.press("f4")
        await chosen_in_the_list(pilot)
        await says(pilot, "#team=core")

    app = kept_app(at_once, "gpt-5.5 low")
    drive(app, scenario)
    (sent,) = session_kept().rounds
    assert dict(sent.round.tags) == {"team": "core", "x": "[b]"}
    with store_here() as store:
        assert [(one.key, one.takes) for one in store.spent("team")] == [("core", 2)]


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


def test_without_a_session_before_there_is_nothing_to_hold_it_against(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        await begun(pilot)
        await pilot.press("escape", "A")
        await tells(pilot, "Nothing was sent in this session yet.")
        await pilot.press("v")
        await tells(pilot, "This session asks no other one again")

    drive(kept_app(at_once, "gpt-5.5 low"), scenario)


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


# Trouble


def test_a_full_disk_is_told_and_nothing_of_the_answer_is_lost(disk: Disk, tmp_path: Path) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: bool(takes(app) and takes(app)[0].text))
        disk.fill()
        held.go_on()
        await tells(pilot, "Sessions cannot be written: the disk is full.")
        await says(pilot, "not stored: the disk is full")
        await until(pilot, lambda: all_ended(app, 1), 20)
        (take,) = takes(app)
        assert take.verdict is Verdict.DONE
        await pilot.press("escape", "w")
        await tells(pilot, "Written to ")
        (written,) = [path for path in tmp_path.iterdir() if path.is_file()]
        assert written.read_text().strip() == take.text.strip()
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await says(pilot, "model,effort,prompt_id", "one,,0,")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.compare)
        await pilot.press("ctrl+q")
        await says(pilot, "The answers of this session are on this screen alone")
        await pilot.press("n")
        await until(pilot, lambda: app.screen is app.compare)
        disk.make_room()
        await tells(pilot, "Sessions are written again; nothing is missing.")
        assert "not stored" not in screen_text(app)

    with HeldServer(lambda model: 40 * numbered(model)) as held:
        app = kept_app(fault_account(held.base_url, "chat"), "one")
        drive(app, scenario)
    (kept,) = session_kept().takes()
    assert (kept.text, kept.verdict) == (takes(app)[0].text, Verdict.DONE)


def test_the_file_of_a_newer_version_is_read_and_told(at_once: Account) -> None:
    with store_here() as store:
        answered(store, "abcdef")
    with closing(sqlite3.connect(paths.sessions_file())) as connection:
        connection.execute("PRAGMA user_version = 999")

    async def scenario(pilot: Pressing) -> None:
        await tells(pilot, "written by a newer compare-tui")
        app = await opened(pilot, "not stored: the file can only be read", "An answer.")
        await sends(pilot, "S", 2)
        await says(pilot, "round 2/2")
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await says(pilot, "An answer.", "Simulated by")
        await pilot.press("escape", "ctrl+q")
        await says(pilot, "The answers of this session are on this screen alone")
        await pilot.press("y")

    drive(kept_app(at_once, session="last"), scenario)
    assert len(session_kept().rounds) == 1


def test_a_file_that_is_none_is_set_aside_and_a_new_one_begun(at_once: Account) -> None:
    file = paths.sessions_file()
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database " * 1000)

    async def scenario(pilot: Pressing) -> None:
        await tells(pilot, "cannot be read; the file is now sessions.db.corrupt-")
        await sends(pilot)

    drive(kept_app(at_once, "gpt-5.5 low"), scenario)
    assert [take.verdict for take in session_kept().takes()] == [Verdict.DONE]
    (aside,) = file.parent.glob("sessions.db.corrupt-*")
    assert aside.read_bytes().startswith(b"no database ")


def test_without_a_place_for_sessions_the_app_says_so_and_answers(at_once: Account) -> None:
    paths.data_dir().parent.mkdir(parents=True)
    paths.data_dir().write_text("a file where the folder should be")

    async def scenario(pilot: Pressing) -> None:
        await tells(pilot, "Nothing is stored: ")
        await begun(pilot)
        await sends(pilot)
        await says(pilot, "✓ done", "not stored: ")
        await pilot.press("ctrl+n")
        await says(pilot, "The answers of this session are on this screen alone")

    drive(kept_app(at_once, "gpt-5.5 low"), scenario)


def test_a_store_that_goes_away_is_told_and_never_ends_the_app(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        for file in paths.data_dir().glob("sessions.db*"):
            file.write_bytes(b"\0" * 8192)
        await pilot.press("escape", "u")
        for key in ("A", "S", "f4", "f9", "#", "V", "dollar_sign", "ctrl+n"):
            await pilot.press(key)
            await pilot.pause(0.3)
            while app.screen is not app.compare:
                await pilot.press("escape")
                await pilot.pause()
        assert app.is_running
        assert app.return_code in (0, None)

    drive(kept_app(at_once, "gpt-5.5 low", caps=Caps(per_day=Decimal(1000), ask_above=Decimal(1000))), scenario)
