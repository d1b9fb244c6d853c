"""Takes text out of the app: by the desktop's own tool, through tmux, by OSC 52 or into a file, and says which way."""

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compare_tui.core.sanitize import join_surrogates, safe_line

_SECONDS: Final = 2.0
_MOST_BY_OSC_52: Final = 74_994  # bytes; hterm and others drop a sequence above 100,000, which base64 makes of these
_UNFIT_IN_A_NAME: Final = re.compile(r"[^\w.+-]+")
_LONGEST_NAME: Final = 80
_MOST_OF_A_NAME: Final = 10_000
_FENCE: Final = re.compile(r"([ \t]*)(`{3,}|~{3,})(.*)")


@dataclass(frozen=True, slots=True)
class Copied:
    """Which way the text went. Only `certain` means that somebody confirmed it; the message is for the reader."""

    way: str
    certain: bool
    message: str


@dataclass(frozen=True, slots=True)
class _Tool:
    """A command that takes the text on its standard input. `needs`: one of these variables has to be set."""

    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        return self.command[0]

    def is_there(self, environ: Mapping[str, str]) -> bool:
        import shutil

        wanted = not self.needs or any(environ.get(name) for name in self.needs)
        return wanted and shutil.which(self.name, path=environ.get("PATH", os.defpath)) is not None


_DESKTOP: Final = (
    _Tool(("clip.exe",), ("WSL_DISTRO_NAME", "WSL_INTEROP"), "utf-16-le"),  # it reads UTF-8 as the OEM code page
    _Tool(("pbcopy",)),
    _Tool(("wl-copy", "--type", "text/plain"), ("WAYLAND_DISPLAY",)),
    _Tool(("xclip", "-selection", "clipboard"), ("DISPLAY",)),
    _Tool(("xsel", "--clipboard", "--input"), ("DISPLAY",)),
)
# tmux 3.3a with its defaults (set-clipboard external, allow-passthrough off) swallows OSC 52 of a program, plain or
# wrapped; its own command fills its buffer and passes the text on to a terminal that takes it.
_TMUX: Final = _Tool(("tmux", "load-buffer", "-w", "-"), ("TMUX",))


async def copy(
    text: str,
    environ: Mapping[str, str],
    write_terminal: Callable[[str], None],
    write_file: Callable[[str], Path],
    instead: str,
) -> Copied:
    """Copy the raw text. `write_terminal` sends OSC 52; `write_file` is for a text too long for that.

    `instead` says which key writes a file, for where nobody knows whether the text has come.
    """
    text = join_surrogates(text)
    failed: list[str] = []
    for tool in _tools(environ):
        trouble = await asyncio.to_thread(_run, tool, text, environ)
        if trouble is None:
            return _copied_by(tool, text, failed, instead)
        failed.append(f"{tool.name} {trouble}")
    if len(text.encode()) > _MOST_BY_OSC_52:
        return _filed(text, write_file, failed)
    write_terminal(text)
    said = f"sent to the terminal by OSC 52 (it cannot say whether it took it) · {instead}"
    return Copied("OSC 52", False, _sentence(failed, said))


def _tools(environ: Mapping[str, str]) -> list[_Tool]:
    """Over ssh a desktop's tool would fill the clipboard of the wrong machine."""
    remote = any(environ.get(name) for name in ("SSH_TTY", "SSH_CONNECTION"))
    return [tool for tool in ((_TMUX,) if remote else (*_DESKTOP, _TMUX)) if tool.is_there(environ)]


def _run(tool: _Tool, text: str, environ: Mapping[str, str]) -> str | None:
    """What went wrong, or None. xclip and wl-copy leave a process behind that serves the text, without our output."""
    import subprocess

    kept = {name: value for name, value in environ.items() if name != "LC_ALL"}
    try:
        done = subprocess.run(
            tool.command,
            input=text.encode(tool.encoding),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**kept, "LC_CTYPE": "UTF-8"} if tool.name == "pbcopy" else dict(environ),  # else it reads MacRoman
            timeout=_SECONDS,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"did not answer within {_SECONDS:g} s"
    except OSError as error:
        return f"cannot run: {error.strerror}"
    return None if done.returncode == 0 else f"failed with {done.returncode}"


def _copied_by(tool: _Tool, text: str, failed: list[str], instead: str) -> Copied:
    if tool is _TMUX:
        said = f"copied to tmux's buffer and offered to the terminal (it cannot say whether it took it) · {instead}"
        return Copied("tmux", False, _sentence(failed, said))
    amount = f"{len(text):,} character{'' if len(text) == 1 else 's'}"
    return Copied(tool.name, True, _sentence(failed, f"{amount} copied with {tool.name}"))


def _filed(text: str, write_file: Callable[[str], Path], failed: list[str]) -> Copied:
    too_long = f"{len(text.encode()):,} bytes are more than terminals take by OSC 52"
    try:
        path = write_file(text)
    except OSError as error:
        said = f"not copied: {too_long}, and no file could be written: {error.strerror}"
        return Copied("nothing", False, _sentence(failed, said))
    return Copied("file", True, _sentence(failed, f"{too_long}: written to {safe_line(str(path))}"))


def _sentence(failed: list[str], said: str) -> str:
    return "; ".join((*failed, said))


def write_answer(text: str, folder: Path, name: str) -> Path:
    """A new private file with the raw text, named after the round and the lane; one that is there is left alone."""
    stem = _UNFIT_IN_A_NAME.sub("-", name).strip("-.")[:_LONGEST_NAME] or "answer"
    for number in range(1, _MOST_OF_A_NAME):
        path = folder / (f"{stem}.md" if number == 1 else f"{stem}-{number}.md")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(join_surrogates(text).encode())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
    raise FileExistsError(17, f"there are {_MOST_OF_A_NAME:,} files of this name already", str(folder / stem))


def code_blocks(text: str) -> list[str]:
    """What stands between fences, without their indentation and without empty ones; the last may still be open.

    Looser than CommonMark in one thing: a fence inside a list may be indented as far as it likes.
    """
    blocks: list[str] = []
    lines: list[str] = []
    opened: re.Match[str] | None = None
    for line in text.split("\n"):
        fence = _FENCE.fullmatch(line.rstrip("\r"))
        if opened is None:
            opened = fence if fence and not ("`" in fence[3] and fence[2][0] == "`") else None
        elif fence and _closes(fence, opened):
            blocks.append("\n".join(lines))
            lines, opened = [], None
        else:
            lines.append(_without_indent(line, len(opened[1])))
    if opened is not None:
        blocks.append("\n".join(lines).removesuffix("\n"))
    return [block for block in blocks if block.strip()]


def _closes(fence: re.Match[str], opened: re.Match[str]) -> bool:
    """The same sign, at least as often, nothing behind it, and not itself indented as code."""
    return fence[2].startswith(opened[2]) and not fence[3].strip() and len(fence[1]) <= len(opened[1]) + 3


def _without_indent(line: str, most: int) -> str:
    spaces = len(line) - len(line.lstrip(" \t"))
    return line[min(spaces, most) :]
