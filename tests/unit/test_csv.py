"""Rows as CSV: harmless in a spreadsheet, exact when asked, and on disk from the moment a row is written."""

import csv
import io
import os
import resource
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.export.csv import CsvWriter
from compare_tui.export.outfile import OutFile
from compare_tui.export.rows import COLUMNS, Value, row

USAGE = {"input": 12, "output": 3, "reported_cost": "0.000000120000000000000000000000000001"}


def answered(text: str, prompt: Prompt | None = None, lane: str = "m", **about: Any) -> dict[str, Value]:
    events = [Event(0, Kind.SENT), Event(7_000_000, Kind.TEXT, text), Event(8_000_000, Kind.USAGE, "", USAGE)]
    round_ = Round("abc123.1", prompt or Prompt("Hi"), (Lane.parse(lane),), **about)
    return row(round_.takes()[0].apply_all(events), round_)


def written(*rows: dict[str, Value], raw: bool = False) -> str:
    stream = io.StringIO(newline="")
    writer = CsvWriter(stream, raw=raw)
    for each in rows:
        writer.write(each)
    return stream.getvalue()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def read_back(*rows: dict[str, Value], raw: bool = False) -> dict[str, str]:
    return read(written(*rows, raw=raw))[0]


# What a spreadsheet sees

TRIGGERS = "=+-@\t\r\n＝＋－＠"


def first_seen(cell: str) -> str:
    """The first character that is neither white space nor of zero width, or a trigger among those before it."""
    for character in cell:
        if character in TRIGGERS or not (character.isspace() or unicodedata.category(character) == "Cf"):
            return character
    return ""


LEADING = " \u00a0\u3000\u2028\u200b\u200d\u2060\ufeff\u00ad\u202e\ufe0f" + TRIGGERS
PIECES = ["words", "\ud83d\ude00", *"é😀,;\"'|%0\x00\x07\x1b\x7f\x85\x9b\ud83d\ude00", *TRIGGERS]
hostile = st.builds(
    str.__add__,
    st.text(st.sampled_from(LEADING), max_size=4),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join),
)


@settings(max_examples=700, deadline=None)
@given(hostile, hostile, hostile)
def test_no_text_begins_a_formula_in_a_spreadsheet(system: str, text: str, output: str) -> None:
    told = answered(output, Prompt(text, system=system), prompt_id=text, tags={output: system})
    for name, cell in read_back(told).items():
        assert isinstance(told[name], int | float | Decimal) or first_seen(cell) not in {*TRIGGERS}, name
        assert not any(unicodedata.category(character) == "Cc" and character not in "\t\r\n" for character in cell)


@settings(max_examples=700, deadline=None)
@given(hostile, hostile, hostile)
def test_raw_reads_back_as_exactly_what_was_there(system: str, text: str, output: str) -> None:
    told = answered(output, Prompt(text, system=system), prompt_id=text, tags={output: system})
    back = read(written(told, raw=True).encode().decode())[0]
    for name, value in told.items():
        if isinstance(value, str):
            halved = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            assert back[name] == halved
            assert (name in back["escaped"].split()) == (halved != value)


@settings(max_examples=300, deadline=None)
@given(hostile, hostile)
def test_escaped_names_exactly_the_columns_whose_text_was_altered(text: str, output: str) -> None:
    told = answered(output, Prompt(text))
    back = read_back(told)
    assert back["escaped"].split() == [
        name for name in COLUMNS if isinstance(told[name], str) and back[name] != told[name]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "- a list",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\u200b=1",
        "\ufeff \u00a0@x",
        " \t",
        "＝1",
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    back = read_back(answered(text))
    assert (back["output"], back["escaped"]) == (f"'{text}", "output")


@pytest.mark.parametrize(
    "text",
    ["", "a=b", "1-1", "'=1", " x", "“-”", "é", "a\r\nb\tc", 'say "a,b"', "−1", "family \U0001f468\u200d\U0001f469"],
)
def test_any_other_text_is_left_alone(text: str) -> None:
    back = read_back(answered(text))
    assert (back["output"], back["escaped"]) == (text, "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a␀b"),
        ("\x1b[2J", "␛[2J"),
        ("\x7f", "␡"),
        ("\x9b2J", "\\x9b2J"),
        ("a\x0bb\x0c", "a␋b␌"),
        ("\ud83d", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("-\x00", "'-␀"),
    ],
)
def test_controls_become_visible_and_half_characters_unknown(text: str, shown: str) -> None:
    back = read_back(answered(text))
    assert (back["output"], back["escaped"]) == (shown, "output")


def test_raw_keeps_controls_and_formulas() -> None:
    back = read_back(answered("=1\x00\x1b"), raw=True)
    assert (back["output"], back["escaped"]) == ("=1\x00\x1b", "")


def test_numbers_are_numbers_and_never_altered() -> None:
    back = read_back(answered("x", lane="m temp=-0.5 top_p=0.0000001"))
    assert (back["temperature"], back["top_p"], back["escaped"]) == ("-0.5", "0.0000001", "")
    assert (back["cost_usd"], back["total_ms"], back["ttft_ms"]) == ("0.000000120000000000000000000000000001", "", "7")


def test_a_cell_is_empty_exactly_when_nothing_is_known() -> None:
    told = answered("x")
    back = read_back(told)
    assert {name for name in COLUMNS if back[name] == ""} == {name for name in COLUMNS if told[name] is None}
    assert {"latency_s", "cached_tokens", "tokens_per_s", "temperature"} <= {
        name for name in COLUMNS if back[name] == ""
    }


def test_the_file_is_utf_8_without_a_mark_and_quotes_only_what_needs_it(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    with OutFile(target, CsvWriter) as out:
        for each in (answered('é, "x"\n'), answered("plain")):
            out.write(each)
    header, first, rest = target.read_bytes().split(b"\r\n", 2)
    assert header == ",".join(COLUMNS).encode()
    assert first.startswith('m,,0,,12,3,0.000000120000000000000000000000000001,"é, ""x""\n",1,abc123,'.encode())
    assert rest.startswith(b"m,,0,,12,3,0.000000120000000000000000000000000001,plain,1,")
    assert rest.endswith(b",\r\n")


# The file


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The disk is full from here on, as far as this process can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def outputs(path: Path) -> list[str]:
    return [each["output"] for each in read(path.read_bytes().decode())]


def test_the_file_is_private_and_alone_when_it_is_closed(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    with OutFile(target, CsvWriter) as out:
        out.write(answered("one"))
        out.write(answered("two"))
        assert not target.exists()
    assert outputs(target) == ["one", "two"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_every_row_is_on_disk_as_soon_as_it_is_written(tmp_path: Path) -> None:
    with OutFile(tmp_path / "r.csv", CsvWriter) as out:
        (unfinished,) = tmp_path.iterdir()
        assert unfinished.stat().st_mode & 0o777 == 0o600
        for count in range(1, 4):
            out.write(answered("x" * 10_000))
            assert len(outputs(unfinished)) == count


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    target.write_text("precious")
    with pytest.raises(FileExistsError, match="exists already"):
        OutFile(target, CsvWriter)
    assert target.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_may_be_replaced_is_whole_until_the_new_one_is(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    target.write_text("old")
    with OutFile(target, CsvWriter, overwrite=True) as out:
        out.write(answered("new"))
        assert target.read_text() == "old"
    assert outputs(target) == ["new"]


def test_a_file_that_appears_during_the_run_is_kept_and_so_are_the_rows(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    out = OutFile(target, CsvWriter)
    out.write(answered("paid for"))
    target.write_text("somebody else's")
    with pytest.raises(FileExistsError, match="exists already") as caught:
        out.close()
    assert target.read_text() == "somebody else's"
    assert (caught.value.filename2, outputs(Path(caught.value.filename))) == (str(target), ["paid for"])


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_breaks_off_leaves_the_rows_it_had(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "r.csv"
    target.write_text("old")

    def run() -> None:
        with OutFile(target, CsvWriter, overwrite=True) as out:
            out.write(answered("paid for"))
            raise error

    with pytest.raises(error):
        run()
    assert outputs(target) == ["paid for"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_run_that_breaks_off_before_its_first_row_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), OutFile(target, CsvWriter, overwrite=True):
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_run_without_takes_leaves_the_header(tmp_path: Path) -> None:
    with OutFile(tmp_path / "r.csv", CsvWriter):
        pass
    assert (tmp_path / "r.csv").read_bytes() == ",".join(COLUMNS).encode() + b"\r\n"


def test_a_killed_process_leaves_whole_rows_beside_the_target(tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from compare_tui.export.csv import CsvWriter
from compare_tui.export.outfile import OutFile
from compare_tui.export.rows import COLUMNS
out = OutFile(Path({str(tmp_path / "r.csv")!r}), CsvWriter)
for number in range(3):
    out.write({{**dict.fromkeys(COLUMNS), "output": f"answer {{number}}"}})
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": os.pathsep.join(sys.path)}, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    (unfinished,) = tmp_path.iterdir()
    assert outputs(unfinished) == ["answer 0", "answer 1", "answer 2"]


def test_a_disk_that_is_full_costs_the_row_that_no_longer_fits_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"

    def run() -> None:
        with OutFile(target, CsvWriter) as out:
            out.write(answered("fits"))
            (unfinished,) = tmp_path.iterdir()
            with largest_file(unfinished.stat().st_size + 1000):
                out.write(answered("x" * 5000))

    with pytest.raises(OSError, match="too large"):
        run()
    assert outputs(target) == ["fits"]
    assert list(tmp_path.iterdir()) == [target]


def test_rows_go_on_after_one_that_did_not_fit(tmp_path: Path) -> None:
    with OutFile(tmp_path / "r.csv", CsvWriter) as out:
        with largest_file(1500), pytest.raises(OSError, match="too large"):
            out.write(answered("x" * 5000))
        out.write(answered("fits"))
    assert outputs(tmp_path / "r.csv") == ["fits"]
    assert b"\x00" not in (tmp_path / "r.csv").read_bytes()


def test_not_even_the_header_fits_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with largest_file(10), pytest.raises(OSError, match="too large"):
        OutFile(tmp_path / "r.csv", CsvWriter)
    assert list(tmp_path.iterdir()) == []


def test_rows_stand_in_the_order_of_their_places_however_they_came(tmp_path: Path) -> None:
    with OutFile(tmp_path / "r.csv", CsvWriter) as out:
        for place in ((1, 2), (0, 1), (1, 1), (0, 10), (0, 2)):
            out.write(answered(str(place)), place)
    assert outputs(tmp_path / "r.csv") == ["(0, 1)", "(0, 2)", "(0, 10)", "(1, 1)", "(1, 2)"]
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, target = tmp_path / "r.csv", tmp_path / "there" / "real.csv"
    target.write_text("old")
    link.symlink_to(target)
    with OutFile(link, CsvWriter, overwrite=True) as out:
        out.write(answered("new"))
    assert link.is_symlink()
    assert outputs(target) == ["new"]


def test_a_device_or_a_directory_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(FileExistsError, match="is no regular file"):
            OutFile(target, CsvWriter, overwrite=True)


def test_a_missing_directory_is_an_error_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        OutFile(tmp_path / "missing" / "r.csv", CsvWriter)
    assert list(tmp_path.iterdir()) == []


def test_raw_rows_go_to_a_file_as_well(tmp_path: Path) -> None:
    with OutFile(tmp_path / "r.csv", partial(CsvWriter, raw=True)) as out:
        out.write(answered("=1"))
    assert outputs(tmp_path / "r.csv") == ["=1"]
