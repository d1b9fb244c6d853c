"""The terminal of the tests is faithful: it shows what the app meant, and what another terminal shows."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from tests.integration.painter import Cell, cells_of
from tests.screen import Screen
from tests.terminal import Terminal, legacy_code

WAIT_S = 10.0


def painter(file: Path, *words: str, columns: int = 80, rows: int = 24) -> Terminal:
    return Terminal([sys.executable, "-m", "tests.integration.painter", str(file), *words], columns=columns, rows=rows)


def cells(screen: Screen) -> list[list[Cell]]:
    return [cells_of(texts, styles) for texts, styles in screen.cells()]


def meant(terminal: Terminal, file: Path) -> list[list[Cell]]:
    """What the app says it painted."""
    file.unlink(missing_ok=True)
    terminal.press("f9")
    deadline = time.monotonic() + WAIT_S
    while not file.exists():
        assert time.monotonic() < deadline, "the app did not write down its screen"
        time.sleep(0.01)
    return [[(cell[0], cell[1], cell[2], cell[3]) for cell in row] for row in json.loads(file.read_text())]


def assert_faithful(terminal: Terminal, file: Path) -> None:
    rows = meant(terminal, file)
    terminal.wait_for(lambda screen: cells(screen) == rows)


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Terminal]:
    with painter(tmp_path / "cells.json") as terminal:
        terminal.wait_for("count 0")
        yield terminal


def test_every_cell_is_as_the_app_meant_it(shown: Terminal, tmp_path: Path) -> None:
    assert_faithful(shown, tmp_path / "cells.json")
    assert shown.screen.find("tail") == (10, 3)
    assert shown.style(0, 4).bold
    shown.press(*"l" * 30)
    shown.wait_for("30 🙂")
    assert_faithful(shown, tmp_path / "cells.json")
    shown.press("o")
    shown.wait_for("Over 漢字 and all")
    assert_faithful(shown, tmp_path / "cells.json")
    shown.press("escape")
    shown.wait_for(lambda screen: "Over" not in screen.text)
    shown.resize(57, 18)
    shown.wait_for(lambda screen: screen.row(17).startswith("count 0"))
    assert_faithful(shown, tmp_path / "cells.json")
    assert shown.screen.unknown == set()


def test_it_shows_what_tmux_shows(tmp_path: Path) -> None:
    tmux = shutil.which("tmux")
    if tmux is None:
        pytest.skip("tmux is not installed")
    for name, written in {"app": of_an_app(tmp_path), "hand": BY_HAND.encode()}.items():
        screen = Screen(80, 24)
        screen.feed(written.decode())
        file = tmp_path / name
        file.write_bytes(written)
        with Tmux(tmux, file) as other:
            assert other.settles_on(screen.text.rstrip()) == screen.text.rstrip()


def of_an_app(folder: Path) -> bytes:
    with painter(folder / "cells.json", "plain") as terminal:
        terminal.wait_for("count 0")
        terminal.press(*"l" * 20, "o")
        terminal.wait_for("Over")
        return terminal.raw


BY_HAND = (
    "one\r\ntwo\tthree\b\b\bX\r\n"
    + "w" * 83  # wraps
    + "\x1b[10;78H漢字"  # does not fit at the edge
    + "\x1b[12;5H漢字\x1b[12;6Hx\x1b[12;7Hy"  # halves of wide characters
    + "\x1b[14;1Hkept gone\x1b[14;5H\x1b[K\x1b[14;3H\x1b[1K"
    + "\x1b[16;10Hsaved\x1b7\x1b[1;1H\x1b8 and back\x1b[2A\x1b[3Dup\x1b[2B\x1b[4Cdown\x1b[5Gcolumn\x1b[18drow"
    + "\x1b[?7l\x1b[20;75H123456789\x1b[?7h"  # no wrap: the last one stays
    + "\x1b[24;1Hlast\r\nscrolled\r\nagain e\u0301 done"
)
"""Cursor, erasing, wrapping and scrolling as shells and full-screen programs use them."""


class Tmux:
    """A tmux of its own that shows a file's bytes."""

    def __init__(self, tmux: str, file: Path) -> None:
        self._command = [tmux, "-u", "-S", f"{file}.socket", "-f", "/dev/null"]
        self._shows = f"cat '{file}'; exec sleep 60"

    def __enter__(self) -> "Tmux":
        self._call("new-session", "-d", "-x", "80", "-y", "24", self._shows)
        return self

    def __exit__(self, *error: object) -> None:
        self._call("kill-server")

    def _call(self, *words: str) -> str:
        environ = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        return subprocess.run([*self._command, *words], env=environ, capture_output=True, text=True, check=True).stdout

    def settles_on(self, expected: str) -> str:
        """Its screen: once it is as expected, or at last."""
        deadline = time.monotonic() + 5
        while True:
            text = "\n".join(line.rstrip() for line in self._call("capture-pane", "-p").splitlines()).rstrip()
            if text == expected or time.monotonic() > deadline:
                return text
            time.sleep(0.02)


def test_a_frame_is_seen_whole_or_not_at_all() -> None:
    screen = Screen(20, 3)
    for piece in ("before", "\x1b[?2026h\x1b[Haf", "ter all", "\x1b[?202", "6", "l"):
        assert screen.row(0) == "before"[: 6 if screen.frames or piece != "before" else 0]
        screen.feed(piece)
    assert (screen.row(0), screen.frames) == ("after all", 1)


def test_however_the_bytes_are_cut_the_screen_is_the_same() -> None:
    whole, piecemeal = Screen(80, 24), Screen(80, 24)
    written = BY_HAND + "\x1b[1;38;2;1;2;3m👩‍👩‍👧 ❤️ 🇩🇪\x1b]0;title\x07\x1b[0m 👍🏽\x1b]52;c;AAAA\x1b\\"
    whole.feed(written)
    for character in written:
        piecemeal.feed(character)
    assert list(piecemeal.cells()) == list(whole.cells())
    assert piecemeal.titles == ["title"]
    assert whole.unknown == set()


def test_what_is_not_known_is_said() -> None:
    screen = Screen(20, 3)
    screen.feed("a\x1b[5Zb\x9bc\x1b[\x1b[2Kd\x07")
    assert screen.unknown == {"\x1b[5Z", "\x9b", "\x1b["}


def test_every_named_key_arrives_as_textual_names_it() -> None:
    keys = ["f1", "f4", "f5", "f9", "f12", "up", "alt+up", "ctrl+left", "pageup", "pagedown", "home", "end", "delete"]
    for key in [*keys, "shift+tab", "tab", "enter", "backspace", "ctrl+j", "ctrl+q", "ctrl+z", "space", "l", "漢"]:
        events = list(XTermParser().feed(legacy_code(key).decode()))
        assert [event.key for event in events if isinstance(event, Key)] == [key]


@pytest.mark.parametrize("key", ["ctrl+enter", "ctrl+i", "ctrl+m", "ctrl+h", "ctrl+shift+a"])
def test_what_legacy_terminals_cannot_send_is_not_sent(key: str) -> None:
    with pytest.raises(ValueError, match="legacy terminal"):
        legacy_code(key)


def test_a_suspended_app_gives_the_screen_back_and_paints_it_again(shown: Terminal) -> None:
    shown.press("ctrl+z")
    shown.wait_until_stopped()
    shown.wait_for(lambda screen: not screen.alternate and not screen.text.strip())
    shown.signal(signal.SIGCONT)
    shown.wait_for("count 0")
    shown.press("c")
    shown.wait_for("count 1")


def test_the_exit_code_and_the_last_words_are_seen(shown: Terminal) -> None:
    shown.press("ctrl+q")
    assert shown.wait_for_exit() == 0
    assert not shown.screen.alternate
    assert shown.screen.cursor_shown


def test_a_signal_of_the_terminal_reaches_the_program() -> None:
    with Terminal(["/bin/sh", "-c", "echo ready; exec cat"], columns=20, rows=3) as terminal:
        terminal.wait_for("ready")
        terminal.press("ctrl+c")
        assert terminal.wait_for_exit() == -signal.SIGINT


def test_the_stamp_is_of_the_read_that_showed_it(shown: Terminal) -> None:
    sent = shown.press("c")
    seen = shown.wait_for("count 1")
    assert sent < seen < time.perf_counter_ns()


def test_what_does_not_come_is_said_with_the_screen(shown: Terminal) -> None:
    with pytest.raises(AssertionError, match=r"'count 7' did not come; the screen was:(.|\n)*count 0"):
        shown.wait_for("count 7", timeout=0.05)


def test_nothing_is_waited_for_once_the_program_has_ended() -> None:
    with Terminal(["/bin/echo", "last words"], columns=20, rows=3) as terminal:
        with pytest.raises(AssertionError, match="'first words' did not come, the program has ended"):
            terminal.wait_for("first words")
        terminal.wait_for("last words")


def test_what_stood_before_the_alternate_screen_stands_there_again() -> None:
    screen = Screen(20, 3)
    screen.feed("first\x1b[?1049h\x1b[3;3Hover all\x1b[?1049l second")
    assert screen.text == "first second\n\n"


def test_a_row_that_scrolls_in_has_the_ground_of_the_moment() -> None:
    screen = Screen(20, 2)
    screen.feed("\x1b[41mone\r\ntwo\r\nthree\x1b[0m")
    assert screen.style(19, 1).bgcolor == screen.style(0, 1).bgcolor
    assert screen.style(19, 0).bgcolor is None
