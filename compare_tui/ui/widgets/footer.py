"""One row below: the few keys that matter where the focus is, as they are set and only while they do something."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from textual import events
from textual.actions import parse
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from compare_tui.ui.actions import ACTIONS, BY_ID, Action, Where
from compare_tui.ui.key_names import shown

MOST_KEYS: Final = 6
_GAP: Final = 2


def focused_place(screen: Screen[Any]) -> Where:
    """The place the focused widget is in: the nearest one around it that says `WHERE`."""
    node: DOMNode | None = screen.focused
    while node is not None:
        where = getattr(node, "WHERE", None)
        if isinstance(where, Where):
            return where
        node = node.parent
    return Where.ANYWHERE


@dataclass(frozen=True, slots=True)
class _Shown:
    """One key of the footer, and what a click on it runs."""

    id: str
    key: str
    label: str
    command: str
    node: DOMNode

    @property
    def width(self) -> int:
        return Content(f"{self.key} {self.label}").cell_length


class ActionFooter(Widget):
    """Put one on each screen; it follows the focus, the key file and `refresh_bindings` by itself.

    It begins with what the screen says `matters_now`: ids of actions that have a meaning for a while only.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--label"}
    DEFAULT_CSS = """
    ActionFooter {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $footer-foreground;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        & > .footer--key { color: $footer-key-foreground; background: $footer-background; text-style: bold; }
        & > .footer--label { color: $footer-description-foreground; background: $footer-background; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._possible: tuple[_Shown, ...] = ()
        self._under_mouse: _Shown | None = None
        self._renewal_is_due = False

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._bindings_changed(self.screen)

    def _bindings_changed(self, _screen: Screen[Any]) -> None:
        """Once for all that changed before the next paint."""
        if not self._renewal_is_due:
            self._renewal_is_due = True
            self.call_after_refresh(self._renew)

    def _renew(self) -> None:
        self._renewal_is_due = False
        if not self.is_attached:  # its screen was left before the paint
            return
        possible = tuple(self._possible_now())
        if possible != self._possible:
            self._possible = possible
            self.refresh()

    def _possible_now(self) -> list[_Shown]:
        found: dict[str, _Shown] = {}
        for key, (node, binding, enabled, _) in self.screen.active_bindings.items():
            if enabled and binding.id in BY_ID and binding.id not in found and self._allows(binding.action):
                action = BY_ID[binding.id]
                found[action.id] = _Shown(action.id, shown(key), action.label, binding.action, node)
        now = getattr(self.screen, "matters_now", ())
        usual = (action.id for action in _in_order(focused_place(self.screen)))
        wanted = [id_ for id_ in dict.fromkeys((*now, *usual)) if id_ in found]
        help_ = next((id_ for id_ in (*wanted, "help") if _is_help(id_) and id_ in found), None)
        if help_ is not None and help_ not in wanted[:MOST_KEYS]:
            wanted[MOST_KEYS - 1 :] = [help_]
        return [found[id_] for id_ in wanted[:MOST_KEYS]]

    def _allows(self, command: str) -> bool:
        """Under another screen Textual asks that one about what is to be done to this one."""
        destination, name, parameters = parse(command)
        return destination != "screen" or bool(self.screen.check_action(name, parameters))

    def _fitting(self) -> list[tuple[int, _Shown]]:
        """What there is room for, with its column; help and the way back go last, a label is never cut."""
        fitting = list(self._possible)
        while len(fitting) > 1 and sum(key.width + _GAP for key in fitting) - _GAP > self.content_size.width:
            at = next((at for at in range(len(fitting) - 1, 0, -1) if not _stays(fitting[at].id)), 0)
            del fitting[at]
        columns = [sum(key.width + _GAP for key in fitting[:at]) for at in range(len(fitting))]
        return list(zip(columns, fitting, strict=True))

    def render(self) -> Content:
        key_style, label_style = (self.get_visual_style(f"footer--{part}") for part in ("key", "label"))
        keys = (Content.assemble((key.key, key_style), " ", (key.label, label_style)) for _, key in self._fitting())
        return Content(" " * _GAP).join(keys)

    def _at(self, event: events.MouseEvent) -> _Shown | None:
        column = event.get_content_offset_capture(self).x
        return next((key for start, key in self._fitting() if start <= column < start + key.width), None)

    async def on_click(self, event: events.Click) -> None:
        key = self._at(event)
        if key is not None:
            event.stop()
            await self.app.run_action(key.command, key.node)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        key = self._at(event)
        if key != self._under_mouse:
            self._under_mouse = key
            self.tooltip = Content(BY_ID[key.id].help) if key else None


def _in_order(where: Where) -> list[Action]:
    """Those of the place before those of everywhere."""
    places = dict.fromkeys((where, Where.ANYWHERE))
    return [action for place in places for action in ACTIONS if action.where is place and action.footer]


def _is_help(id_: str) -> bool:
    """Every place has one."""
    return id_.endswith("help")


def _stays(id_: str) -> bool:
    """Help, and the way back where there is one."""
    return _is_help(id_) or id_.endswith(("-done", "-leave"))
