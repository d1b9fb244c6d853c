"""The sessions screen: what it shows of each session, and what can be done with one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from compare_tui.core.verdict import Verdict
from compare_tui.store.store import Place, Store
from compare_tui.ui.actions import Where, actions_in
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.sessions.edits import TagError, read_tags
from compare_tui.ui.screens.sessions.list import SessionsList
from compare_tui.ui.screens.sessions.row import verdicts, when
from compare_tui.ui.screens.sessions.screen import SessionsScreen
from compare_tui.ui.screens.wanted import Wanted
from tests.store_samples import answered
from tests.ui.driving import NARROW, WIDE, screen_text, until
from tests.ui.kept_sessions import THREE, desk_on, keep_three, lists, opened, screen_of, typed
from tests.ui.one_screen import NOT_YET, OneScreen, row_of, sees, showing

HOSTILE = "m\x1b]52;c;QUJD\x07 [bold red]x[/] \u202e👩‍👩‍👧 日本語 " + "n" * 300


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    yield from opened(file)


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    yield from desk_on(store)


@pytest.fixture
def three(store: Store) -> Store:
    keep_three(store)
    return store


# What it shows


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_newest_session_is_first_with_all_that_tells_it_from_others(
    desk: Desk, three: Store, size: tuple[int, int]
) -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        text = screen_text(app)
        assert text.index("Write a haiku.") < text.index("Name a bird.") < text.index("Why is the sky blue?")
        row = row_of(text, "Name a bird.")
        assert "today" in row
        whole = text[text.index("Name a bird.") : text.index("Why is the sky")]
        assert all(words in whole for words in ("2 × 1", "gpt-5.5 low", "✓2", "$0.00019"))
        assert all(words in text for words in ("#team=core", "✗1 ", "✓1"))

    showing(SessionsScreen(desk), looks, size)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_chosen_one_is_told_in_short(desk: Desk, three: Store, size: tuple[int, int]) -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "newest · 1 round · 2 takes")
        await pilot.press("j", "j")
        await sees(pilot, "oldest · 1 round · 2 takes", "▎1  Why is the sky blue?", "TTFT 298 ms")
        await pilot.press(*["J"] * 4)
        await sees(pilot, "gpt-5.5-pro high flex", "Light of short waves is scattered.")

    showing(SessionsScreen(desk), looks, size)


def test_a_session_over_many_prompts_is_told_by_its_first_rounds(desk: Desk, store: Store) -> None:
    answered(store, "lengthy", prompts=[f"Prompt {n}" for n in range(1, 10)], lanes=["gpt-5.5"])
    store.purge(Place("lengthy", 2))

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "▎1  Prompt 1", "▎3  Prompt 3", "… and 3 more rounds")
        assert "▎2" not in text
        assert "▎7" not in text

    showing(SessionsScreen(desk), looks)


def test_moments_are_told_as_people_tell_them() -> None:
    from datetime import datetime, timedelta, timezone

    now = datetime(2026, 11, 20, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    told = {
        "2026-11-19T22:05:00.000Z": "today 00:05",
        "2026-11-19T21:59:00.000Z": "yesterday",
        "2026-11-12T10:00:00.000Z": "12 Nov",
        "2025-12-31T10:00:00.000Z": "31 Dec 2025",
        "once": "–",
    }
    assert {moment: when(moment, now) for moment in told} == told


def test_what_runs_is_told_first_and_every_verdict_has_its_glyph() -> None:
    pieces = [text for text, _ in verdicts({"done": 3, "running": 2, **dict.fromkeys(map(str, Verdict), 1)})]
    assert pieces[0] == "▸2 running"
    assert [text[:-1] for text in pieces[1:]] == [verdict.glyph for verdict in reversed(Verdict)]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_hostile_names_tags_and_answers_stay_text_in_their_rows(
    desk: Desk, store: Store, size: tuple[int, int]
) -> None:
    answered(
        store,
        "hostile",
        prompts=[HOSTILE],
        lanes=["gpt-5.5", "'a\x1b[2Jmodel'"],
        texts=[f"\x03wren \x02\x1b[2J{HOSTILE}"],
    )
    store.rename("hostile", HOSTILE)
    store.tag(Place("hostile"), "[red]\x07", HOSTILE)
    answered(store, "harmless", prompts=["日本語の質問" * 40])

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, "harmless", "hostile")
        await pilot.press("j", "slash")
        await typed(pilot, "wren")
        text = await sees(pilot, "hostile · 1 round", "[bold red]x[/]", "⟨RLO⟩", "    wren ␛[2J")
        assert not [sign for sign in text if sign != "\n" and (ord(sign) < 32 or sign == "\u202e")]
        assert all(cell_len(row) <= size[0] for row in text.split("\n"))

    showing(SessionsScreen(desk), looks, size)


# What is done with one


async def pressed(desk: Desk, app: OneScreen, pilot: Pilot[Any], *keys: str) -> Wanted | None:
    """The answer of a screen of its own."""
    answers: list[Wanted | None] = []
    screen = SessionsScreen(desk)
    await app.push_screen(screen, answers.append)
    await until(pilot, lambda: bool(screen.query(SessionsList)) and len(screen.shelf.rows) == 3)
    for key in keys:
        app.simulate_key(key)
    await until(pilot, lambda: bool(answers))
    return answers[0]


def test_what_is_wanted_of_a_session_is_the_answer_of_the_screen(desk: Desk, three: Store) -> None:
    three.mark_again("newest", "oldest")
    here = Place("newest")
    expected: dict[tuple[str, ...], Wanted | None] = {
        ("enter",): Wanted("open", here),
        ("j", "enter"): Wanted("open", Place("middle")),
        ("r",): Wanted("again", here),
        ("p",): Wanted("replay", here),
        ("e",): Wanted("export", here),
        ("o",): Wanted("overview", here),
        ("c",): Wanted("against", here, Place("oldest")),
        ("j", "c", "j", "c"): Wanted("against", Place("middle"), Place("oldest")),
        ("G", "c", "g", "c"): Wanted("against", here, Place("oldest")),
        ("j", "c", "c", "escape"): None,
        ("enter", "escape", "r"): Wanted("open", here),
    }

    async def presses(app: OneScreen, pilot: Pilot[Any]) -> None:
        assert {keys: await pressed(desk, app, pilot, *keys) for keys in expected} == expected

    showing(SessionsScreen(desk), presses)


def test_a_session_is_named_and_the_name_taken_away(desk: Desk, three: Store) -> None:
    async def names(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("j", "n")
        await sees(pilot, "Name of the session")
        await typed(pilot, "Birds")
        await pilot.press("enter")
        await sees(pilot, "Named.", "Birds")
        assert three.read("middle").name == "Birds"
        await until(pilot, lambda: screen_of(app).shelf.at == 1)
        await pilot.press("n")
        await sees(pilot, "Name of the session")
        await pilot.press("ctrl+u", "enter")
        await sees(pilot, "Its name is gone.", "Name a bird.")
        assert three.read("middle").name is None

    showing(SessionsScreen(desk), names)


def test_tags_are_set_and_taken_away_several_at_once(desk: Desk, three: Store) -> None:
    async def tags(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("t")
        await sees(pilot, "Now: #team=core.")
        await typed(pilot, "nonsense")
        await sees(pilot, "nonsense: write name=value")
        await pilot.press("enter", "ctrl+u")
        await typed(pilot, 'team= error="very high"')
        await sees(pilot, "Then: #error=very high")
        await pilot.press("enter")
        await sees(pilot, "Tagged.", "#error=very high")
        assert three.read("newest").tags == {"error": "very high"}

    showing(SessionsScreen(desk), tags)


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("", {}),
        ("a=1  b=two=2", {"a": "1", "b": "two=2"}),
        ("a= b=it's", {"a": None, "b": "it's"}),
        ('"cost of error"=high', {"cost of error": "high"}),
    ],
)
def test_a_line_of_tags_is_read(line: str, tags: dict[str, str | None]) -> None:
    assert read_tags(line) == tags


@pytest.mark.parametrize("line", ["a", "=1", 'a="open'])
def test_what_is_no_line_of_tags_is_told(line: str) -> None:
    with pytest.raises(TagError):
        read_tags(line)


def test_a_copy_is_chosen_once_it_is_made(desk: Desk, three: Store) -> None:
    async def copies(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("j", "d")
        await sees(pilot, "A copy of Name a bird.")
        await until(pilot, lambda: len(screen_of(app).shelf.rows) == 4)
        chosen = screen_of(app).shelf.chosen
        assert chosen is not None
        assert chosen.id not in THREE
        assert chosen.title.startswith("Name a bird.")

    showing(SessionsScreen(desk), copies)


def test_what_is_deleted_comes_back_in_turn(desk: Desk, three: Store) -> None:
    async def deletes(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("x", "x")
        await lists(pilot, "oldest")
        assert [row.id for row in three.listed(deleted=True)] == ["newest", "middle"]
        await pilot.press("u")
        await sees(pilot, "Name a bird. is back.")
        await lists(pilot, "middle", "oldest")
        await pilot.press("u")
        await lists(pilot, *THREE)
        await pilot.press("u")
        await sees(pilot, "Nothing to bring back.")

    showing(SessionsScreen(desk), deletes)


def test_deleted_sessions_are_looked_at_and_brought_back(desk: Desk, three: Store) -> None:
    three.delete("middle")
    three.delete("oldest")

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, "newest")
        await pilot.press("D")
        await lists(pilot, "middle", "oldest")
        await pilot.press("enter")
        await sees(pilot, "It is deleted: u brings it back")
        await pilot.press("j", "u")
        await lists(pilot, "middle")
        await pilot.press("D")
        await lists(pilot, "newest", "oldest")

    showing(SessionsScreen(desk), looks)


def test_a_purge_takes_a_typed_word(desk: Desk, three: Store, file: Path) -> None:
    async def purges(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("j", "P")
        await sees(pilot, "Really gone?", "“Name a bird.”: 2 × 1")
        await pilot.press("enter")
        await typed(pilot, "purge")
        await pilot.press("enter")
        await sees(pilot, "It is really gone.")
        await lists(pilot, "newest", "oldest")

    showing(SessionsScreen(desk), purges)
    assert b"A wren." not in file.read_bytes()


def test_the_session_that_is_open_is_marked_and_stays(desk: Desk, three: Store) -> None:
    desk.session.id = "newest"

    async def tries(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        assert "● Write a haiku.  open here" in screen_text(app)
        for key in ("x", "P"):
            await pilot.press(key)
            await sees(pilot, "It is open in the panes")
        assert len(three.listed()) == 3

    showing(SessionsScreen(desk), tries)


def test_an_edit_is_made_before_the_screen_is_left(desk: Desk, three: Store) -> None:
    async def leaves(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        with three._edits:  # somebody else is served, and it takes long
            app.simulate_key("x")
            app.simulate_key("escape")
            await lists(pilot, "middle", "oldest")
            assert app.answer is NOT_YET
        await until(pilot, lambda: app.answer is None)
        assert [row.id for row in three.listed(deleted=True)] == ["newest"]

    showing(SessionsScreen(desk), leaves)


# Keys


def test_help_says_what_every_key_does(desk: Desk, three: Store) -> None:
    async def asks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await lists(pilot, *THREE)
        await pilot.press("question_mark")
        await sees(pilot, "Here: in the list of sessions", "Bring back what was deleted last")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.shown)

    showing(SessionsScreen(desk), asks)


def test_every_action_is_there_and_no_key_has_two_of_them() -> None:
    actions = actions_in(Where.SESSIONS)
    assert not [action.method for action in actions if not hasattr(SessionsScreen, f"action_{action.method}")]
    keys = [key for action in actions for key in action.keys]
    assert len(keys) == len(set(keys))
