"""Watching a prompt file: a save is noticed once and whole, trouble is said once, a quiet file costs nothing."""

import os
from pathlib import Path

import pytest

from compare_tui.promptfiles import PromptFileError
from compare_tui.ui.file_watch import FileWatch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "prompt.md"
    path.write_text("first")
    return path


def watching(file: Path) -> FileWatch:
    watch = FileWatch(file)
    assert [watch.poll(), watch.poll(), watch.poll()] == [None, None, None]
    return watch


def put_in_place(file: Path, text: str) -> None:
    """As most editors save."""
    other = file.with_name("saving")
    other.write_text(text)
    other.replace(file)


def test_it_starts_with_what_stands_there(file: Path) -> None:
    assert FileWatch(file).text == "first"


def test_a_save_is_told_once(file: Path) -> None:
    watch = watching(file)
    file.write_text("second")
    assert [watch.poll(), watch.poll(), watch.poll(), watch.poll()] == [None, "second", None, None]
    assert watch.text == "second"


def test_a_file_put_in_its_place_is_told(file: Path) -> None:
    watch = watching(file)
    put_in_place(file, "third")
    assert [watch.poll(), watch.poll()] == [None, "third"]


def test_another_file_of_the_same_size_and_time_is_told(file: Path) -> None:
    watch = watching(file)
    before = file.stat()
    other = file.with_name("other")
    other.write_text("tsrif")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)
    assert [watch.poll(), watch.poll()] == [None, "tsrif"]


def test_half_a_file_is_not_read(file: Path) -> None:
    watch = watching(file)
    file.write_text("")
    assert watch.poll() is None
    file.write_text("sec")
    assert watch.poll() is None
    file.write_text("second")
    assert [watch.poll(), watch.poll()] == [None, "second"]


def test_a_save_between_opening_and_the_first_poll_is_told(file: Path) -> None:
    watch = FileWatch(file)
    file.write_text("fresh")
    assert [watch.poll(), watch.poll(), watch.poll()] == [None, "fresh", None]


def test_a_change_that_looks_like_what_was_opened_is_told(file: Path) -> None:
    watch = FileWatch(file)
    opened = file.stat()
    file.write_text("tsrif")
    os.utime(file, ns=(opened.st_atime_ns, opened.st_mtime_ns))
    assert [watch.poll(), watch.poll(), watch.poll()] == [None, "tsrif", None]


def test_a_file_gone_for_a_moment_is_no_error(file: Path) -> None:
    watch = watching(file)
    file.unlink()
    assert [watch.poll(), watch.poll()] == [None, None]
    file.write_text("back")
    assert [watch.poll(), watch.poll()] == [None, "back"]


def test_a_save_without_a_change_is_no_news(file: Path) -> None:
    watch = watching(file)
    put_in_place(file, "first")
    assert [watch.poll(), watch.poll(), watch.poll()] == [None, None, None]


def test_a_file_that_is_no_text_is_said_once_and_the_next_save_is_told(file: Path) -> None:
    watch = watching(file)
    file.write_bytes(b"\xff\xfe\x00")
    assert watch.poll() is None
    with pytest.raises(PromptFileError, match=r"prompt\.md:1: this is not UTF-8 text"):
        watch.poll()
    assert [watch.poll(), watch.poll()] == [None, None]
    file.write_text("better")
    assert [watch.poll(), watch.poll()] == [None, "better"]


def test_a_file_that_grew_too_large_is_refused(file: Path) -> None:
    watch = watching(file)
    os.truncate(file, 20_000_001)
    assert watch.poll() is None
    with pytest.raises(PromptFileError, match="larger than 20 MB"):
        watch.poll()
    assert watch.text == "first"


def test_an_emptied_file_keeps_the_prompt(file: Path) -> None:
    watch = watching(file)
    file.write_text("\n")
    assert watch.poll() is None
    with pytest.raises(PromptFileError, match="it holds no text"):
        watch.poll()
    assert watch.text == "first"


def test_a_pipe_in_its_place_does_not_hang(file: Path) -> None:
    watch = watching(file)
    file.unlink()
    os.mkfifo(file)
    assert watch.poll() is None
    with pytest.raises(PromptFileError, match="not a regular file"):
        watch.poll()


@pytest.mark.parametrize(("name", "said"), [("missing.md", "there is no such file"), (".", "this is a directory")])
def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(PromptFileError, match=said):
        FileWatch(tmp_path / name)
