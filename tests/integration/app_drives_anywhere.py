"""The keys that work anywhere and those of the prompt, each with what it has to do."""

import re
import signal
from collections.abc import Callable

from rich.style import Style

from tests.integration.app import App, Look
from tests.integration.app_stages import Drives, another_prompt, clipboard, focus_on, states, streaming

DRIVES = Drives()
drives = DRIVES.of


@drives("send", "ctrl+j", "f5", ":send")
@drives("send-from-panes", "S")
def send(app: App, key: str) -> None:
    rounds = another_prompt(app)
    app.key(key).answered(rounds + 1)


@drives("help", "f1", ":help")
@drives("pane-help", "?")
def help_opens(app: App, key: str) -> None:
    app.key(key).see("Here: in the panes", "esc closes")
    app.key("escape").gone("esc closes")


@drives("lanes", "f2", ":lanes")
def lanes(app: App, key: str) -> None:
    app.key(key).see("Lanes  4 of 24")
    app.key("escape").gone("4 of 24")


@drives("palette", "ctrl+p")
@drives("pane-palette", ":")
def palette(app: App, key: str) -> None:
    app.key(key).see("Find an action")
    app.type("race").see("One row a lane")
    app.key("enter").see("0 s ───")
    app.key("o").gone("0 s ───")


@drives("editor", "ctrl+g", ":editor")
def editor(app: App, key: str) -> None:
    app.key(key).see("from outside", focus_on(2))
    app.to_prompt()
    app.key("ctrl+z").gone("from outside")
    app.to_panes()


@drives("suspend", "ctrl+z", ":suspend")
def suspend(app: App, key: str) -> None:
    before = app.key("G").see(lambda look: "endpoint." in look.pane(2)[-1]).pane(2)
    app.key(key).wait_until_stopped()
    app.see(lambda look: not look.screen.alternate)
    app.signal(signal.SIGCONT)
    app.see(focus_on(2), lambda look: look.pane(2) == before)


@drives("copy-or-stop", "ctrl+c", ":copy-or-stop")
def copy_or_stop(app: App, key: str) -> None:
    app.key(key).see("Nothing runs. ctrl+q quits.")


@drives("copy-or-stop", "ctrl+c")
def copy_selection(app: App, key: str) -> None:
    """What the mouse has marked."""
    x, y = app.look.screen.find("endpoint.") or (0, 0)
    app.drag((x, y), (x + len("endpoint."), y))
    app.key(key).see("selection: sent to the terminal")
    assert clipboard(app) == "endpoint."
    app.key("2").see(focus_on(2))


@drives("next-area", "tab")
def next_area(app: App, key: str) -> None:
    app.key(key).see(lambda look: look.focused is None)
    to_system(app, key)
    app.key(key).see(focus_on(2))


@drives("previous-area", "shift+tab")
def previous_area(app: App, key: str) -> None:
    to_system(app, key)
    app.key(key).see(lambda look: look.focused is None)
    app.key(key).see(focus_on(2))


def to_system(app: App, key: str) -> None:
    """What is typed then stands there. Typed in one burst with tab it would count as pasted."""
    before = system_frame(app.look)
    app.key(key).see(lambda look: system_frame(look) not in (None, before))
    app.type("Q").see(written_in_system("Q"))
    app.key("backspace").see(written_in_system("System text"))


def system_frame(look: Look) -> Style | None:
    """The colours of the frame around the system text, if it has one."""
    at = look.screen.find("─ System ─")
    return None if at is None else look.screen.style(*at)


def written_in_system(text: str) -> Callable[[Look], bool]:
    """The system text is right of the prompt or below it."""

    def seen(look: Look) -> bool:
        at = look.screen.find("─ System ─")
        return at is not None and text in look.rows[at[1] + 1][at[0] :]

    return seen


@drives("stop-all", "ctrl+t", ":stop-all", on=streaming)
@drives("stop-all-from-panes", "X", on=streaming)
@drives("copy-or-stop", "ctrl+c", on=streaming)
def stop_all(app: App, key: str) -> None:
    rounds = another_prompt(app)
    app.key("S").see(f"round {rounds + 1}/", states("queued", "waiting", "thinking", "writing"))
    app.key(key).see(states("cancelled"), Look.is_done)


@drives("new-session", "ctrl+n", ":new-session", on=streaming)
def new_session(app: App, key: str) -> None:
    if not app.look.rounds:
        stop_all(app, "X")
    app.key(key).see(states("not sent"), "new session", lambda look: not look.rounds)


@drives("quit", "ctrl+q", ":quit", on=streaming)
def leave(app: App, key: str) -> None:
    app.key(key)
    assert app.wait_for_exit() == 0
    assert app.has_given_back_the_terminal


# In the prompt


@drives("to-panes", "escape")
def to_panes(app: App, key: str) -> None:
    app.to_prompt()
    app.key(key).see(focus_on(2), "i prompt")


@drives("history", "ctrl+r", ":history")
def history(app: App, key: str) -> None:
    app.to_prompt()
    app.key(key).see("Prompts sent before", "enter takes it")
    app.key("escape").gone("Prompts sent before")
    app.to_panes()


@drives("older-prompt", "alt+up", ":older-prompt")
def older_prompt(app: App, key: str) -> None:
    """What was not sent yet is kept in front of the newest."""
    another_prompt(app)
    app.to_prompt()
    unsent = prompt(app.look)
    app.key(key).see(lambda look: prompt(look) not in (unsent, ""))
    app.key("alt+down").see(lambda look: prompt(look) == unsent)
    app.to_panes()


@drives("newer-prompt", "alt+down", ":newer-prompt")
def newer_prompt(app: App, key: str) -> None:
    another_prompt(app)
    app.to_prompt()
    unsent = prompt(app.look)
    app.key("alt+up").see(lambda look: prompt(look) not in (unsent, ""))
    app.key(key).see(lambda look: prompt(look) == unsent)
    app.to_panes()


def prompt(look: Look) -> str:
    """The text in the prompt's frame, up to what a message may lie over; nothing while it is folded."""
    frame = look.screen.find("╭─ Prompt ─")
    if frame is None:
        return ""
    rows = (re.match(r"│ (.*?)(?:  | ?│)", row) for row in look.rows[frame[1] + 1 :])
    return "\n".join(row[1] for row in rows if row).rstrip()


@drives("unfold-paste", "ctrl+o", ":unfold-paste")
def unfold_paste(app: App, key: str) -> None:
    app.to_prompt()
    app.paste("\n".join(f"pasted line {number}" for number in range(3000)))
    app.see("[pasted: ")
    app.key(key).see("pasted line 2999", lambda look: "[pasted: " not in look)
    app.press("ctrl+z", "ctrl+z")
    app.gone("pasted line", "[pasted: ")
    app.to_panes()
