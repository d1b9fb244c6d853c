"""Files read as text, line by line, with the place of every mistake."""

import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from compare_tui.core.sanitize import safe_line

LARGEST_FILE = 256_000_000
_BOM = b"\xef\xbb\xbf"
_LONGEST_NAME = 64
_NAMED = 16


class PromptFileError(Exception):
    """A file or an option that gives no prompt. The message is one sentence for the user: where, what, what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or a line of it, to say where something is wrong."""

    file: str
    line: int | None = None

    @classmethod
    def of(cls, path: Path) -> "Place":
        return cls(safe_line(str(path)))

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def error(self, sentence: str) -> PromptFileError:
        return PromptFileError(f"{self}: {sentence}")


Line = tuple[Place, str]


def quoted(name: str) -> str:
    """A name from a file, fit for a message."""
    return safe_line(name)[:_LONGEST_NAME] or '""'


def listed(names: Collection[str]) -> str:
    """The first names of many, fit for a message."""
    return ", ".join(map(quoted, islice(names, _NAMED))) + (", …" if len(names) > _NAMED else "")


def opened(path: Path) -> BinaryIO:
    """The file to read from. It may be a pipe: `<(command)` of a shell is one."""
    place = Place.of(path)
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise place.error("there is no such file") from None
    except IsADirectoryError:
        raise place.error("this is a directory, name a file in it") from None
    except OSError as error:
        raise place.error(f"it cannot be read: {error.strerror}") from None
    except ValueError:
        raise place.error("no file can have this name") from None


def lines(stream: BinaryIO, file: str) -> Iterator[Line]:
    """The lines of a UTF-8 text with their ends, decoded one at a time."""
    left, number = LARGEST_FILE, 0
    while raw := _taken(stream.readline, left + 1, file):
        number += 1
        left -= len(raw)
        place = Place(file, number)
        if left < 0:
            raise Place(file).error(f"it is larger than {LARGEST_FILE // 1_000_000} MB; split it")
        if b"\0" in raw:
            raise place.error("this is not UTF-8 text, it holds a NUL byte; save the file as UTF-8")
        try:
            text = (raw.removeprefix(_BOM) if number == 1 else raw).decode()
        except UnicodeDecodeError:
            raise place.error("this is not UTF-8 text; save the file as UTF-8") from None
        yield place, text


def _taken(read: Callable[[int], bytes], most: int, file: str) -> bytes:
    try:
        return read(most)
    except OSError as error:
        raise Place(file).error(f"it cannot be read: {error.strerror}") from None


def trimmed(texts: Sequence[str]) -> str:
    """The lines without the blank ones around them and without the last one's end."""
    written = [at for at, text in enumerate(texts) if text.strip()]
    if not written:
        return ""
    return "".join(texts[written[0] : written[-1] + 1]).removesuffix("\n").removesuffix("\r")


def read_text(path: Path) -> str:
    """A whole text file, without the blank lines around it."""
    place = Place.of(path)
    with opened(path) as stream:
        text = trimmed([text for _, text in lines(stream, place.file)])
    if not text:
        raise place.error("it holds no text")
    return text


def read_bytes(path: Path, most: int) -> bytes:
    """A whole file of limited size. Files name such files, so what could hang is refused: a pipe, a device."""
    place = Place.of(path)
    with suppress(OSError, ValueError):  # opening it says what is wrong
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise place.error("this is not a regular file")
    with opened(path) as stream:
        data = _taken(stream.read, most + 1, place.file)
    if len(data) > most:
        raise place.error(f"it is larger than {most // 1_000_000} MB; make it smaller")
    return data


def read_text_option(value: str) -> str:
    """`TEXT` or `@FILE`; `@@TEXT` is a text that starts with an @."""
    if not value.startswith("@"):
        return value
    if value.startswith("@@"):
        return value[1:]
    if value == "@":
        raise PromptFileError("@: name a file after it, or write @@ for a text that starts with @")
    return read_text(Path(value[1:]))
