"""The embedded endpoint: a real server on loopback, every answer simulated."""

from compare_tui.demo.card import rate_card
from compare_tui.demo.server import DemoServer, start

__all__ = ["DemoServer", "rate_card", "start"]
