"""The keys of a replay, each with what it has to do."""

from collections.abc import Iterator
from pathlib import Path

from tests.integration.app import App
from tests.integration.app_stages import Drives, Size, another_prompt

DRIVES = Drives()
drives = DRIVES.of

_BEGINNING = "replay ×0.25 · 00:00.0 / "


def replayed(folder: Path, size: Size) -> Iterator[App]:
    """A session of two rounds that stands at its beginning, as slow as can be."""
    with App(folder, "demo", "--speed", "10", size=size) as app:
        app.opened().key("ctrl+j").answered(1)
        app.to_panes()
        another_prompt(app)
        app.key("S").answered(2)
        _opens(app)
        yield app


def _opens(app: App) -> None:
    app.key("f4").see("Sessions  1", "2 × 4")
    app.key("p").see("replay of", "replay ×1 · ")
    app.key(".").see("paused")
    app.key("-").key("-").key("0").see(_BEGINNING)


@drives("replay-pause", "space", on=replayed)
def pause(app: App, key: str) -> None:
    app.key(key).see("playing", "▸ writing")
    app.key(key).see("paused")
    app.key("0").see(_BEGINNING)


@drives("replay-step", ".", on=replayed)
def step(app: App, key: str) -> None:
    app.see("⋯ queued")
    app.key(key).see("◌ waiting")
    app.key("0").gone("◌ waiting")


@drives("replay-faster", "+", "]", on=replayed)
def faster(app: App, key: str) -> None:
    app.key(key).see("replay ×0.5 ")
    app.key("-").see("replay ×0.25 ")


@drives("replay-slower", "-", "[", on=replayed)
def slower(app: App, key: str) -> None:
    app.key("+").see("replay ×0.5 ")
    app.key(key).see("replay ×0.25 ")


@drives("replay-beginning", "0", "home", on=replayed)
def beginning(app: App, key: str) -> None:
    app.key("end").see("at the end")
    app.key(key).see(_BEGINNING, "round 1/2")


@drives("replay-end", "end", on=replayed)
def end(app: App, key: str) -> None:
    app.key(key).see("at the end", "round 2/2", "✓ done")
    app.key("0").see(_BEGINNING)


@drives("replay-forward", "right", on=replayed)
def forward(app: App, key: str) -> None:
    app.key(key).see("replay ×0.25 · 00:01.0 / ")
    app.key("0").see(_BEGINNING)


@drives("replay-back", "left", on=replayed)
def back(app: App, key: str) -> None:
    app.key("right").see("replay ×0.25 · 00:01.0 / ")
    app.key(key).see(_BEGINNING)


@drives("replay-later", ">", on=replayed)
def later(app: App, key: str) -> None:
    app.key(key).see("round 2/2")
    app.key("0").see("round 1/2", _BEGINNING)


@drives("replay-earlier", "<", on=replayed)
def earlier(app: App, key: str) -> None:
    app.key(">").see("round 2/2")
    app.key(key).see("round 1/2", _BEGINNING)


@drives("replay-diff", "d", on=replayed)
def diff(app: App, key: str) -> None:
    app.key("end").see("at the end")
    app.key(key).see("n next change", "% the same")
    app.key("escape").see("replay of", "at the end")
    app.key("0").see(_BEGINNING)


@drives("replay-inspect", "I", on=replayed)
def inspect(app: App, key: str) -> None:
    app.key("end").see("at the end")
    app.key(key).see("token probabilities", "does not ask")
    app.key("escape").see("replay of", "at the end")
    app.key("0").see(_BEGINNING)


@drives("replay-help", "?", on=replayed)
def help_opens(app: App, key: str) -> None:
    app.key(key).see("Here: in a replay", "esc closes")
    app.key("escape").gone("esc closes")


@drives("replay-leave", "escape", on=replayed)
def leave(app: App, key: str) -> None:
    app.key(key).gone("replay of")
    _opens(app)
