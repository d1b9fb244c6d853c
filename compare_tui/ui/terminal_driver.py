"""What comes from the terminal, read so that a paste is one thing, whatever is in it.

Textual's own parser takes an ESC inside a bracketed paste for the beginning of a key: pasted text could then press
keys. It also needs a second for two megabytes.
"""

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

_BEGIN: Final = "\x1b[200~"
_END: Final = "\x1b[201~"
_READ_BYTES: Final = 65_536
_LOOK_S: Final = 0.1


class WholePastes(XTermParser):
    """Keys and all else as Textual reads them; what stands between the marks of a paste is handed on untouched."""

    _pasted: str | None = None
    """What has come of a paste so far."""
    _perhaps = ""
    """The end of what came, if it may be the beginning of a mark."""
    _looked_again = False

    def feed(self, data: str) -> Iterable[Message]:
        if not data:  # the end
            yield from super().feed(data)
            return
        data, self._perhaps = self._perhaps + data, ""
        while data:
            if self._pasted is None:
                typed, mark, data = data.partition(_BEGIN)
                if mark:
                    self._pasted = ""
                else:
                    typed, self._perhaps = _without_half_a_mark(typed)
                    self._looked_again = False
                if typed:
                    yield from super().feed(typed)
            else:
                self._pasted, mark, data = (self._pasted + data).partition(_END)
                if mark:
                    yield events.Paste(self._pasted)
                    self._pasted = None

    def tick(self) -> Iterable[Message]:
        """A beginning that nothing followed in time was no mark."""
        if self._perhaps and self._looked_again:
            typed, self._perhaps = self._perhaps, ""
            yield from super().feed(typed)
        self._looked_again = True
        yield from super().tick()


def _without_half_a_mark(text: str) -> tuple[str, str]:
    """An ESC alone is left to Textual, which knows how long to wait for more."""
    for length in range(len(_BEGIN) - 1, 1, -1):
        if text.endswith(_BEGIN[:length]):
            return text[:-length], text[-length:]
    return text, ""


class TerminalDriver(LinuxDriver):
    """Bytes that are no UTF-8 become U+FFFD instead of ending the thread that reads."""

    def run_input_thread(self) -> None:
        parser, decode = WholePastes(self._debug), getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_LOOK_S):
                    read = os.read(self.fileno, _READ_BYTES)
                    if not read:  # the terminal is gone
                        return
                    if data := decode(read):
                        for event in parser.feed(data):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
