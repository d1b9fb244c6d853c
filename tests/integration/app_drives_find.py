"""The keys of finding, in the panes and while something is typed, each with what it has to do."""

import re
from collections.abc import Callable

from tests.integration.app import App, Look
from tests.integration.app_drives_panes import from_the_end
from tests.integration.app_stages import Drives, focus_on

DRIVES = Drives()
drives = DRIVES.of


def number_found(app: App) -> int:
    app.key("g")
    to_find(app, "/")
    app.type("token").see(counted(r"\d+ in 4 panes"))
    app.key("enter").see(counted(r"\d+ of \d+ in 4 panes"), focus_on(2))
    return int(re.findall(r"(\d+) of \d+ in 4 panes", app.look.text)[0])


def to_find(app: App, key: str) -> None:
    """What was looked for last is offered to be typed over."""
    app.key(key).see(lambda look: " i prompt " not in look and look.focused is None and look.is_folded_if_low)


def counted(said: str) -> Callable[[Look], object]:
    """What the find bar says on its right."""
    return lambda look: re.search(rf"^ token {{9,}}{said}", look.text, re.MULTILINE)


def ended(app: App) -> None:
    app.key("escape").see(lambda look: not counted(r"\d")(look), focus_on(2))
    from_the_end(app)


@drives("find", "/")
def find(app: App, key: str) -> None:
    to_find(app, key)
    app.type("token").see(counted(r"\d+ in 4 panes"), lambda look: len(re.findall(r"\d found\b", look.text)) > 1)
    ended(app)


@drives("find-next", "n")
def find_next(app: App, key: str) -> None:
    first = number_found(app)
    app.key(key).see(counted(rf"{first + 1} of \d+"), focus_on(2))
    ended(app)


@drives("find-previous", "N")
def find_previous(app: App, key: str) -> None:
    first = number_found(app)
    app.key(key).see(counted(rf"{first - 1} of \d+"), focus_on(1))
    app.key("2").see(focus_on(2))
    ended(app)


@drives("find-close", "escape")
def find_close(app: App, key: str) -> None:
    number_found(app)
    app.key(key).see(lambda look: not counted(r"\d")(look), focus_on(2))
    from_the_end(app)


# While something is typed


@drives("find-bar-enter", "enter")
def to_the_match(app: App, key: str) -> None:
    to_find(app, "/")
    app.type("token").see(counted(r"\d+ in 4 panes"), "enter to the match")
    app.key(key).see(counted(r"\d+ of \d+"), focus_on(2), "n next match  N match before  esc end search")
    ended(app)


@drives("find-bar-next", "down")
def to_the_next(app: App, key: str) -> None:
    first = number_found(app)
    to_find(app, "/")
    app.key(key).see(counted(rf"{first + 1} of \d+"), lambda look: look.focused is None)
    ended(app)


@drives("find-bar-previous", "up")
def to_the_one_before(app: App, key: str) -> None:
    first = number_found(app)
    to_find(app, "/")
    app.key("down").see(counted(rf"{first + 1} of \d+"))
    app.key(key).see(counted(rf"{first} of \d+"), lambda look: look.focused is None)
    ended(app)


@drives("find-bar-close", "escape")
def closing(app: App, key: str) -> None:
    to_find(app, "/")
    app.type("token").see(counted(r"\d+ in 4 panes"))
    app.key(key).see(lambda look: not counted(r"\d")(look), focus_on(2))
    from_the_end(app)
