"""Somebody else has the terminal while eight lanes stream: a shell, or an editor. Nothing is lost, nobody waits."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.app import App, Look
from tests.integration.app_server import HeldServer, numbered
from tests.integration.app_stages import focus_on, free_endpoint, states

MODELS = [f"model-{number}" for number in range(1, 9)]


@pytest.fixture
def server() -> Iterator[HeldServer]:
    with HeldServer() as server:
        yield server


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """Says that it is there, waits for the file `ready`, then writes another prompt."""
    script = tmp_path / "editor"
    script.write_text(
        "#!/bin/sh\necho the editor is open\n"
        f"while [ ! -e {tmp_path}/ready ]; do sleep 0.02; done\n"
        'printf "written outside" > "$1"\n'
    )
    script.chmod(0o755)
    return script


@pytest.fixture
def app(tmp_path: Path, server: HeldServer, editor: Path) -> Iterator[App]:
    """Eight lanes have written half of their answers."""
    free_endpoint(tmp_path, server.base_url, "chat")
    words = [word for model in MODELS for word in ("--lane", model)]
    with App(tmp_path, *words, env={"EDITOR": str(editor)}) as app:
        app.opened().type("Hello?").see("Hello?")
        app.to_panes()
        app.key("S").see(states("writing"), *(f"{model} line 60" for model in MODELS))
        yield app


def assert_nothing_is_lost(app: App) -> None:
    """On the screen the last lines, in the file every one, and the keys do what they did before."""
    app.see(Look.is_done, states("done"), *(f"{model} line 120" for model in MODELS))
    app.press(*"1w2w3w4w5w6w7w8w")
    app.key("1").key("g").see(focus_on(1), "model-1 line 1 ")
    assert app.screen.unknown == set()
    assert sorted(file.read_text() for file in app.folder.iterdir()) == sorted(map(numbered, MODELS))


def test_what_comes_while_a_shell_has_the_terminal_is_there_afterwards(app: App, server: HeldServer) -> None:
    suspended(app)
    app.signal(signal.SIGCONT)
    app.see(states("writing"), *(f"{model} line 60" for model in MODELS))
    suspended(app)
    server.go_on()
    server.wait_until(lambda: server.answered == len(MODELS))
    app.signal(signal.SIGCONT)
    assert_nothing_is_lost(app)


def suspended(app: App) -> None:
    app.key("ctrl+z").wait_until_stopped()
    app.see(lambda look: not look.screen.alternate and look.screen.cursor_shown)


def test_streams_go_on_while_an_editor_has_the_terminal(app: App, server: HeldServer, tmp_path: Path) -> None:
    app.key("ctrl+g").see("the editor is open", lambda look: not look.screen.alternate)
    painted = len(app.raw)
    server.go_on()
    server.wait_until(lambda: server.answered == len(MODELS))
    assert len(app.raw) == painted, "the terminal is the editor's"
    (tmp_path / "ready").touch()
    app.see("written outside")
    assert_nothing_is_lost(app)
