"""Sessions of the app on a real terminal: killed, hung up on, and private."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compare_tui.core.session import Session
from compare_tui.core.verdict import Verdict
from compare_tui.store.store import Store
from tests.integration.app import App
from tests.integration.app_server import HeldServer, numbered
from tests.integration.app_stages import free_endpoint, states
from tests.terminal import PATIENCE_S

RATES = 'rates = [{ tier = "default", input = 5, output = 30 }]'
PRICES = f"date = 2026-11-20\n[models.one]\n{RATES}\n[models.two]\n{RATES}\n"
LANES = ("--lane", "one", "--lane", "two")


@pytest.fixture
def held() -> Iterator[HeldServer]:
    with HeldServer() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, held: HeldServer) -> Path:
    """Where an app of a test lives; it sends to the server that holds its answers half way."""
    free_endpoint(tmp_path, held.base_url, "chat")
    return tmp_path


def session(home: Path, id_: str = "last") -> Session:
    """As another process finds it while the app runs, or when it is gone."""
    store = Store.open(home / "home" / "data" / "sessions.db")
    try:
        return store.read(store.resolve(id_).session).session()
    finally:
        store.close()


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)


def lines(home: Path) -> list[int]:
    """How many whole lines of each answer are on disk."""
    return [take.text.count("\n") for take in session(home).takes()]


def asks(app: App, text: str = "Hello?") -> App:
    """A round whose answers have come half way."""
    app.opened().type(text).see(text)
    app.to_panes()
    app.key("S").see("one line 60", "two line 60")
    return app


def files_with(home: Path, *words: bytes) -> list[str]:
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path.name for path in files if any(word in path.read_bytes() for word in words)]


def test_after_kill_9_the_next_start_tells_it_and_asks_again(home: Path, held: HeldServer) -> None:
    config = home / "home" / "config" / "config.toml"
    config.write_text(config.read_text().replace("free = true", ""))
    (config.parent / "prices.toml").write_text(PRICES)
    with App(home, "--lane", "one max=1000", "--lane", "two max=1000") as app:
        asks(app)
        wait_until(lambda: lines(home) == [60, 60])
        app.signal(signal.SIGKILL)
        assert app.wait_for_exit() == -signal.SIGKILL
    with App(home, *LANES) as app:
        app.opened().see("2 answers of “Hello?” ended with the process that asked", "R asks again")
        assert [take.verdict for take in session(home).takes()] == [Verdict.INTERRUPTED] * 2
        assert lines(home) == [60, 60]
        held.go_on()
        app.key("f4").see("newest first", "↯2")
        app.key("enter").see("2 answers were interrupted. Ask again?")
        app.key("n").see(states("interrupted"), "one line 60", "two line 60", "≥", "round 1/1")
        app.opened().to_panes()
        app.key("R").see("  2/2", states("done"), "one line 120", "two line 120")
        app.key(",").see("one line 60", "two line 120")
    one, two, one_again, two_again = session(home).takes()
    assert [take.verdict for take in (one, two)] == [Verdict.INTERRUPTED] * 2
    assert [take.text for take in (one_again, two_again)] == [numbered("one"), numbered("two")]


def test_a_terminal_that_is_closed_loses_neither_what_came_nor_how_it_was_looked_at(home: Path) -> None:
    with App(home, *LANES) as app:
        asks(app)
        app.key("2").key("b").see("two ◆ baseline")
        app.key("1").key("-").see("– muted")
        app.signal(signal.SIGHUP)
        assert app.wait_for_exit() == 129
    with App(home, "-c") as app:
        app.see("one line 60", "two line 60", "two ◆ baseline", "– muted", "■ cancelled")
    assert [take.verdict for take in session(home).takes()] == [Verdict.CANCELLED] * 2


def test_private_work_is_called_so_and_leaves_nothing_even_when_it_is_killed(home: Path, held: HeldServer) -> None:
    with App(home, *LANES, "--private") as app:
        asks(app, "Halcyon?").see(" private ")
        held.go_on()
        app.answered()
        app.key("ctrl+q").see("Leave?", "on this screen alone")
        app.key("n").gone("on this screen alone")
        assert files_with(home, b"Halcyon", b"one line") == []
        app.signal(signal.SIGKILL)
        app.wait_for_exit()
    assert files_with(home, b"Halcyon", b"one line") == []
    assert not (home / "home" / "data").exists()


def test_neither_c_nor_a_session_goes_with_private_work(tmp_path: Path) -> None:
    for words in (("-c",), ("--session", "last")):
        with App(tmp_path, *words, "--private") as app:
            assert app.wait_for_exit() == 2
            assert "--private stores nothing and opens nothing that is stored" in app.text
        assert not (tmp_path / "home" / "data").exists()
