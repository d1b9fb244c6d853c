"""The export screen: what is written where, asked about when something would be lost, and said when it cannot be."""

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import app_state
from compare_tui.core.events import Event
from compare_tui.core.session import Session
from compare_tui.export import files
from compare_tui.export.reading import read
from compare_tui.ui.screens.export import ExportScreen
from compare_tui.ui.screens.export_choice import ENDINGS
from compare_tui.ui.screens.export_parts import Newest, PathField
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.export_room import NAME, SKY, Room, a_room, held, keep_busy, largest_file, rows_of, told
from tests.ui.one_screen import NOT_YET, OneScreen, sees, showing


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with a_room(tmp_path, monkeypatch) as room:
        yield room


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


def test_a_private_session_is_one_until_it_is_written_though_another_has_begun(room: Room) -> None:
    record, gate = held(room.record)
    room.desk.archive.private = True
    room.desk.session.id = record.id

    async def leaves(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await sees(pilot, "This session is private.")
        await pilot.press("y")
        await sees(pilot, "writing…")
        await pilot.press("escape")
        await until(pilot, lambda: app.answer is None)
        room.desk.archive.private = False
        room.desk.session = Session()
        gate.set()
        await told(pilot, "Written: ")
        await app.workers.wait_for_complete()

    room.showing(leaves, record)
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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_looked_into_is_said_before_anything_is_written(room: Room) -> None:
    room.folder.chmod(0o500)

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, f"There is no permission to write in {room.folder}.")
        await pilot.press("enter")
        await sees(pilot, "There is no permission")

    room.showing(looks)
    room.folder.chmod(0o700)
    assert room.files() == []


def test_a_full_disk_is_said_and_leaves_nothing_behind(room: Room) -> None:
    async def writes(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "a new file")
        with largest_file(1_000):
            await pilot.press("enter")
            await sees(pilot, "The file would be larger than it may be. Nothing was written.")
        assert room.files() == []
        await pilot.press("enter")
        await until(pilot, lambda: app.answer is None)

    room.showing(writes)
    assert len(room.files()) == 1


# What takes long, and what breaks


def test_while_it_is_written_the_keys_go_on(room: Room) -> None:
    record, gate = held(room.record)

    async def goes_on(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "a new file")
        await pilot.press("enter")
        await sees(pilot, "writing…")
        await pilot.press("enter", "right", "right")
        await sees(pilot, "● Markdown")
        assert len(room.files()) == 1  # begun once
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


def test_a_file_that_comes_there_meanwhile_stays(room: Room) -> None:
    record, gate = held(room.record)
    path = room.folder / f"{NAME}.csv"

    async def comes(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "a new file")
        await pilot.press("enter")
        await sees(pilot, "writing…")
        path.write_text("mine")
        gate.set()
        await sees(pilot, "There is something of this name already. Nothing was written.")

    room.showing(comes, record)
    assert [(one.name, one.read_text()) for one in room.files()] == [(path.name, "mine")]


def test_of_what_is_asked_for_meanwhile_only_the_newest_is_looked_at_and_shown(room: Room) -> None:
    gate = threading.Event()
    done: list[str] = []
    found: list[str] = []

    async def asks(app: OneScreen, pilot: Pilot[Any]) -> None:
        newest: Newest[str] = Newest(app.shown, room.desk.aside, found.append)

        def look(name: str) -> str:
            assert gate.wait(20)
            done.append(name)
            return name

        for name in ("first", "second", "third"):
            newest.ask(partial(look, name))
            await pilot.pause()
        gate.set()
        await until(pilot, lambda: bool(found))
        assert (done, found) == (["first", "third"], ["third"])

    room.showing(asks)


def test_enter_in_one_burst_with_the_key_that_opened_it_waits_for_the_path(room: Room) -> None:
    screen = ExportScreen(room.desk, room.record)
    gate = threading.Event()
    keep_busy(room.desk, gate)

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


def test_nothing_follows_on_a_screen_that_is_being_left(room: Room) -> None:
    """Its widgets may be gone by then."""
    release, done, followed = threading.Event(), threading.Event(), []

    def work() -> None:
        release.wait(20)
        done.set()

    async def asks() -> None:
        await room.desk.aside(work)
        followed.append("in vain")

    async def leaves(app: OneScreen, pilot: Pilot[Any]) -> None:
        app.screen.run_worker(asks())
        await pilot.pause()
        release.set()
        assert done.wait(20)
        app.screen.dismiss(None)
        await until(pilot, lambda: app.answer is not NOT_YET and len(app.screen_stack) == 1)

    room.showing(leaves)
    assert not followed
