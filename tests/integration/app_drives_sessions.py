"""The keys of the sessions screen, each with what it has to do; after it the list is as it was."""

from collections.abc import Iterator
from pathlib import Path

from compare_tui.store.store import Store
from tests.integration.app import App
from tests.integration.app_stages import Drives, Size, states
from tests.store_samples import answered

DRIVES = Drives()
drives = DRIVES.of

_TEXT = "A long answer that fills the preview. " * 8


def found(folder: Path, size: Size) -> Iterator[App]:
    """Three sessions, the newest one chosen; it has more than the preview can show."""
    _keep_three(folder / "home" / "data" / "sessions.db")
    with App(folder, "demo", "--speed", "60", size=size) as app:
        _list(app.opened())
        yield app


def _keep_three(file: Path) -> None:
    file.parent.mkdir(parents=True, mode=0o700)
    store = Store.open(file)
    try:
        answered(store, "skyblue", prompts=["Why is the sky blue?"], lanes=["gpt-5.5 low"])
        answered(store, "birdsong", prompts=["Name a bird."], lanes=["gpt-5.5 low"])
        lanes = ["gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini low"]
        answered(store, "longest", prompts=[f"Prompt {n}" for n in range(1, 6)], lanes=lanes, texts=[_TEXT])
    finally:
        store.close()


def _list(app: App) -> None:
    app.key("f4").see("Sessions  3 ", "longest · 5 rounds")


def _led_to(app: App, key: str, *sights: str) -> None:
    """To another screen; then back, and to the list."""
    app.key(key).see(*sights)
    app.key("escape").gone(*sights)
    _list(app)


def _purged(app: App) -> None:
    """The chosen one, a copy."""
    app.key("P").see("Really gone?")
    app.type("purge").see("│ purge ")
    app.key("enter").see("It is really gone.", "Sessions  3 ", "longest · 5 rounds")


@drives("sessions-open", "enter", on=found)
def opens(app: App, key: str) -> None:
    app.key("G").see("skyblue · 1 round")
    app.key(key).see("round 1/1", "An answer.", "Why is the sky blue?", "esc to the panes")
    _list(app)


@drives("sessions-search", "/", on=found)
def search(app: App, key: str) -> None:
    app.key(key).type("bird").see("Sessions  1 ", "↓ to the list", "birdsong · 1 round")
    app.key("ctrl+u").see("Sessions  3 ")
    app.key("escape").gone("↓ to the list")
    app.key("g").see("longest · 5 rounds")


@drives("sessions-name", "n", on=found)
def name(app: App, key: str) -> None:
    app.key(key).see("Name of the session")
    app.type("Prompts by number").key("enter").see("Named.", "Prompts by number")
    app.key(key).see("Name of the session")
    app.press("ctrl+u")
    app.see("called by the first words")
    app.key("enter").see("Its name is gone.", "longest · 5 rounds")


@drives("sessions-delete", "x", "delete", on=found)
def delete(app: App, key: str) -> None:
    app.key(key).see("Deleted Prompt 1; u brings it back.", "Sessions  2 ")
    app.key("u").see("Prompt 1 is back.", "longest · 5 rounds", "Sessions  3 ")


@drives("sessions-undo", "u", "ctrl+z", on=found)
def undo(app: App, key: str) -> None:
    app.key("x").see("Sessions  2 ")
    app.key(key).see("Prompt 1 is back.", "longest · 5 rounds", "Sessions  3 ")


@drives("sessions-help", "?", on=found)
def help_opens(app: App, key: str) -> None:
    app.key(key).see("Here: in the list of sessions")
    app.key("escape").gone("Here: in the list")


@drives("sessions-done", "escape", on=found)
def done(app: App, key: str) -> None:
    app.key(key).gone("Sessions  3 ")
    _list(app)


@drives("sessions-overview", "o", on=found)
def overview(app: App, key: str) -> None:
    _led_to(app, key, "Overview", "Prompt 5")


@drives("sessions-replay", "p", on=found)
def replay(app: App, key: str) -> None:
    _led_to(app, key, "replay ×")


@drives("sessions-export", "e", on=found)
def export(app: App, key: str) -> None:
    _led_to(app, key, "model,effort,prompt_id")


@drives("sessions-against", "c", on=found)
def against(app: App, key: str) -> None:
    app.key(key).see("Prompt 1 is marked ◆")
    app.key("j").see("birdsong · 1 round")
    _led_to(app, key, "Prompt 1 (longest)", "Name a bird. (birdsong)")


@drives("sessions-again", "r", on=found)
def again(app: App, key: str) -> None:
    """It is a session of its own, and taken away again."""
    app.key("j").see("birdsong · 1 round")
    app.key(key).see("Name a", "round 1/1", "all done")
    app.key("ctrl+n").see(states("not sent"))
    app.key("f4").see("Sessions  4 ", "again of birdsong")
    _purged(app)


@drives("sessions-tag", "t", on=found)
def tag(app: App, key: str) -> None:
    app.key(key).see("Tags of the session", "Now: none")
    app.type("team=core").see("Then: #team=core")
    app.key("enter").see("Tagged.", "#team=core")
    app.key(key).see("Now: #team=core")
    app.type("team=").key("enter").gone("#team=core")


@drives("sessions-duplicate", "d", on=found)
def duplicate(app: App, key: str) -> None:
    app.key(key).see("A copy of Prompt 1", "Sessions  4 ", "(copy)")
    _purged(app)


@drives("sessions-purge", "P", on=found)
def purge(app: App, key: str) -> None:
    app.key("d").see("A copy of Prompt 1", "Sessions  4 ", "(copy)")
    app.key(key).see("Really gone?", "Type purge")
    app.key("escape").gone("Really gone?")
    _purged(app)


@drives("sessions-deleted", "D", on=found)
def deleted(app: App, key: str) -> None:
    app.key("x").see("Sessions  2 ")
    app.key(key).see("Sessions  1 · deleted", "longest · 5 rounds")
    app.key("u").see("Nothing is deleted.")
    app.key(key).see("Sessions  3 ", "longest · 5 rounds")


@drives("sessions-order", "s", on=found)
def order(app: App, key: str) -> None:
    app.key(key).see("The best matches come first once there are words")
    app.key(key).gone("The best matches come first")


@drives("sessions-down", "j", "down", on=found)
def down(app: App, key: str) -> None:
    app.key(key).see("birdsong · 1 round")
    app.key("g").see("longest · 5 rounds")


@drives("sessions-up", "k", "up", on=found)
def up(app: App, key: str) -> None:
    app.key("j").see("birdsong · 1 round")
    app.key(key).see("longest · 5 rounds")


@drives("sessions-bottom", "G", "end", on=found)
@drives("sessions-page-down", "pagedown", on=found)
def bottom(app: App, key: str) -> None:
    app.key(key).see("skyblue · 1 round")
    app.key("g").see("longest · 5 rounds")


@drives("sessions-top", "g", "home", on=found)
@drives("sessions-page-up", "pageup", on=found)
def top(app: App, key: str) -> None:
    app.key("G").see("skyblue · 1 round")
    app.key(key).see("longest · 5 rounds")


@drives("sessions-preview-down", "J", "shift+down", on=found)
def preview_down(app: App, key: str) -> None:
    app.key(key).gone("longest · 5 rounds")
    app.key("K").see("longest · 5 rounds")


@drives("sessions-preview-up", "K", "shift+up", on=found)
def preview_up(app: App, key: str) -> None:
    app.key("J").gone("longest · 5 rounds")
    app.key(key).see("longest · 5 rounds")
