"""Textual bindings made from the one list of actions."""

from textual.binding import Binding, BindingType

from compare_tui.ui.actions import Where, actions_in


def bindings(where: Where) -> list[BindingType]:
    """What a screen or widget puts into BINDINGS; the key file replaces keys by the ids later."""
    return [
        Binding(
            ",".join(_key_name(key) for key in action.keys),
            action.method,
            action.label,
            show=action.footer,
            tooltip=action.help,
            id=action.id,
        )
        for action in actions_in(where)
    ]


def _key_name(key: str) -> str:
    """A comma separates keys in Textual, so that one has to be spelt out."""
    return "comma" if key == "," else key
