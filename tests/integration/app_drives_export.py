"""The keys of the export screen, each with what it has to do."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from tests.integration.app import App, Look
from tests.integration.app_stages import Drives, Size, another_prompt, focus_on

DRIVES = Drives()
drives = DRIVES.of

_numbers = count(1)


def exporting(folder: Path, size: Size) -> Iterator[App]:
    """The export of a session of two rounds."""
    with App(folder, "demo", "--speed", "40", size=size) as app:
        app.opened()
        app.key("ctrl+j").answered(1)
        app.to_panes()
        another_prompt(app)
        app.key("S").answered(2)
        app.key("1").see(focus_on(1))
        app.key("E").see("Export", "● CSV", "a new file")
        yield app


@drives("export-write", "enter", on=exporting)
def write(app: App, key: str) -> None:
    name = f"written-{next(_numbers)}.jsonl"
    app.key("tab").key("tab").see(" f1 help")
    app.key("ctrl+u").see(lambda look: any(row.strip() == "file" for row in look.rows))
    app.type(name).see("● JSONL", f"a new file: {app.folder}"[:60])
    app.key(key).see("Written:", focus_on(1))
    assert (app.folder / name).read_text().count("\n") == 2 * 4
    app.key("f9").see("Export", "● CSV")


@drives("export-done", "escape", on=exporting)
def back(app: App, key: str) -> None:
    app.key(key).see(focus_on(1))
    assert not list(app.folder.glob("*.csv"))
    app.key("E").see("● CSV")


@drives("export-help", "?", on=exporting)
def help_opens(app: App, key: str) -> None:
    app.key(key).see("Here: in the export")
    app.key("escape").gone("Here: in the export")


@drives("export-next", "right", "l", on=exporting)
def next_choice(app: App, key: str) -> None:
    app.key(key).see("● JSONL", "the first lines of the JSONL")
    app.key("left").see("● CSV", on_row("as"))


@drives("export-previous", "left", "h", on=exporting)
def previous_choice(app: App, key: str) -> None:
    app.key(key).see("● HTML page", "<body>")
    app.key("right").see("● CSV", on_row("as"))


@drives("export-last", "end", "G", on=exporting)
def last_choice(app: App, key: str) -> None:
    app.key(key).see("● HTML page")
    app.key("home").see("● CSV", on_row("as"))


@drives("export-first", "home", "g", on=exporting)
def first_choice(app: App, key: str) -> None:
    app.key("end").see("● HTML page")
    app.key(key).see("● CSV", on_row("as"))


@drives("export-down", "down", "j", on=exporting)
def down(app: App, key: str) -> None:
    """To the cells of the CSV."""
    app.key(key).see(on_row("cells"))
    app.key("right").see("● raw")
    app.key("left").see("● safe for spreadsheets")
    app.key("up").see(on_row("as"))
    app.key("right").see("● JSONL")
    app.key("left").see("● CSV", on_row("as"))


@drives("export-up", "up", "k", on=exporting)
def up(app: App, key: str) -> None:
    """To the part of the session."""
    app.key(key).see(on_row("what"))
    app.key("right").see(".1.csv")
    app.key("left").gone(".1.csv")
    app.key("down").see(on_row("as"))


def on_row(label: str) -> Callable[[Look], bool]:
    """The label of the row with the focus stands out from the others. Only CSV has cells: that row comes a frame later
    than its name, and a key pressed between the two passes it over."""

    def is_there(look: Look) -> bool:
        at = {
            name: y
            for y, row in enumerate(look.rows)
            for name in ("what", "as", "cells")
            if row.startswith(f" {name} ")
        }
        colours = {name: look.screen.style(1, y).color for name, y in at.items()}
        return len(colours) == 3 and list(colours.values()).count(colours[label]) == 1

    return is_there
