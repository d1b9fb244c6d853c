"""Names of keys: as people write them, as Textual delivers them, as they are shown, and which a terminal can send."""

from functools import cache
from itertools import product
from typing import Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual.keys import KEY_DISPLAY_ALIASES, KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys, _character_to_key
from textual.keys import key_to_character as _key_to_character

_MODIFIERS: Final = {
    "alt": "alt",
    "option": "alt",
    "ctrl": "ctrl",
    "control": "ctrl",
    "shift": "shift",
    "super": "super",
    "cmd": "super",
    "hyper": "hyper",
    "meta": "meta",
}
_ALSO_WRITTEN: Final = {
    **{text: key for key, text in KEY_DISPLAY_ALIASES.items()},
    "return": "enter",
    "pgdown": "pagedown",
    "page_down": "pagedown",
    "page_up": "pageup",
    "ins": "insert",
}
_WRITTEN: Final = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "delete": "del", "insert": "ins"}
_ARROWS: Final = {name: KEY_DISPLAY_ALIASES[name] for name in ("up", "down", "left", "right")}
_LEGACY_TWINS: Final = {"ctrl+space": "ctrl+@", "ctrl+at": "ctrl+@", "ctrl+slash": "ctrl+underscore"}
"""One key press, and what terminals without the newer keyboard protocol send for it."""


class UnknownKey(ValueError):
    """No terminal can send it; the message is the end of a sentence that begins with what was written."""


def character(key: str) -> str | None:
    """What the key types, if anything."""
    typed = _key_to_character(REPLACED_KEYS.get(key, key))
    return typed if typed is not None and typed.isprintable() else None


@cache
def _named_keys() -> frozenset[str]:
    """The keys that type nothing, without modifiers."""
    of_textual = {key.value.rpartition("+")[2] for key in Keys if key.value.replace("+", "").isalnum()} - {"return"}
    names = of_textual | set(FUNCTIONAL_KEYS.values()) - MODIFIER_FUNCTIONAL_KEYS
    return frozenset(name for name in names if character(name) is None)


def textual_key(text: str) -> str:
    """The key as Textual names it: `?` and `question_mark`, `esc` and `Escape`, `Ctrl+J` and `ctrl+j` are one."""
    *words, base = ["+"] if text == "+" else text.removesuffix("+").split("+")
    if text.endswith("++"):
        words, base = [word for word in (*words, base) if word], "+"
    held = {_modifier(word) for word in words}
    if len(base) == 1 and base.isupper() and held:
        held, base = held if "ctrl" in held else held | {"shift"}, base.lower()
    key = _base(base)
    typed = character(key)
    if held == {"shift"} and typed is not None and typed != " ":
        raise UnknownKey("is never sent; write the character that is typed with it")
    return "+".join((*sorted(held), key))


def _base(text: str) -> str:
    """The key without modifiers, by Textual's name."""
    if len(text) == 1 and text.isprintable() and text not in _ALSO_WRITTEN:
        return _character_to_key(text)
    name = text.strip().casefold()
    name = _ALSO_WRITTEN.get(name, name)
    if name in _named_keys():
        return name
    typed = character(name)
    if typed is not None and len(name) > 1:
        return _character_to_key(typed)
    raise UnknownKey(f"is no key{_near(name, (*sorted(_named_keys()), *_ALSO_WRITTEN, *KEY_TO_UNICODE_NAME))}")


def _modifier(text: str) -> str:
    word = text.strip().casefold()
    if word not in _MODIFIERS:
        raise UnknownKey(
            f"is no key: nothing is held down by that name{_near(word, tuple(dict.fromkeys(_MODIFIERS.values())))}"
        )
    return _MODIFIERS[word]


def _near(word: str, known: tuple[str, ...]) -> str:
    """By whole words: of a name this short the half is another key."""
    from difflib import get_close_matches

    found = get_close_matches(word, known, n=1)
    return f"; did you mean {found[0]}?" if found else ""


def plain_name(key: str) -> str:
    """What users know it as and may put into keys.toml: `ctrl+j`, `?`, `pgdn`, `up`."""
    *held, base = key.split("+")
    typed = character(base)
    return "+".join((*held, _WRITTEN.get(base) or (base if typed in (None, " ") else typed) or base))


def shown(key: str) -> str:
    """The same with an arrow for an arrow."""
    *held, base = plain_name(key).split("+")
    return "+".join((*held, _ARROWS.get(base, base)))


def delivered(key: str) -> tuple[str, ...]:
    """Everything a terminal may send for this key, as Textual names it."""
    return (key, _LEGACY_TWINS[key]) if key in _LEGACY_TWINS else (key,)


def is_typed(key: str) -> bool:
    """Whether an editor writes something when the key is pressed."""
    return key == "enter" or character(key) is not None


def every_terminal_sends(key: str) -> bool:
    """False where it takes the newer keyboard protocol, as for ctrl+enter, or for ctrl+i, which is tab elsewhere."""
    *held, base = key.split("+")
    if not held and character(base) is not None:
        return True
    if held in (["alt"], ["alt", "shift"]) and len(base) == 1:
        return True
    return any(name in _legacy_keys() for name in delivered(key))


@cache
def _legacy_keys() -> frozenset[str]:
    """One byte each, or a sequence of xterm's; the sequences ending in `u` are the newer protocol."""
    of_one_byte = {
        key.value
        for sequence, keys in ANSI_SEQUENCES_KEYS.items()
        if len(sequence) == 1 and sequence.isascii() and isinstance(keys, tuple)
        for key in keys
    }
    functional = {name for code, name in FUNCTIONAL_KEYS.items() if not code.endswith("u")}
    held = [[word for word in words if word] for words in product(("", "alt"), ("", "ctrl"), ("", "shift"))]
    with_modifiers = {"+".join((*words, name)) for words in held for name in functional}
    return frozenset(of_one_byte | with_modifiers | {"shift+tab"})
