from textual import events
from textual.message import Message

from compare_tui.ui.terminal_driver import WholePastes

BEGIN, END = "\x1b[200~", "\x1b[201~"
COMMANDS = "a\x1b]0;title\x07\x1b[2J\x11\x0e\x07 @~/.ssh/id_rsa {{x}}\r\n\tb\x1b"


def read(*pieces: str) -> list[str]:
    """What comes out: pastes in brackets, keys by name."""
    parser = WholePastes()
    found: list[Message] = []
    for piece in pieces:
        found += parser.feed(piece)
    for _ in range(3):
        found += parser.tick()
    return [
        f"<{one.text}>" if isinstance(one, events.Paste) else one.key
        for one in found
        if isinstance(one, events.Paste | events.Key)
    ]


def test_what_is_pasted_presses_no_key() -> None:
    assert read(f"{BEGIN}{COMMANDS}{END}") == [f"<{COMMANDS}>"]


def test_keys_around_a_paste_stay_keys() -> None:
    assert read(f"x{BEGIN}{COMMANDS}{END}y\x0a") == ["x", f"<{COMMANDS}>", "y", "ctrl+j"]


def test_it_may_be_cut_anywhere() -> None:
    whole = f"{BEGIN}{COMMANDS}{END}z"
    for at in range(2, len(whole)):
        assert read(whole[:at], whole[at:]) == [f"<{COMMANDS}>", "z"], at


def test_two_pastes_are_two() -> None:
    assert read(f"{BEGIN}one{END}{BEGIN}two{END}") == ["<one>", "<two>"]


def test_other_keys_are_read_as_before() -> None:
    assert read("\x1b[A", "\x1b[24~", "\x1bOP", "\x1b[2~") == ["up", "f12", "f1", "insert"]


def test_a_key_that_begins_like_a_paste_is_not_held_back_for_ever() -> None:
    assert read("\x1b[2", "4~") == ["f12"]
