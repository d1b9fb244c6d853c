"""Three sessions in a store of their own, a desk on it, and the sessions screen as a test sees it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from compare_tui.store.store import Store
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.sessions.screen import SessionsScreen
from tests.store_samples import answered
from tests.ui.driving import until
from tests.ui.one_screen import OneScreen
from tests.ui.scenes import app_with

THREE = "newest", "middle", "oldest"


def opened(file: Path) -> Iterator[Store]:
    store = Store.open(file)
    yield store
    store.close()


def desk_on(store: Store) -> Iterator[Desk]:
    """As it is once the app is open; nothing runs."""
    desk = app_with().desk
    desk.archive.store = store
    yield desk
    desk.archive.store = None
    desk.close()


def keep_three(store: Store) -> None:
    answered(store, "oldest", prompts=["Why is the sky blue?"], texts=["Light of short waves is scattered."])
    answered(store, "middle", prompts=["Name a bird.", "Another?"], lanes=["gpt-5.5 low"], texts=["A wren."])
    answered(store, "newest", prompts=["Write a haiku."], verdicts=["done", "failed"], tags={"team": "core"})


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Into what has the focus, as it comes from a terminal in one go."""
    for character in text:
        pilot.app.post_message(events.Key(_character_to_key(character), character))
    await pilot.pause()


async def lists(pilot: Pilot[Any], *ids: str) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, SessionsScreen)
    await until(pilot, lambda: [row.id for row in screen.shelf.rows] == list(ids))
    await pilot.pause()


def screen_of(app: OneScreen) -> SessionsScreen:
    assert isinstance(app.shown, SessionsScreen)
    return app.shown
