"""The keys of the diff, each with what it has to do; after it the diff is as it was."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from compare_tui.store.store import Store
from tests.integration.app import App, Look
from tests.integration.app_stages import Drives, Size, clipboard, focus_on, free_endpoint
from tests.told import answer, asked, session

DRIVES = Drives()
drives = DRIVES.of

_PARAGRAPHS = [f"Paragraph {n} says that case {n} waits for {n}0 ms. Nobody knows why that is so." for n in range(40)]
_numbers = count(1)


def differing(folder: Path, size: Size) -> Iterator[App]:
    """Three answers: the second one has another number, a paragraph elsewhere and one more, the third more blanks."""
    _keep(folder / "home" / "data" / "sessions.db")
    free_endpoint(folder, "http://127.0.0.1:9/v1")  # nobody listens there, and nothing is sent
    with App(folder, "--session", "differs", size=size) as app:
        app.see("round 1/1", timeout=20)  # before that there is no lane
        app.opened().to_panes()
        app.key("2").see(focus_on(2))
        _open(app)
        yield app


def _keep(file: Path) -> None:
    moved = [*_PARAGRAPHS[:10], _PARAGRAPHS[30], *_PARAGRAPHS[10:30], *_PARAGRAPHS[31:], "This one is new."]
    moved[3] = moved[3].replace("30 ms", "31 ms")
    texts = ["\n\n".join(_PARAGRAPHS), "\n\n".join(moved), "\n\n\n".join(_PARAGRAPHS)]
    lanes = {f"gpt-5.5 {effort}": answer(text) for effort, text in zip(("low", "medium", "high"), texts, strict=True)}
    file.parent.mkdir(parents=True, mode=0o700)
    store = Store.open(file)
    try:
        store.add(session("differs", asked("How long is the wait?", lanes=lanes)))
    finally:
        store.close()


def _open(app: App) -> None:
    app.key("d").see("pair 1 of 3", " 3 changes ", "1 number differs", "1 moved")


def _anew(app: App) -> None:
    """No change is chosen, and the beginning is in sight."""
    app.key("escape").see(focus_on(2))
    _open(app)
    app.see(at_the_beginning)


def at_the_beginning(look: Look) -> bool:
    return "Paragraph 0" in look


def label(row: int, words: str) -> Callable[[Look], bool]:
    return lambda look: words in look.rows[row]


@drives("diff", "f3", ":diff", on=differing)
@drives("diff-from-panes", "d", on=differing)
def opens(app: App, key: str) -> None:
    app.key("escape").see(focus_on(2))
    app.key(key).see("pair 1 of 3", " 3 changes ")


@drives("diff-done", "escape", on=differing)
def back(app: App, key: str) -> None:
    app.key(key).see(focus_on(2), "round 1/1")
    _open(app)


@drives("diff-next", "n", on=differing)
def next_change(app: App, key: str) -> None:
    _anew(app)
    app.key(key).see("change 1 of 3", "31 ms")
    app.key(key).see("change 2 of 3")
    app.key(key).see("change 3 of 3", "This one is new.")
    app.key(key).see("change 1 of 3", "The first change again.")
    _anew(app)


@drives("diff-previous", "p", on=differing)
def previous_change(app: App, key: str) -> None:
    _anew(app)
    app.key("n").see("change 1 of 3")
    app.key("n").see("change 2 of 3")
    app.key(key).see("change 1 of 3", "31 ms")
    _anew(app)


@drives("diff-next-pair", "]", on=differing)
@drives("diff-previous-pair", "[", on=differing)
def other_pair(app: App, key: str) -> None:
    pairs = ("pair 2 of 3", "pair 3 of 3") if key == "]" else ("pair 3 of 3", "pair 2 of 3")
    for pair in (*pairs, "pair 1 of 3"):
        app.key(key).see(pair, lambda look: "comparing…" not in look)
    assert label(1, "gpt-5.5 medium")(app.look)


@drives("diff-swap", "b", on=differing)
def swap(app: App, key: str) -> None:
    app.key(key).see(label(0, "gpt-5.5 medium"), label(1, "gpt-5.5 low"), " 3 changes ")
    app.key(key).see(label(0, "gpt-5.5 low"), label(1, "gpt-5.5 medium"), " 3 changes ")


@drives("diff-unified", "u", on=differing)
def unified(app: App, key: str) -> None:
    app.key("g").see(lambda look: max(row.count("Paragraph 1 ") for row in look.rows) == 2)
    app.key(key).see(lambda look: max(row.count("Paragraph 1 ") for row in look.rows) == 1)
    app.key(key).see(lambda look: max(row.count("Paragraph 1 ") for row in look.rows) == 2)


@drives("diff-ignore", "w", on=differing)
def ignoring(app: App, key: str) -> None:
    app.key("]").see("pair 2 of 3", "The same words; white space differs in")
    for words in ("white space and markup", "white space, markup and case"):
        app.key(key).see(ignored(words))
    app.key(key).see("every character counts", lambda look: "The same words" not in look)
    app.key(key).see(ignored("white space"), "The same words")
    app.key("[").see("pair 1 of 3", " 3 changes ")


def ignored(words: str) -> Callable[[Look], bool]:
    return lambda look: f"ignoring {words} ·" in f"{look.rows[3]} ·"


@drives("diff-unit", "v", on=differing)
def unit(app: App, key: str) -> None:
    for words in ("by sentence", "by line", "by word"):
        app.key(key).see(f"Differences {words}.", lambda look: "comparing…" not in look)


@drives("diff-copy", "y", on=differing)
def copy_change(app: App, key: str) -> None:
    _anew(app)
    app.key(key).see("No change is chosen")
    app.key("n").see("change 1 of 3")
    app.key(key).see("change 1 of 3:")
    assert "30 ms" in clipboard(app)
    assert "31 ms" in clipboard(app)
    assert "This one is new." not in clipboard(app)
    _anew(app)


@drives("diff-copy-all", "Y", on=differing)
def copy_all(app: App, key: str) -> None:
    app.key(key).see("diff: ")
    app.see(lambda _: b"\x1b]52;c;" in app.raw and clipboard(app).startswith("--- gpt-5.5 low"))
    assert "This one is new." in clipboard(app)


@drives("diff-export", "E", on=differing)
def export(app: App, key: str) -> None:
    name = f"written-{next(_numbers)}.diff"
    app.key(key).see("Write this diff to a file", "A new file")
    app.key("ctrl+u").see(lambda look: not any("│ diff-gpt" in row for row in look.rows))
    app.type(name).see(f"│ {name} ", "A new file")
    app.key("enter").see("Written:", lambda _: (app.folder / name).exists())
    assert "This one is new." in (app.folder / name).read_text()
    app.gone("Write this diff to a file")


@drives("diff-other-end", "o", on=differing)
def other_end(app: App, key: str) -> None:
    """The paragraph that was moved begins with the same words at both."""
    _anew(app)
    app.key("n").see("change 1 of 3")
    app.key(key).see("is no move")
    app.key("n").see("change 2 of 3", "Paragraph 30 says")
    here = shown(app.look)
    app.key(key).see(lambda look: shown(look) != here, "Paragraph 30 says", "Paragraph 31 says")
    app.key(key).see(lambda look: "Paragraph 30 says" in look and "Paragraph 10 says" in look)
    _anew(app)


@drives("diff-sides", "s", on=differing)
def sides(app: App, key: str) -> None:
    app.key(key).see("What is compared", "▸ 1 old  gpt-5.5 low", "prompt of round 1")
    app.key("2").see("▸ 2 new")
    app.type("high").see(lambda look: "prompt of round 1" not in look)
    app.key("enter").see("pair 2 of 3", label(1, "gpt-5.5 high"))
    app.key("[").see("pair 1 of 3", " 3 changes ")


@drives("diff-help", "?", on=differing)
def help_opens(app: App, key: str) -> None:
    app.key(key).see("Here: in the diff")
    app.key("escape").gone("Here: in the diff")


# Moving


def shown(look: Look) -> list[str]:
    """The rows between the title and the footer."""
    return look.rows[4:-1]


def scrolls(app: App, key: str, back_by: str) -> None:
    before = shown(app.look)
    app.key(key).see(lambda look: shown(look)[:3] != before[:3])
    app.key(back_by).see(lambda look: shown(look)[:3] == before[:3])


@drives("diff-down", "j", "down", on=differing)
def down(app: App, key: str) -> None:
    app.key("g").see(at_the_beginning)
    scrolls(app, key, "k")


@drives("diff-up", "k", "up", on=differing)
def up(app: App, key: str) -> None:
    app.key("G").see("This one is new.")
    scrolls(app, key, "j")


@drives("diff-page-down", "pagedown", "space", on=differing)
def page_down(app: App, key: str) -> None:
    app.key("g").see(at_the_beginning)
    scrolls(app, key, "g")


@drives("diff-page-up", "pageup", on=differing)
def page_up(app: App, key: str) -> None:
    app.key("G").see("This one is new.")
    scrolls(app, key, "G")


@drives("diff-top", "g", "home", on=differing)
def top(app: App, key: str) -> None:
    app.key("G").see("This one is new.")
    app.key(key).see(at_the_beginning)


@drives("diff-bottom", "G", "end", on=differing)
def bottom(app: App, key: str) -> None:
    app.key("g").see(at_the_beginning)
    app.key(key).see("This one is new.")
    app.key("g").see(at_the_beginning)
