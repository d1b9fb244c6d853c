"""A small app for `compare-tui keys`: press a key, see its name and what it does."""

import os
import select
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterator
from typing import ClassVar, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.drivers.linux_driver import LinuxDriver
from textual.widgets import Static

from compare_tui.ui.actions import Where
from compare_tui.ui.key_names import UnknownKey, every_terminal_sends, is_typed, plain_name, shown, textual_key
from compare_tui.ui.keymap import Keymap, use_in_the_prompt

_INTRODUCTION: Final = (
    "Press a key to see its name and what it does in compare-tui. ctrl+q leaves, and so does esc twice.",
    "A key after which nothing changes never came here: the terminal, tmux or the desktop keeps it.",
)


class _ListeningDriver(LinuxDriver):
    """Textual's key events no longer have their bytes, so this one keeps them, an entry a key."""

    heard: ClassVar[deque[bytes]] = deque(maxlen=64)

    def run_input_thread(self) -> None:
        parser, decode = XTermParser(), getincrementaldecoder("utf-8")("replace").decode
        waiting = b""
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], 0.1)[0]:
                data = os.read(self.fileno, 4096)
                waiting += data
                messages = list(parser.feed(decode(data))) if data else []
            else:
                messages = list(parser.tick())
            for message in messages:
                if isinstance(message, events.Key):
                    self.heard.append(waiting)
                self.process_message(message)
            waiting = b"" if messages else waiting


class KeyProbe(App[None], inherit_bindings=False):
    """Shows every key it gets and does nothing else with it."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { padding: 1 2; }
    #probe-introduction { color: $text-muted; margin-bottom: 1; }
    """

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(driver_class=_ListeningDriver)
        _ListeningDriver.heard.clear()
        self._keymap_of_user = keymap
        self._last = ""

    def compose(self) -> ComposeResult:
        yield Static("\n".join(_INTRODUCTION), id="probe-introduction", markup=False)
        yield Static(id="probe-key")

    def on_key(self, event: events.Key) -> None:
        heard = _ListeningDriver.heard.popleft() if _ListeningDriver.heard else b""
        if event.key == "ctrl+q" or event.key == self._last == "escape":
            self.exit()
        self._last = event.key
        facts = Table.grid(padding=(0, 2, 0, 0))
        for name, fact in self._facts(event, heard):
            facts.add_row(Text(name, "dim"), Text(fact))
        self.query_one("#probe-key", Static).update(Group(Text(shown(event.key), "bold"), Text(), facts))

    def _facts(self, event: events.Key, heard: bytes) -> Iterator[tuple[str, str]]:
        yield "Textual calls it", event.key
        yield "in keys.toml", _written(event.key)
        yield "bytes", " ".join(_byte(byte) for byte in heard) if heard else "not known"
        if not every_terminal_sends(event.key):
            yield "mind", "many terminals never send it: do not make it the only key of an action"
        uses = {action.where: f"{action.label} – {action.help}" for action in self._keymap_of_user.done_by(event.key)}
        if Where.PROMPT not in uses and (typed := _typed(event.key)):
            uses[Where.PROMPT] = typed
        yield from sorted(uses.items())
        if not uses:
            yield "does", "nothing"


def _typed(key: str) -> str | None:
    return "is typed" if is_typed(key) else use_in_the_prompt(key)


def _written(key: str) -> str:
    try:
        return f'"{plain_name(textual_key(key))}"'
    except UnknownKey:
        return "cannot be used there"


def _byte(byte: int) -> str:
    """As in the tables of terminals: `ESC [ 1 5 ~`, `^J`, `x`, `c3`."""
    if byte == 0x1B:
        return "ESC"
    if byte < 0x20 or byte == 0x7F:
        return f"^{chr(byte ^ 0x40)}"
    return chr(byte) if 0x20 < byte < 0x7F else f"{byte:02x}"
