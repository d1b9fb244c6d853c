"""The engine through real sockets: what runs together, what waits, what is stopped, what is sent."""

import csv
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compare_tui.config import Limits
from compare_tui.core.endpoint import Api, Endpoint
from compare_tui.core.events import Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine, Running
from compare_tui.engine.recorder import Unrecorded
from compare_tui.ratecards import shipped
from tests.faults.behaviours import HEALTHY_TEXT
from tests.faults.server import FaultServer
from tests.integration.command import CompareTui


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


def engine(server: FaultServer, api: Api = "responses", *, concurrency: int | None = None) -> Engine:
    account = Account(Endpoint("here", server.base_url(), api), None, shipped())
    return Engine([account], Limits(), Unrecorded(), concurrency=concurrency)


def lanes(*texts: str) -> tuple[Lane, ...]:
    return tuple(Lane.parse(text) for text in texts)


def watch(engine: Engine, running: list[Running], until: Callable[[], bool]) -> None:
    while not until():
        engine.changed.wait(0.02)
        engine.changed.clear()
        for one in running:
            one.drain()


def ended(engine: Engine, running: list[Running]) -> list[Take]:
    watch(engine, running, lambda: all(one.take.verdict for one in running))
    return [one.take for one in running]


def test_one_lane_is_stopped_and_the_others_go_on(server: FaultServer) -> None:
    with engine(server) as running_engine:
        running = running_engine.send(Round("s.1", Prompt("Hi"), lanes("fault-silent-after-some-text", "a", "b")))
        slow, *_ = running
        watch(running_engine, running, lambda: slow.take.stamps.first_text is not None)
        running_engine.stop([slow.take.id])
        stopped, *others = ended(running_engine, running)
    assert stopped.verdict == "cancelled"
    assert stopped.text
    assert [(take.verdict, take.text) for take in others] == [("done", HEALTHY_TEXT)] * 2


def test_what_waits_in_line_is_stopped_without_ever_being_sent(server: FaultServer) -> None:
    with engine(server, concurrency=1) as running_engine:
        running = running_engine.send(Round("s.1", Prompt("Hi"), lanes("fault-silent-after-some-text", "a", "b")))
        watch(running_engine, running, lambda: running[0].take.stamps.first_text is not None)
        running_engine.stop()
        takes = ended(running_engine, running)
    assert [(take.verdict, take.attempts) for take in takes] == [("cancelled", 1), ("cancelled", 0), ("cancelled", 0)]
    assert len(server.requests) == 1


def test_closing_ends_every_take(server: FaultServer) -> None:
    with engine(server) as running_engine:
        running = running_engine.send(Round("s.1", Prompt("Hi"), lanes("fault-silent-after-some-text", "a")))
        slow, quick = (one.take for one in running)
        watch(running_engine, running, lambda: slow.stamps.first_text is not None and quick.verdict is not None)
    for one in running:
        one.drain()
    assert [one.take.verdict for one in running] == ["cancelled", "done"]


def test_a_ceiling_holds_and_its_queue_is_no_part_of_any_latency(server: FaultServer) -> None:
    with engine(server, concurrency=2) as running_engine:
        takes = ended(running_engine, running_engine.send(Round("s.1", Prompt("Hi"), lanes("m repeat=6"))))
    times = [(request.arrived_ns, 1) for request in server.requests]
    times += [(request.answered_ns or 0, -1) for request in server.requests]
    at_once = most = 0
    for _, step in sorted(times):
        at_once += step
        most = max(most, at_once)
    assert most <= 2
    longest = max(take.stamps.queue_ns or 0 for take in takes)
    assert longest > max(take.stamps.total_ns or 0 for take in takes)
    for take in takes:
        stamps = take.stamps
        assert stamps.ttft_ns is not None
        assert stamps.total_ns is not None
        assert stamps.ttft_ns < stamps.total_ns
        assert stamps.felt_ns == (stamps.queue_ns or 0) + (stamps.retry_ns or 0) + stamps.total_ns


def test_a_warmed_connection_is_used_and_asks_for_nothing_that_costs(server: FaultServer) -> None:
    with engine(server) as running_engine:
        running_engine.warm("here", 2).result(10)
        (take,) = ended(running_engine, running_engine.send(Round("s.1", Prompt("Hi"), lanes("m"))))
    assert [request.method for request in server.requests] == ["GET", "GET", "POST"]
    assert take.attempts == 1


def test_the_same_events_again_are_the_same_take(server: FaultServer) -> None:
    with engine(server) as running_engine:
        (running,) = running_engine.send(Round("s.1", Prompt("Hi"), lanes("m low")))
        events = []
        while running.take.verdict is None:
            running_engine.changed.wait(0.02)
            running_engine.changed.clear()
            events += running.drain()
    again = Take(running.take.id, running.take.lane).apply_all(events)
    assert (again.text, again.stamps, again.cost, again.verdict) == (
        running.take.text, running.take.stamps, running.take.cost, running.take.verdict,
    )  # fmt: skip
    assert (events[0].kind, events[-1].kind) == (Kind.QUEUED, Kind.END)


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_what_is_recorded_is_what_was_sent(server: FaultServer, api: Api) -> None:
    lane = "m high flex max=9 temp=0.5 cache=cold body.metadata.a=1"
    with engine(server, api) as running_engine:
        takes = ended(running_engine, running_engine.send(Round("s.1", Prompt("Hi", "Be brief"), lanes(lane, lane))))
    seen = [dict(request.body) for request in server.requests]
    recorded = [take.sent["body"] for take in takes if take.sent]
    assert sorted(map(json.dumps, seen)) == sorted(map(json.dumps, recorded))
    assert len({body["prompt_cache_key"] for body in seen}) == 2
    assert all(body["store"] is False and body["metadata"] == {"a": 1} for body in seen)


def test_a_model_that_refuses_a_name_does_not_decide_for_its_neighbour(server: FaultServer) -> None:
    with engine(server, "chat") as running_engine:
        odd = running_engine.send(Round("s.1", Prompt("Hi"), lanes("fault-limit-under-the-other-name max=64")))
        (taught,) = ended(running_engine, odd)
        (neighbour,) = ended(running_engine, running_engine.send(Round("s.2", Prompt("Hi"), lanes("healthy-1 max=5"))))
    assert (taught.verdict, taught.attempts) == ("done", 2)
    assert (neighbour.verdict, neighbour.attempts) == ("done", 1)
    assert "max_completion_tokens" in server.requests_for("healthy-1")[0].body


def test_an_endpoint_nobody_knows_is_told_to_the_caller(server: FaultServer) -> None:
    with engine(server) as running_engine, pytest.raises(ValueError, match="nowhere"):
        running_engine.send(Round("s.1", Prompt("Hi"), lanes("m @nowhere")))


def test_a_process_that_stood_still_flags_what_it_measured(
    compare_tui: CompareTui, server: FaultServer, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    lane = ("--lane", "fault-silent-after-some-text")
    process = compare_tui.start("run", "--prompt", "Hi", *lane, "--base-url", server.base_url(), "--out", out)
    with process:
        assert server.wait_until(lambda requests: bool(requests), 20)
        process.send_signal(signal.SIGSTOP)
        server.wait_until(lambda requests: len(requests) > 1, 2.5)
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    with out.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["flags"] == "clock-gap"


def test_an_account_can_join_while_the_engine_runs(server: FaultServer) -> None:
    with Engine((), Limits(), Unrecorded(), default="here") as running_engine:
        running_engine.add(Account(Endpoint("here", server.base_url()), None, shipped()))
        (take,) = ended(running_engine, running_engine.send(Round("s.1", Prompt("Hi"), lanes("a"))))
    assert take.text == HEALTHY_TEXT


def test_lanes_without_an_endpoint_go_to_the_one_in_use(server: FaultServer) -> None:
    with engine(server) as running_engine, FaultServer() as other:
        running_engine.use(Account(Endpoint("there", other.base_url()), None, shipped()))
        ended(running_engine, running_engine.send(Round("s.1", Prompt("Hi"), lanes("a", "b @here"))))
        assert [len(one.requests) for one in (server, other)] == [1, 1]


def test_what_is_sent_to_a_barred_endpoint_fails_with_the_reason_and_without_a_request(server: FaultServer) -> None:
    with engine(server) as running_engine:
        running_engine.bar("closed", "@closed needs a key")
        takes = ended(running_engine, running_engine.send(Round("s.1", Prompt("Hi"), lanes("a @closed", "a"))))
    failure = takes[0].failure
    assert failure is not None
    assert (failure.error_class, failure.message) == ("key", "not sent: @closed needs a key")
    assert takes[0].attempts == 0
    assert not takes[0].may_be_billed
    assert takes[1].text == HEALTHY_TEXT


def test_a_lane_is_asked_again_in_the_same_round(server: FaultServer) -> None:
    round_ = Round("s.1", Prompt("Hi"), lanes("a", "b"))
    later = Take("s.1.3", Lane.parse("c"), repeat=1)
    with engine(server) as running_engine:
        ended(running_engine, running_engine.send(round_))
        (take,) = ended(running_engine, running_engine.send(round_, [later]))
    assert take is later
    assert take.text == HEALTHY_TEXT
