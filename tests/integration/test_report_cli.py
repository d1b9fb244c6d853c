"""`compare-tui report` as a user types it: a session, one against another, and what was spent, on a real store."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from compare_tui import paths
from compare_tui.core.record import SessionRecord
from compare_tui.store.store import Store
from tests.integration.kept import HOSTILE, keep, run
from tests.told import answer, asked, failure, from_store, in_order, session

LOW, HIGH = "gpt-5.5 low", "gpt-5.5-pro high flex"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path


def kept(*records: SessionRecord) -> None:
    store = Store.open(paths.sessions_file())
    try:
        for record in records:
            store.add(record)
    finally:
        store.close()


def objects(*words: object) -> list[dict[str, Any]]:
    ended = run("report", *words, "--json")
    assert ended.code == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def row_of(out: str, word: str) -> str:
    return next(line for line in out.splitlines() if word in line)


def two_sessions() -> None:
    old = asked("alpha", lanes={LOW: answer("The sky is blue.", ttft=500)}), asked("beta", lanes={LOW: answer(out=100)})
    new = (
        asked("alpha", lanes={LOW: answer("The sky is grey.", ttft=750)}),
        asked("beta", lanes={LOW: answer(out=200)}),
        asked("gamma", lanes={HIGH: answer()}),
    )
    kept(session("oldold", *old, name="before"), session("newnew", *new, name="afterwards"))


# One session


def test_a_session_is_reported_lane_by_lane() -> None:
    lanes = {LOW: [answer(ttft=500, cached=250), answer(ttft=700, cached=250)], HIGH: failure()}
    kept(session("abcdef", asked(lanes=lanes), name="a name"))
    ended = run("report")
    assert ended.code == 0
    assert in_order(row_of(ended.out, LOW), "2", "✓ 2 done", "600 ms", "2,000", "25 %", "200", "$0.00688", "$0.0138")
    assert "500–700 ms" in ended.out
    assert in_order(row_of(ended.out, HIGH), "1", "✗ failed", "–")
    assert "a name (abcdef)" in ended.err


def test_figures_are_numbers_with_how_many_they_are_of_and_unknown_is_null() -> None:
    lanes = {LOW: [answer(ttft=500), answer(ttft=700), from_store("stored")], HIGH: failure()}
    kept(session("abcdef", asked(lanes=lanes)))
    low, high = objects("abcdef")
    assert (low["lane"], low["takes"], low["from_store"], low["verdicts"]) == (LOW, 3, 1, {"done": 2})
    assert (low["ttft_ms"], low["ttft_ms_low"], low["ttft_ms_high"], low["ttft_ms_n"]) == (600, 500, 700, 2)
    assert (low["ttft_ms_p95"], low["cost_per_answer_usd"], low["cost_usd"]) == (None, 0.008, 0.016)
    assert (low["in_tokens"], low["cached_tokens"], low["cached_share"], low["out_tokens"]) == (2_000, 0, 0, 200)
    assert (high["ttft_ms"], high["ttft_ms_n"], high["in_tokens"], high["cost_usd"]) == (None, 0, None, None)


def test_from_twenty_answers_on_there_is_a_percentile() -> None:
    kept(session("abcdef", asked(lanes={LOW: [answer(ttft=500 + n * 10) for n in range(20)]})))
    (low,) = objects("abcdef")
    assert (low["ttft_ms_n"], low["ttft_ms_p95"]) == (20, 680.5)
    assert "p95 680 ms" in run("report", "abcdef").out


# One against another


def test_each_pair_is_a_row_and_what_became_worse_comes_first() -> None:
    two_sessions()
    ended = run("report", "newnew", "--against", "old")
    assert ended.code == 0
    assert in_order(ended.out, "beta", "alpha", "gamma")
    assert in_order(ended.out, "500 ms", "750 ms +50 %")
    assert "75 % alike" in ended.out
    assert "none then" in ended.out
    assert "2 pairs · 1 only in the new one" in ended.err


def test_a_pair_has_old_and_new_under_names_of_their_own() -> None:
    two_sessions()
    beta, alpha, gamma = objects("newnew", "--against", "oldold")
    assert (alpha["take"], alpha["old_take"], alpha["lane"], alpha["repeat"]) == ("newnew.1.1", "oldold.1.1", LOW, 1)
    assert (alpha["verdict"], alpha["old_verdict"], alpha["worse"], alpha["likeness"]) == ("done", "done", 0, 75)
    assert (alpha["ttft_ms"], alpha["old_ttft_ms"], alpha["ttft_change"]) == (750, 500, 0.5)
    assert (beta["cost_usd"], beta["old_cost_usd"], beta["cost_change"]) == (0.011, 0.008, 0.375)
    assert (gamma["old_take"], gamma["old_verdict"], gamma["ttft_change"]) == (None, None, None)


def test_a_session_is_not_held_against_itself() -> None:
    two_sessions()
    ended = run("report", "newnew", "--against", "new")
    assert (ended.code, ended.out) == (2, "")
    assert "compared with itself" in ended.err


# What was spent


def test_spend_is_told_by_model_tier_day_and_any_tag() -> None:
    keep("aaaaaa", lanes=(LOW, HIGH), texts=("three words here",), tags={"team": "core"})
    keep("bbbbbb", texts=("two words",), tags={"team": "search"})
    assert [(row["value"], row["takes"], row["out_tokens"]) for row in objects("--by", "team")] == [
        ("core", 2, 6),
        ("search", 1, 2),
    ]
    assert [row["value"] for row in objects("--by", "model")] == ["gpt-5.5", "gpt-5.5-pro"]
    assert {row["value"] for row in objects("--by", "tier")} == {"flex", None}
    assert [(row["by"], row["takes"]) for row in objects("--by", "day")] == [("day", 3)]
    assert [row["takes"] for row in objects("bbbbbb", "--by", "day")] == [1]
    ended = run("report", "--by", "team")
    assert in_order(row_of(ended.out, "core"), "2", "14", "0 %", "6", "$0.00025")
    assert "total $0.000345" in ended.err


def test_nothing_spent_is_no_trouble() -> None:
    ended = run("report", "--by", "day")
    assert (ended.code, ended.out) == (0, "")
    assert "no money was spent" in ended.err


# Where it goes


def test_the_report_goes_into_a_file_besides(home: Path) -> None:
    two_sessions()
    out = home / "report.csv"
    ended = run("report", "newnew", "--out", out)
    assert (ended.code, f"wrote {out}" in ended.err, LOW in ended.out) == (0, True, True)
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [(row["lane"], row["takes"], row["verdicts"]) for row in rows] == [
        (LOW, "2", "done=2"),
        (HIGH, "1", "done=1"),
    ]
    assert (rows[0]["ttft_ms_p95"], rows[0]["cost_usd"]) == ("", "0.019")
    assert out.stat().st_mode & 0o777 == 0o600


def test_markdown_has_the_tables_that_are_shown(home: Path) -> None:
    two_sessions()
    out = home / "report.md"
    assert run("report", "newnew", "--against", "oldold", "--out", out).code == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# afterwards (newnew) against before (oldold)\n")
    assert "| prompt | lane | verdict | text |" in text
    assert "750 ms" in text


def test_a_file_that_is_there_is_not_overwritten_without_a_word(home: Path) -> None:
    two_sessions()
    out = home / "report.csv"
    out.write_text("mine", encoding="utf-8")
    ended = run("report", "newnew", "--out", out)
    assert (ended.code, ended.out, out.read_text(encoding="utf-8")) == (2, "", "mine")
    assert run("report", "newnew", "--out", out, "--yes").code == 0
    assert out.read_text(encoding="utf-8").startswith("session,lane,")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody"], "there is no session nobody"),
        (["newnew", "--against", "nobody"], "there is no session nobody"),
        (["newnew.1"], "no whole session"),
        (["newnew", "--by", "day", "--against", "oldold"], "exclude each other"),
        (["--by", " "], "--by takes"),
        (["newnew", "--out", "report.html"], ".csv or .md"),
    ],
)
def test_what_cannot_be_reported_is_a_mistake_of_usage(words: list[str], said: str) -> None:
    two_sessions()
    ended = run("report", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_hostile_names_reach_neither_the_terminal_nor_a_spreadsheet(home: Path) -> None:
    lanes = {"'=cmd()' low": answer(HOSTILE)}
    for id_ in ("oldold", "newnew"):
        kept(session(id_, asked(f"{HOSTILE}=1+1", lanes=lanes, prompt_id="=1+1"), name=HOSTILE))
    out = home / "report.csv"
    for words in (["newnew"], ["newnew", "--against", "oldold"], ["newnew", "--against", "oldold", "--json"]):
        ended = run("report", *words, "--out", out, "--yes")
        assert ended.code == 0
        assert not any(sign in ended.out + ended.err for sign in "\x1b\x07\u202e\x00")
    row = next(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert (row["prompt_id"], "=cmd()" in row["lane"], row["lane"][0]) == ("'=1+1", True, "'")
