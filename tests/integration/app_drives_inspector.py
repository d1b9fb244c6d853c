"""The keys of the inspector, each with what it has to do."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.integration.app import NARROW, App, Look
from tests.integration.app_stages import Drives, Size, focus_on

DRIVES = Drives()
drives = DRIVES.of


def inspected(folder: Path, size: Size) -> Iterator[App]:
    """The tokens of one answer, which is too long for the screen; the first uncertain one has the cursor."""
    low = size[0], NARROW[1]
    with App(folder, "demo", "--speed", "40", size=low) as app:
        app.opened().key("f2").see("Lanes  4 of 24")
        app.key("j").key("t").see("╭─ Lane 2")
        app.type(" logprobs=3").key("enter").gone("╭─ Lane 2")
        app.key("escape").gone("4 of 24")
        app.key("ctrl+j").answered(1)
        app.to_panes()
        app.key("2").see(focus_on(2))
        app.key("I").see("tokens under 50 %", has_cursor)
        yield app


def token(look: Look) -> int:
    """The number of the one with the cursor."""
    found = re.search(r"token ([\d,]+) of", look.text)
    return int(found[1].replace(",", "")) if found else 0


def has_cursor(look: Look) -> bool:
    return token(look) > 0


def on_token(right: Callable[[int], bool]) -> Callable[[Look], bool]:
    return lambda look: right(token(look))


def rows(look: Look) -> list[str]:
    return look.rows[2:15]


def goes(app: App, key: str, back: str) -> tuple[int, int]:
    """The cursor to another token, and back again. Which they are."""
    before = token(app.look)
    app.key(key).see(on_token(lambda number: number not in (0, before)))
    after = token(app.look)
    app.key(back).see(on_token(lambda number: number == before))
    return before, after


def scrolls(app: App, key: str, back: str) -> None:
    before = rows(app.look)
    app.key(key).see(lambda look: rows(look) != before)
    app.key(back).see(lambda look: rows(look)[0] == before[0])


@drives("inspect", "I", on=inspected)
def inspect(app: App, key: str) -> None:
    app.key("escape").gone("tokens under")
    app.key("1").see(focus_on(1))
    app.key(key).see("This lane does not ask for token probabilities.")
    app.key("escape").see(focus_on(1))
    app.key("2").see(focus_on(2))
    app.key(key).see("tokens under 50 %", has_cursor)


@drives("inspector-next", "n", on=inspected)
def next_uncertain(app: App, key: str) -> None:
    before, after = goes(app, key, "p")
    assert after > before


@drives("inspector-previous", "p", on=inspected)
def uncertain_before(app: App, key: str) -> None:
    goes(app, "n", key)


@drives("inspector-higher", "+", "=", on=inspected)
def higher(app: App, key: str) -> None:
    app.key(key).see("tokens under 70 %")
    app.key("-").see("tokens under 50 %")


@drives("inspector-lower", "-", on=inspected)
def lower(app: App, key: str) -> None:
    app.key(key).see("tokens under 30 %")
    app.key("+").see("tokens under 50 %")


@drives("inspector-after", "l", "right", on=inspected)
def token_after(app: App, key: str) -> None:
    before, after = goes(app, key, "h")
    assert after == before + 1


@drives("inspector-before", "h", "left", on=inspected)
def token_before(app: App, key: str) -> None:
    goes(app, "l", key)


@drives("inspector-down", "j", "down", on=inspected)
def row_down(app: App, key: str) -> None:
    scrolls(app, key, "k")


@drives("inspector-up", "k", "up", on=inspected)
def row_up(app: App, key: str) -> None:
    scrolls(app, "j", key)


@drives("inspector-page-down", "pagedown", "space", on=inspected)
def page_down(app: App, key: str) -> None:
    scrolls(app, key, "g")


@drives("inspector-page-up", "pageup", on=inspected)
def page_up(app: App, key: str) -> None:
    scrolls(app, "pagedown", key)


@drives("inspector-top", "g", "home", on=inspected)
def to_the_top(app: App, key: str) -> None:
    scrolls(app, "G", key)


@drives("inspector-bottom", "G", "end", on=inspected)
def to_the_bottom(app: App, key: str) -> None:
    scrolls(app, key, "g")


@drives("inspector-help", "?", on=inspected)
def help_of_inspector(app: App, key: str) -> None:
    app.key(key).see("Here: in the inspector")
    app.key("escape").gone("Here: in the inspector")


@drives("inspector-done", "escape", on=inspected)
def leave(app: App, key: str) -> None:
    app.key(key).gone("tokens under")
    app.see("round 1/1")
    app.key("I").see("tokens under 50 %", has_cursor)
