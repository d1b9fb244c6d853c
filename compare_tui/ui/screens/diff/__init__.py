"""The diff screen, and what it asks and offers."""
