"""What `compare-tui diff` compares: each side is a file, standard input, or a take of the store."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from compare_tui.cli.stored import found, opened
from compare_tui.cli.streams import missing
from compare_tui.core.diff import told
from compare_tui.core.diff.answer import Said, said, whole_text
from compare_tui.core.diff.compare import completed
from compare_tui.core.lane import distinct_labels
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.store.problems import NotFound

if TYPE_CHECKING:
    from compare_tui.store.store import Store

STDIN: Final = "-"
LARGEST: Final = 32_000_000
"""Bytes of a file: what never ends is no text."""
_MOST_NAMED: Final = 12
_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Side:
    """A text with what it is called; `take` where it is one, which may still be running."""

    name: str
    said: Said
    take: Take | None = None
    label: str = ""
    """The lane, told apart from that of the other side."""
    marked: bool = False
    """A byte order mark stood before it."""
    undecodable: int = 0
    """Bytes that are no UTF-8. They are compared as they are, and shown as U+FFFD."""

    @property
    def is_running(self) -> bool:
        return self.take is not None and self.take.verdict is None

    @property
    def title(self) -> str:
        if self.take is None:
            return self.name
        verdict = self.take.verdict
        state = f"{verdict.glyph} {verdict.value}" if verdict else f"▸ {self.take.state}"
        return f"{self.name} · {self.label} · {state}"

    @property
    def settled(self) -> Said:
        """Of a take that still runs what is complete: its last sentence may go on."""
        text = self.said.text
        return Said(text[: completed(text)]) if self.is_running else self.said

    @property
    def exact(self) -> str:
        """Every character there is."""
        return f"{_BYTE_ORDER_MARK if self.marked else ''}{whole_text(self.said)}"

    @property
    def remarks(self) -> Iterator[str]:
        """What a reader has to know of it."""
        if self.marked:
            yield "its byte order mark is left out"
        if self.undecodable:
            yield f"no UTF-8: {told.counted(self.undecodable, 'byte')} shown as U+FFFD"
        if self.take is not None and self.take.verdict is None:
            yield f"is still {self.take.state}; whole sentences of it are compared"
        if self.take is not None and self.take.failure and not self.take.text:
            yield self.take.failure.message


def both(old: str, new: str) -> tuple[Side, Side]:
    """The store is opened only for an id, and once for two."""
    if old == new == STDIN:
        raise click.UsageError("- is standard input, which is there only once")
    if STDIN in (old, new) and "stdin" in missing:
        raise click.UsageError("- is standard input, which is closed")
    if not (old and new):
        raise click.UsageError("A and B are files or ids of takes, and one of them is an empty word")
    read = {name: _file(name) for name in dict.fromkeys((old, new)) if name == STDIN or os.path.lexists(name)}
    ids = [name for name in dict.fromkeys((old, new)) if name not in read]
    if ids:
        with opened() as store:
            takes = {name: _take(store, name) for name in ids}
        labels = distinct_labels(take.lane for take in takes.values())
        read |= {name: Side(take.id, said(take), take, labels[take.lane]) for name, take in takes.items()}
    return read[old], read[new]


def _file(name: str) -> Side:
    try:
        data = _bytes(name)
    except OSError as error:
        raise click.UsageError(f"{name} cannot be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise click.UsageError(f"{name} is larger than {LARGEST // 1_000_000} MB")
    text = data.decode("utf-8", "surrogateescape")
    odd = 0 if text.isascii() else sum("\udc80" <= character <= "\udcff" for character in text)
    whole = text.removeprefix(_BYTE_ORDER_MARK)
    return Side("standard input" if name == STDIN else name, Said(whole), marked=whole != text, undecodable=odd)


def _bytes(name: str) -> bytes:
    if name == STDIN:
        return sys.stdin.buffer.read(LARGEST + 1)
    with Path(name).open("rb") as file:
        return file.read(LARGEST + 1)


def _take(store: "Store", name: str) -> Take:
    try:
        place = found(store, name)
    except NotFound as error:
        raise NotFound(f"there is no file {safe_line(name)[:80]}, and {error}") from None
    takes = [record for _, record in store.read(place).takes()]
    if not takes:
        raise click.UsageError(f"{place} has no take")
    if len(takes) > 1:
        some = "\n".join(f"  {one.id}  {one.lane}" for one in takes[:_MOST_NAMED])
        more = f"\n  and {len(takes) - _MOST_NAMED} more" if len(takes) > _MOST_NAMED else ""
        raise click.UsageError(f"{place} has {len(takes)} takes; say which:\n{some}{more}")
    return _with_answer(takes[0].take())


def _with_answer(take: Take) -> Take:
    if why := told.missing(take):
        raise click.UsageError(f"{take.id} has nothing to compare: {why}")
    return take
