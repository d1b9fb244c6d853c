"""Textual bindings made from the one list of actions."""

from textual.binding import Binding, BindingType

from compare_tui.ui.actions import Where, actions_in
from compare_tui.ui.key_names import delivered, textual_key


def bindings(where: Where, of: str = "") -> list[BindingType]:
    """What a screen or widget puts into BINDINGS; the key file replaces keys by the ids later.

    `of` says whose actions they are, such as `screen.`; without it those of the node that has the bindings.
    """
    return [
        Binding(
            ",".join(name for key in action.keys for name in delivered(textual_key(key))),
            of + action.method,
            action.label,
            show=action.footer,
            tooltip=action.help,
            id=action.id,
        )
        for action in actions_in(where)
    ]
