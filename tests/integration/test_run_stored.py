"""`compare-tui run` and its sessions: followed, asked again, answered from the store, tagged, capped and logged."""

import csv
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from compare_tui import paths
from compare_tui.core.record import SessionRecord
from compare_tui.store.store import Listed, Store
from tests.faults.behaviours import HEALTHY_TEXT
from tests.faults.server import FaultServer
from tests.integration.app_server import HeldServer, numbered
from tests.integration.command import CompareTui
from tests.integration.kept import Ended, keep, run

SKY, CATS = "Why is the sky blue?", "And cats?"
KEY = "sk-canary-9c2e7f5b1d"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def faults() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def server(faults: FaultServer) -> FaultServer:
    faults.forget()
    return faults


@pytest.fixture
def answers() -> Iterator[HeldServer]:
    """Each model answers in words of its own, and everything that is asked is written down."""
    with HeldServer() as server:
        server.go_on()
        yield server


def settings(text: str) -> None:
    file = paths.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def sent(server: FaultServer, *words: object) -> Ended:
    """A run against this server."""
    return run("run", *words, "--base-url", server.base_url())


def chatted(server: HeldServer, *words: object) -> Ended:
    return run("run", *words, "--base-url", server.base_url, "--api", "chat")


def lanes(*texts: str) -> list[str]:
    return [word for text in texts for word in ("--lane", text)]


def turns(server: HeldServer, model: str) -> list[list[tuple[str, str]]]:
    """The conversations that came for a model, in order."""
    bodies = [body for body in server.bodies if body["model"] == model]
    return [[(one["role"], one["content"]) for one in body["messages"]] for body in bodies]


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def listed() -> list[Listed]:
    store = Store.open(paths.sessions_file())
    try:
        return store.listed()
    finally:
        store.close()


def record(id_: str = "last") -> SessionRecord:
    store = Store.open(paths.sessions_file())
    try:
        return store.read(store.resolve(id_).session)
    finally:
        store.close()


# Kept without being asked


def test_a_run_says_where_it_is_kept_and_all_of_it_is_there(server: FaultServer) -> None:
    ended = sent(server, "--prompt", SKY, *lanes("healthy-1", "fault-key-unknown"))
    kept = record()
    assert ended.code == 1
    assert f"session {kept.id}" in ended.err
    good, bad = kept.session().takes()
    assert (good.text, bad.verdict, bad.failure and bad.failure.error_class) == (HEALTHY_TEXT, "failed", "key")


def test_a_dry_run_keeps_nothing(server: FaultServer, home: Path) -> None:
    assert sent(server, "--prompt", SKY, *lanes("gpt-5.5"), "--dry-run").code == 0
    assert not paths.sessions_file().exists()
    assert server.requests == ()


# Followed


def test_a_round_is_followed_by_each_lane_with_its_own_answers(answers: HeldServer) -> None:
    system = ("--system", "Be brief.")
    assert chatted(answers, "--prompt", SKY, *system, *lanes("one", "two")).code == 0
    first = record()
    ended = chatted(answers, "--prompt", CATS, "--follow", "last")
    assert ended.code == 0, ended.err
    assert f"session {first.id}" in ended.err
    for model in ("one", "two"):
        before = [("system", "Be brief."), ("user", SKY)]
        assert turns(answers, model) == [before, [*before, ("assistant", numbered(model)), ("user", CATS)]]
    kept = record(first.id)
    assert [(one.round.number, one.round.follows) for one in kept.rounds] == [(1, None), (2, f"{first.id}.1")]
    assert len(listed()) == 1


def test_a_round_in_the_middle_is_branched_from_by_other_lanes_and_several_prompts(
    answers: HeldServer, tmp_path: Path
) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("First?\n---\nSecond?\n")
    chatted(answers, prompts, *lanes("one"))
    id_ = record().id
    both = lanes("one", "late name=[b]Late[/]")
    ended = chatted(answers, prompts, "--follow", f"{id_}.1", *both, "--system", "Now so.")
    assert ended.code == 0, ended.err
    assert "[b]Late[/]: sends the prompts only: it was not asked in that round" in ended.err
    so = ("system", "Now so."), ("user", "First?")
    texts = "First?", "Second?"
    assert sorted(turns(answers, "one")[2:]) == [
        [*so, ("assistant", numbered("one")), ("user", text)] for text in texts
    ]
    assert sorted(turns(answers, "late")) == [[*so, ("user", text)] for text in texts]
    first, _, *followed = [one.round for one in record(id_).rounds]
    assert [(one.number, one.follows) for one in followed] == [(3, first.id), (4, first.id)]


def test_what_cannot_be_followed_is_named_and_nothing_is_sent(server: FaultServer) -> None:
    keep("aaaaaa", "aaaaab")
    before = listed()
    for id_, said in (("zzzzzz", "zzzzzz"), ("aaaa", "aaaaaa"), ("aaaaaa.7", "aaaaaa.7")):
        for option in ("--follow", "--again"):
            question = ("--prompt", CATS) if option == "--follow" else ()
            ended = sent(server, *question, option, id_)
            assert (ended.code, ended.out) == (2, ""), ended.err
            assert said in ended.err
    store = Store.open(paths.sessions_file())
    try:
        store.claim("aaaaaa")
        ended = sent(server, "--prompt", CATS, "--follow", "aaaaaa")
    finally:
        store.close()
    assert (ended.code, "another compare-tui writes to aaaaaa" in ended.err) == (2, True)
    assert server.requests == ()
    assert listed() == before


# Asked again


def test_a_session_is_asked_again_and_reported_against_the_one_before(answers: HeldServer, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("First?\n---\nSecond?\n")
    chatted(answers, prompts, *lanes("one repeat=2", "two"))
    old = record()
    chatted(answers, "--prompt", CATS, "--follow", f"{old.id}.2")
    ended = chatted(answers, "--again", old.id)
    assert ended.code == 0, ended.err
    new = record()
    assert new.again_of == old.id
    assert f"compare-tui report {new.id} --against {old.id}" in ended.err
    assert len(new.rounds) == 3
    assert new.rounds[2].round.follows == f"{new.id}.2"
    asked = turns(answers, "two")
    assert sorted(asked[:3]) == sorted(asked[3:]), "a follow-up is asked with what went before it then"
    report = run("report", new.id, "--against", old.id, "--json")
    assert report.code == 0, report.err
    assert len(objects(report.out)) == 9


def test_a_round_is_asked_again_by_other_lanes(answers: HeldServer, tmp_path: Path) -> None:
    chatted(answers, "--prompt", SKY, *lanes("one"), "--tag", "team=core")
    old = record()
    ended = chatted(answers, "--again", f"{old.id}.1", *lanes("one", "two"), "--tag", "try=2", "--json")
    assert [one["model"] for one in objects(ended.out)] == ["one", "two"]
    new = record()
    assert new.again_of == old.id, "with --json it is marked as well"
    (asked,) = new.rounds
    assert dict(asked.round.tags) == {"team": "core", "try": "2"}
    assert turns(answers, "two") == [[("user", SKY)]]


# Answered from the store


def test_the_same_again_is_answered_from_the_store_and_nothing_is_sent(server: FaultServer, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    sent(server, "--prompt", SKY, *lanes("healthy-1", "healthy-2"))
    origin = record().session()
    count = len(server.requests)
    ended = sent(server, "--prompt", SKY, *lanes("healthy-1", "healthy-2"), "--reuse", "--out", out, "--yes")
    assert ended.code == 0, ended.err
    assert len(server.requests) == count == 2
    assert HEALTHY_TEXT.strip() in ended.out
    for row, before in zip(rows(out), origin.takes(), strict=True):
        assert (row["origin"], row["cost_usd"], row["cost_state"], row["verdict"]) == ("store", "0", "stored", "done")
        unknown = ("latency_s", "queue_ms", "ttft_ms", "ttfa_ms", "total_ms", "felt_ms", "tokens_per_s", "request_id")
        assert {row[name] for name in unknown} == {""}
        assert row["output"] == before.text
    with closing(sqlite3.connect(paths.sessions_file())) as connection:
        assert connection.execute("SELECT count(*) FROM take WHERE origin = 'store' AND billed = 0").fetchone() == (2,)


def test_repeats_take_different_answers_and_one_that_is_missing_is_sent(answers: HeldServer) -> None:
    chatted(answers, "--prompt", SKY, *lanes("one repeat=2"))
    ended = chatted(answers, "--prompt", SKY, *lanes("one repeat=3"), "--reuse", "--json")
    assert ended.code == 0, ended.err
    assert len(answers.bodies) == 3
    assert [one["origin"] for one in objects(ended.out)] == ["store", "store", "live"]
    told = [event.data["of"] for _, take in record().takes() for event in take.events if event.kind == "stored"]
    assert len(set(told)) == 2


def test_what_differs_in_anything_that_is_sent_is_asked(
    answers: HeldServer, server: FaultServer, tmp_path: Path
) -> None:
    picture, other = tmp_path / "a.png", tmp_path / "b.png"
    picture.write_bytes(PICTURE)
    other.write_bytes(PICTURE + b"1")
    asked = ("--prompt", SKY, "--system", "So.", "--image", picture)
    chatted(answers, *asked, *lanes("one"))
    differing: Sequence[tuple[object, ...]] = (
        ("--prompt", "Why?", "--system", "So.", "--image", picture, *lanes("one")),
        ("--prompt", SKY, "--system", "Not so.", "--image", picture, *lanes("one")),
        ("--prompt", SKY, "--system", "So.", "--image", other, *lanes("one")),
        ("--prompt", SKY, "--system", "So.", *lanes("one")),
        (*asked, *lanes("one temp=0.5")),
        (*asked, *lanes("one max=100")),
        (*asked, *lanes("two")),
    )
    for count, words in enumerate(differing, 2):
        ended = chatted(answers, *words, "--reuse")
        assert ended.code == 0, ended.err
        assert len(answers.bodies) == count, words
    assert sent(server, *asked, *lanes("one"), "--reuse", "--api", "chat").code == 0
    assert len(server.requests) == 1
    assert chatted(answers, *asked, *lanes("one name=Another"), "--reuse").code == 0
    assert len(answers.bodies) == len(differing) + 1


def test_an_answer_that_is_none_is_no_answer_to_reuse(server: FaultServer) -> None:
    for _ in range(2):
        assert sent(server, "--prompt", SKY, *lanes("fault-key-unknown"), "--reuse").code == 1
    assert len(server.requests) == 2


# Tags


def test_tags_come_out_in_the_list_the_rows_and_the_spend(server: FaultServer, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    sent(server, "--prompt", SKY, *lanes("gpt-5.5 max=100"), "--tag", "team=core", "--tag", "x=[b]", "--out", out)
    sent(server, "--prompt", CATS, *lanes("gpt-5.5 max=100"))
    assert [row["tags"] for row in rows(out)] == ["team=core;x=[b]"]
    (found,) = objects(run("sessions", "search", "tag:team=core", "--json").out)
    assert (found["title"], found["tags"]["team"]) == (SKY, "core")
    assert "team=core" in run("sessions", "list").out
    spent = objects(run("report", "--by", "team", "--json").out)
    assert {one["value"]: one["takes"] for one in spent} == {"core": 1, None: 1}


# Caps


def test_a_cap_of_the_day_holds_for_all_runs_together(server: FaultServer) -> None:
    settings("[caps]\nper_day = 0.0047\n")
    asked = ("--prompt", SKY, *lanes("gpt-5.5 max=150"))
    assert sent(server, *asked).code == 0
    ended = sent(server, *asked)
    assert (ended.code, ended.out) == (5, "")
    assert "budget: caps.per_day is $0.0047" in ended.err
    assert "is spent today" in ended.err
    assert "Nothing was sent." in ended.err
    assert len(server.requests) == 1
    assert len(listed()) == 1


def test_what_is_simulated_counts_for_no_cap_of_real_money(server: FaultServer) -> None:
    settings("[caps]\nper_day = 0.0047\n")
    assert run("run", "--demo", "--speed", "1000", "--prompt", SKY, *lanes("gpt-5.5 max=150")).code == 0
    assert sent(server, "--prompt", SKY, *lanes("gpt-5.5 max=150")).code == 0


# Trouble


def test_the_file_of_a_newer_version_is_told_and_nothing_is_sent(server: FaultServer) -> None:
    keep("aaaaaa")
    with closing(sqlite3.connect(paths.sessions_file())) as connection:
        connection.execute("PRAGMA user_version = 999")
    ended = sent(server, "--prompt", SKY, *lanes("healthy-1"))
    assert (ended.code, ended.out, server.requests) == (4, "", ())
    assert "written by a newer compare-tui" in ended.err
    assert "--private sends without storing" in ended.err
    assert "Traceback" not in ended.err
    assert sent(server, "--prompt", SKY, *lanes("healthy-1"), "--private").code == 0
    assert run("sessions", "list").code == 0


def test_a_file_that_is_none_is_set_aside_and_said(server: FaultServer) -> None:
    file = paths.sessions_file()
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database " * 1000)
    ended = sent(server, "--prompt", SKY, *lanes("healthy-1"))
    assert ended.code == 0, ended.err
    assert "cannot be read; the file is now sessions.db.corrupt-" in ended.err
    assert [one.title for one in listed()] == [SKY]


# The log of requests, and what is never in it


def test_the_log_has_a_line_a_request_without_its_prompt(server: FaultServer) -> None:
    sent(server, "--prompt", SKY, *lanes("healthy-1", "fault-server-500-escapes"))
    lines = paths.request_log_file().read_text().splitlines()
    found = {one["model"]: one for one in map(json.loads, lines)}
    assert found["healthy-1"]["http_status"] == 200
    assert found["fault-server-500-escapes"]["verdict"] == "failed"
    assert SKY not in str(lines)
    settings("[log]\nprompts = true\n")
    sent(server, "--prompt", CATS, *lanes("healthy-1"))
    assert json.loads(paths.request_log_file().read_text().splitlines()[-1])["prompt"] == CATS


def test_no_file_ever_has_the_key(compare_tui: CompareTui, server: FaultServer, tmp_path: Path) -> None:
    """Neither when an error says it back, nor when the prompt is kept."""
    home = compare_tui.home
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("[log]\nprompts = true\n")
    outs = [tmp_path / f"r{ending}" for ending in (".csv", ".jsonl", ".md", ".html")]
    ended = CompareTui(home, {"CANARY": KEY})(
        *("run", "--prompt", SKY, *lanes("fault-key-echoed", "healthy-1"), "--base-url", server.base_url()),
        *("--key-env", "CANARY", *(word for out in outs for word in ("--out", out))),
    )
    assert ended.returncode == 1
    assert KEY in server.requests[0].headers["authorization"]
    files = [path for path in (*home.rglob("*"), *outs) if path.is_file()]
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []
    assert KEY not in ended.stdout + ended.stderr
    assert any(b"Incorrect API key" in path.read_bytes() for path in files)
