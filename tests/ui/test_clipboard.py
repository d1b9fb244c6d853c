"""Copying: which way a text goes, what is said about it, and what a file or a code block then holds."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from compare_tui.ui import clipboard
from compare_tui.ui.clipboard import Copied, code_blocks, copy, write_answer
from tests.ui.driving import drive

TEXT = "naïve \x1b[31mred\x1b[0m 漢字 👨‍👩‍👧\r\nlast line"
TOO_LONG = "é" * 40_000

WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}
X11 = {"DISPLAY": ":0"}
SSH = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}


class Desk:
    """A folder of tools that keep what they were given, and a terminal and a file that do."""

    def __init__(self, folder: Path) -> None:
        self.tools = folder / "bin"
        self.tools.mkdir()
        self.folder = folder
        self.sent: list[str] = []

    def tool(self, name: str, script: str = 'cat > "$0.got"') -> Path:
        path = self.tools / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        path.chmod(0o755)
        return path.with_name(f"{name}.got")

    def copy(self, text: str, environ: Mapping[str, str]) -> Copied:
        return asyncio.run(
            copy(
                text,
                {"PATH": str(self.tools), **environ},
                self.sent.append,
                lambda text: write_answer(text, self.folder, "answer"),
                "w writes a file",
            )
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("name", "environ"),
    [("pbcopy", {}), ("wl-copy", WAYLAND), ("xclip", X11), ("xsel", X11)],
)
def test_the_desktops_own_tool_gets_the_raw_text(desk: Desk, name: str, environ: Mapping[str, str]) -> None:
    got = desk.tool(name)
    copied = desk.copy(TEXT, environ)
    assert copied == Copied(name, True, f"{len(TEXT)} characters copied with {name}")
    assert got.read_bytes() == TEXT.encode()
    assert desk.sent == []


def test_windows_clipboard_gets_utf_16_from_wsl(desk: Desk) -> None:
    got = desk.tool("clip.exe")
    desk.tool("wl-copy")
    assert desk.copy(TEXT, {"WSL_DISTRO_NAME": "Ubuntu", **WAYLAND}).way == "clip.exe"
    assert got.read_bytes().decode("utf-16-le") == TEXT


def test_pbcopy_is_told_that_it_gets_utf_8(desk: Desk) -> None:
    got = desk.tool("pbcopy", 'echo "$LC_CTYPE $LC_ALL" > "$0.got"; cat > /dev/null')
    desk.copy("é", {"LC_ALL": "C", "LC_CTYPE": "C"})
    assert got.read_text() == "UTF-8 \n"


def test_a_tool_without_its_display_is_not_asked(desk: Desk) -> None:
    desk.tool("xclip")
    desk.tool("wl-copy")
    assert desk.copy(TEXT, {}).way == "OSC 52"


def test_a_tool_that_fails_is_named_and_the_next_one_asked(desk: Desk) -> None:
    desk.tool("wl-copy", "exit 3")
    got = desk.tool("xclip")
    copied = desk.copy("x", {**WAYLAND, **X11})
    assert copied == Copied("xclip", True, "wl-copy failed with 3; 1 character copied with xclip")
    assert got.read_text() == "x"


def test_a_tool_that_hangs_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "_SECONDS", 0.2)
    desk.tool("xclip", "exec sleep 20")
    copied = desk.copy("y" * 200_000, X11)
    assert (copied.way, desk.sent) == ("file", [])
    assert copied.message.startswith("xclip did not answer within 0.2 s; ")


def test_a_tool_that_stays_to_serve_the_text_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "_SECONDS", 0.7)
    desk.tool("xclip", 'cat > "$0.got"; sleep 1 &')
    assert desk.copy(TEXT, X11).certain


def test_no_tool_at_all_leaves_the_terminal_which_promises_nothing(desk: Desk) -> None:
    copied = desk.copy(TEXT, X11)
    said = "sent to the terminal by OSC 52 (it cannot say whether it took it) · w writes a file"
    assert copied == Copied("OSC 52", False, said)
    assert desk.sent == [TEXT]


def test_over_ssh_the_text_goes_to_the_terminal_not_to_the_far_desktop(desk: Desk) -> None:
    got = desk.tool("xclip")
    assert desk.copy(TEXT, {**X11, **SSH}).way == "OSC 52"
    assert desk.sent == [TEXT]
    assert not got.exists()


def test_a_text_too_long_for_osc_52_is_written_to_a_file_instead(desk: Desk) -> None:
    copied = desk.copy(TOO_LONG, SSH)
    path = desk.folder / "answer.md"
    assert copied.message == f"80,000 bytes are more than terminals take by OSC 52: written to {path}"
    assert (copied.certain, desk.sent) == (True, [])
    assert path.read_text() == TOO_LONG


def test_no_file_either_is_no_success(desk: Desk) -> None:
    desk.folder = desk.folder / "gone"
    copied = desk.copy(TOO_LONG, SSH)
    assert (copied.way, copied.certain) == ("nothing", False)
    assert copied.message.startswith("not copied: 80,000 bytes are more")
    assert copied.message.endswith("no file could be written: No such file or directory")


def test_half_a_character_does_not_stop_a_copy(desk: Desk) -> None:
    got = desk.tool("pbcopy")
    assert desk.copy("a\ud83db", {}).certain
    assert got.read_text() == "a\ufffdb"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="goes through a real tmux")
def test_in_tmux_its_buffer_has_the_text(desk: Desk) -> None:
    socket = desk.folder / "tmux"
    tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]
    subprocess.run([*tmux, "new-session", "-d", "cat"], check=True, env={**os.environ, "TMUX": ""})
    try:
        copied = desk.copy(TEXT, {"PATH": os.environ["PATH"], "TMUX": f"{socket},1,0", **SSH})
        kept = subprocess.run([*tmux, "show-buffer"], check=True, capture_output=True).stdout
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    assert (copied.way, copied.certain, kept) == ("tmux", False, TEXT.encode())
    assert copied.message.startswith("copied to tmux's buffer and offered to the terminal (it cannot say")


def test_textuals_own_writer_takes_the_text(desk: Desk) -> None:
    app: App[None] = App()

    async def scenario(_: Pilot[Any]) -> None:
        await copy(TEXT, SSH, app.copy_to_clipboard, lambda text: write_answer(text, desk.folder, "answer"), "")

    drive(app, scenario)
    assert app.clipboard == TEXT


# Into a file


def test_a_file_holds_the_raw_answer_and_is_private(tmp_path: Path) -> None:
    path = write_answer(TEXT, tmp_path, "round-3-openai/gpt-5.5:free high")
    assert path == tmp_path / "round-3-openai-gpt-5.5-free-high.md"
    assert path.read_bytes() == TEXT.encode()
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    written = [write_answer(text, tmp_path, "r1 gpt-5.5") for text in ("first", "second", "third")]
    assert [path.name for path in written] == ["r1-gpt-5.5.md", "r1-gpt-5.5-2.md", "r1-gpt-5.5-3.md"]
    assert [path.read_text() for path in written] == ["first", "second", "third"]


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "elsewhere")
    assert write_answer("x", tmp_path, "a").name == "a-2.md"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "file"),
    [("../../etc/passwd", "etc-passwd.md"), ("...", "answer.md"), ("", "answer.md"), ("x" * 300, "x" * 80 + ".md")],
)
def test_a_lane_cannot_choose_the_folder(tmp_path: Path, name: str, file: str) -> None:
    assert write_answer("x", tmp_path, name) == tmp_path / file


# Code blocks


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("no code", []),
        ("```python\nprint(1)\n```", ["print(1)"]),
        ("a\n```\none\n```\nb\n~~~ sh -x\ntwo\n\nthree\n~~~\n", ["one", "two\n\nthree"]),
        ("````md\n```sh\nls\n```\n````\nafter", ["```sh\nls\n```"]),
        ("~~~\n```\n~~~", ["```"]),
        ("```\nlonger fences close too\n`````", ["longer fences close too"]),
        ("```\nstill coming\nsecond", ["still coming\nsecond"]),
        ("```\nonly begun\n", ["only begun"]),
        ("```\n```", []),
        ("``` not `a` fence\ntext", []),
        ("~~~ with `ticks`\ncode\n~~~", ["code"]),
        ("1. do\n   ```sh\n   make\n     deep\n   ```\n2. go", ["make\n  deep"]),
        ("```\n        ```\n```", ["        ```"]),
        ("```\r\nwindows\r\n```\r\n", ["windows\r"]),
        ("``\nno fence\n``", []),
        ("```\nend ``` inside\n``` no end\n```", ["end ``` inside\n``` no end"]),
    ],
)
def test_code_blocks_are_found_between_their_fences(text: str, blocks: list[str]) -> None:
    assert code_blocks(text) == blocks
