"""The keys of the panes, each with what it has to do."""

import re

from tests.integration.app import App, Look
from tests.integration.app_stages import (
    Drives,
    another_prompt,
    clipboard,
    faulty,
    focus_on,
    nine,
    states,
    streaming,
    switches,
)

DRIVES = Drives()
drives = DRIVES.of

# Which pane


@drives("to-prompt", "i")
def to_prompt(app: App, key: str) -> None:
    app.key(key).see(lambda look: look.focused is None, "esc to the panes", "╭─ Prompt")
    app.to_panes()


@drives("zoom", "enter", "z")
def zoom(app: App, key: str) -> None:
    before = app.look.heads.keys()
    app.key(key).see(lambda look: look.heads.keys() == {2})
    app.key(key).see(lambda look: look.heads.keys() == before, focus_on(2))


@drives("left", "h", "left")
def left(app: App, key: str) -> None:
    app.key(key).see(focus_on(1))
    app.key("2").see(focus_on(2))


@drives("right", "l", "right")
def right(app: App, key: str) -> None:
    app.key(key).see(focus_on(3))
    app.key("2").see(focus_on(2))


def _choosing(number: int) -> None:
    @drives(f"pane-{number}", str(number), on=nine)
    def choose(app: App, key: str) -> None:
        app.key("1" if key != "1" else "9").see(focus_on(1 if key != "1" else 9))
        app.key(key).see(focus_on(int(key)))


for at in range(1, 10):
    _choosing(at)


@drives("next-page", "]", on=nine)
def next_page(app: App, key: str) -> None:
    app.key("1").see(focus_on(1))
    here = app.look.heads.keys()
    app.key(key).see(lambda look: look.heads and not look.heads.keys() & here)


@drives("previous-page", "[", on=nine)
def previous_page(app: App, key: str) -> None:
    app.key("9").see(focus_on(9))
    here = app.look.heads.keys()
    app.key(key).see(lambda look: look.heads and not look.heads.keys() & here)


# Where in it


def top_row(look: Look) -> str:
    return look.pane(2)[0]


def from_the_top(app: App) -> list[str]:
    app.key("g").see(lambda look: top_row(look).startswith(("▸ reasoning", "▾ reasoning")))
    return app.look.pane(2)


def from_the_end(app: App) -> list[str]:
    app.key("G").see(lambda look: "endpoint." in look.pane(2)[-1])
    return app.look.pane(2)


@drives("down", "j", "down")
def down(app: App, key: str) -> None:
    before = from_the_top(app)
    app.key(key).see(lambda look: look.pane(2)[:-1] == before[1:])
    from_the_end(app)


@drives("up", "k", "up")
def up(app: App, key: str) -> None:
    before = from_the_end(app)
    app.key(key).see(lambda look: look.pane(2)[1:] == before[:-1])
    from_the_end(app)


@drives("page-down", "pagedown")
def page_down(app: App, key: str) -> None:
    before = from_the_top(app)
    app.key(key).see(lambda look: top_row(look) != before[0] and before[-1] in look.pane(2))
    from_the_end(app)


@drives("page-up", "pageup")
def page_up(app: App, key: str) -> None:
    before = from_the_end(app)
    app.key(key).see(lambda look: look.pane(2) != before and before[0] in look.pane(2))
    from_the_end(app)


@drives("top", "g", "home")
def top(app: App, key: str) -> None:
    from_the_end(app)
    app.key(key).see(lambda look: top_row(look).startswith("▸ reasoning"))
    from_the_end(app)


@drives("bottom", "G", "end")
def bottom(app: App, key: str) -> None:
    from_the_top(app)
    app.key(key).see(lambda look: "endpoint." in look.pane(2)[-1])


@drives("follow", "space", on=streaming)
def follow(app: App, key: str) -> None:
    another_prompt(app)
    app.key("S").see(lambda look: look.state(2) == "writing" and any(look.pane(2)[-2:]), timeout=20)
    app.key(key).see("↓ new text below · G")
    still = top_row(app.look)
    app.see(lambda look: top_row(look) == still)
    app.key(key).gone("↓ new text below")
    app.key("X").see(states("cancelled", "done"), Look.is_done)


@drives("together", "s")
def together(app: App, key: str) -> None:
    from_the_end(app)
    app.key("2").key("G")
    neighbour = app.look.pane(1)
    app.key(key).see("scrolling")
    app.key("g").see(lambda look: look.pane(1)[0].startswith("Time to first token"))
    app.key("G").see(lambda look: look.pane(1) == neighbour)
    app.key(key).gone("scrolling")


# How it is shown


@drives("baseline", "b")
def baseline(app: App, key: str) -> None:
    app.key(key).see("◆ baseline", " ×")
    app.key(key).gone("◆ baseline", " ×")


@drives("rendered", "m")
def rendered(app: App, key: str) -> None:
    from_the_end(app)
    switches(app, key, "*Simulated by")


@drives("reasoning", "t")
def reasoning(app: App, key: str) -> None:
    from_the_top(app)
    app.key(key).see("▾ reasoning")
    app.key(key).see("▸ reasoning")
    from_the_end(app)


def some_changes(look: Look) -> object:
    return re.search(r"\d changes?\b", look.text)


@drives("against-before", "p")
def against_before(app: App, key: str) -> None:
    app.key(key).see("measured ", "prompt: 1 change", some_changes)
    app.key(key).gone("measured ", "prompt: 1 change", " change")


@drives("marks", "c")
def marks(app: App, key: str) -> None:
    """How many there are depends on which of its answers the demo gives."""
    app.key(key).see("marked: differs from pane 1", some_changes, "baseline")
    app.key(key).see("marked: only here", lambda look: re.search(r"\d only here|\d sentence|none here", look.text))
    app.key(key).gone("only here", "none here", " change")


@drives("race", "o")
def race(app: App, key: str) -> None:
    switches(app, key, "█")


@drives("earlier-round", "<")
def earlier_round(app: App, key: str) -> None:
    rounds = app.look.rounds
    app.key(key).see(f"round {rounds - 1}/{rounds}")
    app.key(">").see(f"round {rounds}/{rounds}")


@drives("later-round", ">")
def later_round(app: App, key: str) -> None:
    rounds = app.look.rounds
    app.key("<").see(f"round {rounds - 1}/{rounds}")
    app.key(key).see(f"round {rounds}/{rounds}")


@drives("themes", "T")
def themes(app: App, key: str) -> None:
    before = app.style(0, 0)
    app.key(key).see("try on")
    app.press("down", "down")
    app.see(lambda look: look.screen.style(0, 0) != before)
    app.key("escape").gone("try on")
    app.see(lambda look: look.screen.style(0, 0) == before)


# What is sent and stopped


@drives("again", "r")
def again(app: App, key: str) -> None:
    takes = repeats(app.look)[1]
    app.key(key).see(lambda look: repeats(look) == (takes + 1, takes + 1) and look.state(2) == "done")


def repeats(look: Look) -> tuple[int, int]:
    """Which take the second pane shows, of how many."""
    found = re.search(r" (\d+)/(\d+)", look.label(2))
    return (int(found[1]), int(found[2])) if found else (1, 1)


@drives("previous-repeat", ",")
def previous_repeat(app: App, key: str) -> None:
    again(app, "r")
    _, takes = repeats(app.look)
    app.key(key).see(lambda look: repeats(look) == (takes - 1, takes))
    app.key(".").see(lambda look: repeats(look) == (takes, takes))


@drives("next-repeat", ".")
def next_repeat(app: App, key: str) -> None:
    again(app, "r")
    _, takes = repeats(app.look)
    app.key(key).see(lambda look: repeats(look) == (1, takes))
    app.key(",").see(lambda look: repeats(look) == (takes, takes))


@drives("stop", "x", on=streaming)
def stop(app: App, key: str) -> None:
    another_prompt(app)
    app.key("S").see(states("queued", "waiting", "thinking", "writing"))
    app.key(key).see(lambda look: look.state(2) == "cancelled")
    assert app.look.state(1) != "cancelled"
    app.key("X").see(states("cancelled", "done"), Look.is_done)


@drives("again-failed", "R", on=faulty)
def again_failed(app: App, key: str) -> None:
    app.key(key).see(lambda look: "2/2" in look.label(1) and "2/2" in look.label(2), states("failed", "done"))
    app.key("3").see(focus_on(3))
    assert "2/2" not in app.look.label(3)


@drives("flex-wait", "W", on=faulty)
def flex_wait(app: App, key: str) -> None:
    """Asks on and on, until it is stopped."""
    app.key("1").see(focus_on(1), "W wait")
    app.key(key).see(
        lambda look: look.focused == max(look.heads),
        lambda look: re.search(r"(attempts|retry) ([3-9]|\d\d)", look.text),
    )
    app.key("x").see("■ cancelled")


@drives("flex-standard", "D", on=faulty)
def flex_standard(app: App, key: str) -> None:
    app.key("1").see(focus_on(1), "flex capacity")
    app.key(key).see(lambda look: "default" in look.label(look.focused or 0))


# What is taken out of it


@drives("copy", "y")
def copy(app: App, key: str) -> None:
    app.key(key).see("answer: sent to the terminal")
    copied = clipboard(app)
    assert "Time to first token" in copied
    assert "```" in copied


@drives("copy-code", "Y")
def copy_code(app: App, key: str) -> None:
    app.key(key).see("code block 1 of ")
    assert clipboard(app).startswith("started = ")


@drives("write", "w")
def write(app: App, key: str) -> None:
    app.key(key).see("Written to")
    (file,) = app.folder.glob("*gpt-5.5*")
    assert "```" in file.read_text()
    file.unlink()


# Lanes


@drives("add-lane", "a")
def add_lane(app: App, key: str) -> None:
    app.key(key).see("╭─ A new lane")
    app.type("gpt-6.1-sol").see("gpt-6.1-sol medium")
    app.key("enter").gone("╭─ A new lane")
    app.key("5").see(lambda look: look.focused == 5 and look.label(5) == "gpt-6.1-sol medium")
    app.key("f2").see("Lanes  5 of 24")
    app.press("j", "j", "j", "j", "x")
    app.see("Lanes  4 of 24")
    app.key("escape").gone("4 of 24")
    app.key("2").see(lambda look: 5 not in look.heads, focus_on(2))


@drives("edit-lane", "e")
def edit_lane(app: App, key: str) -> None:
    app.key(key).see("╭─ Lane 2")
    app.key("tab").key("down").see("gpt-5.5 xhigh summary=auto")
    app.key("enter").see(lambda look: look.label(2).startswith("gpt-5.5 xhigh"))
    app.key(key).see("╭─ Lane 2")
    app.key("tab").key("up").see("gpt-5.5 high summary=auto")
    app.key("enter").see(lambda look: look.label(2).startswith("gpt-5.5 high"))


@drives("mute-lane", "-")
def mute_lane(app: App, key: str) -> None:
    before = price(app.look)
    app.key(key).see("– muted", lambda look: price(look) not in ("", before))
    app.key(key).gone("– muted")


def price(look: Look) -> str:
    """Of sending the prompt to the lanes that are not muted."""
    found = re.search(r"input (\S+)", look.rows[-2])
    return found[1] if found else ""
