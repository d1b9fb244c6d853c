"""Files named in the editor: which are offered, what is said of one, and what becomes of it."""

import os
import struct
from pathlib import Path

import pytest
from textual.pilot import Pilot

from compare_tui.core.prompt import Image, Prompt
from compare_tui.ui.attachments import Mention, Unfit, dimensions, look_at
from compare_tui.ui.screens.attach import AttachScreen
from compare_tui.ui.widgets.prompt_area import PromptArea
from tests.ui.driving import drive, screen_text, until
from tests.ui.prompt_desk import Desk, paste, typed

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 640, 480)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(10) + b"\xff\xc0\0\x11\x08" + struct.pack(">HH", 480, 640) + bytes(9)
WEBP_EXTENDED = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x7f\x02\0\xdf\x01\0"
WEBP_LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 640, 480)


@pytest.mark.parametrize("data", [PNG, GIF, JPEG, WEBP_EXTENDED, WEBP_LOSSY])
def test_a_picture_says_how_large_it_is(data: bytes) -> None:
    assert dimensions(data) == (640, 480)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0\0\0" * 3, PNG[:20], GIF[:8], b"RIFF"])
def test_a_picture_cut_short_says_nothing(data: bytes) -> None:
    assert dimensions(data) is None


@pytest.mark.parametrize(
    ("line", "mention"),
    [
        ("@a", Mention(0, "a")),
        ("see @a/b.txt", Mention(4, "a/b.txt")),
        ("see\t@", Mention(4, "")),
        (r"@my\ file", Mention(0, r"my\ file")),
        ("me@home", None),
        ("@a and", None),
        ("\U00100000secret", None),
    ],
)
def test_a_path_begins_with_an_at_after_white_space(line: str, mention: Mention | None) -> None:
    assert Mention.before(line) == mention


def test_paths_are_offered_as_they_would_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Notes").mkdir()
    for name in ("notes one.txt", ".nothing", "other", "Notes/inner.md"):
        (tmp_path / name).touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Mention(0, "no").completions(tmp_path) == (r"notes\ one.txt", "Notes/")
    assert Mention(0, "Notes/").completions(tmp_path) == ("Notes/inner.md",)
    assert Mention(0, "~/oth").completions(Path("/")) == ("~/other",)
    assert Mention(0, ".no").completions(tmp_path) == (".nothing",)
    assert Mention(0, "missing/").completions(tmp_path) == ()
    assert Mention(0, "~nobody-of-this-name/").completions(tmp_path) == ()
    assert Mention(0, r"notes\ one.txt").path(tmp_path) == tmp_path / "notes one.txt"


def test_a_text_says_how_much_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"one\r\ntwo\n")
    found = look_at(file)
    assert (found.content, found.facts, found.warning) == ("one\r\ntwo\n", "text · 9 B · 2 lines · ~4 tokens", None)


def test_a_picture_is_told_by_its_bytes_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(PNG)
    found = look_at(file)
    assert found.content == Image("a.txt", "image/png", PNG)
    assert found.facts == "PNG · 24 B · 640×480"


def test_what_cannot_be_sent_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\x7fELF\0")
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge.png").open("wb") as huge:
        huge.write(PNG)
        huge.truncate(20_000_001)
    for name, reason in [
        (".", "this is a folder"),
        ("binary", "neither"),
        ("latin", "neither"),
        ("pipe", "not a regular file"),
        ("huge.png", "larger than 20 MB"),
        ("missing", "no such file"),
        ("a\0b", "no file can have this name"),
    ]:
        with pytest.raises(Unfit, match=reason):
            look_at(tmp_path / name)
    with pytest.raises(Unfit, match="not a regular file"):
        look_at(Path("/dev/zero"))


@pytest.mark.parametrize(
    "name",
    ["id_rsa", "id_ed25519", ".env", ".env.local", "server.pem", "aws-credentials.json", ".netrc", ".aws/config"],
)
def test_files_that_may_hold_a_key_are_warned_of(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("x")
    assert look_at(file).warning


def test_a_link_with_an_innocent_name_is_warned_of_too(tmp_path: Path) -> None:
    (tmp_path / "id_rsa").write_text("x")
    (tmp_path / "notes.txt").symlink_to(tmp_path / "id_rsa")
    assert look_at(tmp_path / "notes.txt").warning


def test_a_key_in_a_text_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my key:\n-----BEGIN OPENSSH PRIVATE KEY-----\n")
    assert look_at(tmp_path / "notes.txt").warning


@pytest.mark.parametrize("name", ["id_rsa.pub", "environment.md", "keys.md", "README.md"])
def test_other_files_are_not(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    assert look_at(tmp_path / name).warning is None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_typed_path_is_offered_shown_and_attached(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "shot.png").write_bytes(PNG + bytes(240_000))
    (tmp_path / "shots").mkdir()

    async def scenario(pilot: Pilot[None]) -> None:
        typed(desk, "see @sho")
        await until(pilot, lambda: "shot.png  shots/" in screen_text(desk))
        await pilot.press("tab")
        await until(pilot, lambda: isinstance(desk.screen, AttachScreen))
        assert "PNG · 240 kB · 640×480" in screen_text(desk)
        await pilot.press("a")
        await until(pilot, lambda: "[1] shot.png · PNG · 240 kB · 640×480" in screen_text(desk))
        assert desk.editor.text == "see "
        assert [image.name for image in desk.editor.draft().prompt.images] == ["shot.png"]
        await pilot.press("home", "backspace")
        await until(pilot, lambda: "[1] shot.png" not in screen_text(desk))
        assert desk.editor.images == ()

    drive(desk, scenario)


def test_a_text_file_takes_the_place_of_its_name_literally(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "my notes.txt").write_bytes(b"@other {{x}}\r\nend\n")

    async def scenario(pilot: Pilot[None]) -> None:
        typed(desk, "@my")
        await until(pilot, lambda: desk.query_one("#prompt-user", PromptArea).offering)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(desk.screen, AttachScreen))
        assert "@other {{x}}␍" in screen_text(desk)
        await pilot.press("i")
        await until(pilot, lambda: desk.editor.text == "@other {{x}}\r\nend\n")
        assert desk.editor.draft().typed_variables == ()

    drive(desk, scenario)


def test_a_file_that_may_hold_a_key_is_warned_of_and_enter_keeps_the_words(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_rsa").write_text("-----BEGIN PRIVATE KEY-----")

    async def scenario(pilot: Pilot[None]) -> None:
        typed(desk, "@.ssh/id")
        await until(pilot, lambda: desk.query_one("#prompt-user", PromptArea).offering)
        await pilot.press("tab")
        await until(pilot, lambda: isinstance(desk.screen, AttachScreen))
        assert "⚠ Its name says that it may hold a key or a password." in screen_text(desk)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(desk.screen, AttachScreen))
        assert desk.editor.text == "@.ssh/id_rsa"

    drive(desk, scenario)


def test_what_cannot_be_attached_is_said_and_stays_text(desk: Desk, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    async def scenario(pilot: Pilot[None]) -> None:
        typed(desk, "@pi")
        await until(pilot, lambda: desk.query_one("#prompt-user", PromptArea).offering)
        await pilot.press("tab")
        await until(pilot, lambda: len(desk._notifications) > 0)
        assert [note.message for note in desk._notifications] == [f"{tmp_path}/pipe: this is not a regular file"]
        assert desk.editor.text == "@pipe"

    drive(desk, scenario)


def test_a_pasted_path_stays_text_whatever_is_typed_after_it(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("mine")

    async def scenario(pilot: Pilot[None]) -> None:
        paste(desk, "read @secret.txt")
        await until(pilot, lambda: desk.editor.text == "read @secret.txt")
        await pilot.press("backspace", "t", "tab")
        await until(pilot, lambda: desk.focused is desk.query_one("#prompt-system"))
        assert desk.editor.draft().prompt == Prompt("read @secret.txt")

    drive(desk, scenario)


def test_a_typed_path_that_nobody_confirmed_stays_text(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")

    async def scenario(pilot: Pilot[None]) -> None:
        typed(desk, "@a")
        await until(pilot, lambda: desk.query_one("#prompt-user", PromptArea).offering)
        await pilot.press("escape", "enter")
        assert (desk.editor.text, desk.left) == ("@a\n", 0)
        await pilot.press("escape")
        assert desk.left == 1

    drive(desk, scenario)
