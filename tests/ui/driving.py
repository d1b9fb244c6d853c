"""Driving an app in a test: wait for what a user would see, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

WIDE = (160, 48)
NARROW = (80, 24)


def drive(app: App[Any], scenario: Callable[[Pilot[Any]], Awaitable[None]], size: tuple[int, int] = WIDE) -> None:
    """Run the app on a screen of this size and the scenario against it."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await scenario(pilot)

    asyncio.run(run())


async def until(pilot: Pilot[Any], condition: Callable[[], bool], within_s: float = 30.0) -> None:
    """Let the app go on until the condition holds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    if condition():
        return
    while not condition():
        assert loop.time() < deadline, "what was waited for did not come"
        await asyncio.sleep(0.01)
    await pilot.pause(0)  # and until what else was to come with it has come; each time would cost more than the app


def screen_text(app: App[Any]) -> str:
    """What stands on the screen, a line a row."""
    return "\n".join(
        "".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()
    )
