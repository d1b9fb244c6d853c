"""Files named by `@path` in the editor: which there are, and what would be sent of one."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from compare_tui.core.prompt import Image
from compare_tui.core.sanitize import safe_line
from compare_tui.core.tokens import estimate_tokens

LARGEST_FILE: Final = 20_000_000
MOST_LISTED: Final = 30
_MOST_LOOKED_AT: Final = 5_000
_MENTION: Final = re.compile(r"(?:^|\s)@((?:\\\s|\S)*)$")
_SECRET_NAMES: Final = re.compile(
    r"id_(rsa|dsa|ecdsa|ed25519)\b(?!.*\.pub$)|\.env(\..+)?$|.*\.(pem|key|p12|pfx|keystore|jks|kdbx|ppk)$"
    r"|.*(credential|secret|passw).*|\.(netrc|npmrc|pypirc|pgpass|htpasswd)$|shadow$",
    re.IGNORECASE,
)
_SECRET_FOLDERS: Final = {".ssh", ".gnupg", ".aws", ".kube", ".docker"}
_SECRET_TEXT: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bsk-[A-Za-z0-9_-]{20}|\bAKIA[0-9A-Z]{16}\b")


class Unfit(Exception):
    """A file that cannot be attached; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it would be sent: what was shown is what goes, the file is not read again."""

    path: Path
    content: Image | str
    facts: str
    warning: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """An `@path` being typed: where it begins in its line, and the path as it stands there."""

    column: int
    written: str

    @classmethod
    def before(cls, line: str) -> "Mention | None":
        """The one that ends where the line ends."""
        found = _MENTION.search(line)
        return cls(found.start(1) - 1, found[1]) if found else None

    def path(self, folder: Path) -> Path:
        return _expanded(re.sub(r"\\(\s)", r"\1", self.written), folder)

    def completions(self, folder: Path) -> tuple[str, ...]:
        """What could stand there instead, folders with a slash at their end."""
        head, slash, tail = self.written.rpartition("/")
        names: list[str] = []
        start = re.sub(r"\\(\s)", r"\1", tail).lower()
        with suppress(OSError, ValueError), os.scandir(Mention(0, head + slash).path(folder)) as there:
            for entry in islice(there, _MOST_LOOKED_AT):
                if entry.name.lower().startswith(start) and (start or not entry.name.startswith(".")):
                    names.append(entry.name + "/" * entry.is_dir())
        names.sort(key=lambda name: (name.startswith("."), name.lower()))
        return tuple(head + slash + re.sub(r"(\s)", r"\\\1", name) for name in names[:MOST_LISTED])


def look_at(path: Path) -> Found:
    """Read the file once, whatever it is; raises `Unfit`."""
    from compare_tui.promptfiles import PromptFileError, read_image
    from compare_tui.promptfiles.places import read_bytes

    try:
        if path.is_dir():
            raise Unfit(f"{safe_line(str(path))}: this is a folder, name a file in it")
        data = read_bytes(path, LARGEST_FILE)
        with suppress(PromptFileError):
            image = read_image(path)
            return Found(path, image, picture_facts(image), _warning(path, ""))
    except (PromptFileError, OSError, ValueError) as error:
        raise Unfit(str(error)) from None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Unfit(f"{safe_line(str(path))}: this is neither a PNG, JPEG, GIF or WebP picture nor UTF-8 text")
    lines = text.count("\n") + (not text.endswith("\n"))
    facts = f"text · {size(len(data))} · {lines:,} lines · ~{estimate_tokens(text):,} tokens"
    return Found(path, text, facts, _warning(path, text))


def picture_facts(image: Image) -> str:
    kind = image.mime.removeprefix("image/").upper()
    found = dimensions(image.data)
    return " · ".join([kind, size(len(image.data)), *([f"{found[0]}×{found[1]}"] if found else [])])


def size(count: int) -> str:
    """Bytes for people."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height as the first bytes say them; None where they do not."""

    def big(at: int) -> int:
        return int.from_bytes(data[at : at + 4], "big")

    def little(at: int, length: int) -> int:
        return int.from_bytes(data[at : at + length], "little")

    if data.startswith(b"\x89PNG") and len(data) >= 24:
        return big(16), big(20)
    if data.startswith(b"GIF8") and len(data) >= 10:
        return little(6, 2), little(8, 2)
    if data[12:16] == b"VP8X" and len(data) >= 30:
        return little(24, 3) + 1, little(27, 3) + 1
    if data[12:16] == b"VP8 " and len(data) >= 30:
        return little(26, 2) & 0x3FFF, little(28, 2) & 0x3FFF
    return _jpeg_dimensions(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + max(length, 2)
    return None


def _warning(path: Path, text: str) -> str | None:
    """A link may have an innocent name, so what it leads to is judged too."""
    for name in (path, Path(os.path.realpath(path))):
        if _SECRET_NAMES.match(name.name) or _SECRET_FOLDERS & set(name.parts):
            return "Its name says that it may hold a key or a password."
    return "It holds what looks like a secret key." if _SECRET_TEXT.search(text) else None


def _expanded(written: str, folder: Path) -> Path:
    return folder / os.path.expanduser(written)  # noqa: PTH111 - Path.expanduser raises for a user there is not
