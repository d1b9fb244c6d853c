"""How soon a key is answered while two long answers are compared: in the app, on a real terminal."""

import sys
from statistics import median
from time import perf_counter, sleep
from typing import Final

from benchmarks.app import BETWEEN_KEYS_S, PATIENCE_S, App
from benchmarks.children import ROOT
from benchmarks.desk import Desk, desk
from benchmarks.diff_texts import pair
from benchmarks.figures import Figure, NotMeasured, Target, p95
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.round import Round
from compare_tui.store.store import Store
from tests.screen import Screen
from tests.terminal import Terminal

TARGET: Final = Target("keys.diff", "ms", bar=50, goal=35, better="lower")
PAIRS: Final = 5
IDLE_S: Final = 2
COMPARING_S: Final = 2
SIZE: Final = 500_000
_MS: Final = 1_000_000


def keys_figure() -> Figure:
    with desk() as here:
        _keep(here)
        command = [sys.executable, "-m", "compare_tui", "--session", "compared"]
        with Terminal(command, env=here.environ, cwd=ROOT) as terminal:
            try:
                ours = App(terminal)
                _comparing_ms(ours)  # the first time imports the screen
                pairs = [(ours.keys_ms(IDLE_S), _comparing_ms(ours)) for _ in range(PAIRS)]
            except AssertionError as error:
                raise NotMeasured(str(error)) from error
    idle, comparing = ([p95(keys) for keys in side] for side in zip(*pairs, strict=True))
    every = [key for _, keys in pairs for key in keys]
    return TARGET.measured(
        median(busy - rest for rest, busy in zip(idle, comparing, strict=True)),
        f"a p95 of {median(idle):.1f} ms at rest",
        {
            "comparing_p95_ms": median(comparing),
            "comparing_p50_ms": median(every),
            "comparing_max_ms": max(every),
            "idle_p95_ms": median(idle),
            "keys_comparing": len(every),
            "characters": SIZE,
            "pairs": PAIRS,
        },
    )


def _comparing_ms(ours: App) -> list[float]:
    """Each key swaps the sides, and both are compared anew while the next key comes."""
    terminal, answered = ours.terminal, list[float]()
    terminal.press("2")
    terminal.press("d")
    terminal.wait_for(_is_there, PATIENCE_S)
    deadline = perf_counter() + COMPARING_S
    while perf_counter() < deadline:
        for is_swapped in (_is_swapped, _is_back):
            pressed = terminal.press("b")
            answered.append((terminal.wait_for(is_swapped, PATIENCE_S) - pressed) / 1e6)
            sleep(BETWEEN_KEYS_S[len(answered) % 2])
    terminal.press("escape")
    ours.look()
    return answered


def _is_swapped(screen: Screen) -> bool:
    return "bench-m2" in screen.row(0) and "comparing…" in screen.row(2)


def _is_back(screen: Screen) -> bool:
    """What was shown is shown again, and compared once more all the same."""
    return "bench-m1" in screen.row(0)


def _is_there(screen: Screen) -> bool:
    return _is_back(screen) and "% the same" in screen.row(2)


def _keep(here: Desk) -> None:
    """A session of four answers, the first two of them long. Nobody listens at its endpoint, and nothing is sent."""
    config = here.path / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text(
        '[endpoint.bench]\nbase_url = "http://127.0.0.1:9/v1"\nfree = true\n[defaults]\nendpoint = "bench"\n'
    )
    lanes = [Lane.parse(f"bench-m{number}") for number in range(1, 5)]
    texts = (*pair(SIZE, "edited"), "Short.", "Short.")
    takes = [
        TakeRecord(f"compared.1.{number}", lane, 1, tuple(_events(text)))
        for number, (lane, text) in enumerate(zip(lanes, texts, strict=True), 1)
    ]
    round_ = RoundRecord(Round("compared.1", Prompt("How fast is it?"), tuple(lanes)), tuple(takes))
    file = here.path / "data" / "sessions.db"
    file.parent.mkdir(mode=0o700)
    store = Store.open(file)
    try:
        store.add(SessionRecord("compared", created="2026-11-20T10:00:00.000Z", rounds=(round_,)))
    finally:
        store.close()


def _events(text: str) -> list[Event]:
    at = 1_000 * _MS
    return [
        Event(at, Kind.QUEUED, data={"input_tokens": 20, "endpoint": "bench", "api": "chat"}),
        Event(at + _MS, Kind.SENT, data={"at": "2026-11-20T10:00:00.000Z"}),
        Event(at + 20 * _MS, Kind.TEXT, text),
        Event(at + 30 * _MS, Kind.FINISH, data={"status": "completed"}),
        Event(at + 30 * _MS, Kind.END),
    ]
