"""A store that cannot be written, read or made: the app says so, goes on answering, and loses nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import demo, paths
from compare_tui.config import Caps
from compare_tui.core.verdict import Verdict
from compare_tui.engine.account import Account
from compare_tui.store.database import Database
from compare_tui.ui.screens.export import ExportScreen
from tests.integration.app_server import HeldServer, numbered
from tests.store_samples import answered
from tests.ui.driving import drive, screen_text, until
from tests.ui.kept_app import begun, kept_app, opened, session_kept, store_here
from tests.ui.opened import all_ended, demo_account, fault_account, says, sends, takes, tells

Pressing = Pilot[Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


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


def test_a_file_that_is_damaged_meanwhile_is_told_by_every_key_that_needs_it(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await until(pilot, lambda: app.desk.store is not None and app.desk.store.journal.flush(5))
        for file in paths.data_dir().glob("sessions.db*"):
            file.write_bytes(b"\0" * 8192)
        await pilot.press("escape", "u")
        app.compare.prompt.load("And cats?")
        for key in ("A", "S", "f9", "V"):
            app.clear_notifications()
            await pilot.press(key)
            await tells(pilot, "the file is ")
        for key in ("f4", "dollar_sign"):
            await pilot.press(key)
            await until(pilot, lambda: app.screen is not app.compare)
            await says(pilot, "the file is ")
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.compare)
        assert len(takes(app)) == 1
        await says(pilot, "✓ done")

    caps = Caps(per_day=Decimal(1000), ask_above=Decimal(1000))
    drive(kept_app(at_once, "gpt-5.5 low", caps=caps), scenario)
