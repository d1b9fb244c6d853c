"""Rounds under way: its own thread, its own loop, events out."""
