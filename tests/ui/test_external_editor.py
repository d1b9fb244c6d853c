"""The user's own editor on a real terminal, with a streaming engine's thread going on beside it."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from compare_tui.ui.external_editor import edit_in_external
from tests.screen import Screen
from tests.terminal import Terminal
from tests.ui.driving import screen_text, until

ROOT = str(Path(__file__).parents[2])
APP = """
import sys, threading, time
from pathlib import Path
sys.path.insert(0, {root!r})
from textual.app import App
from textual.widgets import Static
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.history import PromptHistory
from compare_tui.ui.widgets.prompt import PromptEditor

class Desk(App):
    BINDINGS = bindings(Where.ANYWHERE)
    streamed = 0
    def compose(self):
        yield PromptEditor(PromptHistory(Path({folder!r}) / "none"))
        yield Static("", id="said", markup=False)
    def on_mount(self):
        self.editor = self.query_one(PromptEditor)
        self.editor.load({text!r})
        self.editor.focus()
        threading.Thread(target=self.stream, daemon=True).start()
        self.set_interval(1 / 30, self.flush)
    def stream(self):
        while True:
            self.streamed += 1
            time.sleep(0.002)
    def flush(self):
        self.query_one("#said").update(ascii((self.editor.text, self.editor.draft().typed_variables)))
    def action_editor(self):
        before = self.streamed
        self.editor.edit_outside()
        self.sub_title = "streamed on" if self.streamed > before + 20 else "stood still"
        self.notify(self.sub_title)

Desk().run()
"""
SPY = """
import os, stat, sys, time
from pathlib import Path
file = Path(sys.argv[1])
print("in the editor", oct(stat.S_IMODE(file.stat().st_mode)), oct(stat.S_IMODE(file.parent.stat().st_mode)))
here = Path(__file__).parent
(here / "seen").write_text(str(file))
exec((here / "deed").read_text())
"""


@contextmanager
def app_with(tmp_path: Path, text: str = "first") -> Iterator[Terminal]:
    """The app with an editor that does to `file` what it is told."""
    spy = tmp_path / "my editor.py"
    spy.write_text(SPY)
    env = {**os.environ, "EDITOR": f"{sys.executable} '{spy}'", "TMPDIR": str(tmp_path)}
    env.pop("VISUAL", None)
    program = APP.format(root=ROOT, folder=str(tmp_path), text=text)
    with Terminal([sys.executable, "-c", program], columns=120, rows=24, env=env) as terminal:
        terminal.wait_for(ascii(text))
        yield terminal


def edit(terminal: Terminal, tmp_path: Path, deed: str) -> None:
    (tmp_path / "deed").write_text(deed)
    terminal.press("ctrl+g")


def is_cleared(tmp_path: Path) -> bool:
    return not Path((tmp_path / "seen").read_text()).exists() and not list(tmp_path.glob("compare-tui-*"))


def says(text: str) -> Callable[[Screen], bool]:
    """In a toast, over several rows."""
    return lambda screen: text in " ".join(screen.text.replace("▌", " ").replace("▐", " ").split())


def test_the_text_comes_back_literally_and_streams_go_on(tmp_path: Path) -> None:
    with app_with(tmp_path) as terminal:
        edit(terminal, tmp_path, "time.sleep(0.2); file.write_text(file.read_text() + ' @a {{x}}\\nfrom outside\\n')")
        terminal.wait_for(ascii(("first @a {{x}}\nfrom outside", ())))
        terminal.wait_for("streamed on")
        assert b"in the editor 0o600 0o700" in terminal.raw
        assert is_cleared(tmp_path)
        terminal.press("ctrl+z")
        terminal.wait_for(ascii(("first", ())))
        terminal.press("x")
        terminal.wait_for(ascii(("firstx", ())))


def test_an_editor_that_fails_leaves_the_text_as_it_was(tmp_path: Path) -> None:
    with app_with(tmp_path) as terminal:
        for deed, said in [
            ("file.write_text('spoiled'); sys.exit(3)", "ended with 3; the prompt is as it was"),
            ("file.write_bytes(b'\\xff')", "did not save UTF-8 text"),
            ("file.unlink()", "No such file or directory; the prompt is as it was"),
            ("", "returned at once and changed nothing"),
        ]:
            edit(terminal, tmp_path, deed)
            terminal.wait_for(says(said))
            terminal.wait_for(ascii(("first", ())))
            assert is_cleared(tmp_path)


def test_ctrl_c_in_the_editor_is_the_editors(tmp_path: Path) -> None:
    deed = """
try:
    print("editing", flush=True)
    time.sleep(30)
except KeyboardInterrupt:
    file.write_text("interrupted")
"""
    with app_with(tmp_path) as terminal:
        edit(terminal, tmp_path, deed)
        terminal.wait_for("editing")
        terminal.send(b"\x03")
        terminal.wait_for(ascii(("interrupted", ())))


def test_line_ends_that_were_there_stay(tmp_path: Path) -> None:
    with app_with(tmp_path, text="a\r\n") as terminal:
        edit(terminal, tmp_path, "file.write_bytes(file.read_bytes().replace(b'a', b'b'))")
        terminal.wait_for(ascii(("b\r\n", ())))


def test_an_editor_there_is_not_gives_the_screen_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor -x")
    program = APP.format(root=ROOT, folder=str(tmp_path), text="first")
    with Terminal([sys.executable, "-c", program], columns=120, rows=24) as terminal:
        terminal.wait_for(ascii("first"))
        terminal.press("ctrl+g")
        terminal.wait_for(says("no-such-editor cannot be started: No such file"))
        terminal.press("x")
        terminal.wait_for(ascii(("firstx", ())))


@pytest.mark.parametrize(("command", "said"), [("'open", "cannot be read as a command"), ("vi", "cannot be lent")])
def test_why_no_editor_opens_is_said(monkeypatch: pytest.MonkeyPatch, command: str, said: str) -> None:
    monkeypatch.setenv("VISUAL", command)

    async def run() -> None:
        app: App[None] = App()
        async with app.run_test(notifications=True) as pilot:
            assert edit_in_external(app, "text") is None
            await until(pilot, lambda: said in screen_text(app))

    asyncio.run(run())
