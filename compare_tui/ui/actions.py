"""Everything a key can do, written down once: bindings, footer, help, palette and the key file all read this list."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Where(StrEnum):
    """Where the focus has to be for the key to work."""

    ANYWHERE = "anywhere"
    PANES = "in the panes"
    PROMPT = "in the prompt"
    LANES = "in the list of lanes"
    FIRST_START = "at the first start"


@dataclass(frozen=True, slots=True)
class Action:
    """Its id is the name in `keys.toml`; `keys` are the defaults as Textual names them."""

    id: str
    keys: tuple[str, ...]
    where: Where
    label: str
    """One or two words, for the footer and the palette."""
    help: str
    """A sentence, for tooltips and the help screen."""
    footer: bool = False
    """Whether it is among the six keys shown below while the focus is there."""
    same_as: str = ""
    """What it runs, where that is not its own id: a second key for something, or one of a family."""

    @property
    def method(self) -> str:
        """What Textual calls: `action_` and this."""
        return self.same_as or self.id.replace("-", "_")


Row = tuple[str, str, str, str] | tuple[str, str, str, str, bool] | tuple[str, str, str, str, bool, str]


def _all(where: Where, *rows: Row) -> tuple[Action, ...]:
    return tuple(Action(row[0], tuple(row[1].split()), where, row[2], row[3], *row[4:]) for row in rows)


ACTIONS: Final = (
    *_all(
        Where.ANYWHERE,
        (
            "send",
            "ctrl+j f5 ctrl+enter",
            "send",
            "Send the prompt to every lane that is not muted, as a new round.",
            True,
        ),
        ("help", "f1", "help", "What can be done where the focus is."),
        ("lanes", "f2", "lanes", "Add, change, reorder, mute and remove lanes.", True),
        ("palette", "ctrl+p", "palette", "Find an action by name."),
        ("editor", "ctrl+g", "$EDITOR", "Write the prompt in your own editor; streams go on meanwhile."),
        ("new-session", "ctrl+n", "new session", "Begin an empty session with the same lanes."),
        ("stop-all", "ctrl+t", "stop all", "Stop every take that runs; what came is kept."),
        ("quit", "ctrl+q", "quit", "Leave; asks first while something runs."),
        ("copy-or-stop", "ctrl+c", "copy / stop", "Copy the selection; without one stop what runs."),
        ("suspend", "ctrl+z", "suspend", "Back to the shell; `fg` returns. In the prompt it undoes."),
        ("next-area", "tab", "next area", "Move the focus to the next area."),
        ("previous-area", "shift+tab", "previous area", "Move the focus to the area before."),
    ),
    *_all(
        Where.PROMPT,
        ("to-panes", "escape", "to the panes", "Leave the prompt as it is and go to the panes.", True),
        ("history", "ctrl+r", "history", "Search the prompts sent before.", True),
        ("older-prompt", "alt+up", "older prompt", "Put the prompt sent before into the editor."),
        ("newer-prompt", "alt+down", "newer prompt", "Put the prompt sent after into the editor."),
        ("unfold-paste", "ctrl+o", "unfold paste", "Lay out the folded paste the cursor touches."),
    ),
    *_all(
        Where.PANES,
        ("to-prompt", "i", "prompt", "Write in the prompt.", True),
        ("zoom", "enter z", "zoom", "Give the whole space to this pane, or take it back.", True),
        ("again", "r", "again", "Send the prompt of this round to this lane once more.", True),
        ("stop", "x", "stop", "Stop this take, or the wait before its next attempt; what came is kept.", True),
        ("pane-help", "?", "help", "What can be done here.", True, "help"),
        (
            "send-from-panes",
            "S",
            "send",
            "Send the prompt to every lane that is not muted, as a new round.",
            False,
            "send",
        ),
        ("stop-all-from-panes", "X", "stop all", "Stop every take that runs; what came is kept.", False, "stop_all"),
        ("again-failed", "R", "again the failed", "Send the prompt once more to the lanes without a good answer."),
        ("flex-wait", "W", "wait for flex", "After no flex capacity: ask again until there is some."),
        ("flex-standard", "D", "standard tier", "After no flex capacity: ask on the default tier, at its price."),
        ("pane-palette", ":", "palette", "Find an action by name.", False, "palette"),
        ("left", "h left", "left", "The pane before."),
        ("right", "l right", "right", "The pane after."),
        *((f"pane-{n}", str(n), f"pane {n}", f"Pane {n}.", False, f"choose_pane({n})") for n in range(1, 10)),
        ("down", "j down", "down", "A row down."),
        ("up", "k up", "up", "A row up."),
        ("page-down", "pagedown", "page down", "A page down."),
        ("page-up", "pageup", "page up", "A page up."),
        ("top", "g home", "top", "To the beginning."),
        ("bottom", "G end", "bottom", "To the end, and follow what comes."),
        ("follow", "space", "follow", "Follow the text as it comes, or stay where you read."),
        ("baseline", "b", "baseline", "Measure the other panes against this one, or no longer."),
        ("rendered", "m", "rendered / raw", "Show the answer as Markdown or as it came."),
        ("reasoning", "t", "reasoning", "Unfold or fold the reasoning, where the endpoint gives it."),
        ("together", "s", "scroll together", "Scroll all panes at once, or each alone."),
        ("copy", "y", "copy answer", "Copy the answer."),
        ("copy-code", "Y", "copy code", "Copy a code block of the answer; again for the next one."),
        ("write", "w", "write to file", "Write the answer to a file."),
        ("find", "/", "find", "Find in this pane."),
        ("find-next", "n", "next match", "The next match."),
        ("find-previous", "N", "match before", "The match before."),
        ("find-close", "escape", "end search", "No longer mark what was looked for."),
        ("earlier-round", "<", "earlier round", "The round before."),
        ("later-round", ">", "later round", "The round after."),
        (
            "against-before",
            "p",
            "against before",
            "Measure every pane against the same lane's take of the round before.",
        ),
        ("previous-repeat", ",", "repeat before", "The repeat before, in this pane."),
        ("next-repeat", ".", "repeat after", "The repeat after, in this pane."),
        ("race", "o", "race strip", "One row a lane: queue, connect, thinking and writing on one time axis."),
        ("add-lane", "a", "add lane", "Add a lane."),
        ("edit-lane", "e", "edit lane", "Change this lane."),
        ("mute-lane", "-", "mute lane", "Leave this lane out of the next sends, or take it in again."),
        ("next-page", "]", "next page", "The next page of panes."),
        ("previous-page", "[", "page before", "The page of panes before."),
        ("themes", "T", "themes", "Choose the colours, seen at once."),
    ),
    *_all(
        Where.LANES,
        ("lanes-add", "a", "add", "Add a lane: choose model, effort and tier and see the price.", True),
        ("lanes-edit", "enter e", "edit", "Change this lane in a form.", True),
        ("lanes-mute", "-", "mute", "Leave this lane out of the next sends, or take it in again.", True),
        ("lanes-efforts", "E", "every effort", "Add this model at every effort the rate card knows.", True),
        ("lanes-help", "?", "help", "What can be done here.", True, "help"),
        ("lanes-done", "escape", "done", "Back to the panes with these lanes.", True),
        ("lanes-text", "t", "as text", "Write this lane as text, the way the command line takes it."),
        ("lanes-duplicate", "d", "duplicate", "Put a copy behind this lane."),
        ("lanes-remove", "delete x", "remove", "Take this lane out; undo brings it back."),
        ("lanes-undo", "u ctrl+z", "undo", "Take back the last change of the lanes."),
        ("lanes-move-down", "J shift+down", "move down", "Move this lane one place down."),
        ("lanes-move-up", "K shift+up", "move up", "Move this lane one place up."),
        ("lanes-name", "n", "name", "Give this lane a name of its own, or take it away."),
        ("lanes-tiers", "T", "every tier", "Add this lane on every tier the rate card knows."),
        ("lanes-presets", "P", "presets", "Keep these lanes under a name, or take up kept ones."),
        ("lanes-price", "$ p", "price", "Type what this model costs, when nobody else knows."),
        ("lanes-down", "j", "down", "The lane below."),
        ("lanes-up", "k", "up", "The lane above."),
    ),
    *_all(
        Where.FIRST_START,
        ("first-demo", "d", "embedded endpoint", "Begin with simulated answers.", True, "demo"),
        ("first-server", "s", "local server", "Begin with the first server found, or look again.", True, "server(1)"),
        ("first-key", "k", "set a key", "Show how to set a key, or what was looked for.", True, "key"),
    ),
)

BY_ID: Final = {action.id: action for action in ACTIONS}


def actions_in(where: Where) -> tuple[Action, ...]:
    return tuple(action for action in ACTIONS if action.where is where)
