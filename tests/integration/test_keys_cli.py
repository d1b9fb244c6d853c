"""`compare-tui keys` as a user runs it: the list, the check of keys.toml, and the keys of a real terminal."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.integration.command import CompareTui
from tests.screen import Screen
from tests.terminal import Terminal


def write_keys(compare_tui: CompareTui, text: str) -> None:
    folder = compare_tui.home / "config"
    folder.mkdir(parents=True)
    (folder / "keys.toml").write_text(text)


def test_without_a_terminal_it_lists_every_action_with_its_keys(compare_tui: CompareTui) -> None:
    done = compare_tui("keys")
    assert (done.returncode, done.stderr) == (0, "")
    header, *rows = (re.split(r" {2,}", line, maxsplit=3) for line in done.stdout.splitlines())
    assert header == ["ACTION", "KEYS", "WHERE", "WHAT IT DOES"]
    assert ["zoom", "enter z", "in the panes", "Give the whole space to this pane, or take it back."] in rows
    assert not compare_tui.home.exists()
    assert compare_tui("keys", "list").stdout == done.stdout


def test_as_json_there_is_one_object_a_line_with_the_keys_of_the_file(compare_tui: CompareTui) -> None:
    write_keys(compare_tui, 'send = ["Ctrl+S", "F12"]\n')
    done = compare_tui("keys", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {row["action"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows["send"] == {
        "action": "send",
        "keys": ["ctrl+s", "f12"],
        "where": "anywhere",
        "label": "send",
        "help": "Send the prompt to every lane that is not muted, as a new round.",
    }
    assert rows["left"]["keys"] == ["h", "left"]


def test_a_good_file_passes_the_check_and_is_warned_about(compare_tui: CompareTui) -> None:
    assert "there is none" in compare_tui("keys", "check").stdout
    write_keys(compare_tui, 'lanes = "ctrl+i"\ncopy = "C"\n')
    done = compare_tui("keys", "check")
    assert done.returncode == 0
    assert done.stdout == f"{compare_tui.home / 'config' / 'keys.toml'}: 2 actions have keys of their own\n"
    assert done.stderr == "keys.toml:1: lanes = ctrl+i is a key many terminals never send; add another\n"


def test_every_mistake_of_a_file_is_told_with_exit_3(compare_tui: CompareTui) -> None:
    write_keys(compare_tui, 'snd = "f5"\ncopy = "contrl+j"\nfind = "\\u001b[2J"\n')
    done = compare_tui("keys", "check")
    assert (done.returncode, done.stdout) == (3, "")
    assert "keys.toml:1: snd is not an action; did you mean send?\n" in done.stderr
    assert "keys.toml:2: copy = 'contrl+j' is no key" in done.stderr
    assert "keys.toml:3: find" in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_file_leaves_the_list_with_the_default_keys(compare_tui: CompareTui) -> None:
    default = compare_tui("keys").stdout
    write_keys(compare_tui, 'send = "f5\n')
    done = compare_tui("keys")
    assert (done.returncode, done.stdout) == (3, default)
    assert "keys.toml:1: this is not TOML" in done.stderr


def test_help_of_the_command_loads_no_textual(compare_tui: CompareTui) -> None:
    script = (
        "import sys; from compare_tui.cli import _code; _code(['keys', '--help']); assert 'textual' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], env=compare_tui.environ, check=True, timeout=60, capture_output=True)


@pytest.fixture
def probe(compare_tui: CompareTui) -> Iterator[Terminal]:
    write_keys(compare_tui, 'race = "f5"\nsend = "ctrl+s"\n')
    with Terminal(compare_tui.line("keys"), columns=80, rows=24, env=compare_tui.environ) as terminal:
        terminal.wait_for("Press a key")
        yield terminal


def shows(terminal: Terminal, *facts: str) -> None:
    """Wait until each of these, its name and what is said of it, stands in a row."""

    def all_there(screen: Screen) -> bool:
        return {*facts} <= {" ".join(row.split()) for row in screen.text.splitlines()}

    terminal.wait_for(all_there)


def test_a_pressed_key_is_shown_with_its_bytes_and_what_it_does(probe: Terminal) -> None:
    probe.send(b"\x1b[15~")
    shows(probe, "Textual calls it f5", 'in keys.toml "f5"', "bytes ESC [ 1 5 ~")
    probe.wait_for("race strip – One row a lane")
    probe.send(b"?")
    shows(probe, "Textual calls it question_mark", 'in keys.toml "?"', "bytes ?", "in the prompt is typed")
    probe.send(b"\x1b[104;5u")
    shows(probe, "Textual calls it ctrl+h", "does nothing")
    probe.wait_for("many terminals never send it")
    probe.send(b"\x05")
    shows(probe, "Textual calls it ctrl+e", "bytes ^E", "in the prompt cursor line end")


def test_keys_that_elsewhere_move_the_focus_or_stop_are_only_shown(probe: Terminal) -> None:
    for key in ("tab", "ctrl+c", "ctrl+z", "ctrl+p", "alt+x", "alt+up"):
        probe.press(key)
        shows(probe, f"Textual calls it {key}")


def test_ctrl_q_leaves(probe: Terminal) -> None:
    probe.press("ctrl+q")
    assert probe.wait_for_exit() == 0


def test_escape_twice_in_a_row_leaves(probe: Terminal) -> None:
    for key in ("escape", "x", "escape"):
        probe.press(key)
        shows(probe, f"Textual calls it {key}")
    probe.press("escape")
    assert probe.wait_for_exit() == 0
