"""Lets nothing follow what was worked out for a screen that has been left meanwhile."""

import asyncio
from typing import Any

from textual.screen import Screen
from textual.worker import active_worker


def stop_if_left() -> None:
    """A screen's widgets go before its workers do: one that went on would look for them in vain, and end the app."""
    worker = active_worker.get(None)
    if worker is not None and isinstance(screen := worker.node, Screen) and not is_open(screen):
        raise asyncio.CancelledError


def is_open(screen: Screen[Any]) -> bool:
    return screen.app.is_running and screen in screen.app.screen_stack
