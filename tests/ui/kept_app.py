"""The app on the store of this home, and what another process finds there once it is left."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from compare_tui import paths
from compare_tui.cli.stored import open_store
from compare_tui.core.record import SessionRecord
from compare_tui.core.session import Session
from compare_tui.engine.account import Account
from compare_tui.store.store import Store
from compare_tui.ui.app import CompareApp
from compare_tui.ui.screens.sessions.screen import SessionsScreen
from tests.ui.driving import screen_text, until
from tests.ui.opened import says, start_on


def kept_app(account: Account, *lanes: str, **changes: Any) -> CompareApp:
    """As the command line opens it; `changes` as `start_on` takes them."""
    start = start_on(account, *lanes, **changes)
    return CompareApp(replace(start, store=lambda: open_store(start.config)))


@contextmanager
def store_here() -> Iterator[Store]:
    """The store as another process opens it."""
    store = Store.open(paths.sessions_file())
    try:
        yield store
    finally:
        store.close()


async def begun(pilot: Pilot[Any]) -> CompareApp:
    """Until the price of the next send is there, whatever it is."""
    app = pilot.app
    assert isinstance(app, CompareApp)
    await until(pilot, lambda: app.opened.is_set() and bool(re.search(r"\d requests? · .*\S", screen_text(app))))
    return app


async def opened(pilot: Pilot[Any], *words: str) -> CompareApp:
    """The app with a session in its panes, the focus among them."""
    app = pilot.app
    assert isinstance(app, CompareApp)
    await until(pilot, lambda: app.opened.is_set() and bool(app.desk.session.rounds))
    await pilot.press("escape")
    await says(pilot, " i prompt ", *words)
    return app


async def chosen_in_the_list(pilot: Pilot[Any]) -> SessionsScreen:
    """Until the list has read its sessions, and the first one is chosen."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, SessionsScreen))
    screen = app.screen
    assert isinstance(screen, SessionsScreen)
    await until(pilot, lambda: screen.shelf.chosen is not None)
    return screen


def record_kept(id_: str = "last") -> SessionRecord:
    with store_here() as store:
        return store.read(store.resolve(id_).session)


def session_kept(id_: str = "last") -> Session:
    return record_kept(id_).session()
