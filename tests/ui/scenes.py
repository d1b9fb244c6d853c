"""The real app on a clock that stands still, and takes whose events are written down: it shows the same each time."""

import asyncio
import tomllib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Self

from textual.pilot import Pilot
from textual.widgets import TextArea

from compare_tui.config import Caps, Config, Defaults, Limits
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.events import Data, Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.prompt import Prompt
from compare_tui.core.ratecard import RateCard
from compare_tui.core.take import Take
from compare_tui.core.usage import Usage
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Running
from compare_tui.secrets import read_key
from compare_tui.ui.app import CompareApp
from compare_tui.ui.start import Start
from tests.ui.driving import until

PROMPT = "Explain time to first token to a developer who compares models."
LANES = ("gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-pro high flex", "gpt-5.5-mini low")
INPUT = 21
_CARD = """
date = 2026-11-20
[models."gpt-5.5"]
window = 1_050_000
max_output = 128_000
efforts = ["none", "low", "medium", "high"]
rates = [
  { tier = "default", input = 5, cached = 0.5, output = 30 },
  { tier = "flex", input = 2.5, cached = 0.25, output = 15 },
  { tier = "priority", input = 12.5, cached = 1.25, output = 75 },
]
[models."gpt-5.5-pro"]
window = 1_050_000
max_output = 128_000
efforts = ["medium", "high"]
rates = [
  { tier = "default", input = 30, cached = 3, output = 180 },
  { tier = "flex", input = 15, cached = 1.5, output = 90 },
]
[models."gpt-5.5-mini"]
window = 400_000
max_output = 64_000
efforts = ["low", "medium", "high"]
rates = [{ tier = "default", input = 0.25, cached = 0.025, output = 2 }]
[models.tiny]
window = 500
max_output = 100
rates = [{ tier = "default", input = 1, output = 2 }]
"""
_BEGINNING_MS = 1_000_000
_COUNTED = 3
"""Beats after which the counters are those of what came."""


def at(ms: float) -> int:
    """On the clock of the stamps, from the moment the round was sent."""
    return int((_BEGINNING_MS + ms) * 1e6)


def account() -> Account:
    """Nobody listens there: nothing is ever sent."""
    card = RateCard.from_tables(tomllib.loads(_CARD, parse_float=Decimal))
    return Account(Endpoint("demo", "http://127.0.0.1:9/v1", "responses"), None, card)


def app_with(
    lanes: Iterable[str] = LANES,
    text: str = PROMPT,
    *,
    theme: str = "ink",
    simulated: bool = False,
    per_send: str | None = None,
) -> CompareApp:
    one = account()
    caps = Caps(per_send=Decimal(per_send) if per_send else None)
    return CompareApp(
        Start(
            config=Config({"demo": one.endpoint}, Defaults(endpoint="demo"), Limits(), caps),
            accounts=lambda: {"demo": one},
            keyed=lambda known: known,
            demo=lambda: (one, ()),
            lineup=Lineup.of(map(Lane.parse, lanes)),
            text=text,
            theme=theme,
            simulated=simulated,
            fixed_lanes=True,
        )
    )


def began_without_key(config: Config) -> CompareApp:
    """As it is opened where nothing is set."""
    card = account().card
    return CompareApp(
        Start(
            config=config,
            accounts=lambda: {name: Account(one, None, card) for name, one in config.endpoints.items()},
            keyed=lambda known: replace(known, key=read_key(known.endpoint, {})),
            demo=lambda: (account(), ()),
            lineup=Lineup(),
        )
    )


def on_stage(
    app: CompareApp, scenario: Callable[[Pilot[int]], Awaitable[None]], size: tuple[int, int] = (160, 48)
) -> None:
    """Run the app, its messages shown, and the scenario against it."""

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await scenario(pilot)

    asyncio.run(run())


class Script:
    """What happens to one take, in milliseconds from the sending of its round."""

    def __init__(self, *, thinks: bool = True) -> None:
        self.events = [Event(at(0), Kind.QUEUED, data={"input_tokens": INPUT})]
        self._thinks = thinks

    def _add(self, ms: float, kind: Kind, text: str = "", **data: Any) -> Self:
        self.events.append(Event(at(ms), kind, text, data))
        return self

    def sent(self, ms: float = 2) -> Self:
        return self._add(ms, Kind.SENT, at="2026-11-20T09:00:00Z")

    def accepted(self, ms: float = 180, *, tier: str | None = None, model: str | None = None) -> Self:
        self._add(ms / 10, Kind.CONNECTED)
        self._add(ms, Kind.HEADERS, status=200, request_id="req_7d41f0")
        return self._add(ms, Kind.SERVED, tier=tier, model=model)

    def thinks(self, text: str, first: float, last: float) -> Self:
        return self._spread(Kind.REASONING, text, first, last)

    def says(self, text: str, first: float, last: float) -> Self:
        return self._spread(Kind.TEXT, text, first, last)

    def _spread(self, kind: Kind, text: str, first: float, last: float) -> Self:
        """Line by line, evenly."""
        lines = text.splitlines(keepends=True)
        for number, line in enumerate(lines):
            self._add(first + (last - first) * number / max(1, len(lines) - 1), kind, line)
        return self

    def done(self, ms: float, output: int, *, reasoning: int = 0, cached: int = 0) -> Self:
        used = Usage(INPUT, output, cached=cached, reasoning=reasoning)
        self._add(ms, Kind.USAGE, **dict[str, Any](used.to_data()))
        return self._add(ms, Kind.FINISH, status="completed")._add(ms, Kind.END)

    def truncated(self, ms: float, output: int) -> Self:
        self._add(ms, Kind.USAGE, input=INPUT, output=output)
        return self._add(ms, Kind.FINISH, status="incomplete", reason="max_output_tokens")._add(ms, Kind.END)

    def notices(self, ms: float, text: str) -> Self:
        return self._add(ms, Kind.NOTICE, text)

    def retries(self, ms: float, wait_ms: int, because: str) -> Self:
        return self._add(ms, Kind.RETRY, attempt=1, of=2, wait_ms=wait_ms, because=because)

    def stopped(self, ms: float) -> Self:
        return self._add(ms, Kind.STOPPED)._add(ms, Kind.END)

    def fails(self, ms: float, error_class: str, message: str, status: int | None = None) -> Self:
        data: Data = {"class": error_class, "status": status, "request_id": "req_7d41f0" if status else None}
        return self._add(ms, Kind.ERROR, message, **data)._add(ms, Kind.END)

    def on(self, take: Take) -> Running:
        """The take with these events waiting for whoever watches."""
        known = account()
        rate = known.card.rate(take.lane.model, take.lane.tier, input_tokens=INPUT, on=known.card.date)
        priced = {"rate": rate.to_data() if rate else None, "thinks": self._thinks}
        first, *rest = self.events
        return Running(take, deque([first, Event(at(0), Kind.RATE, data=priced), *rest]))


async def opened(pilot: Pilot[Any], app: CompareApp) -> None:
    """The app as a user finds it; the cursor does not blink."""
    await until(pilot, lambda: app.opened.is_set() and bool(app.compare.query(TextArea)))
    for area in app.compare.query(TextArea):
        area.cursor_blink = False
    await settled(pilot, app)


async def plays(pilot: Pilot[Any], app: CompareApp, *scripts: Script) -> None:
    """A round in which this happens, a script for each take."""
    await opened(pilot, app)
    round_ = app.desk.planned(Prompt(app.compare.prompt.text))
    await watches(pilot, app, [script.on(take) for script, take in zip(scripts, round_.takes(), strict=True)])


async def watches(pilot: Pilot[Any], app: CompareApp, running: Sequence[Running]) -> None:
    app.desk.watch(app.desk.planned(Prompt(app.compare.prompt.text)), running)
    await app.compare.show_columns()
    app.something_runs()
    await until(pilot, lambda: not any(one.inbox for one in running))
    beats = app._beats
    await until(pilot, lambda: app._beats > beats + _COUNTED or not app.desk.running)
    await settled(pilot, app)


async def settled(pilot: Pilot[Any], app: CompareApp) -> None:
    """Nothing waits to be painted."""
    app.compare.slow_tick()
    await until(pilot, lambda: not any(pane.view.has_pending for pane in app.compare.board.visible_panes()))
    await pilot.pause()
