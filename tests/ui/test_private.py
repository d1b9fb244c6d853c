"""Private work in the app: nothing of it is on any disk, which is said, and it leaves the memory when asked twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import paths
from compare_tui.config import Log
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.session import Session
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict
from compare_tui.engine.account import Account
from compare_tui.ui.app import CompareApp
from compare_tui.ui.archive import Archive
from compare_tui.ui.screens.export import ExportScreen
from compare_tui.ui.screens.question import Question
from tests.integration.app_server import HeldServer
from tests.store_samples import told
from tests.ui.driving import drive, screen_text, until
from tests.ui.kept_app import begun, kept_app, session_kept, store_here
from tests.ui.opened import all_ended, fault_account, says, sends, takes, tells

Pressing = Pilot[Any]
SECRET = "the launch of project Halcyon"
SYSTEM = "answer as the board of Halcyon"
ANSWER = "Halcyon answer of"
WORDS = (b"Halcyon", b"lcyon")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    return tmp_path


@pytest.fixture
def held() -> Iterator[HeldServer]:
    with HeldServer(lambda model: "".join(f"{ANSWER} {model} {number}\n" for number in range(40))) as server:
        server.go_on()
        yield server


def on(server: HeldServer) -> Account:
    return fault_account(server.base_url, "chat")


def private_app(server: HeldServer, *lanes: str, **changes: Any) -> CompareApp:
    """With everything switched on that writes down what is asked."""
    start = {"text": SECRET, "system": SYSTEM, "private": True, **changes}
    config = replace(kept_app(on(server), *lanes, **start).start.config, log=Log(requests=True, prompts=True))
    return kept_app(on(server), *lanes, **start, config=config)


def found_in(folder: Path) -> list[str]:
    """Files that hold anything of what was private."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word in path.read_bytes() for word in WORDS)]


def test_private_work_leaves_nothing_on_disk(held: HeldServer, home: Path) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await says(pilot, " private ")
        await sends(pilot, lanes=2)
        await pilot.press("escape", "b", "2", "minus", "F")
        await says(pilot, "continues 2 turns")
        await app.compare.use_lineup(app.desk.lineup.add(Lane("three", system="the system text of Halcyon")))
        await sends(pilot, "f5", 2)
        await pilot.press("escape", "#")
        await says(pilot, "Tags of this round")
        await pilot.press(*"t=Halcyon", "enter")
        await until(pilot, lambda: app.screen is app.compare)
        await pilot.press("1")
        await sends(pilot, "r")
        await pilot.press("A")
        await says(pilot, "Ask all of it again?", "on this screen alone")
        await pilot.press("y")
        await until(pilot, lambda: len(app.desk.session.rounds) == 2 and all_ended(app, 4))
        await pilot.press("f4")
        await says(pilot, "This is private work: nothing of it is kept.")
        await pilot.press("escape", "dollar_sign")
        await says(pilot, "Spend")
        await pilot.press("escape", "u")
        await tells(pilot, "There is no store to answer from.")
        assert found_in(home) == []
        await pilot.press("ctrl+q")
        await says(pilot, "Leave?", "The answers of this session are on this screen alone")
        await pilot.press("y")

    drive(private_app(held, "one", "two"), scenario)
    assert len(held.bodies) == 9
    assert found_in(home) == []
    assert not paths.sessions_file().exists()
    assert not paths.lanes_file().exists()


def test_a_private_session_in_the_middle_of_stored_ones_leaves_nothing(held: HeldServer, home: Path) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await pilot.press("escape", "P")
        await says(pilot, " private ", "new session")
        await tells(pilot, "Nothing of this session is stored.")
        app.compare.prompt.load(SECRET)
        await sends(pilot, "S")
        private = app.desk.session.id
        assert found_in(home) == []
        await pilot.press("P")
        await says(pilot, "Begin a session that is stored?", "The answers of this session are on this screen alone")
        await pilot.press("y")
        await says(pilot, "new session")
        assert " private " not in screen_text(app)
        app.compare.prompt.load("Why is grass green?")
        await sends(pilot, "S")
        assert private not in {one.id for one in app.desk.store.listed()} if app.desk.store else False
        await pilot.press("ctrl+q")

    with HeldServer(lambda model: "An answer.\n" * 4) as server:
        server.go_on()
        drive(private_app(server, "one", text="Why is the sky blue?", system="", private=False), scenario)
        assert len(server.bodies) == 3
    assert found_in(home) == []
    with store_here() as store:
        assert [one.title for one in store.listed()] == ["Why is grass green?", "Why is the sky blue?"]
    assert b"Why is grass green?" in paths.request_log_file().read_bytes()
    assert b"Why is grass green?" in paths.prompts_file().read_bytes()


def test_what_comes_once_private_work_was_forgotten_goes_nowhere(held: HeldServer) -> None:
    """A take that is stopped may end later than that."""
    archive = Archive(private_app(held).start)
    session = Session("abcdef")
    round_ = session.next_round(Prompt(SECRET), (Lane("one"),), {})
    events = told(ANSWER)
    archive.begin(round_, round_.takes(), ())
    archive.record("abcdef.1.1", events[:-3])
    archive.forget(session)
    archive.private = False
    archive.open()
    assert archive.store is not None
    try:
        archive.record("abcdef.1.1", events[-3:])
        archive.ended(Take("abcdef.1.1", Lane("one")).apply_all(events))
        assert archive.store.journal.flush(5)
        assert archive.store.listed() == []
    finally:
        archive.close()


def test_answers_that_end_after_private_work_was_left_disturb_nothing(held: HeldServer, home: Path) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        held.hold()
        await pilot.press("f5")
        await until(pilot, lambda: len(takes(app)) == 2 and all(take.text for take in takes(app)))
        left = takes(app)
        await pilot.press("escape", "P")
        await says(pilot, "2 answers are still coming", "on this screen alone")
        await pilot.press("y")
        await says(pilot, "new session")
        await until(pilot, lambda: all(take.verdict is Verdict.CANCELLED for take in left))
        held.go_on()
        app.compare.prompt.load("Why is grass green?", "")
        await sends(pilot, "S", 2)
        store = app.desk.store
        assert store is not None
        assert store.journal.flush(5)
        assert store.journal.trouble is None
        await pilot.press("ctrl+q")

    drive(private_app(held, "one", "two"), scenario)
    (sent,) = session_kept().rounds
    assert sent.round.prompt.text == "Why is grass green?"
    assert [take.verdict for take in sent.takes] == [Verdict.DONE] * 2


def test_answers_and_exports_are_written_only_when_that_is_asked_for_twice(held: HeldServer, home: Path) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await pilot.press("escape", "#")
        await says(pilot, "Tags of this round")
        await pilot.press(*"t=core", "enter")
        await until(pilot, lambda: app.screen is app.compare)
        for answer in ("enter", "n"):
            await pilot.press("w")
            await says(pilot, "This session is private. Write to a file all the same?")
            await pilot.press(answer)
            await until(pilot, lambda: app.screen is app.compare)
        assert found_in(home) == []
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: len(found_in(home / "folder")) == 1)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await says(pilot, "model,effort,prompt_id", ANSWER)
        await pilot.press("enter")
        await says(pilot, "This session is private. Write it to a file?")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        assert len(found_in(home)) == 1
        await pilot.press("enter")
        await says(pilot, "This session is private. Write it to a file?")
        await pilot.press("y")
        await until(pilot, lambda: len(found_in(home / "folder")) == 2)

    drive(private_app(held, "one"), scenario)
    (written,) = (home / "folder").glob("*.csv")
    assert "t=core" in written.read_text()
    assert found_in(home / "home") == []


def test_no_batch_is_sent_from_private_work(held: HeldServer) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("f5")
        await tells(pilot, "A batch outlives the app, so a private session sends none.")
        assert takes(app) == []

    drive(private_app(held, "one", "two batch"), scenario)
    assert held.bodies == []
