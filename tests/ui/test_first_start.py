"""The first start: what was looked for, three ways to begin, and a plain word where the app cannot be shown."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static, TextArea

from compare_tui.config import load
from compare_tui.engine.local_servers import LocalServer
from compare_tui.ui.terminal import too_small, why_not
from compare_tui.ui.widgets.first_start import FirstStart, without_key
from tests.ui.driving import NARROW, WIDE, drive, screen_text, until

OLLAMA = LocalServer("ollama", "Ollama", "http://127.0.0.1:11434/v1", ("llama3.2:3b", "qwen3:8b", "phi4", "gemma3"))
VLLM = LocalServer("vllm", "vLLM", "http://127.0.0.1:8000/v1", ("Qwen/Qwen3-32B",))


class Opened(App[None]):
    """A screen as the app has it: a bar, the place of the panes, the prompt, the footer."""

    CSS = "Static.bar { height: 1; } TextArea { height: 8; }"

    def __init__(self, config: Path, environ: dict[str, str] | None = None) -> None:
        super().__init__()
        self.first = FirstStart(config, without_key(load(config, environ or {}), environ or {}))
        self.chosen: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Static("bar", classes="bar")
        yield self.first
        yield TextArea()
        yield Static("footer", classes="bar")

    def on_mount(self) -> None:
        self.first.focus()

    def on_first_start_use_demo(self, message: FirstStart.UseDemo) -> None:
        self.chosen.append(message)

    def on_first_start_use_local(self, message: FirstStart.UseLocal) -> None:
        self.chosen.append(message)

    def on_first_start_look_again(self, message: FirstStart.LookAgain) -> None:
        self.chosen.append(message)


async def says(pilot: Pilot[Any], *words: str) -> None:
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "config.toml"


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_it_says_what_was_looked_for_and_offers_three_ways(nothing: Path, size: tuple[int, int]) -> None:
    app = Opened(nothing)

    async def scenario(pilot: Pilot[Any]) -> None:
        await says(pilot, "✗  settings                  no ~/config.toml")
        await says(pilot, "a key for @openai", "OPENAI_API_KEY is not set", "servers on this machine   looking")
        await says(pilot, "d  the embedded endpoint", "costs nothing", "s  a server on", "k  your own key")
        app.first.found(OLLAMA)
        app.first.found(VLLM)
        app.first.looked()
        await says(pilot, "Ollama, vLLM", "s  Ollama", "127.0.0.1:11434: llama3.2:3b, qwen3:8b and 2")
        await says(pilot, "2  vLLM", "k  your own key")
        assert app.focused is app.first

    drive(app, scenario, size)


def test_settings_that_are_there_are_named_with_every_key_that_is_not(nothing: Path) -> None:
    nothing.write_text(
        '[defaults]\nendpoint = "router"\n'
        '[endpoint.router]\nbase_url = "https://r.example/v1"\nkey_env = "ROUTER_KEY"\n'
        '[endpoint.here]\nbase_url = "http://127.0.0.1:9/v1"\n'
        '[endpoint.set]\nbase_url = "https://s.example/v1"\nkey_env = "SET_KEY"\n'
    )
    missing = without_key(load(nothing, {}), {"SET_KEY": "x", "ROUTER_KEY": " "})
    assert [endpoint.name for endpoint in missing] == ["router", "openai"]

    async def scenario(pilot: Pilot[Any]) -> None:
        await says(pilot, "✓  settings", "✗  a key for @router", "ROUTER_KEY is not set", "OPENAI_API_KEY is not set")

    drive(Opened(nothing, {"SET_KEY": "x"}), scenario)


@pytest.mark.parametrize(("key", "server"), [("s", OLLAMA), ("1", OLLAMA), ("2", VLLM)])
def test_a_key_uses_a_server_that_was_found(nothing: Path, key: str, server: LocalServer) -> None:
    app = Opened(nothing)

    async def scenario(pilot: Pilot[Any]) -> None:
        app.first.found(OLLAMA)
        app.first.found(VLLM)
        await pilot.press(key)
        await until(pilot, lambda: bool(app.chosen))

    drive(app, scenario)
    (chosen,) = app.chosen
    assert isinstance(chosen, FirstStart.UseLocal)
    assert chosen.server == server


def test_d_uses_the_embedded_endpoint(nothing: Path) -> None:
    app = Opened(nothing)

    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press("3", "d")
        await until(pilot, lambda: bool(app.chosen))

    drive(app, scenario)
    assert [type(chosen) for chosen in app.chosen] == [FirstStart.UseDemo]


def test_s_looks_again_where_no_server_was_found(nothing: Path) -> None:
    app = Opened(nothing)

    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press("s")
        app.first.looked()
        await says(pilot, "none answered on 127.0.0.1 (Ollama 11434", "none was found; s looks again")
        await pilot.press("s", "s")
        await says(pilot, "looking for one")

    drive(app, scenario)
    assert [type(chosen) for chosen in app.chosen] == [FirstStart.LookAgain]


def lines_to_paste(nothing: Path) -> list[str]:
    """What `k` shows, as somebody copies it from the smallest usual screen."""
    app = Opened(nothing)
    shown: list[str] = []

    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press("k")
        await says(pilot, "compare-tui paths --example", "k  back")
        shown.extend(line.strip() for line in screen_text(app).splitlines())
        await pilot.press("k")
        await says(pilot, "Looked for")

    drive(app, scenario, NARROW)
    return shown


def test_the_settings_shown_for_a_key_are_understood(nothing: Path) -> None:
    shown = lines_to_paste(nothing)
    start = shown.index("[endpoint.openai]")
    nothing.write_text("\n".join(shown[start : start + 2]))
    assert load(nothing, {}).endpoint().key_cmd == ("pass", "show", "openai")


@pytest.mark.skipif(shutil.which("bash") is None, reason="runs the line in bash")
def test_the_line_shown_for_a_shell_sets_the_key_unseen(nothing: Path) -> None:
    (line,) = (line for line in lines_to_paste(nothing) if line.startswith("read -rs"))
    said = subprocess.run(
        ["bash", "-c", f"{line}; printenv OPENAI_API_KEY"], input=r"sk-a\b" + "\n", capture_output=True, text=True
    )
    assert (said.stdout, said.returncode) == ("sk-a\\b\n", 0)


def test_names_from_outside_stay_text(nothing: Path) -> None:
    hostile = LocalServer("vllm", "[b]vLLM", "http://127.0.0.1:8000/v1", ("[red]m[/red]", "\x1b[2Jn"))
    app = Opened(nothing)

    async def scenario(pilot: Pilot[Any]) -> None:
        app.first.found(hostile)
        await says(pilot, "s  [b]vLLM", "127.0.0.1:8000: [red]m[/red], ␛[2Jn")

    drive(app, scenario)


def test_the_prompt_below_keeps_its_keys(nothing: Path) -> None:
    app = Opened(nothing)

    async def scenario(pilot: Pilot[Any]) -> None:
        app.query_one(TextArea).focus()
        await pilot.press("d", "s", "k")
        await until(pilot, lambda: app.query_one(TextArea).text == "dsk")

    drive(app, scenario)
    assert app.chosen == []


# Whether the app can be shown


@contextmanager
def terminal() -> Iterator[TextIO]:
    ours, theirs = os.openpty()
    with os.fdopen(theirs) as stream:
        yield stream
    os.close(ours)


def test_a_terminal_will_do() -> None:
    with terminal() as tty:
        assert why_not(tty, tty, {"TERM": "xterm-256color"}) is None


def test_what_is_no_terminal_is_named() -> None:
    with terminal() as tty:
        closed = io.StringIO()
        closed.close()
        for stream in (io.StringIO(), closed, None):
            hint = "the app needs a terminal, and standard {} is none; `compare-tui run --help` shows how"
            assert (why_not(stream, tty, {"TERM": "xterm"}) or "").startswith(hint.format("input"))
            assert (why_not(tty, stream, {"TERM": "xterm"}) or "").startswith(hint.format("output"))
            error = why_not(tty, stream, {"TERM": "xterm"}, output="standard error")
            assert (error or "").startswith(hint.format("error"))


@pytest.mark.parametrize(
    ("environ", "state"), [({}, "TERM is not set"), ({"TERM": ""}, "TERM is not set"), ({"TERM": "dumb"}, "is dumb")]
)
def test_a_terminal_that_cannot_draw_is_refused(environ: dict[str, str], state: str) -> None:
    with terminal() as tty:
        assert state in (why_not(tty, tty, environ) or "")


@pytest.mark.parametrize("size", [(59, 20), (60, 19), (50, 15)])
def test_a_small_terminal_hears_what_is_needed(size: tuple[int, int]) -> None:
    assert too_small(*size) == f"compare-tui needs 60×20; this terminal is {size[0]}×{size[1]}"


def test_the_smallest_terminal_is_large_enough() -> None:
    assert too_small(60, 20) is None
