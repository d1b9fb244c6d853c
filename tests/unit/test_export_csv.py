"""A session as CSV: harmless and quick with hostile texts, exact when asked, and as Excel can have it."""

import csv
import time
import unicodedata
from pathlib import Path

import pytest

from compare_tui.core.prompt import Prompt
from compare_tui.core.record import SessionRecord
from compare_tui.export import files
from compare_tui.export.csv import MOST_IN_EXCEL
from compare_tui.export.reading import read
from compare_tui.export.rows import Value, digits, row
from tests.fixtures.export_sessions import answer, hostile_session, plain_session, rich_session, sent, session

TRIGGERS = tuple("=+-@\t\r\n＝＋－＠")
MOST_CPU_SECONDS = 0.5


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def exported(tmp_path: Path, record: SessionRecord, *, raw: bool = False, excel: bool = False) -> list[dict[str, str]]:
    path, *_ = files.write(tmp_path / "r.csv", record, raw=raw, excel=excel)
    return rows_of(path)


def told(record: SessionRecord) -> list[dict[str, str]]:
    """The values themselves, before any format."""
    rows = [row(take.take(), round_, tags=record.tags) for round_, take in record.takes()]
    return [{name: as_text(value) for name, value in values.items() if name != "escaped"} for values in rows]


def as_text(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else digits(value)


def whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def first_seen(cell: str) -> str:
    """The first character that is neither white space nor of zero width, or a trigger among those before it."""
    for character in cell:
        if character in TRIGGERS or not (character.isspace() or unicodedata.category(character) == "Cf"):
            return character
    return ""


def cpu_seconds(tmp_path: Path, record: SessionRecord) -> float:
    start = time.process_time()
    files.write(tmp_path / "r.csv", record, overwrite=True)
    return time.process_time() - start


def test_two_thousand_hostile_rows_are_quick_and_none_of_their_texts_could_be_a_formula(tmp_path: Path) -> None:
    record = hostile_session(2_000)
    assert min(cpu_seconds(tmp_path, record) for _ in range(3)) <= MOST_CPU_SECONDS
    rows = rows_of(tmp_path / "r.csv")
    assert len(rows) == 2_000
    assert sum(first_seen(value["output"]) in TRIGGERS for value in told(record)) > 400
    assert [
        cell for cells in rows for cell in cells.values() if not cell[:1].isalnum() and first_seen(cell) in TRIGGERS
    ] == []


def test_what_is_not_escaped_is_what_was_said(tmp_path: Path) -> None:
    record = hostile_session(200)
    for cells, values in zip(exported(tmp_path, record), told(record), strict=True):
        altered = cells.pop("escaped").split()
        assert [name for name in cells if cells[name] != values[name]] == altered


def test_raw_is_every_text_exactly(tmp_path: Path) -> None:
    record = hostile_session(200)
    for cells, values in zip(exported(tmp_path, record, raw=True), told(record), strict=True):
        halves = cells.pop("escaped").split()
        assert cells == {name: whole(text) for name, text in values.items()}
        assert halves == [name for name, text in values.items() if text != whole(text)]


def test_the_tags_of_the_session_stand_under_those_of_the_round(tmp_path: Path) -> None:
    first, *_, last = exported(tmp_path, rich_session())
    assert first["tags"] == "a%3Bb=c%3Dd;feature=pictures"
    assert last["tags"] == "feature=chat"


def test_an_answer_from_the_store_costs_nothing_and_has_no_latency(tmp_path: Path) -> None:
    stored = exported(tmp_path, rich_session())[-1]
    assert (stored["origin"], stored["cost_usd"], stored["cost_state"]) == ("store", "0", "stored")
    assert {stored[name] for name in ("latency_s", "ttft_ms", "ttfa_ms", "total_ms", "tokens_per_s")} == {""}


# For Excel


def long_session(text: str) -> SessionRecord:
    return session(sent(1, Prompt(text), [("m", answer("short"))]))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("text", ["x" * 40_000, "😀" * 20_000, "=" + "x" * 31_999])
def test_excel_gets_a_mark_and_less_than_it_can_hold_where_a_text_is_too_long(tmp_path: Path, text: str) -> None:
    (cells,) = exported(tmp_path, long_session(text), excel=True)
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbfmodel,")
    assert MOST_IN_EXCEL - 2 <= units(cells["prompt"]) < MOST_IN_EXCEL
    assert cells["prompt"].endswith(f"⟨cut here: all {len(text):,} characters are in the .jsonl beside this file⟩")
    assert cells["prompt"].lstrip("'")[:1000] == text[:1000]
    assert cells["escaped"] == "prompt"
    assert cells["output"] == "short"


def test_the_whole_of_a_cut_text_is_in_the_jsonl_beside_it(tmp_path: Path) -> None:
    record = long_session("x" * 40_000)
    paths = files.write(tmp_path / "r.csv", record, excel=True)
    assert paths == [tmp_path / "r.csv", tmp_path / "r.jsonl"]
    assert read((tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()) == [record]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]


def test_texts_that_excel_can_hold_are_whole_and_there_is_no_second_file(tmp_path: Path) -> None:
    text = "x" * (MOST_IN_EXCEL - 1)
    (cells,) = exported(tmp_path, long_session(text), excel=True)
    assert (cells["prompt"], cells["escaped"]) == (text, "")
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def test_a_jsonl_that_is_there_already_is_kept_and_the_csv_is_not_begun(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text("precious")
    with pytest.raises(FileExistsError, match="exists already"):
        files.write(tmp_path / "r.csv", long_session("x" * 40_000), excel=True)
    assert [path.name for path in tmp_path.iterdir()] == ["r.jsonl"]
    assert (tmp_path / "r.jsonl").read_text() == "precious"


def test_exact_bytes_for_excel_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        files.write(tmp_path / "r.csv", plain_session(), raw=True, excel=True)
    assert list(tmp_path.iterdir()) == []
