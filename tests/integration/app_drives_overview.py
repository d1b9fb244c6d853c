"""The keys of the overview, of one session held against another, of both answers side by side, and of the spend."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.app import NARROW, App, Look
from tests.integration.app_stages import Drives, Size, another_prompt, nine

DRIVES = Drives()
drives = DRIVES.of


def overviewed(folder: Path, size: Size) -> Iterator[App]:
    """Three rounds in nine lanes, more than have room; the last round is chosen."""
    with contextmanager(nine)(folder, size) as app:
        for rounds in (2, 3):
            another_prompt(app)
            app.key("S").answered(rounds)
        app.key("O").see("Overview", chosen(3))
        yield app


def compared(folder: Path, size: Size) -> Iterator[App]:
    """A session asked again and held against the one before: four pairs, the first one chosen."""
    with App(folder, "demo", "--speed", "40", size=size) as app:
        app.opened().key("ctrl+j").answered(1)
        app.to_panes()
        app.key("A").see("v holds it against")
        app.answered(1)
        app.key("v").see("4 pairs", "alike", first_pair_chosen)
        yield app


def side_by_side(folder: Path, size: Size) -> Iterator[App]:
    """The answers of the first pair, from their beginnings; too long for the screen."""
    with contextmanager(compared)(folder, (size[0], NARROW[1])) as app:
        app.key("enter").see("1 of 4", at_the_beginning)
        yield app


def spent(folder: Path, size: Size) -> Iterator[App]:
    with App(folder, "demo", "--speed", "40", size=size) as app:
        app.opened().key("ctrl+j").answered(1)
        app.to_panes()
        app.key("$").see("by day", "simulated")
        yield app


def chosen(number: int) -> Callable[[Look], bool]:
    """The row of the overview that is marked."""
    return lambda look: marked(look)[:1] == [str(number)]


def marked(look: Look) -> list[str]:
    """The words of the first line of the row that is marked."""
    return next((row[1:].split() for row in look.rows if row.startswith("▌")), [])


def first_pair_chosen(look: Look) -> bool:
    """It stands below the rows of the lanes."""
    row = next((y for y, row in enumerate(look.rows) if row.startswith("▌")), 0)
    return row > 0 and "∑" in "".join(look.rows[:row]) and "∑" not in look.rows[row]


def at_the_beginning(look: Look) -> bool:
    return "first token" in " ".join(look.rows[3:5])


# The overview, and the keys of every table


@drives("table-down", "j", "down", on=overviewed)
def down(app: App, key: str) -> None:
    app.key("g").see(chosen(1))
    app.key(key).see(chosen(2))
    app.key("G").see(chosen(3))


@drives("table-up", "k", "up", on=overviewed)
def up(app: App, key: str) -> None:
    app.key(key).see(chosen(2))
    app.key("j").see(chosen(3))


@drives("table-page-down", "pagedown", on=overviewed)
def page_down(app: App, key: str) -> None:
    app.key("g").see(chosen(1))
    app.key(key).see(chosen(3))


@drives("table-page-up", "pageup", on=overviewed)
def page_up(app: App, key: str) -> None:
    app.key(key).see(chosen(1))
    app.key("G").see(chosen(3))


@drives("table-top", "g", "home", on=overviewed)
def top(app: App, key: str) -> None:
    app.key(key).see(chosen(1))
    app.key("G").see(chosen(3))


@drives("table-bottom", "G", "end", on=overviewed)
def bottom(app: App, key: str) -> None:
    app.key("g").see(chosen(1))
    app.key(key).see(chosen(3))


@drives("table-left", "h", "left", on=overviewed)
def left(app: App, key: str) -> None:
    app.key("l").see("‹1 healthy-2")
    app.key(key).gone("‹1")


@drives("table-right", "l", "right", on=overviewed)
def right(app: App, key: str) -> None:
    app.key(key).see("‹1 healthy-2")
    app.key("h").gone("‹1")


@drives("overview-open", "enter", on=overviewed)
def open_round(app: App, key: str) -> None:
    app.key("g").see(chosen(1))
    app.key(key).see("round 1/3")
    app.key("O").see(chosen(1))
    app.key("G").see(chosen(3))
    app.key(key).see("round 3/3")
    app.key("O").see("Overview", chosen(3))


@drives("overview-replay", "r", on=overviewed)
def replay(app: App, key: str) -> None:
    app.key(key).see("replay of")
    app.key("escape").gone("replay of")
    app.key("O").see("Overview", chosen(3))


@drives("overview-export", "e", on=overviewed)
def export(app: App, key: str) -> None:
    app.key(key).gone("cost per answer")
    app.see("CSV")
    app.key("escape").see("round 3/3")
    app.key("O").see("Overview", chosen(3))


@drives("overview-help", "?", on=overviewed)
def help_of_overview(app: App, key: str) -> None:
    app.key(key).see("Here: in the overview")
    app.key("escape").gone("Here: in the overview")


@drives("overview-done", "escape", on=overviewed)
def leave_overview(app: App, key: str) -> None:
    app.key(key).gone("Overview")
    app.see("round 3/3")
    app.key("O").see("Overview", chosen(3))


# One session against another


@drives("against-open", "enter", on=compared)
def both_answers(app: App, key: str) -> None:
    app.key(key).see("1 of 4", at_the_beginning)
    app.key("escape").see(first_pair_chosen)


@drives("against-order", "o", on=compared)
def order(app: App, key: str) -> None:
    app.key(key).see("in the order of the session")
    app.key(key).see("worse first")


@drives("against-help", "?", on=compared)
def help_of_against(app: App, key: str) -> None:
    app.key(key).see("Here: in the comparison over time")
    app.key("escape").gone("Here: in the comparison")


@drives("against-done", "escape", on=compared)
def leave_against(app: App, key: str) -> None:
    app.key(key).gone("4 pairs")
    app.see("round 1/1")
    app.key("v").see("4 pairs", "alike", first_pair_chosen)


# Both answers


@drives("answers-next", "n", on=side_by_side)
def next_pair(app: App, key: str) -> None:
    app.key(key).see("2 of 4")
    app.key("p").see("1 of 4")


@drives("answers-previous", "p", on=side_by_side)
def previous_pair(app: App, key: str) -> None:
    app.key("n").see("2 of 4")
    app.key(key).see("1 of 4")


@drives("answers-diff", "d", on=side_by_side)
def diff_of_answers(app: App, key: str) -> None:
    app.key(key).see("round 1 · then", "round 1 · now", "% the same")
    app.key("escape").see("1 of 4", at_the_beginning)


@drives("answers-help", "?", on=side_by_side)
def help_of_answers(app: App, key: str) -> None:
    app.key(key).see("Here: between two answers")
    app.key("escape").gone("Here: between two answers")


@drives("answers-done", "escape", on=side_by_side)
def leave_answers(app: App, key: str) -> None:
    app.key(key).see("4 pairs", first_pair_chosen)
    app.key("enter").see("1 of 4", at_the_beginning)


def scrolls(app: App, key: str, back: str) -> None:
    """Both move away from where they begin, and come back."""
    before = app.look.rows[3:-1]
    app.key(key).see(lambda look: look.rows[3:-1] != before and look.rows[3:-1][:1] != before[:1])
    app.key(back).see(lambda look: look.rows[3:-1][0] == before[0])


@drives("answers-down", "j", "down", on=side_by_side)
def row_down(app: App, key: str) -> None:
    scrolls(app, key, "k")


@drives("answers-up", "k", "up", on=side_by_side)
def row_up(app: App, key: str) -> None:
    scrolls(app, "j", key)


@drives("answers-page-down", "pagedown", "space", on=side_by_side)
def a_page_down(app: App, key: str) -> None:
    scrolls(app, key, "g")


@drives("answers-page-up", "pageup", on=side_by_side)
def a_page_up(app: App, key: str) -> None:
    scrolls(app, "pagedown", key)


@drives("answers-top", "g", "home", on=side_by_side)
def to_the_top(app: App, key: str) -> None:
    scrolls(app, "G", key)


@drives("answers-bottom", "G", "end", on=side_by_side)
def to_the_bottom(app: App, key: str) -> None:
    scrolls(app, key, "g")


# The spend


@drives("spend-day", "d", on=spent)
def by_day(app: App, key: str) -> None:
    app.key("m").see("by model")
    app.key(key).see("by day")


@drives("spend-model", "m", on=spent)
def by_model(app: App, key: str) -> None:
    app.key(key).see("by model", " gpt-5.5-pro ")
    app.key("d").see("by day")


@drives("spend-tier", "t", on=spent)
def by_tier(app: App, key: str) -> None:
    app.key(key).see("by tier", "(none)")
    app.key("d").see("by day")


@drives("spend-tag", "a", on=spent)
def by_tag(app: App, key: str) -> None:
    app.key(key).see("Spend by which tag")
    app.type("team").key("enter").see("by tag team")
    app.key("d").see("by day")


@drives("spend-help", "?", on=spent)
def help_of_spend(app: App, key: str) -> None:
    app.key(key).see("Here: in the spend")
    app.key("escape").gone("Here: in the spend")


@drives("spend-done", "escape", on=spent)
def leave_spend(app: App, key: str) -> None:
    app.key(key).gone("by day")
    app.see("round 1/1")
    app.key("$").see("by day", "simulated")
