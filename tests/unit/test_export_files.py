"""Files of any format: whole or not there, private, never in place of another unasked; and their previews."""

import json
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from compare_tui.core.prompt import Prompt
from compare_tui.core.record import SessionRecord
from compare_tui.export import files
from compare_tui.export.files import FORMATS
from compare_tui.export.rows import COLUMNS
from compare_tui.export.runfile import run_file
from tests.fixtures.export_sessions import answer, hostile_session, plain_session, rich_session, sent, session

EVERY = pytest.mark.parametrize("ending", FORMATS)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The disk is full from here on, as far as this process can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@EVERY
def test_a_file_is_private_and_alone(tmp_path: Path, ending: str) -> None:
    (path,) = files.write(tmp_path / f"r{ending}", rich_session())
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size > 1_000


@EVERY
def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r{ending}"
    path.write_text("precious")
    with pytest.raises(FileExistsError, match="exists already"):
        files.write(path, plain_session())
    assert path.read_text() == "precious"
    files.write(path, plain_session(), overwrite=True)
    assert "TTFT is a wait." in path.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [path]


@EVERY
def test_a_full_disk_leaves_nothing_and_the_old_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r{ending}"
    path.write_text("old")
    with largest_file(6_000), pytest.raises(OSError, match="too large"):
        files.write(path, hostile_session(40), overwrite=True)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@EVERY
def test_a_folder_that_is_not_there_is_an_error_and_so_is_a_device(tmp_path: Path, ending: str) -> None:
    with pytest.raises(FileNotFoundError):
        files.write(tmp_path / "missing" / f"r{ending}", plain_session())
    os.mkfifo(tmp_path / f"pipe{ending}")
    with pytest.raises(FileExistsError, match="is no regular file"):
        files.write(tmp_path / f"pipe{ending}", plain_session(), overwrite=True)


def test_an_ending_that_nobody_knows_is_an_error_that_names_those_it_could_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.csv, \.jsonl, \.md, \.html"):
        files.write(tmp_path / "r.xls", plain_session())
    assert list(tmp_path.iterdir()) == []


@EVERY
@pytest.mark.parametrize("record", [session(), session(sent(1, Prompt("Nobody asked"), []))])
def test_a_session_without_takes_can_be_written(tmp_path: Path, ending: str, record: SessionRecord) -> None:
    (path,) = files.write(tmp_path / f"r{ending}", record)
    assert path.exists()


@EVERY
def test_a_session_whose_takes_still_run_can_be_written(tmp_path: Path, ending: str) -> None:
    under_way = [event for event in answer("Half an answer") if event.kind not in ("end", "finish", "usage")]
    record = session(sent(1, Prompt("Hi"), [("m", under_way), ("n", under_way[:1]), ("o", [])]))
    (path,) = files.write(tmp_path / f"r{ending}", record)
    assert "Half an answer" in path.read_text(encoding="utf-8")


# What it would begin with


@EVERY
def test_a_preview_is_the_first_lines_of_the_file(tmp_path: Path, ending: str) -> None:
    record = plain_session()
    (path,) = files.write(tmp_path / f"r{ending}", record)
    written = path.read_text(encoding="utf-8")
    text = written[written.index("<body>") :] if ending == ".html" else written
    shown = files.preview(record, ending, 4).split("\n")
    assert len(shown) == min(4, len(text.splitlines()))
    for seen, line in zip(shown, text.split("\n"), strict=False):
        assert seen == line if len(line) <= 400 else seen == f"{line[:400]}…"


def test_a_preview_folds_no_more_takes_than_it_shows() -> None:
    record = plain_session()
    broken = session(*record.rounds, sent(2, Prompt("x"), [("m", [(0, "no such event")])]))  # type: ignore[list-item]  # a fold of it fails
    assert files.preview(broken, ".csv", 3).startswith("model,effort,")
    assert len(files.preview(broken, ".jsonl", 2).split("\n")) == 2


def test_a_preview_for_excel_is_that_of_its_file() -> None:
    assert files.preview(plain_session(), ".csv", 1, excel=True).startswith("\ufeffmodel,")


# What a run leaves


@EVERY
def test_a_run_leaves_its_takes_in_the_order_of_rounds_however_they_ended(tmp_path: Path, ending: str) -> None:
    record = rich_session()
    path = tmp_path / f"r{ending}"
    file = run_file(path)
    for round_, take in reversed(list(record.takes())):
        file.write(take.take(), round_)
    assert not path.exists()
    assert file.end(broken_off=False)
    text = path.read_text(encoding="utf-8")
    assert text.index("A cat.") < text.index("I think") < text.index("too many requests") < text.index("Black.")
    assert list(tmp_path.iterdir()) == [path]


@EVERY
def test_a_run_that_broke_off_leaves_what_it_had_and_without_anything_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r{ending}"
    path.write_text("old")
    assert not run_file(path).end(broken_off=True)
    assert path.read_text() == "old"
    file = run_file(path)
    round_, take = next(plain_session().takes())
    file.write(take.take(), round_)
    assert file.end(broken_off=True)
    assert "TTFT is a wait." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", [".md", ".html"])
def test_a_page_that_does_not_fit_leaves_the_old_one(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r{ending}"
    path.write_text("old")
    file = run_file(path)
    for round_, take in hostile_session(40).takes():
        file.write(take.take(), round_)
    with largest_file(2_000), pytest.raises(OSError, match="too large"):
        file.end(broken_off=False)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_row_of_a_run_has_the_names_of_the_csv_and_no_record(tmp_path: Path) -> None:
    file = run_file(tmp_path / "r.jsonl")
    round_, take = next(plain_session().takes())
    file.write(take.take(), round_)
    file.end(broken_off=False)
    assert tuple(json.loads((tmp_path / "r.jsonl").read_text(encoding="utf-8"))) == COLUMNS
