"""The figures above a pane: what is known is said, what is not is a dash, and no figure claims more than it can."""

from decimal import Decimal
from typing import Any

import pytest

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take
from compare_tui.ui.counters import counter_row, detail, state_piece, title_row
from compare_tui.ui.widgets.lines import Row

MS = 1_000_000
RATE = {"model": "m", "tier": "default", "input": "1", "output": "10", "card_date": "2026-01-01"}
LANE = Lane("gpt-5.5", "high")


def take(*events: Event, lane: Lane = LANE, thinks: bool = False) -> Take:
    """Queued at 0, sent at 5 ms, priced at 1 and 10 USD a million tokens."""
    begun = (
        Event(0, Kind.QUEUED, data={"input_tokens": 100}),
        Event(0, Kind.RATE, data={"rate": RATE, "free": False, "thinks": thinks}),
        Event(5 * MS, Kind.SENT, data={"at": "2026-01-01T00:00:00Z"}),
        Event(6 * MS, Kind.CONNECTED),
        Event(9 * MS, Kind.HEADERS, data={"status": 200, "request_id": "req_1"}),
    )
    return Take("s.1.1", lane).apply_all((*begun, *events))


def text(ms: int, words: str) -> Event:
    return Event(ms * MS, Kind.TEXT, words)


def ended(ms: int, output: int = 50, **usage: Any) -> tuple[Event, ...]:
    return (
        Event(ms * MS, Kind.USAGE, data={"input": 100, "output": output, **usage}),
        Event(ms * MS, Kind.FINISH, data={"status": "completed"}),
        Event(ms * MS, Kind.END),
    )


def written(row: Row) -> str:
    return "".join(piece for side in row for piece, _ in side)


def counters(shown: Take, *others: Take, against: Take | None = None, width: int = 200) -> str:
    return written(counter_row(shown, (shown, *others), against, width))


def test_a_take_that_ended_well_shows_its_own_figures() -> None:
    done = take(text(105, "Hello"), text(405, " world"), *ended(505))
    assert counters(done).split("  ") == [" TTFT 100 ms", "$0.0006", "50 tok", "163 tok/s", "total 500 ms"]


def test_figures_that_find_no_room_are_left_out_whole_the_last_ones_first() -> None:
    done = take(text(105, "Hello"), *ended(505))
    whole = counters(done)
    for width in range(len(whole) + 1):
        shown = counters(done, width=width)
        assert len(shown) <= max(1, width)
        assert whole.startswith(shown)
        assert shown in (" ", whole) or whole[len(shown) :].startswith("  ")


def test_a_cost_under_way_is_marked_and_never_nothing() -> None:
    assert "~$" in counters(take(text(105, "Hello")))
    assert "≥$" in counters(take(text(105, "Hello"), thinks=True))
    assert "≥$" in counters(take(text(105, "Hello"), Event(200 * MS, Kind.STOPPED), Event(200 * MS, Kind.END)))
    unpriced = take(Event(6 * MS, Kind.RATE, data={"rate": None}), *ended(505))
    assert "cost –" in counters(unpriced)
    assert "$" not in counters(unpriced)


def test_reasoning_that_comes_first_is_told_apart_from_the_answer() -> None:
    thought = take(Event(55 * MS, Kind.REASONING, "hm"), text(205, "Hello"), *ended(505))
    assert "TTFT 50 ms" in counters(thought)
    assert "TTFA 200 ms" in counters(thought)
    assert "TTFA" not in counters(take(text(105, "Hello"), *ended(505)))


def test_repeats_show_median_range_and_how_many_without_those_whose_clock_stood_still() -> None:
    one, two, three = (take(text(5 + ms, "Hello"), *ended(1505)) for ms in (100, 200, 900))
    assert "TTFT 200 ms (100–900 ms, n 3)" in counters(one, two, three)
    assert counters(one, two, three, width=24) == " TTFT 200 ms (n 3)"
    stood_still = take(Event(7 * MS, Kind.GAP, data={"ms": 900}), text(805, "Hello"), *ended(1505))
    assert "TTFT 150 ms (100–200 ms, n 2)" in counters(one, two, stood_still)


def test_a_take_is_measured_against_another_only_where_both_are_known() -> None:
    small, large = take(text(105, "a"), *ended(505)), take(text(105, "a"), *ended(1005, output=100))
    assert "$0.0011 ×1.8" in counters(large, against=small)
    assert "100 tok +100 %" in counters(large, against=small)
    assert "total 1,000 ms +100 %" in counters(large, against=small) or "total 1.00 s +100 %" in counters(
        large, against=small
    )
    for unlike in (large, take(text(105, "a")), take(Event(6 * MS, Kind.ERROR, "no", {"class": "connect"}))):
        assert "×" not in counters(large, against=unlike)


def test_a_retry_counts_down_and_says_which_it_is() -> None:
    told = {"attempt": 1, "of": 2, "wait_ms": 10**9, "because": "busy"}
    assert "retry 1/2 in" in counters(take(Event(20 * MS, Kind.RETRY, data=told)))
    assert "retry 1 in" in counters(take(Event(20 * MS, Kind.RETRY, data={**told, "of": None})))


def test_the_details_say_what_has_no_room_above_and_never_zero_for_unknown() -> None:
    assert detail(take(text(105, "Hello"), *ended(505, cached=40))) == (
        "queue 5 ms · connect 1 ms · total 500 ms · attempts 1 · input 100 · cached 40 · reasoning – · req_1"
    )


@pytest.mark.parametrize("evil", ["\x1b[31mred", "\u202egnp.exe", "[bold]x[/bold]", "a\nb"])
def test_names_from_outside_stay_on_their_row_and_mean_nothing(evil: str) -> None:
    lane = Lane(evil, effort=evil, endpoint="e")
    row = title_row(1, lane.label, lane, None, repeats=(0, 0), baseline=False, muted=False)
    served = take(Event(7 * MS, Kind.SERVED, data={"model": evil}), *ended(505))
    for shown in (written(row), detail(served)):
        assert shown.isprintable()
        assert ("[bold]x[/bold]" in shown) == (evil == "[bold]x[/bold]")


def test_lanes_of_one_label_are_told_apart_by_what_they_add() -> None:
    lane = Lane("gpt-5.5", "low", temp=0.2)
    row = title_row(2, str(lane), lane, None, repeats=(0, 0), baseline=True, muted=False)
    assert written(row) == " 2 gpt-5.5 low  temp=0.2 ◆ baseline · not sent "


def test_every_state_has_a_sign_and_a_word() -> None:
    waiting = take()
    states = [None, Take("s.1.1", LANE), waiting, take(Event(9 * MS, Kind.REASONING, "hm")), take(text(9, "a"))]
    states += [take(*ended(505)), take(Event(9 * MS, Kind.END))]
    words = [state_piece(one)[0] for one in states]
    assert words == ["· not sent", "⋯ queued", "◌ waiting", "◔ thinking", "▸ writing", "✓ done", "✂ cut"]
    assert state_piece(None, muted=True)[0] == "– muted"
    assert waiting.cost.amount is None or waiting.cost.amount > Decimal(0)
