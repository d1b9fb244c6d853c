"""The benchmarks' own manners: names, exit codes, lines; and that both sides read what the server wrote."""

import json
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from benchmarks.__main__ import BENCHES, UnknownName, chosen, main, run
from benchmarks.app import focused, titles
from benchmarks.children import child, whole
from benchmarks.diff_controls import Numbered, difflib_says
from benchmarks.diff_texts import KINDS, changed, islands, pair, stretches
from benchmarks.figures import Bench, Figure, NotMeasured, Target, p95
from compare_tui.core.diff.compare import compare
from tests.screen import Screen

NAMES = [target.name for bench in BENCHES for target in bench.targets]
FAST = Target("speed.fast", "ms", bar=2.0, goal=1.0, better="lower")
FULL = Target("speed.full", "×", bar=0.8, goal=0.95, better="higher")


def bench(target: Target, value: float) -> Bench:
    def measure(names: Collection[str]) -> Iterator[Figure]:
        yield target.measured(value, "a stone at 3 ms", {"runs": 5})

    return Bench((target,), measure)


def broken(names: Collection[str]) -> Iterator[Figure]:
    raise NotMeasured("the stone is gone")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], set(NAMES)),
        (["start"], {"start.version"}),
        (["ttft"], {"ttft.headless1", "ttft.headless8", "ttft.headless32", "ttft.painting8"}),
        (["ttft.headless8"], {"ttft.headless8"}),
        (["suite.s", "drain"], {"suite.span", "drain.headless", "drain.painting"}),
        (["keys.s", "keys.d", "growth"], {"keys.sessions", "keys.diff", "growth.cpu"}),
        (["diff"], {"diff.50k", "diff.500k", "diff.changed", "diff.islands"}),
    ],
)
def test_a_name_chooses_itself_or_all_that_begin_so(wanted: list[str], found: set[str]) -> None:
    assert chosen(wanted, NAMES) == found


def test_a_whole_name_does_not_choose_a_longer_one() -> None:
    assert chosen(["diff.50"], ["diff.50", "diff.500"]) == {"diff.50"}


def test_an_unknown_name_measures_nothing_and_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "drain.headles5"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "did you mean drain.headless?" in said.err
    assert all(name in said.err for name in NAMES)


def test_every_unknown_name_is_an_error() -> None:
    with pytest.raises(UnknownName, match=r"no figure is named xyz; there are start\.version, "):
        chosen(["xyz"], NAMES)


@pytest.mark.parametrize(
    ("target", "value", "code"),
    [(FAST, 2.0, 0), (FAST, 2.01, 1), (FAST, 0.1, 0), (FULL, 0.8, 0), (FULL, 0.79, 1), (FULL, 1.2, 0)],
)
def test_a_figure_that_falls_short_of_its_bar_is_exit_1(target: Target, value: float, code: int) -> None:
    assert run([bench(target, value)], [], as_json=True) == code


def test_one_that_falls_short_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([bench(FAST, 9.0), bench(FULL, 0.9)], [], as_json=True) == 1
    assert [json.loads(line)["ok"] for line in capsys.readouterr().out.splitlines()] == [False, True]


def test_what_cannot_be_measured_falls_short_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([Bench((FAST,), broken), bench(FULL, 0.9)], [], as_json=True) == 1
    said = capsys.readouterr()
    assert "not measured: the stone is gone" in said.err
    assert json.loads(said.out)["name"] == "speed.full"


def test_only_what_was_chosen_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([Bench((FAST,), broken), bench(FULL, 0.9)], ["speed.full"], as_json=True) == 0


def test_json_is_one_object_a_line_with_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    run([bench(FAST, 1.5)], [], as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    data = json.loads(line)
    assert list(data) == ["name", "value", "unit", "bar", "goal", "better", "ok", "control", "detail"]
    assert (data["value"], data["bar"], data["better"], data["ok"]) == (1.5, 2.0, "lower", True)
    assert {"load_before", "load_after", "runs"} == set(data["detail"])


def test_a_reader_sees_the_value_beside_bar_goal_and_control(capsys: pytest.CaptureFixture[str]) -> None:
    run([bench(FULL, 0.5)], [], as_json=False)
    said = capsys.readouterr().out
    assert "0.50 ×" in said
    assert "(bar ≥ 0.8, goal 0.95) FALLS SHORT · beside a stone at 3 ms" in said


def test_the_95th_percentile_is_a_value_that_was_seen() -> None:
    assert p95([3.0]) == 3.0
    assert p95(range(1, 101)) == 95
    assert p95(range(1, 22)) == 20


@dataclass(frozen=True)
class Side:
    """One round of a module, and what it says of it."""

    module: str

    def read(self, mode: str, server: tuple[str, ...], streams: int) -> dict[str, Any]:
        with (
            child("benchmarks.servers", *server) as (_, port),
            child(self.module, mode, str(port), str(streams)) as (side, _),
        ):
            said: dict[str, Any] = side.ask()
            return said


SIDES = pytest.mark.parametrize("side", [Side("benchmarks.ours"), Side("benchmarks.controls")], ids=["ours", "control"])


@SIDES
def test_every_delta_is_seen_after_the_server_wrote_it(side: Side) -> None:
    said = side.read("ttft", ("paced", "2", "5"), 2)
    assert len(said["late_ms"]) == 10
    assert len(said["first_ms"]) == 2
    assert min(said["late_ms"]) > 0


@SIDES
def test_every_event_of_a_flood_is_read(side: Side) -> None:
    assert side.read("drain", ("flat", "30"), 2)["characters"] == 2 * (10 * len(" word1") + 20 * len(" word10"))


@pytest.mark.parametrize(
    ("server", "lengths"),
    [
        (("panes", "2", "20", "100", "50", "70", "300", "4000"), [320, 320, 4020, 4020]),
        (("flood", "2", "20", "100", "300"), [1_000_000, 300 + 4 * 500]),
    ],
)
def test_answers_begin_with_a_text_and_grow(server: tuple[str, ...], lengths: list[int]) -> None:
    streams = 2
    with (
        child("benchmarks.servers", *server) as (_, port),
        child("benchmarks.controls", "drain", str(port), str(streams)) as (control, _),
    ):
        for at in range(0, len(lengths), streams):
            assert control.ask()["characters"] == sum(lengths[at : at + streams])


def test_a_server_asked_for_its_models_still_counts_answers_alone() -> None:
    with child("benchmarks.servers", "flat", "3") as (server, port):
        assert httpx.get(f"http://127.0.0.1:{port}/v1/models").status_code == 404
        assert httpx.post(f"http://127.0.0.1:{port}/v1/chat/completions").text.count("data: ") == 5
        assert len(server.ask()["arrived"]) == 1


def test_titles_are_found_and_the_one_with_the_focus_is_told_from_the_others() -> None:
    screen = Screen(80, 3)
    screen.feed("\x1b[44m 1 bench-m1 \x1b[45m high   ▸ writing \x1b[44m  2 bench-m2  ✓ done\r\n 1 bench-m2\x1b[m")
    screen.feed("\x1b[3H\x1b[46m 12 bench-m12  ✓ done")
    found = titles(screen)
    assert found == {1: (1, 0), 2: (32, 0), 12: (1, 2)}
    assert focused(screen, found) == 12


def test_the_server_tells_when_calls_came_and_ended() -> None:
    with (
        child("benchmarks.servers", "calls", "1") as (server, port),
        child("benchmarks.controls", "calls", str(port), "5", "2") as (control, _),
    ):
        control.ask()
        seen = server.ask()
        assert len(seen["arrived"]) == len(seen["ended"]) == 5
        assert min(seen["arrived"]) < min(seen["ended"])
        assert server.ask()["arrived"] == []


def test_an_edited_answer_has_a_few_words_changed_and_another_one_most_of_them() -> None:
    words, shares = 450, {}
    for kind in KINDS:
        old, new = pair(5_000, kind)
        assert (old, new) == pair(5_000, kind)
        shares[kind] = Numbered(old, new).minimal() / words
    assert 0.1 < shares["edited"] < 0.8 < shares["other"]


def test_words_called_changed_and_single_words_between_them_are_counted() -> None:
    plain = Numbered("One b two d three four.", "One x two y three four.").plain()
    assert (changed(plain), islands(plain)) == (4, 1)
    assert Numbered("One  word.", "One word.").minimal() == 0
    assert changed(stretches(compare("One word here.", "One  word there, here."))) == 2


def test_a_control_that_is_not_done_in_time_is_not_waited_for() -> None:
    said = difflib_says(2_000, "edited")
    assert said is None or said[1] >= Numbered(*pair(2_000, "edited")).minimal()
    assert difflib_says(500_000, "edited", patience_s=0.2) is None


def test_a_child_that_dies_is_no_figure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotMeasured, match="ended before it answered"), child("benchmarks.servers", "no-such-kind"):
        pass
    assert "KeyError" in capfd.readouterr().err


def test_a_process_that_fails_is_no_figure_but_its_words_are_told() -> None:
    with pytest.raises(NotMeasured, match="ended with 3: out of stones"):
        whole([sys.executable, "-c", "import sys; print('out of stones', file=sys.stderr); sys.exit(3)"])


def test_a_whole_process_has_wall_cpu_and_peak() -> None:
    finished = whole([sys.executable, "-c", "x = bytearray(b'1' * 40_000_000)"])
    assert finished.wall_s > 0
    assert finished.cpu_s > 0
    assert finished.peak_mib > 38
