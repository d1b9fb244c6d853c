"""What has to be legible, aligned and honest on the compare screen, whatever its size, its lanes and its theme."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.color import Color
from textual.pilot import Pilot

from compare_tui.ui import figures, themes
from compare_tui.ui.app import CompareApp
from compare_tui.ui.contrast import READABLE
from tests.ui.driving import screen_text, until
from tests.ui.scenes import PROMPT, Script, app_with, at, on_stage, opened, plays, settled

ANSWER = "It is what a reader waits.\n\n- **first** token\n- last token\n"


@pytest.fixture(autouse=True)
def a_home_and_a_clock_that_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(figures, "perf_counter_ns", lambda: at(3_000))


def done(total: float = 2_000) -> Script:
    return Script().sent().accepted().says(ANSWER, 410, total - 10).done(total, 240, reasoning=64)


def rows(app: CompareApp) -> list[str]:
    return screen_text(app).split("\n")


def luminance(colour: Color) -> float:
    """As WCAG 2 defines it."""
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour.get_truecolor().normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(app: CompareApp, words: str) -> float:
    """Of these words with what is behind them, where they stand first."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if words in segment.text and segment.style and segment.style.color and segment.style.bgcolor:
                dark, light = sorted(map(luminance, (segment.style.color, segment.style.bgcolor)))
                return (light + 0.05) / (dark + 0.05)
    raise AssertionError(f"{words} is not on the screen")


def test_what_steps_back_can_still_be_read_on_every_theme(tmp_path: Path) -> None:
    app = app_with(["gpt-5.5 low", "gpt-5.5 high"])
    colours = [theme.name for theme in themes.load_all(tmp_path).themes if not theme.ansi]

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, Script().sent(), Script().sent().accepted().thinks("Let me see.\n", 500, 600))
        for name in colours:
            app.theme = name
            await pilot.pause()
            assert contrast(app, "waiting 3.0 s") >= READABLE, name
            assert contrast(app, "▸ reasoning") >= READABLE, name

    on_stage(app, scenario)


def test_a_pane_shows_more_figures_as_soon_as_it_has_room() -> None:
    app = app_with()

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, *(done() for _ in range(4)))
        assert "total 2.00 s" not in rows(app)[2]
        await pilot.press("escape", "z")
        await settled(pilot, app)
        assert "total 2.00 s" in rows(app)[3]

    on_stage(app, scenario)


def test_a_page_with_few_panes_fills_the_board() -> None:
    app = app_with([f"gpt-5.5 max={number}" for number in range(1, 11)])

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, *(done() for _ in range(10)))
        await pilot.press("escape", "h")
        await settled(pilot, app)
        ninth, last = app.compare.board.visible_panes()
        assert ninth.size.width + last.size.width + 1 == 160
        assert last.size.height == app.compare.board.size.height - 1
        assert "TTFT 408 ms" in rows(app)[3]

    on_stage(app, scenario)


def test_a_round_with_failures_is_not_called_done() -> None:
    app = app_with(["gpt-5.5 low", "gpt-5.5 high"])

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, done(), Script().sent().fails(260, "key", "no key (401)", 401))
        assert any("1 of 2 done · 1 failed" in row for row in rows(app))
        assert "all done" not in screen_text(app)

    on_stage(app, scenario)


def beats(app: CompareApp) -> bool:
    """The timer that paints is not resting."""
    return app._fast is not None and app._fast._active.is_set()


def test_a_raw_answer_that_is_leafed_to_appears_at_once_while_nothing_runs() -> None:
    app = app_with(["gpt-5.5 low repeat=2"])

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, done(), done())
        await pilot.press("escape", "m")
        await until(pilot, lambda: not beats(app))
        await pilot.press(",")
        assert beats(app) or not app.compare.board.panes[0].view.has_pending
        await until(pilot, lambda: "1/2" in screen_text(app) and "- **first** token" in screen_text(app))

    on_stage(app, scenario)


@pytest.mark.parametrize("width", [160, 80, 60])
def test_the_worst_case_is_seen_before_sending_at_every_width(width: int) -> None:
    app = app_with()

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, *(done() for _ in range(4)))
        await pilot.resize_terminal(width, 24)
        await settled(pilot, app)
        price = next(row for row in rows(app) if "worst case" in row)
        assert "expected" in price
        assert "worst case $19.33" in price

    on_stage(app, scenario)


def test_a_lane_that_cannot_take_the_prompt_says_so_before_sending() -> None:
    app = app_with(["gpt-5.5 low", "tiny"], text=" ".join([PROMPT] * 100))

    async def scenario(pilot: Pilot[int]) -> None:
        await opened(pilot, app)
        assert "⊘ does not fit" in rows(app)[1]
        assert "does not fit: tiny takes 500" in screen_text(app)
        assert "· not sent" in rows(app)[1]

    on_stage(app, scenario)


def test_a_screen_made_narrow_still_says_that_answers_are_simulated_and_who_is_done() -> None:
    app = app_with(simulated=True)

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, *(done() for _ in range(4)))
        await pilot.press("escape", "o")
        await pilot.resize_terminal(60, 24)
        await settled(pilot, app)
        assert "simulated answers" in rows(app)[0]
        assert all("✓" in row for row in raced(app)[:-1])

    on_stage(app, scenario, (160, 24))


def test_no_price_is_told_for_an_empty_prompt() -> None:
    app = app_with(text="")

    async def scenario(pilot: Pilot[int]) -> None:
        await opened(pilot, app)
        assert "write a prompt to see what it costs" in screen_text(app)
        assert "worst case" not in screen_text(app)

    on_stage(app, scenario)


def test_the_expected_price_is_told_as_soon_as_the_lanes_have_answered() -> None:
    app = app_with(["gpt-5.5 low"])

    async def scenario(pilot: Pilot[int]) -> None:
        await opened(pilot, app)
        assert "expected" not in screen_text(app)
        await plays(pilot, app, done())
        await until(pilot, lambda: "expected $0.00727 (n 1)" in screen_text(app))

    on_stage(app, scenario)


def test_a_tab_that_is_cut_says_so() -> None:
    app = app_with()

    async def scenario(pilot: Pilot[int]) -> None:
        await opened(pilot, app)
        assert "│ 3 · gpt-5.5-pro… │" in rows(app)[1]

    on_stage(app, scenario, (80, 24))


def raced(app: CompareApp) -> Sequence[str]:
    """The rows of the strip, the axis last."""
    region = app.compare.query_one("RaceStrip").region
    return rows(app)[region.y : region.bottom]


def test_the_race_stays_aligned_with_names_of_wide_letters() -> None:
    app = app_with(["gpt-5.5 name=速い模型", "gpt-5.5 high name=Careful"])

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, done(1_000), done(2_500))
        await pilot.press("escape", "o")
        await settled(pilot, app)
        first, second, _ = raced(app)
        assert [cell_len(row.partition("░")[0]) for row in (first, second)] == [11, 11]
        assert cell_len(first.partition("$")[0]) == cell_len(second.partition("$")[0])

    on_stage(app, scenario)


def test_the_race_says_how_many_lanes_it_has_no_room_for() -> None:
    app = app_with([f"gpt-5.5 max={number}" for number in range(1, 13)])

    async def scenario(pilot: Pilot[int]) -> None:
        await plays(pilot, app, *(done() for _ in range(12)))
        await pilot.press("escape", "o")
        await settled(pilot, app)
        *lanes, more, axis = raced(app)
        assert f"and {12 - len(lanes)} more" in more
        assert "2.0 s" in axis

    on_stage(app, scenario, (80, 24))
