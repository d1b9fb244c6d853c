"""Keys: what a key file may say, what is said about its mistakes, and what a running app does with the rest."""

from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widgets import Static

from compare_tui.ui.actions import ACTIONS, Action, Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.key_names import UnknownKey, delivered, every_terminal_sends, is_typed, shown, textual_key
from compare_tui.ui.keymap import DEFAULT_KEYS, DEFAULTS, Keymap, KeymapError, load
from tests.ui.driving import drive, until

Loads = Callable[[str], Keymap]


@pytest.fixture
def loads(tmp_path: Path) -> Loads:
    path = tmp_path / "keys.toml"

    def of(text: str) -> Keymap:
        path.write_text(text)
        return load(path)

    return of


def mistakes(loads: Loads, text: str) -> tuple[str, ...]:
    with pytest.raises(KeymapError) as raised:
        loads(text)
    return raised.value.lines


# The registry


def test_every_action_has_an_id_of_its_own_and_a_method_name() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert all(action.method.partition("(")[0].isidentifier() for action in ACTIONS)


def test_every_action_says_what_it_does() -> None:
    assert all(action.keys and action.label and action.help.endswith((".", "!", "?")) for action in ACTIONS)


def test_no_two_default_keys_clash_but_ctrl_z_undoes_where_lanes_are_changed_and_suspends_elsewhere() -> None:
    clashes = [
        (one.id, other.id)
        for one, other in combinations(ACTIONS, 2)
        if one.where is other.where or Where.ANYWHERE in (one.where, other.where)
        if not _sent(one).isdisjoint(_sent(other))
    ]
    assert clashes == [("suspend", "lanes-undo"), ("suspend", "sessions-undo")]


def _sent(action: Action) -> set[str]:
    return {name for key in DEFAULT_KEYS[action.id] for name in delivered(key)}


def test_every_default_can_be_written_into_a_key_file_as_it_stands(loads: Loads) -> None:
    lines = (f"{action.id} = [{', '.join(repr(key) for key in action.keys)}]" for action in ACTIONS)
    keymap = loads("\n".join(lines))
    assert (dict(keymap.keys), keymap.changes(), keymap.warnings) == (dict(DEFAULT_KEYS), {}, ())


def test_every_action_has_a_default_key_that_every_terminal_sends() -> None:
    assert [id_ for id_, keys in DEFAULT_KEYS.items() if not any(map(every_terminal_sends, keys))] == []


# Names


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("?", "question_mark"),
        ("question_mark", "question_mark"),
        ("esc", "escape"),
        ("Escape", "escape"),
        ("return", "enter"),
        ("pgdn", "pagedown"),
        ("PageDown", "pagedown"),
        (" ", "space"),
        (",", "comma"),
        ("-", "minus"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("G", "G"),
        ("↑", "up"),
        ("é", "é"),
        ("Ctrl+J", "ctrl+j"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("alt+S", "alt+shift+s"),
        ("F12", "f12"),
    ],
)
def test_a_key_has_one_name_however_it_is_written(written: str, key: str) -> None:
    assert textual_key(written) == key
    assert textual_key(shown(key)) == key


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("contrl+j", "did you mean ctrl?"),
        ("pagdown", "did you mean pagedown?"),
        ("not a key", "is no key"),
        ("ctrl+", "is no key"),
        ("", "is no key"),
        ("\x1b", "is no key"),
        ("<any>", "is no key"),
        ("f99", "is no key"),
        ("shift+a", "write the character"),
    ],
)
def test_what_no_terminal_sends_is_no_key(written: str, hint: str) -> None:
    with pytest.raises(UnknownKey, match="is") as raised:
        textual_key(written)
    assert hint in str(raised.value)


@pytest.mark.parametrize(
    "key", ["j", "f5", "ctrl+j", "escape", "alt+up", "shift+tab", "alt+x", "ctrl+space", "question_mark"]
)
def test_old_terminals_send_these(key: str) -> None:
    assert every_terminal_sends(key)


@pytest.mark.parametrize("key", ["ctrl+enter", "ctrl+i", "ctrl+m", "ctrl+h", "alt+enter", "super+c", "ctrl+1", "f30"])
def test_old_terminals_never_send_these(key: str) -> None:
    assert not every_terminal_sends(key)


def test_enter_and_space_write_into_the_prompt_and_tab_does_not() -> None:
    assert [key for key in ("enter", "space", "minus", "a", "tab", "f1", "ctrl+a") if is_typed(key)] == [
        "enter",
        "space",
        "minus",
        "a",
    ]


# The file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path / "keys.toml") == DEFAULTS


def test_a_key_or_a_list_of_keys_replaces_the_defaults_of_one_action(loads: Loads) -> None:
    keymap = loads('send = "ctrl+s"\nlanes = ["f12", "Ctrl+L"]\n')
    assert keymap.keys["send"] == ("ctrl+s",)
    assert keymap.changes() == {"send": "ctrl+s", "lanes": "f12,ctrl+l"}
    assert keymap.keys["zoom"] == DEFAULT_KEYS["zoom"]


def test_all_mistakes_are_told_at_once_with_line_and_nearest_name(loads: Loads) -> None:
    assert mistakes(
        loads,
        '# mine\nsnd = "ctrl+s"\ncopy = ""\nzoom = []\nfind = 3\nhelp = "a"\n'
        'reasoning = "contrl+j"\nrace = ["u", "not a key"]\n',
    ) == (
        "keys.toml:2: snd is not an action; did you mean send?",
        "keys.toml:3: copy is empty; give it a key, or leave the line out for y",
        "keys.toml:4: zoom is empty; give it a key, or leave the line out for enter z",
        'keys.toml:5: find must be a key or a list of keys, such as "ctrl+s" or ["ctrl+s", "f5"]',
        "keys.toml:6: help = 'a' would be typed into the prompt; take one with ctrl or alt, or an F-key",
        "keys.toml:7: reasoning = 'contrl+j' is no key: nothing is held down by that name; did you mean ctrl?",
        "keys.toml:8: race = 'not a key' is no key",
    )


def test_several_keys_in_one_text_are_told_to_be_a_list(loads: Loads) -> None:
    assert "are a list" in mistakes(loads, 'send = "ctrl+s,f5"')[0]


def test_a_table_is_told_to_be_lines(loads: Loads) -> None:
    assert mistakes(loads, '[keys]\nsend = "f5"')[0].startswith(
        "keys.toml:1: keys is not an action; there are no tables"
    )


def test_what_is_no_toml_is_told_with_its_line(loads: Loads) -> None:
    assert mistakes(loads, 'send = "ctrl+s"\nhelp = "f1\n')[0].startswith("keys.toml:2: this is not TOML")


def test_what_a_key_file_holds_cannot_command_the_terminal(loads: Loads) -> None:
    told = mistakes(loads, '"\\u001b]0;x\\u0007" = "f5"\nsend = "\\u001b[2J"\n')
    assert all(line.isprintable() for line in told)


def test_a_key_taken_from_another_action_is_a_clash_that_says_how_to_end_it(loads: Loads) -> None:
    assert mistakes(loads, 'copy = "m"') == (
        'keys.toml:1: copy = m is also rendered (in the panes); give rendered another key: rendered = "…"',
    )
    assert mistakes(loads, 'copy = "z"') == (
        'keys.toml:1: copy = z is also zoom (in the panes); let zoom keep the others: zoom = "enter"',
    )


@pytest.mark.parametrize("text", ['copy = "z"\nzoom = "enter"', 'copy = "m"\nrendered = "y"'])
def test_a_key_is_taken_by_giving_the_other_action_another_one(loads: Loads, text: str) -> None:
    assert len(loads(text).changes()) == 2


def test_two_lines_with_one_key_clash_once(loads: Loads) -> None:
    assert mistakes(loads, 'copy = "U"\nwrite = "U"') == (
        "keys.toml:1: copy = U is also write (in the panes), in this file",
    )


def test_a_key_of_everywhere_clashes_with_every_place(loads: Loads) -> None:
    assert "history (in the prompt)" in mistakes(loads, 'help = "ctrl+r"')[0]
    assert "help (anywhere)" in mistakes(loads, 'copy = "f1"')[0]


def test_two_different_places_may_share_a_key(loads: Loads) -> None:
    assert loads('copy = "ctrl+r"').changes() == {"copy": "ctrl+r"}


def test_two_names_of_one_key_press_clash(loads: Loads) -> None:
    assert "also" in mistakes(loads, 'quit = "ctrl+space"\nhistory = "ctrl+@"')[0]


def test_a_key_that_old_terminals_never_send_is_warned_of_unless_there_is_another(loads: Loads) -> None:
    assert loads('lanes = "ctrl+i"').warnings == (
        "keys.toml:1: lanes = ctrl+i is a key many terminals never send; add another",
    )
    assert loads('lanes = ["ctrl+i", "f2"]').warnings == ()


def test_a_key_the_editor_uses_itself_is_warned_of(loads: Loads) -> None:
    assert loads('editor = "ctrl+e"').warnings == (
        "keys.toml:1: editor = ctrl+e keeps its meaning in the prompt: cursor line end",
    )


# In an app


class _Place(Static, can_focus=True):
    BINDINGS = bindings(Where.PANES)


class _Keys(App[None]):
    """Notes what its keys would run."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[object] = []

    def compose(self) -> ComposeResult:
        yield _Place()

    async def run_action(
        self, action: object, default_namespace: DOMNode | None = None, namespaces: Mapping[str, DOMNode] | None = None
    ) -> bool:
        self.done.append(action)
        return True


def pressed(keymap: Keymap, keys: list[str]) -> list[object]:
    """What the app did."""
    app = _Keys()

    async def scenario(pilot: Pilot[Any]) -> None:
        app.set_keymap(keymap.changes())
        app.query_one(_Place).focus()
        await pilot.press(*keys)
        await until(pilot, lambda: app.done[-1:] == ["down"])

    drive(app, scenario)
    return app.done[:-1]


def test_in_an_app_actions_may_swap_their_keys(loads: Loads) -> None:
    keymap = loads(
        'copy = "m"\nrendered = "y"\nzoom = "Z"\n'
        'stop = ["question_mark", ","]\npane-help = "x"\nprevious-repeat = "f12"'
    )
    keys = ["m", "y", "z", "enter", "Z", "?", "comma", "x", "f12", "r", "j"]
    assert pressed(keymap, keys) == [
        "copy",
        "rendered",
        "zoom",
        "stop",
        "stop",
        "help",
        "previous_repeat",
        "again",
    ]


def test_in_an_app_the_defaults_do_what_they_say() -> None:
    assert pressed(DEFAULTS, ["z", "enter", "?", ",", ".", "<", "minus", "G", "j"]) == [
        "zoom",
        "zoom",
        "help",
        "previous_repeat",
        "next_repeat",
        "earlier_round",
        "mute_lane",
        "bottom",
    ]


def test_in_an_app_what_an_old_terminal_sends_for_ctrl_space_works_too(loads: Loads) -> None:
    assert pressed(loads('race = "ctrl+space"'), ["ctrl+space", "ctrl+@", "o", "j"]) == ["race", "race"]
