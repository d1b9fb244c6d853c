"""What is typed about a session: its name, its tags, and that it shall really be gone."""

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from textual.content import Content

from compare_tui.ui.screens.ask_line import AskLine
from compare_tui.ui.screens.lane_rows import MUTED, WARNING, text
from compare_tui.ui.screens.sessions.row import tags, title

if TYPE_CHECKING:
    from compare_tui.store.store import Listed, Store

_LONGEST_NAME: Final = 200
_SURE: Final = "purge"


class TagError(ValueError):
    """What was typed sets no tag; the message is for the reader."""


def read_tags(line: str) -> dict[str, str | None]:
    """`team=core "cost of error"=high draft=`: names and values, None where the tag is to go."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="")
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    lexer.quotes = '"'
    try:
        words = list(lexer)
    except ValueError:
        raise TagError("a quote is still open") from None
    found: dict[str, str | None] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise TagError(f"{word}: write name=value, or name= to take it away")
        found[name] = value or None
    return found


def set_tags(store: "Store", session: str, changes: Mapping[str, str | None]) -> None:
    """Blocks."""
    from compare_tui.store.store import Place

    for name, value in changes.items():
        store.tag(Place(session), name, value)


def ask_name(one: "Listed") -> AskLine:
    def remark(line: str) -> tuple[bool, Content]:
        if len(line.strip()) > _LONGEST_NAME:
            return False, text(f"At most {_LONGEST_NAME} characters.", WARNING)
        words = "" if line.strip() else "Without a name it is called by the first words of its prompt."
        return True, text(words, MUTED)

    return AskLine("Name of the session", one.name or "", remark)


def ask_tags(now: Mapping[str, str], heading: str) -> AskLine:
    def remark(line: str) -> tuple[bool, Content]:
        try:
            changes = read_tags(line)
        except TagError as error:
            return False, text(str(error), WARNING)
        if not changes:
            there = tags(now) if now else "none"
            return True, text(f"Now: {there}. name=value sets one, name= takes it away; several with blanks.", MUTED)
        return True, text(f"Then: {tags(changed(now, changes)) or 'none'}", MUTED)

    return AskLine(heading, "", remark)


def changed(before: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


def ask_purge(one: "Listed") -> AskLine:
    """A key too many must not be enough: a word is typed."""
    words = f"“{title(one)}”: {one.rounds:,} × {len(one.lanes)}, {one.cost}. Type {_SURE}, and it is really gone from "
    words += (
        "the file, with its prompts, answers and figures. Nothing brings it back; x would only put it out of sight."
    )

    def remark(line: str) -> tuple[bool, Content]:
        return line.strip() == _SURE, text(words, WARNING)

    return AskLine("Really gone?", "", remark)
