"""A folder to export into, a session to export, and ways to hold things up."""

import csv
import io
import resource
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui.core.events import Event
from compare_tui.core.record import SessionRecord
from compare_tui.store.store import Store
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.export import ExportScreen
from tests.store_samples import answered
from tests.ui.driving import WIDE, until
from tests.ui.one_screen import NOT_YET, OneScreen, showing
from tests.ui.opened import fault_account, start_on

SKY = ("Why is the sky blue?", "And at night?", "Say it as a haiku.")
NAME = "Why-is-the-sky-blue-abcdefgh"
HOSTILE = "m\x1b]52;c;QUJD\x07[bold red]x[/]\u202e日本語 " + "w" * 300
Scenario = Callable[[OneScreen, Pilot[Any]], Awaitable[None]]


class Room:
    """A folder to write into, a desk with a store, and a session in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.open(folder.parent / "sessions.db")
        self.desk = Desk(start_on(fault_account("http://127.0.0.1:9/v1")))
        self.desk.archive.store = self.store
        self.record = self.session()

    def session(self, id_: str = "abcdefgh", **told: Any) -> SessionRecord:
        return answered(self.store, id_, **{"prompts": SKY, "texts": ("An answer,\nin two lines.", "=1+1"), **told})

    def showing(self, scenario: Scenario, record: SessionRecord | None = None, size: tuple[int, int] = WIDE) -> Any:
        """What the screen was dismissed with."""
        screen = ExportScreen(self.desk, record or self.record)

        async def played(app: OneScreen, pilot: Pilot[Any]) -> None:
            await until(pilot, screen._begun.is_set)
            await scenario(app, pilot)

        return showing(screen, played, size).answer

    def pressing(self, *keys: str, record: SessionRecord | None = None) -> list[Path]:
        """Until the screen is left; the files there are then."""

        async def presses(app: OneScreen, pilot: Pilot[Any]) -> None:
            await pilot.press(*keys)
            await until(pilot, lambda: app.answer is not NOT_YET)

        assert self.showing(presses, record) is None
        return self.files()

    def files(self) -> list[Path]:
        return sorted(self.folder.rglob("*"))


@contextmanager
def a_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Nobody else's home, and the folder the app was started in."""
    (folder / "folder").mkdir()
    monkeypatch.chdir(folder / "folder")
    monkeypatch.setenv("COMPARE_TUI_HOME", str(folder / "home"))
    room = Room(folder / "folder")
    try:
        yield room
    finally:
        room.store.close()


def keep_busy(desk: Desk, gate: threading.Event) -> None:
    """Nothing is found out aside before the gate is opened."""
    for _ in range(4):
        desk._aside.submit(gate.wait, 20)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(), newline="")))


async def told(pilot: Pilot[Any], *words: str) -> None:
    """In a notification, whatever its lines are broken into."""
    await until(pilot, lambda: any(all(word in note.message for word in words) for note in pilot.app._notifications))


class _Held(tuple[Event, ...]):
    """Events that come when they are let go."""

    gate: threading.Event

    def __iter__(self) -> Iterator[Event]:
        assert self.gate.wait(20)
        return super().__iter__()


def held(record: SessionRecord) -> tuple[SessionRecord, threading.Event]:
    """The session with its first take withheld."""
    first, *others = record.rounds
    events = _Held(first.takes[0].events)
    events.gate = threading.Event()
    takes = (replace(first.takes[0], events=events), *first.takes[1:])
    return replace(record, rounds=(replace(first, takes=takes), *others)), events.gate


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The disk is full from here on, as far as this process can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
