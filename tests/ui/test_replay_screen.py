"""A replay in the app: the panes as they were, by the replay's own clock, and keys that send nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from compare_tui.core.events import Kind
from compare_tui.core.prompt import Prompt
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.ui import figures
from compare_tui.ui.app import CompareApp
from compare_tui.ui.screens.replay import ReplayScreen
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.scenes import PROMPT, Script, app_with, at, on_stage, opened, watches

Pressing = Pilot[int]
TWO = ("gpt-5.5 low", "gpt-5.5-mini low")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a clock whose time is past everything that was recorded."""
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    monkeypatch.setattr(figures, "perf_counter_ns", lambda: at(9_000_000))


def answer(words: str = "first\nsecond\nthird\n", begins: float = 400, ends: float = 2400) -> Script:
    return Script().sent().accepted().says(words, begins, ends).done(ends + 100, 90, reasoning=10)


def recorded(app: CompareApp, *rounds: list[Script]) -> SessionRecord:
    """In which the scripts of each list were a round, one for each lane; more of them ask the last lane again."""
    kept = []
    for number, scripts in enumerate(rounds, 1):
        round_ = replace(app.desk.planned(Prompt(f"{PROMPT} {number}")), id=f"old.{number}")
        takes = [TakeRecord(take.id, take.lane, take.repeat) for take in round_.takes()]
        for repeat in range(2, 2 + len(scripts) - len(takes)):
            takes.append(replace(takes[-1], id=f"old.{number}.{len(takes) + 1}", repeat=repeat))
        told = [tuple(script.on(take.take()).inbox) for script, take in zip(scripts, takes, strict=True)]
        kept.append(RoundRecord(round_, tuple(replace(t, events=e) for t, e in zip(takes, told, strict=True))))
    return SessionRecord("old", rounds=tuple(kept))


def replaying(
    scenario: Callable[[Pressing, ReplayScreen], Awaitable[None]],
    *rounds: list[Script],
    lanes: tuple[str, ...] = TWO,
    paused: bool = True,
    size: tuple[int, int] = (160, 48),
) -> CompareApp:
    """The scenario on the replay of these rounds, which stands at its beginning."""
    app = app_with(lanes)

    async def play(pilot: Pressing) -> None:
        await opened(pilot, app)
        screen = ReplayScreen(recorded(app, *rounds), app.desk)
        screen.paused = paused
        await app.push_screen(screen)
        await until(pilot, lambda: "replay ×1 " in screen_text(app))
        await scenario(pilot, screen)

    on_stage(app, play, size)
    return app


def heads(screen: ReplayScreen) -> list[str]:
    """Title and figures of every pane, as text."""
    rows = [row for pane in screen.board.panes for row in pane._head.lines]
    return ["".join(text for side in row for text, _ in side) for row in rows]


def is_shown(screen: ReplayScreen) -> bool:
    """Where the replay stands, and no longer where it was before."""
    replay = screen.replay
    rounds, at = replay.session.rounds, replay.round_at
    takes = rounds[at].takes if rounds else []
    return screen._replay_desk.is_told and screen._shown == (replay.session, at, len(takes))


async def pressed(pilot: Pressing, screen: ReplayScreen, *keys: str) -> str:
    """What stands on the screen once the keys have done their work."""
    await pilot.press(*keys)
    await until(pilot, lambda: is_shown(screen))
    await until(pilot, lambda: not any(pane.is_unfinished for pane in screen.board.visible_panes()))
    screen.tick()
    await pilot.pause()
    return screen_text(pilot.app)


def test_at_its_end_every_counter_row_is_that_of_the_compare_screen() -> None:
    broken = Script().sent().accepted().says("half an", 500, 500)
    broken.events.append(broken.events[-1]._replace(t_ns=77, kind=Kind.INTERRUPTED, text=""))
    scripts = [
        answer(),
        Script().sent().accepted().thinks("so\n", 300, 400).says("a\nb\n", 900, 1500).done(1600, 60, reasoning=20),
        Script()
        .sent()
        .retries(100, 500, "429")
        .sent(700)
        .accepted(900, tier="default")
        .says("x", 1000, 1000)
        .stopped(1200),
        Script().sent().fails(300, "server", "it broke", 500),
        broken,
    ]
    lanes = ("gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-pro high flex", "gpt-5.5-mini low", "gpt-5.5-mini high")
    app = app_with(lanes)

    async def play(pilot: Pressing) -> None:
        await opened(pilot, app)
        round_ = app.desk.planned(Prompt(PROMPT))
        await watches(pilot, app, [script.on(take) for script, take in zip(scripts, round_.takes(), strict=True)])
        await until(pilot, lambda: not app.desk.running)
        await pilot.pause()
        told = [pane._head.lines for pane in app.compare.board.panes]
        screen = ReplayScreen(recorded(app, scripts), app.desk)
        await app.push_screen(screen)
        shown = await pressed(pilot, screen, "end")
        assert "it broke" in shown
        assert "sends it again" not in shown
        assert [pane._head.lines for pane in screen.board.panes] == told
        assert "↯ interrupted" in heads(screen)[-2]
        assert [pane.whole_text for pane in screen.board.panes] == [pane.whole_text for pane in app.compare.board.panes]

    on_stage(app, play)


def test_what_still_runs_is_counted_by_the_clock_of_the_replay() -> None:
    async def scenario(pilot: Pressing, screen: ReplayScreen) -> None:
        await pressed(pilot, screen, "right")
        assert "TTFT 1.0 s …" in heads(screen)[1]
        assert "waiting 1.0 s" in screen_text(pilot.app)
        await pressed(pilot, screen, "o")
        assert [side[0][0].strip().split()[:2] for _, side in screen._race.lines[:2]] == [["1.0", "s"], ["1.0", "s"]]
        await pressed(pilot, screen, "right", "right")
        assert "TTFT 1.90 s" in heads(screen)[1]
        await pressed(pilot, screen, "left", "left")
        assert "TTFT 1.0 s …" in heads(screen)[1]

    replaying(scenario, [answer(begins=1902, ends=3000), answer(begins=1902, ends=3000)])


def test_a_step_goes_to_the_next_thing_that_shows() -> None:
    async def scenario(pilot: Pressing, screen: ReplayScreen) -> None:
        await pressed(pilot, screen, ".", ".")
        assert "waiting" in heads(screen)[0]
        await pressed(pilot, screen, ".")
        assert "writing" in heads(screen)[0]
        shown = await pressed(pilot, screen, ".")
        assert "second" in shown
        assert "third" not in shown
        assert "third" in await pressed(pilot, screen, ".")

    replaying(scenario, [answer(), answer()])


def test_a_take_asked_again_appears_when_it_was_asked() -> None:
    async def scenario(pilot: Pressing, screen: ReplayScreen) -> None:
        assert "1/2" not in heads(screen)[2]
        await pressed(pilot, screen, "end")
        assert "2/2" in heads(screen)[2]
        assert "again" in screen_text(pilot.app)
        await pressed(pilot, screen, "0")
        assert "2/2" not in heads(screen)[2]

    later = Script()
    later.events[0] = later.events[0]._replace(t_ns=at(60_000))
    later.sent(60_002).accepted(60_100).says("again", 60_200, 60_200).done(60_300, 90)
    replaying(scenario, [answer(), answer(), later])


def test_a_key_that_would_send_or_change_something_says_that_this_is_a_replay() -> None:
    keys = ("f5", "S", "r", "x", "X", "R", "f2", "i", "W", "a", "ctrl+n", "ctrl+t", "ctrl+p", "colon", "ctrl+c", "f4")

    async def scenario(pilot: Pressing, screen: ReplayScreen) -> None:
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: "This is a replay: nothing is sent" in screen_text(pilot.app))
            pilot.app.clear_notifications()
            await until(pilot, lambda: "This is a replay" not in screen_text(pilot.app))
        assert screen.is_current

    app = replaying(scenario, [answer(), answer()])
    assert not app.desk.session.rounds
    assert not app.desk.running


def test_the_keys_that_look_at_an_answer_work_as_in_the_panes() -> None:
    async def scenario(pilot: Pressing, screen: ReplayScreen) -> None:
        await pressed(pilot, screen, "end", "2")
        await pilot.press("z")
        await until(pilot, lambda: len(list(screen.board.visible_panes())) == 1)
        await pilot.press("c")
        await until(pilot, lambda: "marked: differs from pane 1" in screen_text(pilot.app))
        await pilot.press("slash", *"second", "enter")
        await until(pilot, lambda: "2 of 2 in 2 panes" in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: "2 of 2" not in screen_text(pilot.app))
        assert screen.is_current
        await pilot.press("escape")
        await until(pilot, lambda: not screen.is_current)

    replaying(scenario, [answer(), answer()])


def test_it_plays_by_itself_round_after_round_and_stops_at_the_end() -> None:
    async def scenario(pilot: Pressing, screen: ReplayScreen) -> None:
        await until(pilot, lambda: screen.replay.position > 0 and "playing" in screen_text(pilot.app))
        assert "paused" in await pressed(pilot, screen, "space")
        await pressed(pilot, screen, "space")
        assert "paused" in await pressed(pilot, screen, ".")
        await pilot.press("+", "+", "+", "+", "]", "]", "space")
        await until(pilot, lambda: "replay ×64 " in screen_text(pilot.app))
        await until(pilot, lambda: "round 2/2" in screen_text(pilot.app) and "at the end" in screen_text(pilot.app))
        await until(pilot, lambda: screen_text(pilot.app).count("later") == 2)
        timer = screen._timer
        assert timer is not None
        await until(pilot, lambda: not timer._active.is_set())  # nothing is left to do
        await pilot.press(*"------", "space")
        await until(pilot, lambda: "round 1/2" in screen_text(pilot.app) and "playing" in screen_text(pilot.app))

    replaying(scenario, [answer(), answer()], [answer("later"), answer("later")], paused=False)


def test_on_a_narrow_screen_title_and_bar_say_what_it_is_and_rounds_are_leafed_through() -> None:
    async def scenario(pilot: Pressing, screen: ReplayScreen) -> None:
        shown = await pressed(pilot, screen, "right", "+")
        assert "replay of" in shown
        assert "replay ×2 · 00:01.0 / 00:06.0 · paused" in shown
        assert "esc back" in shown
        assert "round 1/2" in shown
        assert "round 2/2" in await pressed(pilot, screen, ">")
        assert "This is the last round." in await pressed(pilot, screen, ">")
        assert "round 1/2" in await pressed(pilot, screen, "<")
        assert "There is no earlier round." in await pressed(pilot, screen, "<")

    replaying(scenario, [answer(), answer()], [answer(), answer()], size=NARROW)


def test_a_round_or_a_take_can_be_played_alone_and_so_can_nothing() -> None:
    app = app_with(TWO)

    async def play(pilot: Pressing) -> None:
        await opened(pilot, app)
        record = recorded(app, [answer(), answer("the other")], [answer("later"), answer("later")])
        screen = ReplayScreen(record, app.desk, 2)
        await app.push_screen(screen)
        shown = await pressed(pilot, screen, "end")
        assert " round 2 " in shown
        assert "later" in shown
        assert "the other" not in shown
        screen = ReplayScreen(record, app.desk, 1, 2)
        await app.push_screen(screen)
        assert "the other" in await pressed(pilot, screen, "end")
        assert len(screen.board.panes) == 1
        await app.push_screen(ReplayScreen(SessionRecord("none"), app.desk))
        await pilot.press("end", ".", "space", "<", "z", "o")
        await until(pilot, lambda: "00:00.0 / 00:00.0" in screen_text(app))

    on_stage(app, play)
