"""The export screen: what is written where, asked about when something would be lost, and said when it cannot be."""

import csv
import io
import os
import resource
import signal
import stat
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from compare_tui import app_state
from compare_tui.core.events import Event
from compare_tui.core.record import SessionRecord
from compare_tui.export import files
from compare_tui.export.reading import read
from compare_tui.store.store import Store
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.export import ExportScreen
from compare_tui.ui.screens.export_choice import ENDINGS
from compare_tui.ui.screens.export_parts import PathField
from compare_tui.ui.screens.export_target import file_name, folders, shortened, target
from tests.store_samples import answered
from tests.ui.driving import NARROW, WIDE, screen_text, until
from tests.ui.one_screen import NOT_YET, OneScreen, row_of, sees, showing
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


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Nobody else's home, and the folder the app was started in."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    room = Room(folder)
    yield room
    room.store.close()


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(), newline="")))


async def told(pilot: Pilot[Any], *words: str) -> None:
    """In a notification, whatever its lines are broken into."""
    await until(pilot, lambda: any(all(word in note.message for word in words) for note in pilot.app._notifications))


# Writing


def test_enter_writes_the_session_where_the_screen_said_and_says_it_again(room: Room) -> None:
    path = room.folder / f"{NAME}.csv"

    async def writes(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, f"a new file: {path}", "3 rounds · 6 takes", "model,effort,prompt_id")
        await pilot.press("enter")
        await told(pilot, "Written: ", str(path), "kB)")

    room.showing(writes)
    assert room.files() == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [(row["round"], row["output"]) for row in rows_of(path)] == [
        (f"abcdefgh.{at}", text) for at in (1, 2, 3) for text in ("An answer,\nin two lines.", "'=1+1")
    ]


@pytest.mark.parametrize("at", range(4))
def test_the_arrows_choose_the_format_and_the_ending_follows(room: Room, at: int) -> None:
    (path,) = room.pressing(*["right"] * at, "enter")
    (control,) = files.write(room.folder / f"control{ENDINGS[at]}", room.record)
    assert (path.name, path.read_bytes()) == (f"{NAME}{ENDINGS[at]}", control.read_bytes())


@pytest.mark.parametrize("keys", [["tab", "tab", "ctrl+j"], ["f5"]])
def test_the_keys_that_send_elsewhere_write_here(room: Room, keys: list[str]) -> None:
    assert [path.name for path in room.pressing(*keys)] == [f"{NAME}.csv"]


def test_what_is_written_as_jsonl_can_be_read_back(room: Room) -> None:
    (path,) = room.pressing("right", "enter")
    with path.open(encoding="utf-8") as lines:
        (record,) = read(lines)
    assert [take.take().text for _, take in record.takes()] == [take.take().text for _, take in room.record.takes()]


def test_a_typed_ending_chooses_the_format_however_it_is_written(room: Room) -> None:
    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "tab", *["backspace"] * 3, *"MD")
        await sees(pilot, "● Markdown", "the first lines of the Markdown")
        assert "cells" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.answer is None)

    room.showing(types)
    assert [path.name for path in room.files()] == [f"{NAME}.md"]
    assert room.files()[0].read_text().startswith("# Why is the sky blue?")


def test_a_path_changed_by_hand_stays_when_something_else_is_chosen(room: Room) -> None:
    keys = ("tab", "tab", "ctrl+u", *"mine.csv", "up", "up", "right", "up", "right", "enter")
    assert [path.name for path in room.pressing(*keys)] == ["mine.jsonl"]


def test_one_round_can_be_chosen(room: Room) -> None:
    (path,) = room.pressing("up", "end", "enter")
    assert path.name == f"{NAME}.3.csv"
    assert {row["prompt"] for row in rows_of(path)} == {SKY[2]}


def test_a_session_of_one_round_offers_no_choice_of_rounds_and_escape_writes_nothing(room: Room) -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        assert "whole session" not in await sees(pilot, "1 round · 2 takes", "a new file")
        await pilot.press("escape")
        await until(pilot, lambda: app.answer is None)

    room.showing(looks, room.session("oneround", prompts=("Hello",)))
    assert room.files() == []


def test_the_cells_may_be_raw(room: Room) -> None:
    (path,) = room.pressing("down", "right", "enter")
    assert [row["output"] for row in rows_of(path)][1] == "=1+1"


def test_for_excel_the_whole_texts_lie_beside_it(room: Room) -> None:
    record = room.session("longlong", prompts=("Long",), texts=("word " * 10_000,))
    table, whole = room.pressing("down", "end", "enter", record=record)
    assert (table.name, whole.name) == ("Long-longlong.csv", "Long-longlong.jsonl")
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")


# Asking first


def test_what_is_there_already_is_replaced_only_after_a_question(room: Room) -> None:
    path = room.folder / f"{NAME}.csv"
    path.write_text("mine")

    async def answers(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, f"there already, you are asked first: {path}")
        for key in ("n", "escape", "enter"):
            await pilot.press("enter")
            await sees(pilot, "Replace what is there already?")
            await pilot.press(key)
            await until(pilot, lambda: app.screen is app.shown)
            assert path.read_text() == "mine"
        await pilot.press("enter")
        await sees(pilot, "Replace what is there already?")
        await pilot.press("y")
        await until(pilot, lambda: app.answer is None)

    room.showing(answers)
    assert len(rows_of(path)) == 6
    assert room.files() == [path]


def test_the_file_beside_the_one_for_excel_is_asked_about_too(room: Room) -> None:
    beside = room.folder / f"{NAME}.jsonl"
    beside.write_text("mine")

    async def answers(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("down", "end", "enter")
        text = await sees(pilot, "Replace what is there already?")
        assert beside.name in "".join(row.strip("│ ") for row in text.split("\n"))

    room.showing(answers)
    assert beside.read_text() == "mine"


def test_a_private_session_is_written_only_after_a_second_yes_and_leaves_no_other_trace(room: Room) -> None:
    room.desk.archive.private = True
    room.desk.session.id = room.record.id

    async def answers(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "private ·")
        await pilot.press("enter")
        await sees(pilot, "This session is private.", "leave the memory", str(room.folder))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.shown)
        assert room.files() == []
        await pilot.press("enter")
        await sees(pilot, "This session is private.")
        await pilot.press("y")
        await told(pilot, "Written: ")

    room.showing(answers)
    assert [path.name for path in room.files()] == [f"{NAME}.csv"]
    assert not app_state.file().exists()


def test_another_session_is_not_private_because_this_one_is(room: Room) -> None:
    room.desk.archive.private = True
    assert [path.name for path in room.pressing("enter")] == [f"{NAME}.csv"]


def test_without_a_store_it_says_that_this_is_the_only_copy_and_asks_nothing(room: Room) -> None:
    room.desk.archive.store = None
    room.desk.session.id = room.record.id

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "not stored: this will be the only copy")
        await pilot.press("enter")
        await told(pilot, "Written: ")

    room.showing(looks, size=NARROW)


# The folder


def test_the_folder_of_last_time_is_proposed_next_time(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    (room.folder / "reports").mkdir()
    monkeypatch.setenv("HOME", str(room.folder))
    room.pressing("tab", "tab", "ctrl+u", *"~/reports/", "enter")
    assert app_state.load(app_state.file()).text("export-folder") == str(room.folder / "reports")

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, f"~/reports/{NAME}.csv", "there already, you are asked first")

    room.showing(looks)
    (room.folder / "reports").rename(room.folder / "gone")

    async def looks_again(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, f"a new file: {room.folder / NAME}.csv")

    room.showing(looks_again)


def test_folders_are_offered_as_they_are_typed(room: Room) -> None:
    for name in ("reports", "results", "other", "\x1b[31mred"):
        (room.folder / name).mkdir()
    (room.folder / "readme.txt").touch()

    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "tab", "home", *"re")
        row = row_of(await sees(pilot, "reports/"), "reports/")
        assert row.split() == ["↑↓", "tab", "esc", "reports/", "results/"]
        await pilot.press("escape")
        await until(pilot, lambda: "reports/" not in screen_text(app))
        await pilot.press("s")
        await sees(pilot, " results/")
        await pilot.press("down", "tab")
        await sees(pilot, f"a new file: {room.folder}/results/{NAME}.csv")
        await pilot.press("enter")
        await until(pilot, lambda: app.answer is None)

    room.showing(types)
    assert (room.folder / "results" / f"{NAME}.csv").exists()


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("", "/here/name.csv"),
        ("a.csv", "/here/a.csv"),
        ("  a  ", "/here/a.csv"),
        ("a.CSV", "/here/a.csv"),
        ("v1.2", "/here/v1.2.csv"),
        ("sub/", "/here/sub/name.csv"),
        ("/", "/name.csv"),
        ("sub/../a", "/here/a.csv"),
        ("~nobody-of-this-name/a", "/here/~nobody-of-this-name/a.csv"),
        ("日本 語", "/here/日本 語.csv"),
    ],
)
def test_a_typed_path_means_a_file(typed: str, path: str) -> None:
    assert str(target(typed, ".csv", Path("/here"), "name", ENDINGS)) == path


def test_a_folder_gets_the_proposed_name(tmp_path: Path) -> None:
    for typed, folder in ((str(tmp_path), Path("/")), ("..", tmp_path / "x"), (".", tmp_path)):
        (tmp_path / "x").mkdir(exist_ok=True)
        assert target(typed, ".md", folder, "name", ENDINGS) == tmp_path / "name.md"


def test_links_in_a_circle_end_no_app(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")
    assert folders("round/x", tmp_path) == ()
    assert target("round/x", ".md", tmp_path, "name", ENDINGS).name == "x.md"


def test_the_home_folder_is_shown_as_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    shown = [shortened(Path(path)) for path in ("/home/me", "/home/me/a b", "/home/men", "/")]
    assert shown == ["~/", "~/a b/", "/home/men/", "/"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Why is the sky blue?", "Why-is-the-sky-blue-abc123"),
        ("../../etc/passwd", "etc-passwd-abc123"),
        ("...", "abc123"),
        ("", "abc123"),
        ("-rf ~", "rf-abc123"),
        ("a\x00b\x1b[2J\u202ec\nd", "a-b-2J-c-d-abc123"),
        ("日本語 שלום e\u0301té", "日本語-שלום-été-abc123"),
        ("w" * 300, "w" * 60 + "-abc123"),
        ("日" * 300, "日" * 40 + "-abc123"),
        ("\ud800x", "x-abc123"),
    ],
)
def test_a_title_chooses_neither_the_folder_nor_what_kind_of_file_it_is(title: str, name: str) -> None:
    assert file_name(title, "abc123") == name


def test_an_id_chooses_no_folder_either() -> None:
    assert file_name("", "../../x") == "x"
    assert file_name("..", "..") == "session"


# What cannot be written


def test_what_is_in_the_way_is_said_and_nothing_is_written(room: Room) -> None:
    (room.folder / "taken.csv").touch()
    os.mkfifo(room.folder / "pipe.csv")
    before = room.files()

    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        for typed, words in (
            ("nowhere/a.csv", f"There is no folder {room.folder}/nowhere."),
            ("taken.csv/a.csv", f"{room.folder}/taken.csv is a file and no folder."),
            ("pipe.csv", f"{room.folder}/pipe.csv is no regular file."),
            (f"{'n' * 300}.csv", "The name is too long."),
        ):
            app.shown.query_one(PathField).put(typed)
            await sees(pilot, words)
            await pilot.press("enter", "right", "left")
            await sees(pilot, words, "● CSV")

    room.showing(types)
    assert room.files() == before


def test_a_full_disk_is_said_and_leaves_nothing_behind(room: Room) -> None:
    async def writes(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "a new file")
        with _largest_file(1_000):
            await pilot.press("enter")
            await sees(pilot, "The file would be larger than it may be. Nothing was written.")
        assert room.files() == []
        await pilot.press("enter")
        await until(pilot, lambda: app.answer is None)

    room.showing(writes)
    assert len(room.files()) == 1


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


# What takes long, and what breaks


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


def test_while_it_is_written_the_keys_go_on(room: Room) -> None:
    record, gate = held(room.record)

    async def goes_on(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "a new file")
        await pilot.press("enter")
        await sees(pilot, "writing…")
        await pilot.press("enter", "right", "right")
        await sees(pilot, "● Markdown")
        gate.set()
        await told(pilot, "Written: ", f"{NAME}.csv")
        await until(pilot, lambda: app.answer is None)

    room.showing(goes_on, record)
    assert [path.name for path in room.files()] == [f"{NAME}.csv"]


def test_a_screen_that_is_left_meanwhile_still_brings_the_file_and_word_of_it(room: Room) -> None:
    record, gate = held(room.record)

    async def leaves(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "a new file")
        await pilot.press("enter")
        await sees(pilot, "writing…")
        await pilot.press("escape")
        await until(pilot, lambda: app.answer is None)
        assert room.files() == [] or room.files()[0].name.startswith(".")
        gate.set()
        await told(pilot, "Written: ", f"{NAME}.csv")

    room.showing(leaves, record)
    assert len(rows_of(room.folder / f"{NAME}.csv")) == 6


def test_enter_in_one_burst_with_the_key_that_opened_it_waits_for_the_path(room: Room) -> None:
    screen = ExportScreen(room.desk, room.record)
    gate = threading.Event()
    for _ in range(4):
        room.desk._aside.submit(gate.wait, 20)  # so that nothing is found out yet

    async def presses(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("enter", "enter")
        assert not screen._begun.is_set()
        gate.set()
        await told(pilot, "Written: ", f"{NAME}.csv")

    showing(screen, presses)
    assert [path.name for path in room.files()] == [f"{NAME}.csv"]


class _Broken(tuple[Event, ...]):
    def __iter__(self) -> Iterator[Event]:
        raise RuntimeError("no [bold]such[/] \x1b[31mevent")


def test_what_breaks_on_the_way_ends_neither_the_app_nor_the_session(room: Room) -> None:
    first, *others = room.record.rounds
    takes = (replace(first.takes[0], events=_Broken()), *first.takes[1:])
    record = replace(room.record, rounds=(replace(first, takes=takes), *others))

    async def tries(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "This cannot be shown", "no [bold]such[/]")
        await pilot.press("enter")
        await sees(pilot, "event. Nothing was written.")

    room.showing(tries, record)
    assert room.files() == []


# Looks


def test_hostile_names_and_texts_keep_every_row_as_wide_as_the_screen(room: Room) -> None:
    record = room.session("hostile1", prompts=(HOSTILE, *SKY), texts=(HOSTILE,), lanes=(f"'{'日本語' * 20}'", "m low"))

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        for keys in ((), ("up", "right"), ("down", "right"), ("right",), ("right",), ("tab",)):
            await pilot.press(*keys)
            await sees(pilot, "the first lines of the")
            assert not any(sign in screen_text(app) for sign in "\x1b\x07\u202e")
            widths = {sum(cell_len(s.text) for s in strip) for strip in app.screen._compositor.render_strips()}
            assert widths == {app.size.width}
        assert len(str(app.shown.query_one(PathField).exact).encode()) < 200
        await pilot.press("enter")
        await told(pilot, "Written: ", str(room.folder))

    for size in (WIDE, NARROW):
        room.showing(looks, record, size)
        room.files()[0].unlink()


def test_a_click_chooses_as_the_arrows_do(room: Room) -> None:
    async def clicks(app: OneScreen, pilot: Pilot[Any]) -> None:
        row = row_of(await sees(pilot, "○ Markdown"), "○ Markdown")
        await pilot.click("#export-format", offset=(row.index("Markdown"), 0))
        await sees(pilot, "● Markdown", f"{NAME}.md")

    room.showing(clicks)


def test_many_rounds_are_one_row_that_turns_both_ways(room: Room) -> None:
    record = room.session("manymany", prompts=[f"Prompt {n}" for n in range(1, 31)], lanes=("m low",))

    async def turns(app: OneScreen, pilot: Pilot[Any]) -> None:
        assert "‹ whole session ›" in await sees(pilot, "1 of 31")
        await pilot.press("up", "left")
        assert "‹ round 30 · Prompt 30 ›" in await sees(pilot, "31 of 31")
        await pilot.press("right", "right")
        await sees(pilot, "‹ round 1 · Prompt 1 ›", "2 of 31")
        await pilot.press("end", "home")
        await sees(pilot, "‹ whole session ›")

    room.showing(turns, record, NARROW)


def test_help_opens_with_a_question_mark_and_in_the_path_with_f1(room: Room) -> None:
    async def asks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "? help")
        await pilot.press("?")
        await sees(pilot, "Here: in the export")
        await pilot.press("escape", "tab", "tab", "?")
        await sees(pilot, "f1 help", ".csv?")
        await pilot.press("f1")
        await sees(pilot, "Here: in the export")

    room.showing(asks)


def test_what_still_runs_is_told_and_what_has_come_is_written(room: Room) -> None:
    record = room.session("running1", prompts=("Hello",), verdicts=("running", "done"))

    async def writes(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "1 still running, what has come is written ·")
        await pilot.press("enter")
        await until(pilot, lambda: app.answer is None)

    room.showing(writes, record, NARROW)
    assert [(row["verdict"], row["output"][:9]) for row in rows_of(room.files()[0])] == [
        ("", "An answer"),
        ("done", "'=1+1"),
    ]


def test_the_screen_of_an_empty_session_can_be_left(room: Room) -> None:
    assert room.pressing("escape", record=SessionRecord("empty1")) == []
