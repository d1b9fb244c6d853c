"""An answer cut into sections small enough to be rendered one at a time, without parsing it first.

Cut is where Markdown begins a new block anyway: at a line that is not indented after a blank one, or at an item of a
list. Fences and tables too long for one section go on in the next.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from compare_tui.core.sanitize import safe_display
from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.code import Code
from compare_tui.ui.rendered.lines import Line, Margin, wrapped
from compare_tui.ui.rendered.markdown import DEFINITION
from compare_tui.ui.rendered.table import natural_widths
from compare_tui.ui.rows import Place

_ENOUGH, _ENOUGH_LINES = 1_000, 40
_TOO_MUCH, _TOO_MANY_LINES = 3_000, 100
_LONG_LINE = 2_000
_PART_OF_LINE = 1_000
_CHUNK = 1 << 16
_CODE_LINES = 40
_TABLE_LINES = 24
_MOST_TARGETS = 200

_FENCE = re.compile(r"(?P<lead>(?:[ >\t]|[-*+] |\d{1,9}[.)] )*)(?P<mark>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<info>.*)")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_DELIMITER = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


class Section(Protocol):
    """A stretch of an answer, rendered on demand; an empty row stands before it when there is a gap."""

    @property
    def source(self) -> str: ...
    @property
    def place(self) -> Place: ...
    @property
    def gap(self) -> bool: ...
    @property
    def height(self) -> int:
        """Rows it has at least."""

    def render(self, width: int, ink: Ink) -> list[Line]: ...


@dataclass(frozen=True, slots=True)
class MarkdownSection:
    """Blocks. `lead` are lines of an earlier section that it needs to be understood, `indent` what stood left of it."""

    source: str
    place: Place
    gap: bool = False
    indent: int = 0
    lead: str = ""
    columns: tuple[int, ...] = ()
    running: bool = False
    links: Mapping[str, Any] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return self.source.count("\n") + 1

    def render(self, width: int, ink: Ink) -> list[Line]:
        from compare_tui.ui.rendered.markdown import MarkdownWriter

        return MarkdownWriter(self, width, ink).lines()


@dataclass(frozen=True, slots=True)
class CodeSection:
    """Some lines of a fence."""

    source: str
    place: Place
    gap: bool
    code: Code
    first: int
    count: int
    indent: int

    @property
    def height(self) -> int:
        return self.count

    def render(self, width: int, ink: Ink) -> list[Line]:
        indent = [(" " * min(self.indent, width // 2), ink.text)]
        return self.code.rows(self.first, self.first + self.count, width, ink, self.place, Margin(indent, indent))


@dataclass(frozen=True, slots=True)
class CallSection:
    """The heading of a tool call."""

    source: str
    place: Place
    name: str
    id: str
    gap: bool
    height: int = 1

    def render(self, width: int, ink: Ink) -> list[Line]:
        pieces = [("→ call ", ink.call), (self.name, ink.call), (f"  {self.id}".rstrip(), ink.muted)]
        return wrapped(pieces, width, self.place)


def safe_lines(text: str) -> Iterator[str]:
    """The lines as a screen may have them, made safe a stretch at a time."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _CHUNK) + 1 or len(text)
        part = safe_display(text[start:end])
        start = end
        yield from part.removesuffix("\n").split("\n")


def plain_sections(text: str, place: Place) -> Iterator[Section]:
    """A text as it came, from its place on."""
    for number, line in enumerate(safe_lines(text)):
        base = Place(place.line + number, 0 if number else place.offset)
        for part, offset in parts_of_line(line):
            yield CodeSection(part, replace(base, offset=base.offset + offset), False, Code([part], ""), 0, 1, 0)


def link_targets(text: str) -> Mapping[str, Any]:
    """The targets that are defined somewhere in the text, by their names."""
    from markdown_it import MarkdownIt

    found = [match.group() for _, match in zip(range(_MOST_TARGETS), DEFINITION.finditer(text), strict=False)]
    known: dict[str, Any] = {}
    if found:
        MarkdownIt("commonmark").parse(safe_display("\n".join(found)), known)
    return known


class MarkdownSplitter:
    """Reads lines and hands out sections."""

    def __init__(self, text: str, links: Mapping[str, Any]) -> None:
        self._ahead = _Ahead(safe_lines(text))
        self._links = links
        self._kept: list[str] = []
        self._size = 0
        self._start = 0
        self._gap = False
        self._fence: re.Match[str] | None = None

    def sections(self) -> Iterator[Section]:
        while (line := self._ahead.peek()) is not None:
            fence = None if self._fence else _opens(line)
            if fence is not None and not fence["lead"]:
                yield from self._flush()
                self._ahead.take()
                yield from self._code(fence)
            elif self._table_begins(line):
                yield from self._table()
            elif len(line) > _LONG_LINE:
                yield from self._flush()
                yield from self._long_line(self._ahead.taken, self._ahead.take())
            elif self._kept and self._wants_cut(line):
                yield from self._flush()
            else:
                self._keep(self._ahead.take())
        yield from self._flush()

    def _keep(self, line: str) -> None:
        """Into the section; blank lines before it are its gap."""
        if not self._kept and not line.strip():
            self._gap = self._start > 0 or self._gap
            return
        if not self._kept:
            self._start = self._ahead.taken - 1
        self._kept.append(line)
        self._size += len(line) + 1
        self._fence = self._fence_after(line)

    def _wants_cut(self, line: str) -> bool:
        if not line.strip() or (self._size < _ENOUGH and len(self._kept) < _ENOUGH_LINES):
            return False
        if self._size > _TOO_MUCH or len(self._kept) > _TOO_MANY_LINES:
            return True
        last = self._kept[-1]
        if self._fence is not None or line[0] in " \t" or _HEADING.match(last):
            return False
        return not last.strip() or _ITEM.match(line) is not None

    def _fence_after(self, line: str) -> re.Match[str] | None:
        """The fence inside a list or quote that is open behind this line."""
        if self._fence is None or _outside(line):
            return _opens(line)
        return None if _closes(line, self._fence) else self._fence

    def _flush(self) -> Iterator[Section]:
        if not self._kept:
            return
        lines, fence = self._kept, self._fence
        blank_end = not lines[-1].strip()
        while not lines[-1].strip():
            lines.pop()
        indent = _indent(lines[0])
        source = "\n".join(line[min(indent, _indent(line)) :] for line in lines)
        yield MarkdownSection(source, Place(self._start, 0), self._gap, indent, links=self._links)
        headed = _HEADING.match(lines[-1]) is not None
        self._kept, self._size, self._fence, self._gap = [], 0, None, blank_end and not headed
        if fence is not None and self._ahead.peek() is not None:
            yield from self._code(fence)

    def _code(self, fence: re.Match[str]) -> Iterator[Section]:
        """What follows in a fence that is open."""
        start, lines, indent = self._ahead.taken, list[str](), len(fence["lead"].expandtabs(4))
        while (line := self._ahead.peek()) is not None and not (indent and _outside(line)):
            self._ahead.take()
            if _closes(line, fence):
                break
            lines.append(line[min(indent, _indent(line)) :] if indent else line)
        yield from self._parts_of_code(lines or [""], start, fence["info"], indent)
        self._start, self._gap = start, False

    def _parts_of_code(self, lines: list[str], start: int, info: str, indent: int) -> Iterator[Section]:
        code, first = Code(lines, info), 0
        while first < len(lines):
            place, gap = Place(start + first, 0), self._gap and not first
            if len(lines[first]) > _LONG_LINE:
                for part, offset in parts_of_line(lines[first]):
                    at = Place(place.line, offset)
                    yield CodeSection(part, at, gap and not offset, Code([part], ""), 0, 1, indent)
                first += 1
                continue
            last = first
            while last < min(first + _CODE_LINES, len(lines)) and len(lines[last]) <= _LONG_LINE:
                last += 1
            yield CodeSection("\n".join(lines[first:last]), place, gap, code, first, last - first, indent)
            first = last

    def _table_begins(self, line: str) -> bool:
        if self._fence is not None or "|" not in line or line[0] in " \t":
            return False
        following = self._ahead.peek(1)
        return following is not None and "|" in following and _DELIMITER.match(following) is not None

    def _table(self) -> Iterator[Section]:
        start, lines = self._ahead.taken, list[str]()
        while (line := self._ahead.peek()) is not None and "|" in line and len(line) <= _LONG_LINE:
            lines.append(self._ahead.take())
        if len(lines) <= _TABLE_LINES:
            self._start = self._start if self._kept else start
            self._kept += lines
            self._size += sum(map(len, lines))
            return
        yield from self._flush()
        columns, lead = natural_widths(lines), "\n".join(lines[:2])
        for first in range(0, len(lines), _TABLE_LINES):
            source, place = "\n".join(lines[first : first + _TABLE_LINES]), Place(start + first, 0)
            gap = self._gap and not first
            yield MarkdownSection(source, place, gap, 0, lead if first else "", columns, links=self._links)
        self._start, self._gap = start, False

    def _long_line(self, number: int, line: str) -> Iterator[Section]:
        """A line as long as a chapter goes out in parts, cut at blanks; only the first can begin a block."""
        for part, offset in parts_of_line(line):
            place = Place(number, offset)
            yield MarkdownSection(part, place, self._gap, running=offset > 0, links=self._links)
            self._gap = False
        self._start = number + 1


@dataclass(slots=True)
class _Ahead:
    """Lines, with a look at the next ones."""

    lines: Iterator[str]
    taken: int = 0
    _seen: list[str] = field(default_factory=list)

    def peek(self, ahead: int = 0) -> str | None:
        while len(self._seen) <= ahead:
            line = next(self.lines, None)
            if line is None:
                return None
            self._seen.append(line)
        return self._seen[ahead]

    def take(self) -> str:
        self.peek()
        self.taken += 1
        return self._seen.pop(0)


def _opens(line: str) -> re.Match[str] | None:
    return _FENCE.match(line) if "```" in line or "~~~" in line else None


def _closes(line: str, fence: re.Match[str]) -> bool:
    found = _opens(line)
    return found is not None and not found["info"].strip() and found["mark"].startswith(fence["mark"])


def _outside(line: str) -> bool:
    """Whether a line ends a list or quote, and with it a fence in there."""
    return line.strip() != "" and line[0] not in " \t>"


def parts_of_line(line: str) -> Iterator[tuple[str, int]]:
    start = 0
    while start < len(line):
        end = start + _PART_OF_LINE
        if end < len(line):
            end = max(line.rfind(" ", end - _PART_OF_LINE // 2, end) + 1, 0) or end
        yield line[start:end], start
        start = end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
