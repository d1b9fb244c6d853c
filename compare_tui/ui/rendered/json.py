"""JSON laid out a member a row. Numbers, strings, order and repeated keys stay exactly as they came."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rich.style import Style

from compare_tui.core.sanitize import safe_display
from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.lines import Line, Margin, Piece, wrapped
from compare_tui.ui.rendered.sections import Section
from compare_tui.ui.rows import Place

_CHECKED = 1_000_000
_WINDOW = 2_000
_INDENT = 2

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)'
_STRINGS = re.compile(_STRING, re.DOTALL)
_TOKEN = re.compile(
    rf"[ \t\r\n]*(?:(?P<text>{_STRING})|(?P<empty>\{{[ \t\r\n]*\}}|\[[ \t\r\n]*\])|(?P<open>[\[{{])|(?P<close>[\]}}])"
    r"|(?P<comma>,)|(?P<colon>:)|(?P<word>[^ \t\r\n\"\[\]{},:]+))",
    re.DOTALL,
)
_SPELLED = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9a-fA-F]{4})+)")
_OPEN_ESCAPE = re.compile(r"\\+(?:u[0-9a-fA-F]{0,3})?\Z")


@dataclass(frozen=True, slots=True)
class JsonSection:
    """Some members: how deep the first stands, and whether it is the rest of a string."""

    source: str
    place: Place
    depth: int
    inside: bool
    height: int
    gap: bool = False

    def render(self, width: int, ink: Ink) -> list[Line]:
        lines: list[Line] = []
        for depth, tokens, place in self._members():
            indent = " " * min(depth * _INDENT, width // 2)
            margin = Margin([(indent, ink.text)], [(f"{indent}  ", ink.text)])
            if lines and place == _end(lines[-1]):
                place = replace(place, offset=place.offset + 1)
            lines += wrapped([_piece(*token, ink) for token in tokens], width, place, margin, exact=True)
        return lines

    def _members(self) -> Iterator[tuple[int, list[tuple[str, str]], Place]]:
        """What stands on one row: its depth, its tokens with their kinds, where it begins."""
        tokens: list[tuple[str, str]] = []
        depth, begin = self.depth, 0
        source = f'"{self.source}' if self.inside else self.source
        for found in _TOKEN.finditer(source):
            kind, text = found.lastgroup or "", found[found.lastgroup or 0]
            if kind == "close":
                if tokens:
                    yield depth, tokens, self._at(begin)
                    tokens = []
                depth = max(depth - 1, 0)
            if kind == "colon" and tokens:
                tokens[-1] = ("key", tokens[-1][1])
            begin = begin if tokens else found.start(kind)
            tokens.append((kind, text[1:] if self.inside and not found.start(kind) else text))
            if kind in ("open", "comma"):
                yield depth, tokens, self._at(begin)
                tokens = []
            depth += kind == "open"
        if tokens:
            yield depth, tokens, self._at(begin)

    def _at(self, position: int) -> Place:
        return after(self.place, self.source[: max(position - self.inside, 0)])


def may_be_json(text: str) -> bool:
    """By its first and last sign."""
    return text[:64].lstrip()[:1] + text[-64:].rstrip()[-1:] in ("{}", "[]")


def is_json(text: str) -> bool:
    """Whether the text is one object or list. What is too long to be checked is taken at its first and last sign."""
    import json

    if not may_be_json(text):
        return False
    if len(text) > _CHECKED:
        return True
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def json_sections(text: str, place: Place) -> Iterator[Section]:
    """The members in sections, cut behind a comma, or else in the middle of a long string."""
    begin, depth, inside = 0, 0, False
    while begin < len(text):
        window = text[begin : begin + _WINDOW]
        quoted = '"' * inside + window
        bare = _STRINGS.sub(_blank, quoted)[len(quoted) - len(window) :]
        size, goes_on = len(window), False
        if begin + size < len(text):
            size = bare.rfind(",") + 1
            if not size:
                goes_on = bare.endswith(_OPEN)
                size = _before_escape(window) if goes_on else len(window)
        bare, source = bare[:size], window[:size]
        opened, closed = bare.count("{") + bare.count("["), bare.count("}") + bare.count("]")
        yield JsonSection(source, place, depth, inside, max(bare.count(",") + opened + closed, 1))
        place, depth, begin, inside = after(place, source), max(depth + opened - closed, 0), begin + size, goes_on


def after(place: Place, text: str) -> Place:
    """Where one is after a text that begins at the place."""
    lines = text.count("\n")
    if lines:
        return Place(place.line + lines, len(text) - text.rfind("\n") - 1)
    return Place(place.line, place.offset + len(text))


_CLOSED, _OPEN = "\0", "\1"


def _blank(found: re.Match[str]) -> str:
    text = found.group()
    closed = len(text) > 1 and text.endswith('"') and not _escaped_end(text)
    return (_CLOSED if closed else _OPEN) * len(text)


def _escaped_end(text: str) -> bool:
    bare = text[:-1]
    return (len(bare) - len(bare.rstrip("\\"))) % 2 == 1


def _before_escape(window: str) -> int:
    """A part of a string ends at a blank or, without one, not within an escape."""
    if blank := window.rfind(" ") + 1:
        return blank
    escape = _OPEN_ESCAPE.search(window)
    return (escape.start() if escape else 0) or len(window)


def _end(line: Line) -> Place:
    return replace(line.place, offset=line.place.offset + len(line.plain))


def _piece(kind: str, text: str, ink: Ink) -> Piece:
    style: Style = ink.muted
    if kind == "key":
        style = ink.name
    elif kind == "text":
        style = ink.string
    elif kind == "word":
        style = ink.number if text[0] in "-0123456789" else ink.keyword
    return _readable(kind, text), style


def _readable(kind: str, text: str) -> str:
    """Letters that were spelled as \\u1234 as themselves; all other escapes as they came."""
    match kind:
        case "colon":
            return ": "
        case "empty":
            return text[0] + text[-1]
        case "key" | "text" if "\\u" in text:
            return safe_display(_SPELLED.sub(_letters, text))
        case _:
            return safe_display(text)


def _letters(found: re.Match[str]) -> str:
    import json

    letters = str(json.loads(f'"{found[2]}"'))
    shown = letters.isprintable() and not any(letter in '"\\' for letter in letters)
    return found[1] + (letters if shown else found[2])


def _no_constant(name: str) -> None:
    raise ValueError(name)
