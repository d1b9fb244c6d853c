"""The keys of the panes that reach into the store, each with what it has to do; after it the session is as it was."""

from collections.abc import Iterator
from pathlib import Path

from tests.integration.app import App
from tests.integration.app_stages import Drives, Size, focus_on

DRIVES = Drives()
drives = DRIVES.of


def kept(folder: Path, size: Size) -> Iterator[App]:
    """A round in four panes, the first one has the focus."""
    with App(folder, "demo", "--speed", "60", size=size) as app:
        app.opened()
        app.key("ctrl+j").answered(1)
        app.see("cheapest")  # said once all of them are done
        app.to_panes()
        yield app


@drives("sessions", "f4", ":sessions", on=kept)
@drives("sessions-from-panes", "H", on=kept)
def sessions(app: App, key: str) -> None:
    app.key(key).see("newest first", "Explain time to first token")
    app.key("escape").gone("newest first")


@drives("overview", "f8", ":overview", on=kept)
@drives("overview-from-panes", "O", on=kept)
def overview(app: App, key: str) -> None:
    app.key(key).see("Overview")
    app.key("escape").gone("Overview")


@drives("export", "f9", ":export", on=kept)
@drives("export-from-panes", "E", on=kept)
def export(app: App, key: str) -> None:
    app.key(key).see("model,effort,prompt_id")
    app.key("escape").gone("model,effort,prompt_id")


@drives("follow-up", "F", on=kept)
def follow_up(app: App, key: str) -> None:
    app.key(key).see("continues 2 turns", "tokens of history")
    app.press("escape")
    app.gone("tokens of history")
    app.see(focus_on(1))


@drives("tag", "#", on=kept)
def tag(app: App, key: str) -> None:
    app.key(key).see("Tags of this round", "Now: none")
    app.type("team=core").see("Then: #team=core")
    app.key("enter").gone("Tags of this round")
    app.key(key).see("Now: #team=core")
    app.type("team=").key("enter").gone("Tags of this round")


@drives("replay", "V", ":replay", on=kept)
def replay(app: App, key: str) -> None:
    app.key(key).see("replay ×")
    app.key("escape").gone("replay ×")


@drives("again-session", "A", on=kept)
@drives("against-session", "v", on=kept)
def again_and_against(app: App, key: str) -> None:
    app.gone("v holds it against")  # of the time before
    app.key("A").see("v holds it against")
    app.answered(1)
    app.key("v").see("4 pairs")
    app.key("escape").gone("4 pairs")


@drives("reuse", "u", on=kept)
def reuse(app: App, key: str) -> None:
    app.key(key).see("reuses answers")
    app.key(key).gone("reuses answers")


@drives("private", "P", on=kept)
def private(app: App, key: str) -> None:
    app.key(key).see(" private ", "not sent")
    app.key(key).gone(" private ")
    app.key("H").see("newest first")
    app.key("enter").answered(1)


@drives("spend", "$", ":spend", on=kept)
def spend(app: App, key: str) -> None:
    app.key(key).see("Spend")
    app.key("escape").gone("by model")
