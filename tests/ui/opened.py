"""The app as the command line opens it, in a home of its own, on an endpoint the test runs."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.config import Caps, Config, Defaults, Limits
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.take import Take
from compare_tui.engine.account import Account
from compare_tui.secrets import Secret
from compare_tui.ui.app import CompareApp
from compare_tui.ui.start import Start
from tests.ui.driving import screen_text, until

PROMPT = "Why is the sky blue?"


def demo_account(server: demo.DemoServer) -> Account:
    """Not called `demo`, so that nothing is taken for simulated."""
    return Account(Endpoint("here", server.base_url), Secret(server.token, "here"), demo.rate_card())


def start_on(account: Account, *lanes: str, text: str = PROMPT, caps: Caps | None = None, **changes: Any) -> Start:
    """Lanes go to this account; what it costs is never asked unless caps say so."""
    endpoint = account.endpoint
    config = Config(
        {endpoint.name: endpoint}, Defaults(endpoint.name), Limits(), caps or Caps(ask_above=Decimal(1_000_000))
    )
    known: Mapping[str, Account] = {endpoint.name: account}
    start = Start(
        config=config,
        accounts=lambda: known,
        keyed=lambda one: one,
        demo=lambda: (account, ()),
        lineup=Lineup.of(map(Lane.parse, lanes)),
        text=text,
    )
    return replace(start, **changes)


def app_on(account: Account, *lanes: str, **changes: Any) -> CompareApp:
    return CompareApp(start_on(account, *lanes, **changes))


def fault_account(base_url: str, api: Any = "responses") -> Account:
    """Free, for its models have no price and each send would be asked about."""
    return Account(Endpoint("here", base_url, api, free=True), None, demo.rate_card())


def takes(app: CompareApp) -> list[Take]:
    return list(app.desk.session.takes())


def all_ended(app: CompareApp, count: int) -> bool:
    """So many takes were sent, and each has a verdict."""
    return len(takes(app)) == count and all(take.verdict is not None for take in takes(app))


async def says(pilot: Pilot[Any], *words: str) -> None:
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


async def tells(pilot: Pilot[Any], *words: str) -> None:
    """In a notification, whatever its lines are broken into."""
    await until(pilot, lambda: any(all(word in note.message for word in words) for note in pilot.app._notifications))


async def ready(pilot: Pilot[Any]) -> CompareApp:
    app = pilot.app
    assert isinstance(app, CompareApp)
    await until(pilot, app.opened.is_set)
    await until(pilot, lambda: "worst case" in screen_text(app) or "no price" in screen_text(app))
    return app


async def sends(pilot: Pilot[Any], key: str = "f5", lanes: int = 1) -> None:
    """Press, and wait until all of it has ended."""
    app = pilot.app
    assert isinstance(app, CompareApp)
    before = len(takes(app))
    await pilot.press(key)
    await until(pilot, lambda: all_ended(app, before + lanes))
    await pilot.pause()
