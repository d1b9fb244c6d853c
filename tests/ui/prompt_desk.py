"""An app with the prompt editor alone, and the ways text comes to it: typed, pasted, pasted as keys."""

from pathlib import Path
from time import monotonic

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.history import PromptHistory
from compare_tui.ui.widgets.prompt import PromptEditor


class Desk(App[None]):
    """An app with nothing but the editor and the keys of anywhere."""

    BINDINGS = bindings(Where.ANYWHERE)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.changes = self.left = 0
        self.editor = PromptEditor(PromptHistory(folder / "prompts.jsonl"), folder=folder, id="editor")

    def compose(self) -> ComposeResult:
        yield self.editor
        yield Static("the panes", id="panes")

    def on_mount(self) -> None:
        self.editor.focus()

    def on_prompt_editor_send(self) -> None:
        self.sent.append(self.editor.text)

    def on_prompt_editor_changed(self) -> None:
        self.changes += 1

    def on_prompt_editor_to_panes(self) -> None:
        self.left += 1

    def action_next_area(self) -> None:
        self.screen.focus_next()


def at_once(desk: Desk, *keys: tuple[str, str | None]) -> None:
    """Keys as the driver hands on what it got by one read."""
    assert desk._driver is not None
    for key, character in keys:
        desk._driver.send_message(events.Key(key, character))


def burst(text: str) -> list[tuple[str, str | None]]:
    names = {"\n": "ctrl+j", "\r": "enter", "\t": "tab", "@": "at", "{": "left_curly_bracket", " ": "space"}
    return [(names.get(character, character), character) for character in text]


def typed(desk: Desk, text: str) -> None:
    """By a hand, 50 ms a key."""
    assert desk._driver is not None
    began = monotonic() - 0.05 * (len(text) + 1)
    for at, (name, character) in enumerate(burst(text)):
        key = events.Key(name, character)
        key.time = began + 0.05 * at
        desk._driver.send_message(key)


def paste(desk: Desk, text: str) -> None:
    desk.post_message(events.Paste(text))
