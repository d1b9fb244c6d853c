"""Code of a fence: its first 8 kB in colours, the rest plain, every line wrapped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.style import Style

from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.lines import NO_MARGIN, Line, Margin, Piece, wrapped
from compare_tui.ui.rows import Place

_HIGHLIGHTED = 8_000
_BAR = "│ "


@dataclass(frozen=True, slots=True)
class _Part:
    """Some text of one kind; the kind is a pygments token type by name, from general to special."""

    kind: tuple[str, ...]
    text: str


class Code:
    """The lines of one fence. Sections that share it are highlighted as one text, as far as they are asked for."""

    def __init__(self, lines: Sequence[str], info: str) -> None:
        self.lines = lines
        self._language = info.split()[0].strip("{}.,").lower() if info.split() else ""
        self._known: list[list[_Part]] = []
        self._parts: Iterator[_Part] | None = None

    def rows(self, first: int, last: int, width: int, ink: Ink, place: Place, margin: Margin = NO_MARGIN) -> list[Line]:
        """The rows of lines `first` to `last`, the first of which stands at `place`."""
        bar = [(_BAR, ink.muted)]
        margin = Margin(bar, bar, outer=margin)
        rows: list[Line] = []
        for number in range(first, min(last, len(self.lines))):
            rows += wrapped(self._pieces(number, ink), width, place, margin)
            place = Place(place.line + 1, 0)
        return rows

    def _pieces(self, number: int, ink: Ink) -> list[Piece]:
        if self._parts is None:
            self._parts = self._lexed()
            self._known.append([])
        while len(self._known) <= number + 1 and (part := next(self._parts, None)) is not None:
            for count, text in enumerate(part.text.split("\n")):
                if count:
                    self._known.append([])
                if text:
                    self._known[-1].append(_Part(part.kind, text))
        line = self.lines[number]
        parts = self._known[number] if number < len(self._known) else []
        if "".join(part.text for part in parts) != line:
            return [(line, ink.text)]
        return [(part.text, _style(part.kind, ink)) for part in parts]

    def _lexed(self) -> Iterator[_Part]:
        from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # it ships no types
        from pygments.util import ClassNotFound  # type: ignore[import-untyped]  # it ships no types

        if not self._language:
            return
        try:
            lexer = get_lexer_by_name(self._language)
        except ClassNotFound:
            return
        for _, kind, text in lexer.get_tokens_unprocessed(self._beginning()):
            yield _Part(tuple(kind), text)

    def _beginning(self) -> str:
        kept, size = [], 0
        for line in self.lines:
            size += len(line) + 1
            if size > _HIGHLIGHTED:
                break
            kept.append(line)
        return "\n".join(kept) + "\n"


def _style(kind: tuple[str, ...], ink: Ink) -> Style:
    match kind:
        case ("Comment", *_):
            return ink.comment
        case ("Keyword", *_) | ("Operator", "Word", *_):
            return ink.keyword
        case ("Literal", "String", *_) | ("Generic", "Inserted", *_):
            return ink.string
        case ("Literal", "Number", *_) | ("Generic", "Deleted", *_):
            return ink.number
        case ("Name", "Function" | "Class" | "Tag" | "Decorator" | "Attribute", *_):
            return ink.name
        case _:
            return ink.text
