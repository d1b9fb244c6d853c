"""The diff as its users meet it: read while both answers still come, and walked through by its keys."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from rich.style import Style

from compare_tui import paths
from tests.integration.app import NARROW, WIDE, App, Look
from tests.integration.app_dictated import DictatedServer
from tests.integration.app_drives_diff import at_the_beginning, differing, ignored, label, shown
from tests.integration.app_stages import Size, clipboard, focus_on, free_endpoint
from tests.integration.kept import run
from tests.screen import Screen
from tests.terminal import PATIENCE_S

TITLE = 4
CLEAR = 5
"""Rows that no message lies over."""
WORDS = 13
"""Of each paragraph."""
ONE = [f"Paragraph {n} says that case {n} waits for {n}0 ms. Nobody knows why.\n\n" for n in range(70)]
TWO = [one.replace("0 ms", "1 ms") if n % 6 == 3 else one for n, one in enumerate([ONE[60], *ONE[:60]])]
THREE = [one.replace("Nobody", "Somebody") if n % 9 == 4 else one for n, one in enumerate(ONE)]

SIDES = "old", "new"
Rows = list[list[tuple[str, Style]]]


@pytest.fixture
def dictated() -> Iterator[DictatedServer]:
    with DictatedServer() as server:
        yield server


class Dictation:
    """Says three answers paragraph by paragraph, always with the beginning of the next one."""

    def __init__(self, server: DictatedServer) -> None:
        self._server = server
        self._texts = {"one": ONE, "two": TWO, "three": THREE}
        self._said = dict.fromkeys(self._texts, 0)

    def up_to(self, lane: str, paragraph: int) -> str:
        """What the title says of it then."""
        paragraphs = self._texts[lane]
        text = "".join(paragraphs)
        end = len("".join(paragraphs[:paragraph])) + 15
        self._server.say(lane, text[self._said[lane] : end])
        self._said[lane] = end
        if paragraph == len(paragraphs):
            self._server.end(lane)
        return f"· {WORDS * paragraph} words"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=str)
def test_what_is_read_stays_while_both_answers_come(
    tmp_path: Path, dictated: DictatedServer, monkeypatch: pytest.MonkeyPatch, size: Size
) -> None:
    """In every single frame; and at last the figures are those of the finished texts."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    free_endpoint(tmp_path, dictated.base_url, "chat")
    say = Dictation(dictated)
    with App(tmp_path, "--lane", "one", "--lane", "two", "--lane", "three", size=size) as app:
        begun = [say.up_to(lane, 25) for lane in ("one", "two", "three")]
        app.opened().type("Hello?").see("Hello?")
        app.to_panes()
        app.key("S").key("2").see(focus_on(2), lambda look: look.state(2) == "writing")
        app.key("d").see("still writing", old(begun[0]), new(begun[1]))
        _to_change(app, 3)
        third = app.look.rows[TITLE + 2]
        app.key("j").key("j").see(lambda look: look.rows[TITLE][:-1] == third[:-1])
        with undisturbed(app):
            app.see(old(say.up_to("one", 30)), new(say.up_to("two", 40)), "change 3 of ")
            app.see(old(say.up_to("one", 70)), old("✓ done"), "still writing")
        app.key("escape").see(focus_on(2))
        app.key("3").see(focus_on(3))
        app.key("x").see(lambda look: look.state(3) == "cancelled")
        app.key("d").see("pair 2 of 3", new("■ cancelled"), "% shorter")
        assert figures(app.look) == told("last.1.1", "last.1.3")
        app.key("[").see("pair 1 of 3", "still writing")
        _to_change(app, 2)
        with undisturbed(app):
            app.see(new(say.up_to("two", 61)), new("✓ done"), "change 2 of ", lambda look: "still" not in look)
        assert figures(app.look) == told("last.1.1", "last.1.2")


def _to_change(app: App, number: int) -> None:
    for at in range(1, number + 1):
        app.key("n").see(f"change {at} of ")
    app.wait_until_still()


def old(words: str) -> Callable[[Look], bool]:
    return lambda look: words in look.rows[0]


def new(words: str) -> Callable[[Look], bool]:
    return lambda look: words in look.rows[1]


def figures(look: Look) -> tuple[str, ...]:
    """Changes, how much is the same, how much longer, and numbers that differ, as the title says it."""
    found = re.search(r" (?:change \d+ of )?(\d+)(?: changes)? · (\d+) % the same · (.*)", look.rows[2])
    assert found is not None, look.rows[2]
    numbers = re.search(r"(\d+) numbers? differs?", look.rows[3])
    return (*found.groups(), numbers[1] if numbers else "0")


def told(old: str, new: str) -> tuple[str, ...]:
    """The same of what the store has, by the command line, once it has how both ended."""
    deadline = monotonic() + PATIENCE_S
    while None in [(found := json.loads(run("diff", old, new, "--json").out))[side]["verdict"] for side in SIDES]:
        assert monotonic() < deadline, found
    percent = round(100 * found["longer"])
    longer = f"+{percent} % longer" if percent > 0 else f"{-percent} % shorter"
    return str(found["changes"]), str(found["percent"]), longer, str(found["numbers"])


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=str)
def test_one_walk_with_the_keys_through_all_of_it(tmp_path: Path, size: Size) -> None:
    with contextmanager(differing)(tmp_path, size) as app:
        rows = shown(app.look)
        app.key("j").see(lambda look: shown(look)[0][:-1] == rows[1][:-1])
        app.key("k").see(lambda look: shown(look) == rows)
        app.key("G").see("This one is new.", lambda look: not at_the_beginning(look))
        app.key("g").see(at_the_beginning, lambda look: shown(look) == rows)
        app.key("n").see("change 1 of 3", "30 ms", "31 ms")
        app.key("n").see("change 2 of 3", "» Paragraph 30")
        app.key("p").see("change 1 of 3", "31 ms")
        app.key("y").see("change 1 of 3:")
        assert re.fullmatch(r"- .* 30 ms.*\n\+ .* 31 ms.*\n", clipboard(app))
        app.key("]").see("pair 2 of 3", label(1, "gpt-5.5 high"), "The same words; white space differs in 39 places.")
        app.key("w").see(ignored("white space and markup"))
        app.key("w").see(ignored("white space, markup and case"))
        app.key("w").see("every character counts", "39 changes")
        app.key("w").see(ignored("white space"), "The same words")
        app.key("[").see("pair 1 of 3", label(1, "gpt-5.5 medium"), "change 1 of 3", "31 ms")
        app.key("b").see(label(0, "gpt-5.5 medium"), label(1, "gpt-5.5 low"), "change 1 of 3")
        app.key("u").see(lambda look: not any("│" in row[:-1] for row in shown(look)))
        app.key("v").see("Differences by sentence.", "change 1 of 3", "by sentence")
        app.key("v").see("Differences by line.", "by line")
        app.key("escape").see(focus_on(2), "round 1/1")
        app.key("f3").see("pair 1 of 3", label(0, "gpt-5.5 low"), "by line", lambda look: "comparing…" not in look)
        app.key("v").see("Differences by word.")
        app.key("u").see(" 3 changes ", lambda look: shown(look)[:CLEAR] == rows[:CLEAR])
        app.key("escape").see(focus_on(2))
        app.key("d").see("pair 1 of 3", " 3 changes ", lambda look: shown(look)[:CLEAR] == rows[:CLEAR])


# Frame by frame


@contextmanager
def undisturbed(app: App) -> Iterator[None]:
    """The upper half of what is read is the same in each frame that is painted meanwhile, in text and style."""
    mark = len(app.raw)
    with app._lock:
        before = upper_half(app.screen)
    assert any(text.strip() for row in before for text, _ in row)
    yield
    for number, frame in enumerate(frames(app, mark)):
        assert upper_half(frame) == before, f"frame {number}:\n{frame.text}"


def upper_half(screen: Screen) -> Rows:
    """Without the title, and without the map at the edge."""
    rows = [list(zip(texts[:-1], styles[:-1], strict=True)) for texts, styles in screen.cells()]
    return rows[TITLE : TITLE + (screen.rows - TITLE) // 2]


def frames(app: App, mark: int) -> Iterator[Screen]:
    """What stood on the screen after every synchronised update since."""
    screen = Screen(app.screen.columns, app.screen.rows)
    decode = codecs.getincrementaldecoder("utf-8")().decode
    at = 0
    for update in re.split(rb"(?<=\x1b\[\?2026l)", app.raw):
        screen.feed(decode(update))
        at += len(update)
        if at > mark:
            yield screen
