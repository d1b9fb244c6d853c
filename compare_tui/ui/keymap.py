"""keys.toml: which keys the user wants for which action, all checked here because Textual checks none of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from compare_tui.config_file import ConfigError, ConfigFile
from compare_tui.core.nearest import did_you_mean
from compare_tui.core.sanitize import safe_line
from compare_tui.ui.actions import ACTIONS, BY_ID, Action, Where
from compare_tui.ui.key_names import (
    UnknownKey,
    delivered,
    every_terminal_sends,
    is_typed,
    plain_name,
    shown,
    textual_key,
)

Keys = tuple[str, ...]

DEFAULT_KEYS: Final[Mapping[str, Keys]] = MappingProxyType(
    {action.id: tuple(textual_key(key) for key in action.keys) for action in ACTIONS}
)
_WHERE_TEXT_IS_TYPED = (Where.ANYWHERE, Where.PROMPT, Where.FIND)


class KeymapError(ConfigError):
    """Everything wrong with a keys.toml; `lines` names file, line, action and what to do, a mistake each."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of every action, by its id, as Textual names them."""

    keys: Mapping[str, Keys] = field(default_factory=lambda: DEFAULT_KEYS)
    warnings: tuple[str, ...] = ()
    """What will not do everywhere what its writer hopes."""

    def changes(self) -> dict[str, str]:
        """What `App.set_keymap` needs: only what differs, since Textual applies it anew at every key press.

        The whole registry costs 1.1 ms there each time, three changes 0.08 ms.
        """
        return {
            id_: ",".join(name for key in keys for name in delivered(key))
            for id_, keys in self.keys.items()
            if keys != DEFAULT_KEYS[id_]
        }

    def shown(self, action: Action) -> str:
        """Its keys as users know them."""
        return self.shown_id(action.id)

    def shown_id(self, id_: str) -> str:
        return " ".join(shown(key) for key in self.keys[id_])

    def done_by(self, key: str) -> tuple[Action, ...]:
        """What the key does, at most one action a place."""
        return tuple(action for action in ACTIONS if key in _delivered(self.keys[action.id]))


DEFAULTS: Final = Keymap()


def load(path: Path) -> Keymap:
    """The keys of the file over the defaults, or one KeymapError with all its mistakes."""
    try:
        file = ConfigFile.read(path)
        values = file.values()
    except ConfigError as error:
        raise KeymapError((str(error),)) from None
    mistakes: list[str] = []
    wanted: dict[str, Keys] = {}
    for id_, value in values.items():
        try:
            wanted[id_] = _keys(file, id_, value)
        except KeymapError as error:
            mistakes += error.lines
    keys = {id_: keys for id_, keys in DEFAULT_KEYS.items() if id_ not in values} | wanted
    mistakes += [_line(file, id_, sentence) for id_, sentence in _clashes(keys, wanted)]
    if mistakes:
        raise KeymapError(tuple(mistakes))
    return Keymap(
        MappingProxyType({id_: keys[id_] for id_ in DEFAULT_KEYS}),
        tuple(_line(file, id_, sentence) for id_, sentence in _doubts(wanted)),
    )


def _line(file: ConfigFile, id_: str, sentence: str) -> str:
    return str(file.error((id_,), sentence))


def _keys(file: ConfigFile, id_: str, value: object) -> Keys:
    """The keys of one line of the file."""
    if id_ not in BY_ID:
        hint = did_you_mean(id_, BY_ID) or "; `compare-tui keys list` has them all"
        if isinstance(value, dict):
            hint = '; there are no tables in this file, only lines such as send = "ctrl+s"'
        raise KeymapError((_line(file, id_, f"is not an action{hint}"),))
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list) or not all(isinstance(key, str) for key in written):
        raise KeymapError((_line(file, id_, 'must be a key or a list of keys, such as "ctrl+s" or ["ctrl+s", "f5"]'),))
    if not written or "" in written:
        default = " ".join(shown(key) for key in DEFAULT_KEYS[id_])
        raise KeymapError((_line(file, id_, f"is empty; give it a key, or leave the line out for {default}"),))
    keys: dict[str, None] = {}
    mistakes = []
    for key in written:
        try:
            keys[_usable(BY_ID[id_], key)] = None
        except UnknownKey as error:
            mistakes.append(_line(file, id_, f"= {safe_line(key)!r} {error}"))
    if mistakes:
        raise KeymapError(tuple(mistakes))
    return tuple(keys)


def _usable(action: Action, written: str) -> str:
    if len(written) > 1 and "," in written:
        raise UnknownKey('is no key; several are a list, such as ["ctrl+s", "f5"]')
    key = textual_key(written)
    if action.where in _WHERE_TEXT_IS_TYPED and is_typed(key) and key not in DEFAULT_KEYS[action.id]:
        raise UnknownKey("would be typed into the prompt; take one with ctrl or alt, or an F-key")
    return key


def _delivered(keys: Keys) -> set[str]:
    return {name for key in keys for name in delivered(key)}


def _clashes(keys: Mapping[str, Keys], wanted: Mapping[str, Keys]) -> Iterator[tuple[str, str]]:
    """A key taken from an action that is not given another one, and a key given twice.

    What two actions share by default (ctrl+z suspends, but undoes in the lanes) the nearer place has.
    """
    told: set[str] = set()
    for id_ in wanted:
        told.add(id_)
        for other in ACTIONS:
            if other.id in told or other.id not in keys or not _meet(BY_ID[id_].where, other.where):
                continue
            shared = set(DEFAULT_KEYS[id_]).intersection(DEFAULT_KEYS[other.id])
            theirs = _delivered(keys[other.id])
            taken = [key for key in keys[id_] if key not in shared and not theirs.isdisjoint(delivered(key))]
            if taken:
                yield id_, _clash(other, taken, keys[other.id], other.id in wanted)


def _meet(one: Where, other: Where) -> bool:
    return one is other or Where.ANYWHERE in (one, other)


def _clash(other: Action, taken: list[str], keys: Keys, is_in_file: bool) -> str:
    names = " and ".join(shown(key) for key in taken)
    said = f"= {names} is also {other.id} ({other.where})"
    left = [key for key in keys if key not in taken]
    if is_in_file:
        return f"{said}, in this file"
    if not left:
        return f'{said}; give {other.id} another key: {other.id} = "…"'
    value = ", ".join(f'"{plain_name(key)}"' for key in left)
    return f"{said}; let {other.id} keep the others: {other.id} = {value if len(left) == 1 else f'[{value}]'}"


def _doubts(wanted: Mapping[str, Keys]) -> Iterator[tuple[str, str]]:
    """What is legal and may still disappoint."""
    for id_, keys in wanted.items():
        if not any(every_terminal_sends(key) for key in keys):
            names = " and ".join(shown(key) for key in keys)
            yield id_, f"= {names} is a key many terminals never send; add another"
        if BY_ID[id_].where not in _WHERE_TEXT_IS_TYPED:
            continue
        for key in keys:
            if key not in DEFAULT_KEYS[id_] and (use := use_in_the_prompt(key)):
                yield id_, f"= {shown(key)} keeps its meaning in the prompt: {use}"


def use_in_the_prompt(key: str) -> str | None:
    """What the editor does with the key before an action of everywhere can have it."""
    from textual.binding import Binding

    from compare_tui.ui.widgets.prompt_area import PromptArea

    bound = (binding for binding in Binding.make_bindings(PromptArea.BINDINGS) if binding.key == key)
    return next((binding.description.lower() for binding in bound), None)
