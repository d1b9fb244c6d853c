"""Where an export goes: a name made of a session, the file that a typed path means, and what is in the way of it."""

import errno
import os
import stat
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from compare_tui.core.sanitize import safe_display, safe_line

_LONGEST_NAME: Final = 60
_MOST_BYTES: Final = 120
"""A file system takes 255 for the whole name, and the unfinished file beside it has a longer one."""
_MOST_LOOKED_AT: Final = 5_000
_MOST_LISTED: Final = 30
_MEANINGS: Final = {
    errno.ENOENT: "There is no folder {folder}.",
    errno.EEXIST: "There is something of this name already.",
    errno.ENOTDIR: "{folder} is a file and no folder.",
    errno.EACCES: "There is no permission to write in {folder}.",
    errno.EPERM: "There is no permission to write in {folder}.",
    errno.EROFS: "{folder} can only be read.",
    errno.ENOSPC: "The disk is full.",
    errno.EDQUOT: "The disk space you may use is full.",
    errno.EFBIG: "The file would be larger than it may be.",
    errno.ENAMETOOLONG: "The name is too long.",
    errno.ELOOP: "The path leads in a circle.",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The file that a typed path means."""

    path: Path
    problem: str = ""
    """A sentence: why nothing can be written there."""
    replaced: tuple[Path, ...] = ()
    """Files that are there already."""


def file_name(title: str, id_: str) -> str:
    """Without an ending. Only letters, digits and low lines of the title are in it: none chooses a folder or hides."""
    return "-".join(filter(None, (_fit(title), _fit(id_)))) or "session"


def _fit(text: str) -> str:
    kept = "".join(sign if _is_part_of_a_word(sign) else " " for sign in text[:500])
    name = "-".join(unicodedata.normalize("NFC", safe_display(kept)).split())
    return name[:_LONGEST_NAME].encode()[:_MOST_BYTES].decode(errors="ignore").strip("-")


def _is_part_of_a_word(sign: str) -> bool:
    return sign == "_" or unicodedata.category(sign)[0] in "LNM"


def ending_of(typed: str, endings: Sequence[str]) -> str | None:
    """The one of these that is typed, however it is written."""
    ending = Path(typed).suffix.lower()
    return ending if ending in endings else None


def with_ending(typed: str, ending: str, endings: Sequence[str]) -> str:
    """The same path with this ending in the place of another one of them."""
    before = ending_of(typed, endings)
    return typed if before is None else typed[: -len(before)] + ending


def target(typed: str, ending: str, folder: Path, name: str, endings: Sequence[str]) -> Path:
    """A folder gets the file of this name; an ending of no format stays part of the name. Blocks."""
    path = _expanded(typed.strip(), folder)
    if not typed.strip() or typed.strip().endswith("/") or os.path.isdir(path):  # noqa: PTH112 - is_dir() may raise
        path /= f"{name}{ending}"
    elif ending_of(path.name, endings) is None:
        path = path.with_name(f"{path.name}{ending}")
    else:
        path = path.with_suffix(path.suffix.lower())
    return Path(os.path.realpath(path.parent), path.name)  # Path.resolve() raises when links lead in a circle


def looked_at(path: Path, beside: Sequence[Path] = ()) -> Target:
    """What is in the way of this file and of those beside it. Blocks."""
    folder = path.parent
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            return Target(path, said(NotADirectoryError(errno.ENOTDIR, ""), path))
        there = tuple(one for one in (path, *beside) if one.exists())
    except (OSError, ValueError) as error:
        return Target(path, said(error, path))
    if strange := next((one for one in there if not one.is_file()), None):
        return Target(path, f"{safe_line(str(strange))} is no regular file.")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Target(path, said(PermissionError(errno.EACCES, ""), path))
    return Target(path, replaced=there)


def said(error: Exception, path: Path) -> str:
    """Why nothing was written, as a sentence."""
    if isinstance(error, OSError):
        meaning = _MEANINGS.get(error.errno or 0, f"{error.strerror or error}.")
        return meaning.replace("{folder}", safe_line(str(path.parent)))
    return f"{safe_line(str(error)) or type(error).__name__}."


def folders(typed: str, folder: Path) -> tuple[str, ...]:
    """What a folder begun could be, each with a slash at its end. Blocks."""
    head, slash, begun = typed.rpartition("/")
    if not begun:
        return ()
    names: list[str] = []
    with suppress(OSError, ValueError), os.scandir(_expanded(head + slash, folder)) as there:
        for entry in islice(there, _MOST_LOOKED_AT):
            if entry.name.lower().startswith(begun.lower()) and entry.is_dir() and is_plain(entry.name):
                names.append(entry.name)
    return tuple(f"{head}{slash}{name}/" for name in sorted(names, key=str.lower)[:_MOST_LISTED])


def is_plain(text: str) -> bool:
    """Whether a field can show it as it is."""
    return safe_line(text) == text


def shortened(folder: Path) -> str:
    """With a `~` for the home folder, and a slash at its end."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises without one
    text = str(folder).rstrip("/")
    if home != "/" and (text == home or text.startswith(f"{home}/")):
        text = f"~{text[len(home) :]}"
    return f"{text}/"


def _expanded(typed: str, folder: Path) -> Path:
    return folder / os.path.expanduser(typed)  # noqa: PTH111 - Path.expanduser raises for a user there is not
