"""`compare-tui run` as a user types it: on the embedded endpoint, and on servers that behave as they like."""

import csv
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.behaviours import HEALTHY_TEXT
from tests.faults.server import FaultServer
from tests.integration.command import CompareTui

PINNED_HEADER = (
    "model,effort,prompt_id,latency_s,in_tokens,out_tokens,cost_usd,output,"
    "schema,session,round,take,repeat,role,parent,origin,lane,endpoint,api,model_served,tier,tier_served,"
    "effort_served,verdict,finish_reason,flags,started_at,queue_ms,ttft_ms,ttfa_ms,total_ms,felt_ms,tokens_per_s,"
    "cached_tokens,cache_write_tokens,reasoning_tokens,usage_source,cost_state,price_date,attempts,retry_ms,"
    "http_status,error_class,error,request_id,temperature,top_p,max_output_tokens,checks,failed_checks,grade,vote,"
    "grader,tags,system,prompt,reasoning,escaped"
)
DEMO = ("--demo", "--speed", "1000")


@pytest.fixture(scope="module")
def shared_server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def server(shared_server: FaultServer) -> FaultServer:
    shared_server.forget()
    return shared_server


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_grid_writes_a_row_for_every_lane_under_the_pinned_header(compare_tui: CompareTui, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    grid = ("--models", "gpt-5.5,gpt-5.5-pro", "--efforts", "low,high", "--tiers", "default,flex")
    ended = compare_tui("run", *DEMO, "--prompt", "Explain TTFT", *grid, "--out", out)
    assert ended.returncode == 0, ended.stderr
    assert out.read_text(encoding="utf-8").splitlines()[0] == PINNED_HEADER
    found = rows(out)
    assert [(row["model"], row["effort"], row["tier"]) for row in found] == [
        (model, effort, tier)
        for model in ("gpt-5.5", "gpt-5.5-pro")
        for effort in ("low", "high")
        for tier in ("default", "flex")
    ]
    for row in found:
        assert row["verdict"] == "done"
        assert row["cost_state"] == "final"
        known = ("latency_s", "in_tokens", "out_tokens", "cost_usd", "queue_ms", "ttft_ms", "ttfa_ms", "total_ms")
        assert all(float(row[name]) > 0 for name in known)
        assert all(row[name] == "" for name in ("checks", "grade", "vote", "parent", "error"))


def test_the_articles_harness_is_one_line(compare_tui: CompareTui, tmp_path: Path) -> None:
    prompts, out = tmp_path / "prompts.txt", tmp_path / "results.csv"
    prompts.write_text("Explain TTFT\n---\nSummarise HTTP in a line\n---\nWhat is SSE?\n", encoding="utf-8")
    ended = compare_tui("run", prompts, *DEMO, "--models", "gpt-5.5,gpt-5.5-pro", "--efforts", "low,high", "--out", out)
    assert ended.returncode == 0, ended.stderr
    with out.open(newline="", encoding="utf-8") as file:
        header, *found = csv.reader(file)
    article = ["model", "effort", "prompt_id", "latency_s", "in_tokens", "out_tokens", "cost_usd", "output"]
    assert header[:8] == article
    assert [line[2] for line in found] == [str(prompt) for prompt in range(3) for _ in range(4)]


def test_json_gives_one_object_a_take_with_the_columns_as_keys(compare_tui: CompareTui, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    ended = compare_tui("run", *DEMO, "--prompt", "Explain TTFT", "--lane", "gpt-5.5 repeat=2", "--json", "--out", out)
    objects = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [list(each) for each in objects] == [PINNED_HEADER.split(",")] * 2
    assert [each["repeat"] for each in objects] == [1, 2]
    assert isinstance(objects[0]["cost_usd"], float)
    assert objects[0]["effort"] is None
    in_file = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    records = [each.pop("record") for each in in_file]
    assert in_file == objects
    assert [record["take"]["repeat"] for record in records] == [1, 2]
    assert compare_tui("import", out).returncode == 0


def test_without_json_answers_stand_under_headings_and_figures_on_stderr(compare_tui: CompareTui) -> None:
    ended = compare_tui("run", *DEMO, "--prompt", "Explain TTFT", "--lane", "gpt-5.5 low", "--lane", "gpt-5.5-pro high")
    headings = [line for line in ended.stdout.splitlines() if line.startswith("── ")]
    assert headings == ["── gpt-5.5 low · ✓ done ──", "── gpt-5.5-pro high · ✓ done ──"]
    assert "simulated" in ended.stdout.lower()
    assert "[2/2]" in ended.stderr
    assert "cheapest gpt-5.5 low" in ended.stderr


def test_a_dry_run_prints_prices_and_sends_nothing(compare_tui: CompareTui, server: FaultServer) -> None:
    ended = compare_tui(
        "run", "--prompt", "word " * 1000, "--lane", "gpt-5.5 max=1000", "--base-url", server.base_url(), "--dry-run"
    )
    assert ended.returncode == 0, ended.stderr
    # 1,000 tokens in at 5 USD a million and 1,000 out at 30; the estimate may be a fifth short.
    assert "~$0.005" in ended.stdout
    assert "$0.036" in ended.stdout
    assert server.requests == ()


def test_a_budget_no_lane_fits_in_refuses_before_sending(compare_tui: CompareTui, server: FaultServer) -> None:
    ended = compare_tui(
        "run", "--prompt", "Hi", "--lane", "gpt-5.5", "--base-url", server.base_url(), "--budget", "0.0001", "--yes"
    )
    assert ended.returncode == 5
    assert "budget is $0.0001" in ended.stderr
    assert server.requests == ()


def test_a_lane_without_a_price_is_refused_under_a_budget(compare_tui: CompareTui, server: FaultServer) -> None:
    ended = compare_tui(
        "run", "--prompt", "Hi", "--lane", "nobody-knows-me", "--base-url", server.base_url(), "--budget", "5"
    )
    assert ended.returncode == 5
    assert "no price" in ended.stderr
    assert server.requests == ()


def test_eight_requests_leave_together(compare_tui: CompareTui, server: FaultServer, tmp_path: Path) -> None:
    lanes = [argument for number in range(8) for argument in ("--lane", f"healthy-{number}")]
    ended = compare_tui("run", "--prompt", "Hi", *lanes, "--base-url", server.base_url(), "--json")
    assert [json.loads(line)["output"] for line in ended.stdout.splitlines()] == [HEALTHY_TEXT] * 8
    assert len(server.requests) == 8


def test_one_failing_lane_is_exit_1_and_the_others_are_delivered(compare_tui: CompareTui, server: FaultServer) -> None:
    ended = compare_tui(
        "run", "--prompt", "Hi", "--lane", "fault-key-unknown", "--lane", "fine", "--base-url", server.base_url()
    )
    assert ended.returncode == 1
    assert HEALTHY_TEXT.strip() in ended.stdout
    assert "✗ failed" in ended.stdout


def test_a_window_too_small_is_said_before_sending_and_nothing_is_sent_there(
    compare_tui: CompareTui, tmp_path: Path
) -> None:
    big = tmp_path / "big.md"
    big.write_text("word " * 40_000, encoding="utf-8")
    ended = compare_tui("run", big, *DEMO, "--lane", "gpt-5.5-mini", "--lane", "gpt-5.5", "--json")
    small, large = (json.loads(line) for line in ended.stdout.splitlines())
    assert ended.returncode == 1
    assert "does not fit" in ended.stderr
    assert (small["verdict"], small["error_class"], small["attempts"]) == ("failed", "too-long", 0)
    assert small["cost_usd"] is None
    assert large["verdict"] == "done"


def test_the_price_above_the_threshold_is_told_with_the_one_below(compare_tui: CompareTui, tmp_path: Path) -> None:
    big = tmp_path / "big.md"
    big.write_text("word " * 300_000, encoding="utf-8")
    ended = compare_tui("run", big, "--demo", "--lane", "gpt-5.5", "--dry-run")
    assert "$3.00" in ended.stderr
    assert "$1.50" in ended.stderr


def test_an_existing_file_is_not_overwritten_without_yes(compare_tui: CompareTui, tmp_path: Path) -> None:
    out = tmp_path / "kept.csv"
    out.write_text("precious", encoding="utf-8")
    refused = compare_tui("run", *DEMO, "--prompt", "Hi", "--out", out)
    assert refused.returncode == 2
    assert out.read_text(encoding="utf-8") == "precious"
    allowed = compare_tui("run", *DEMO, "--prompt", "Hi", "--lane", "gpt-5.5", "--out", out, "--yes")
    assert allowed.returncode == 0, allowed.stderr
    assert len(rows(out)) == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--prompt", "Hi"), "no lane"),
        (("--lane", "gpt-5.5"), "no prompt"),
        (("--prompt", "Hi", "--lane", "gpt-5.5 hihg"), "did you mean high?"),
        (("--prompt", "Hi", "--efforts", "low"), "--efforts and --tiers go with --models"),
        (("--prompt", "Hi", "--lane", "gpt-5.5 @nowhere"), "no endpoint is named nowhere"),
        (("--prompt", "Hi", "--lane", "gpt-5.5", "--out", "x.xls"), ".csv, .jsonl, .md or .html"),
        (("nothing-here.txt", "--lane", "gpt-5.5"), "nothing-here.txt"),
        (("--prompt", "Hi", "--lane", "gpt-5.5", "--budget", "much"), "no amount of USD"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_sent(compare_tui: CompareTui, args: tuple[str, ...], said: str) -> None:
    ended = compare_tui("run", *args)
    assert ended.returncode in (2, 3)
    assert said in ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_a_missing_key_is_exit_3_and_names_the_variable(compare_tui: CompareTui) -> None:
    ended = compare_tui("run", "--prompt", "Hi", "--lane", "gpt-5.5")
    assert ended.returncode == 3
    assert "OPENAI_API_KEY" in ended.stderr


def test_no_key_is_sent_to_an_endpoint_that_names_none(tmp_path: Path, server: FaultServer) -> None:
    ambient = {
        "OPENAI_API_KEY": "sk-canary-1234567890",
        "OPENAI_ORG_ID": "org-canary",
        "OPENAI_CUSTOM_HEADERS": "X-C: y",
    }
    compare_tui = CompareTui(tmp_path, ambient)
    ended = compare_tui("run", "--prompt", "Hi", "--lane", "m", "--base-url", server.base_url())
    assert ended.returncode == 0, ended.stderr
    sent = {name.lower(): value for name, value in server.requests[0].headers.items()}
    assert "canary" not in str(sent)
    assert not {"authorization", "openai-organization", "x-c"} & set(sent)


def test_an_interrupted_run_keeps_what_came_and_says_what_was_not_sent(
    compare_tui: CompareTui, server: FaultServer, tmp_path: Path
) -> None:
    out, prompts = tmp_path / "r.csv", tmp_path / "p.txt"
    prompts.write_text("one\n---\ntwo\n", encoding="utf-8")
    lanes = ("--lane", "fault-silent-after-some-text", "--concurrency", "1")
    process = compare_tui.start("run", prompts, *lanes, "--base-url", server.base_url(), "--out", out)
    assert server.wait_until(lambda requests: bool(requests), 20)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130, said
    (row,) = rows(out)
    assert row["verdict"] == "cancelled"
    assert "1 of 2 prompts were not sent" in said
