"""On which line of a TOML text each key stands; the standard parser gives values only."""

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str, ...]

_TOKEN = re.compile(
    r'''
    """(?:[^\\]|\\.)*?"{3,5}    # a multi-line string, which may end with two quotes of its own
    | \'\'\'.*?'{3,5}
    | "(?:[^"\\]|\\.)*" | '[^']*'
    | \#[^\n]*
    | [\[\]{}=,.\n]
    | [^\S\n]+
    | [^\s"'\#\[\]{}=,.]+
    ''',
    re.DOTALL | re.VERBOSE,
)


class _Tokens:
    """The tokens of a text that is known to be TOML, one looked at, with the line it begins on."""

    def __init__(self, text: str) -> None:
        self._found = self._all(text)
        self.line = 1
        self.next = ""
        self.take()

    @staticmethod
    def _all(text: str) -> Iterator[tuple[int, str]]:
        line = 1
        for match in _TOKEN.finditer(text):
            token = match.group()
            if not (token.isspace() and token != "\n") and token[0] != "#":
                yield line, token
            line += token.count("\n")
        while True:
            yield line, ""

    def take(self) -> str:
        taken = self.next
        self.line, self.next = next(self._found)
        return taken

    def take_key(self) -> Path:
        """A key with all its dots, up to what follows it."""
        parts: list[str] = []
        while self.next not in ("=", "]", ""):
            token = self.take()
            if token != ".":
                parts.append(token if token[0] not in "\"'" else next(iter(tomllib.loads(f"{token}=0"))))
        return tuple(parts)


def key_lines(text: str) -> dict[Path, int]:
    """The first line of every key and table, the paths that lead to them included. Arrays are not looked into."""
    lines: dict[Path, int] = {}
    tokens = _Tokens(text)
    table: Path = ()
    while tokens.next:
        line = tokens.line
        if tokens.next == "[":
            while tokens.next == "[":
                tokens.take()
            table = tokens.take_key()
            _record(lines, table, line)
        elif tokens.next in ("\n", "]"):
            tokens.take()
        else:
            _key_and_value(tokens, table, lines)
    return lines


def _record(lines: dict[Path, int], path: Path, line: int) -> None:
    for length in range(1, len(path) + 1):
        lines.setdefault(path[:length], line)


def _key_and_value(tokens: _Tokens, table: Path, lines: dict[Path, int]) -> None:
    """One `key = value`; an inline table is a table whose lines end with a comma."""
    tables = [table]
    while tables and tokens.next:
        if tokens.next in (",", "\n"):
            tokens.take()
        elif tokens.next == "}":
            tokens.take()
            tables.pop()
        else:
            line, path = tokens.line, tables[-1] + tokens.take_key()
            _record(lines, path, line)
            tokens.take()
            if tokens.next == "{":
                tokens.take()
                tables.append(path)
            else:
                _skip_value(tokens)
        if len(tables) == 1:
            return


def _skip_value(tokens: _Tokens) -> None:
    depth = 0
    while tokens.next and (depth or tokens.next not in (",", "\n", "}")):
        depth += {"[": 1, "]": -1}.get(tokens.take(), 0)
