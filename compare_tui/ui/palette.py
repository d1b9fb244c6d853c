"""The command palette over the one list of actions, each with its key."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol, cast

from textual.app import App
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from compare_tui.ui.actions import ACTIONS, Action, Where
from compare_tui.ui.keymap import Keymap

_FOUND_ONLY: Final = frozenset(f"pane-{n}" for n in range(1, 10))
"""Not worth a line each before something is typed."""


class RunsActions(Protocol):
    """What the palette needs of the app."""

    keymap: Keymap

    def run_registered(self, action: Action) -> None:
        """Run it where it belongs: an action of the panes moves the focus there first."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An action, or two that do the same from different places."""

    action: Action
    keys: str


class ActionsProvider(Provider):
    """The actions, for `CommandPalette`."""

    async def discover(self) -> Hits:
        for entry in self._entries():
            if entry.action.id not in _FOUND_ONLY:
                yield DiscoveryHit(
                    _line(Content(entry.action.label), entry.keys),
                    partial(self._runs_actions.run_registered, entry.action),
                    text=entry.action.label,
                    help=entry.action.help,
                )

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for entry in self._entries():
            by_label = matcher.match(entry.action.label)
            by_help = matcher.match(entry.action.help) / 2 if query.casefold() in entry.action.help.casefold() else 0
            if by_label or by_help:
                yield Hit(
                    max(by_label, by_help),
                    _line(
                        matcher.highlight(entry.action.label) if by_label else Content(entry.action.label), entry.keys
                    ),
                    partial(self._runs_actions.run_registered, entry.action),
                    text=entry.action.label,
                    help=entry.action.help,
                )

    @property
    def _runs_actions(self) -> RunsActions:
        return cast(RunsActions, self.app)

    def _entries(self) -> Iterator[_Entry]:
        """Only of places this screen has."""
        keymap = self._runs_actions.keymap
        places = {getattr(node, "WHERE", Where.ANYWHERE) for node in self.screen.walk_children(with_self=True)}
        same: dict[str, list[Action]] = {}
        for action in ACTIONS:
            if action.where in places and action.method != "palette":
                same.setdefault(action.method, []).append(action)
        for actions in same.values():
            yield _Entry(actions[0], " ".join(keymap.shown(action) for action in actions))


def _line(label: Content, keys: str) -> Content:
    return Content.assemble(label, "  ", (keys, "dim"))


def open_palette(app: App[Any]) -> None:
    """Textual's own system commands are left out: each has an action of ours."""
    if not CommandPalette.is_open(app):
        app.push_screen(CommandPalette([ActionsProvider], placeholder="Find an action…"))
