"""Everything a key can do, written down once: bindings, footer, help, palette and the key file all read this list."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Where(StrEnum):
    """Where the focus has to be for the key to work."""

    ANYWHERE = "anywhere"
    PANES = "in the panes"
    FIND = "while finding"
    PROMPT = "in the prompt"
    LANES = "in the list of lanes"
    FIRST_START = "at the first start"
    SESSIONS = "in the list of sessions"
    TABLES = "in a table of figures"
    OVERVIEW = "in the overview"
    AGAINST = "in the comparison over time"
    ANSWERS = "between two answers"
    SPEND = "in the spend"
    REPLAY = "in a replay"
    EXPORT = "in the export"
    DIFF = "in the diff"
    INSPECTOR = "in the inspector"


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
        ("diff", "f3", "diff", "Hold this answer against the baseline, the first pane, or what you choose."),
        ("sessions", "f4", "sessions", "Find, open, name, tag, replay and delete what was asked before."),
        ("overview", "f8", "overview", "A row a round, lanes as columns, with verdict and figures."),
        ("export", "f9", "export", "Write this session to a file: CSV, JSONL, Markdown or a page."),
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
        (
            "marks",
            "c",
            "marks",
            "Mark in every pane what differs from the baseline, then sentences that are only here, then nothing. "
            "▾ stands where something is gone; calls are shown as they came meanwhile.",
        ),
        ("together", "s", "scroll together", "Scroll all panes at once, or each alone."),
        (
            "diff-from-panes",
            "d",
            "diff",
            "Hold this answer against the baseline, the first pane, or what you choose.",
            False,
            "diff",
        ),
        ("inspect", "I", "inspect", "How probable each token of this answer was, and what else might have been there."),
        ("copy", "y", "copy answer", "Copy the answer."),
        ("copy-code", "Y", "copy code", "Copy a code block of the answer; again for the next one."),
        ("write", "w", "write to file", "Write the answer to a file."),
        ("find", "/", "find", "Find in all panes at once."),
        ("find-next", "n", "next match", "The next match, in this pane and then in the next ones."),
        ("find-previous", "N", "match before", "The match before, in this pane and then in those before."),
        ("find-close", "escape", "end search", "No longer mark what was looked for."),
        ("earlier-round", "<", "earlier round", "The round before."),
        ("later-round", ">", "later round", "The round after."),
        (
            "against-before",
            "p",
            "against before",
            "Measure and mark every pane against the same lane's take of the round before; the prompt too.",
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
        ("follow-up", "F", "follow-up", "The next send continues each lane's own conversation, or no longer."),
        ("tag", "#", "tags", "Set tags of this round as name=value, take them away as name=."),
        ("replay", "V", "replay", "Play this round again at the pace at which it came."),
        ("again-session", "A", "ask all again", "Ask every round of this session once more, as a new session."),
        ("against-session", "v", "old beside new", "Hold this session against the one it asks again."),
        ("reuse", "u", "reuse answers", "Answer from the store what was asked of the same lane before, or no longer."),
        ("private", "P", "private", "Begin a session that is stored nowhere, or one that is stored again."),
        ("spend", "$", "spend", "What was spent by day, model, tier and tag, and what is left of the caps."),
        ("sessions-from-panes", "H", "sessions", "Find what was asked before.", False, "sessions"),
        ("overview-from-panes", "O", "overview", "A row a round, lanes as columns.", False, "overview"),
        ("export-from-panes", "E", "export", "Write this session to a file.", False, "export"),
    ),
    *_all(
        Where.FIND,
        (
            "find-bar-enter",
            "enter",
            "to the match",
            "To the next match and back to the panes: n and N go on.",
            True,
            "find_enter",
        ),
        ("find-bar-next", "down", "next match", "The next match; go on typing here.", True, "find_next"),
        ("find-bar-previous", "up", "match before", "The match before; go on typing here.", True, "find_previous"),
        ("find-bar-close", "escape", "end search", "No longer mark what was looked for.", True, "find_close"),
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
        Where.REPLAY,
        ("replay-pause", "space", "pause", "Pause, or go on; at the end from the beginning.", True),
        ("replay-step", ".", "step", "Pause, and on to the next event that shows something.", True),
        ("replay-faster", "+ ]", "faster", "Twice as fast, up to ×64.", True),
        ("replay-slower", "- [", "slower", "Half as fast, down to ×0.25.", True),
        ("replay-help", "?", "help", "What can be done here.", True, "help"),
        ("replay-leave", "escape", "back", "Leave the replay.", True),
        ("replay-beginning", "0 home", "beginning", "From the beginning."),
        ("replay-end", "end", "end", "To the end, where every figure is the recorded one."),
        ("replay-back", "left", "1 s back", "A second back."),
        ("replay-forward", "right", "1 s on", "A second forward."),
        ("replay-earlier", "<", "earlier round", "From the beginning of the round before.", False, "earlier_round"),
        ("replay-diff", "d", "diff", "Hold this answer, as far as it has come, against another one."),
        ("replay-inspect", "I", "inspect", "How probable each token of this answer was."),
        ("replay-later", ">", "later round", "From the beginning of the round after.", False, "later_round"),
    ),
    *_all(
        Where.TABLES,
        ("table-down", "j down", "down", "The row below."),
        ("table-up", "k up", "up", "The row above."),
        ("table-page-down", "pagedown", "page down", "A page down."),
        ("table-page-up", "pageup", "page up", "A page up."),
        ("table-top", "g home", "top", "The first row."),
        ("table-bottom", "G end", "bottom", "The last row."),
        ("table-left", "h left", "left", "Columns further left, when not all have room."),
        ("table-right", "l right", "right", "Columns further right."),
    ),
    *_all(
        Where.OVERVIEW,
        ("overview-open", "enter", "open", "Show this round in the panes.", True),
        ("overview-replay", "r", "replay", "Play this round again at the pace at which it came.", True),
        ("overview-export", "e", "export", "Write the session to a file.", True),
        ("overview-help", "?", "help", "What can be done here.", True, "help"),
        ("overview-done", "escape", "back", "Back to where you came from.", True),
    ),
    *_all(
        Where.AGAINST,
        ("against-open", "enter", "both answers", "Show the answer of then and of now side by side.", True),
        ("against-order", "o", "order", "What became worse first, or in the order of the session.", True),
        ("against-help", "?", "help", "What can be done here.", True, "help"),
        ("against-done", "escape", "back", "Back to where you came from.", True),
    ),
    *_all(
        Where.ANSWERS,
        ("answers-next", "n", "next pair", "The pair below in the table.", True),
        ("answers-previous", "p", "pair before", "The pair above in the table.", True),
        ("answers-diff", "d", "diff", "Hold the two answers against each other, word by word.", True),
        ("answers-help", "?", "help", "What can be done here.", True, "help"),
        ("answers-done", "escape", "back", "Back to the table.", True),
        ("answers-down", "j down", "down", "A row down, in both."),
        ("answers-up", "k up", "up", "A row up, in both."),
        ("answers-page-down", "pagedown space", "page down", "A page down, in both."),
        ("answers-page-up", "pageup", "page up", "A page up, in both."),
        ("answers-top", "g home", "top", "To the beginning of both."),
        ("answers-bottom", "G end", "bottom", "To the end of both."),
    ),
    *_all(
        Where.SPEND,
        ("spend-day", "d", "by day", "What was spent on each day, newest first.", True),
        ("spend-model", "m", "by model", "What was spent on each model, dearest first.", True),
        ("spend-tier", "t", "by tier", "What was spent on each tier, dearest first.", True),
        ("spend-tag", "a", "by a tag", "What was spent on each value of a tag, dearest first.", True),
        ("spend-help", "?", "help", "What can be done here.", True, "help"),
        ("spend-done", "escape", "back", "Back to where you came from.", True),
    ),
    *_all(
        Where.SESSIONS,
        ("sessions-open", "enter", "open", "Open this session in the panes, as it was left.", True),
        ("sessions-search", "/", "search", "Look for words and conditions; the list follows as you type.", True),
        ("sessions-name", "n", "name", "Give this session a name, or take it away.", True),
        ("sessions-delete", "x delete", "delete", "Put this session out of sight; undo brings it back.", True),
        ("sessions-help", "?", "help", "What can be done here.", True, "help"),
        ("sessions-done", "escape", "back", "Back to the panes.", True),
        ("sessions-overview", "o", "overview", "A row a round, the lanes as columns, with all figures."),
        ("sessions-again", "r", "run again", "Ask all of it once more, as a new session."),
        ("sessions-replay", "p", "replay", "Play it again at the pace at which it came."),
        ("sessions-export", "e", "export", "Write this session to a file."),
        (
            "sessions-against",
            "c",
            "compare with",
            "Old beside new: with the session this one asks again, else with the next one you press it on.",
        ),
        ("sessions-tag", "t", "tags", "Set tags as name=value, take them away as name=."),
        ("sessions-duplicate", "d", "duplicate", "Make a copy to go on from; nothing in it counts as spent."),
        ("sessions-undo", "u ctrl+z", "undo", "Bring back what was deleted last, or a deleted session shown."),
        ("sessions-deleted", "D", "show deleted", "Show the deleted sessions, or the others again."),
        ("sessions-purge", "P", "purge", "Make this session really gone from the file; asks first."),
        ("sessions-order", "s", "best first", "The best matches of the words first, or the newest."),
        ("sessions-down", "j down", "down", "The session below."),
        ("sessions-up", "k up", "up", "The session above."),
        ("sessions-page-down", "pagedown", "page down", "A page down."),
        ("sessions-page-up", "pageup", "page up", "A page up."),
        ("sessions-top", "g home", "top", "The first one."),
        ("sessions-bottom", "G end", "bottom", "The last one, however many there are."),
        ("sessions-preview-down", "J shift+down", "preview down", "Read on in the preview."),
        ("sessions-preview-up", "K shift+up", "preview up", "Back in the preview."),
    ),
    *_all(
        Where.EXPORT,
        ("export-write", "enter", "write", "Write the file; what is there already is asked about first.", True),
        ("export-next", "right l", "next", "What stands to the right in this row of choices.", True),
        ("export-down", "down j", "down", "The row below; in the path the next of the folders offered.", True),
        ("export-help", "?", "help", "What can be done here.", True, "help"),
        ("export-done", "escape", "back", "Back to where you came from; a file that was begun is finished.", True),
        ("export-previous", "left h", "previous", "What stands to the left in this row of choices."),
        ("export-up", "up k", "up", "The row above; in the path the folder offered before."),
        ("export-first", "home g", "first", "The first choice of this row, such as the whole session."),
        ("export-last", "end G", "last", "The last choice of this row, such as the latest round."),
    ),
    *_all(
        Where.DIFF,
        ("diff-next", "n", "next change", "The next change; from the one chosen, or from what is in sight.", True),
        ("diff-next-pair", "]", "other pair", "The next pair of what the diff was opened with.", True),
        ("diff-unified", "u", "unified", "Both in one column, or side by side.", True),
        ("diff-sides", "s", "choose sides", "Choose any take or prompt, of any session, for either side.", True),
        ("diff-help", "?", "help", "What can be done here.", True, "help"),
        ("diff-done", "escape", "back", "Back to exactly where you came from.", True),
        ("diff-previous", "p", "change before", "The change before."),
        ("diff-previous-pair", "[", "pair before", "The pair before of what the diff was opened with."),
        ("diff-swap", "b", "swap", "The old one becomes the new one."),
        ("diff-ignore", "w", "ignoring", "Ignore white space, markup and case too, or let every character count."),
        ("diff-unit", "v", "word / sentence", "The smallest thing shown as changed: a word, a sentence, a line."),
        ("diff-other-end", "o", "other end", "To the other end of what was moved."),
        ("diff-copy", "y", "copy change", "Copy the current change."),
        ("diff-copy-all", "Y", "copy diff", "Copy the whole diff as unified text."),
        ("diff-export", "E", "export diff", "Write the diff to a file: unified text, or a page."),
        ("diff-down", "j down", "down", "A row down."),
        ("diff-up", "k up", "up", "A row up."),
        ("diff-page-down", "pagedown space", "page down", "A page down."),
        ("diff-page-up", "pageup", "page up", "A page up."),
        ("diff-top", "g home", "top", "To the beginning."),
        ("diff-bottom", "G end", "bottom", "To the end."),
    ),
    *_all(
        Where.INSPECTOR,
        ("inspector-next", "n", "next uncertain", "The next token that is less likely than the threshold.", True),
        ("inspector-previous", "p", "one before", "The one before that is less likely than the threshold.", True),
        ("inspector-higher", "+ =", "higher", "A higher threshold: more tokens count as uncertain.", True),
        ("inspector-lower", "-", "lower", "A lower threshold: fewer tokens count as uncertain.", True),
        ("inspector-help", "?", "help", "What can be done here.", True, "help"),
        ("inspector-done", "escape", "back", "Back to the panes.", True),
        ("inspector-after", "l right", "token after", "The next token."),
        ("inspector-before", "h left", "token before", "The token before."),
        ("inspector-down", "j down", "down", "A row down."),
        ("inspector-up", "k up", "up", "A row up."),
        ("inspector-page-down", "pagedown space", "page down", "A page down."),
        ("inspector-page-up", "pageup", "page up", "A page up."),
        ("inspector-top", "g home", "top", "To the beginning."),
        ("inspector-bottom", "G end", "bottom", "To the end, and follow what comes."),
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
