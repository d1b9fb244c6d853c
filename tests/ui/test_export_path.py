"""The path and the other fields of the export screen: what is proposed, what is meant, and how it looks."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from compare_tui import app_state
from compare_tui.core.record import SessionRecord
from compare_tui.ui.screens.export_choice import ENDINGS
from compare_tui.ui.screens.export_parts import PathField
from compare_tui.ui.screens.export_target import file_name, folders, shortened, target
from tests.ui.driving import NARROW, WIDE, screen_text, until
from tests.ui.export_room import HOSTILE, NAME, SKY, Room, a_room, keep_busy, rows_of, told
from tests.ui.one_screen import OneScreen, row_of, sees


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with a_room(tmp_path, monkeypatch) as room:
        yield room


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
    for name in ("reports", "results/restricted", "other", "re\x1b[31md"):
        (room.folder / name).mkdir(parents=True)
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
        assert "restricted" not in await sees(pilot, f"a new file: {room.folder}/results/{NAME}.csv")
        await pilot.press("enter")
        await until(pilot, lambda: app.answer is None)

    room.showing(types)
    assert (room.folder / "results" / f"{NAME}.csv").exists()


def test_folders_found_too_late_are_offered_no_more(room: Room) -> None:
    (room.folder / "reports").mkdir()
    gate = threading.Event()

    async def types(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "tab", "home")
        await sees(pilot, "a new file")
        keep_busy(room.desk, gate)
        await pilot.press(*"re", "shift+tab")
        gate.set()
        assert "reports/" not in await sees(pilot, f"/re{NAME}.csv")

    room.showing(types)


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


def test_above_a_linked_folder_lies_the_one_that_the_system_means(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a" / "b")
    assert target("link/../x", ".md", tmp_path, "name", ENDINGS) == tmp_path / "a" / "x.md"


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


# Looks


def test_hostile_names_and_texts_keep_every_row_as_wide_as_the_screen(room: Room) -> None:
    record = room.session("hostile1", prompts=(HOSTILE, *SKY), texts=(HOSTILE,), lanes=(f"'{'日本語' * 20}'", "m low"))

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        for keys in ((), ("up", "right"), ("down", "right"), ("right",), ("right",), ("tab",)):
            await pilot.press(*keys)
            assert "›" in row_of(await sees(pilot, "the first lines of the"), "what")
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
