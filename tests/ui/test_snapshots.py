"""The app in each of its states, as text and style."""

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from compare_tui.config import load
from compare_tui.ui import figures
from compare_tui.ui.app import CompareApp
from tests.ui.driving import until
from tests.ui.scenes import Script, app_with, at, began_without_key, on_stage, opened, plays, settled
from tests.ui.snapshots import Snapshots

WIDE, MIDDLE, NARROW = (160, 48), (100, 30), (80, 24)

ANSWER = """**Time to first token** is what a reader waits before anything moves.

## Why it matters

- Speed is judged by when something *begins*.
- Two models with the same total may feel different.

```python
ttft = first_delta - sent
```

| model | TTFT |
|---|---|
| gpt-5.5 | 408 ms |
"""
SHORT = "It is how long you look at nothing.\n\nA model that shows its reasoning may seem quick.\n"
THOUGHT = "The reader compares models.\nSay what is measured, then why.\n"


@pytest.fixture(autouse=True)
def a_home_and_a_clock_that_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "compare-tui"))
    for name in ("NO_COLOR", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(figures, "perf_counter_ns", lambda: at(3_000))


def quick() -> Script:
    return Script().sent().accepted().says(ANSWER, 410, 2300).done(2310, 240, reasoning=64)


def careful() -> Script:
    return (
        Script().sent().accepted(190).thinks(THOUGHT, 700, 1200).says(ANSWER, 1300, 2790).done(2800, 412, reasoning=180)
    )


def dear(tier: str = "flex") -> Script:
    return Script().sent().accepted(205, tier=tier).says(ANSWER, 2000, 2890).done(2900, 630, reasoning=300, cached=16)


def short() -> Script:
    return Script(thinks=False).sent().accepted(120).says(SHORT, 240, 610).done(615, 44)


def shows(
    snapshots: Snapshots,
    name: str,
    app: CompareApp,
    scripts: Sequence[Script] = (),
    *,
    keys: Sequence[str] = ("escape",),
    size: tuple[int, int] = MIDDLE,
) -> None:
    """Play the scripts, press the keys, and compare what stands there."""

    async def scenario(pilot: Pilot[int]) -> None:
        await (plays(pilot, app, *scripts) if scripts else opened(pilot, app))
        await pilot.press(*keys)
        await settled(pilot, app)
        snapshots.check(app, name)

    on_stage(app, scenario, size)


def test_an_empty_session(snapshots: Snapshots) -> None:
    shows(snapshots, "empty", app_with(text=""), keys=())


def test_the_first_start(snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nobody(*_: object) -> socket.socket:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", nobody)
    app = began_without_key(load(tmp_path / "config.toml", {}))

    async def scenario(pilot: Pilot[int]) -> None:
        await opened(pilot, app)
        await until(pilot, lambda: app.compare.first_start is not None and not app.compare.first_start.looking)
        await settled(pilot, app)
        snapshots.check(app, "first-start")

    on_stage(app, scenario, MIDDLE)


def test_waiting(snapshots: Snapshots) -> None:
    scripts = [
        Script(),
        Script().sent(),
        Script().sent().accepted(210, tier="flex"),
        Script(thinks=False).sent().retries(150, 4_000, "the endpoint is busy (503)"),
    ]
    shows(snapshots, "waiting", app_with(), scripts, size=WIDE)


def test_streaming(snapshots: Snapshots) -> None:
    scripts = [
        quick(),
        Script().sent().accepted(190).thinks(THOUGHT, 700, 1200).says(ANSWER[:160], 1300, 2700),
        Script().sent().accepted(205, tier="flex").thinks(THOUGHT, 900, 2500),
        short(),
    ]
    shows(snapshots, "streaming", app_with(), scripts, keys=("escape", "2", "t"), size=WIDE)


def test_all_done_and_measured_against_a_baseline(snapshots: Snapshots) -> None:
    scripts = [quick(), careful(), dear(), short()]
    shows(snapshots, "done", app_with(simulated=True), scripts, keys=("escape", "b"), size=WIDE)


def test_failed(snapshots: Snapshots) -> None:
    scripts = [
        Script().sent().fails(260, "key", "the endpoint did not take the key (401)", 401),
        Script().sent().fails(300, "flex-busy", "the endpoint has no flex capacity now (429)", 429),
    ]
    shows(snapshots, "failed", app_with(["gpt-5.5 low", "gpt-5.5-pro high flex"]), scripts)


def test_cut_and_stalled(snapshots: Snapshots) -> None:
    begun = [Script().sent().accepted().says(ANSWER[:120], 420, 900) for _ in range(2)]
    begun[0].fails(905, "cut", "the connection ended before the answer did")
    begun[1].fails(2_900, "stalled", "nothing new came for 2 s")
    shows(snapshots, "cut", app_with(["gpt-5.5 low", "gpt-5.5 high"]), begun)


def test_stopped_and_truncated(snapshots: Snapshots) -> None:
    scripts = [
        Script().sent().accepted().says(ANSWER[:120], 420, 900).stopped(1_000),
        Script().sent().accepted().says(ANSWER[:120], 420, 900).truncated(910, 60),
    ]
    shows(snapshots, "stopped", app_with(["gpt-5.5 low", "gpt-5.5 high max=60"]), scripts)


def test_downgraded(snapshots: Snapshots) -> None:
    lanes = ["gpt-5.5-pro high flex", "gpt-5.5-pro high"]
    shows(snapshots, "downgraded", app_with(lanes), [dear("default"), dear("default")])


def test_over_a_cap(snapshots: Snapshots) -> None:
    shows(snapshots, "over-a-cap", app_with(per_send="0.01"), keys=("ctrl+j",))


def test_zoomed(snapshots: Snapshots) -> None:
    shows(snapshots, "zoomed", app_with(), [quick(), careful(), dear(), short()], keys=("escape", "2", "z"))


def test_on_80_columns(snapshots: Snapshots) -> None:
    shows(snapshots, "narrow", app_with(), [quick(), careful(), dear(), short()], size=NARROW)


def test_the_last_of_twelve_lanes(snapshots: Snapshots) -> None:
    models = ("gpt-5.5", "gpt-5.5-pro", "gpt-5.5-mini", "gpt-5.5 name=Named")
    lanes = [
        f"{model} {effort}".replace("Named", f"Named-{effort}")
        for effort in ("medium", "high", "low")
        for model in models
    ]
    scripts = [quick(), careful(), dear("default"), short()] * 3
    shows(snapshots, "twelve-lanes", app_with(lanes), scripts, keys=("escape", "h"), size=WIDE)


def test_repeats(snapshots: Snapshots) -> None:
    thrice = [Script().sent().accepted().says(ANSWER, t, t + 1800).done(t + 1900, 240) for t in (410, 530, 470)]
    lanes = ["gpt-5.5 low repeat=3", "gpt-5.5-mini low name=Quick"]
    shows(snapshots, "repeats", app_with(lanes), [*thrice, short()], keys=("escape", ","))


def test_the_race(snapshots: Snapshots) -> None:
    scripts = [quick(), careful(), Script().sent(600).accepted(900, tier="flex"), short()]
    shows(snapshots, "race", app_with(), scripts, keys=("escape", "o"))


@pytest.mark.parametrize("theme", ["paper", "contrast-dark"])
def test_a_theme(snapshots: Snapshots, theme: str) -> None:
    scripts = [careful(), Script().sent(), dear("default"), Script().sent().fails(260, "key", "no key (401)", 401)]
    shows(snapshots, theme, app_with(theme=theme), scripts, keys=("escape", "o"), size=WIDE)
