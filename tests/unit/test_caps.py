"""Caps of a day and a month count what every process spent and what its running takes may still cost, to the digit."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from sqlite3 import Connection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.config import Caps
from compare_tui.core.caps import Refusal
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Expected
from compare_tui.engine.forecast import Forecast, budget_refusals, cap_refusals
from compare_tui.store.caps import reserve, spent_since
from tests.till import TODAY, Till, add_take, opened, takes_table

A_DAY = Caps(per_day=Decimal("5.00"))
BOTH = Caps(per_day=Decimal("5.00"), per_month=Decimal("50.00"))


@pytest.fixture
def table() -> Iterator[Connection]:
    with closing(takes_table()) as connection:
        yield connection


def asks(table: Connection, amount: str | None, caps: Caps = A_DAY) -> Refusal | None:
    """A take that runs and asks to be sent."""
    key = add_take(table, owner="me", billed=False)
    return reserve(table, caps, key, None if amount is None else Decimal(amount), TODAY)


def why(refusal: Refusal | None) -> str:
    assert refusal is not None
    return refusal.why


# What fits


def test_without_a_cap_everything_may_be_sent(table: Connection) -> None:
    add_take(table, cost="1000000", state="final")
    assert asks(table, "1000000", Caps()) is None
    assert asks(table, None, Caps()) is None


def test_the_last_digit_decides(table: Connection) -> None:
    add_take(table, cost="4.99999999999999999999999999999999", state="final")
    assert asks(table, "0.00000000000000000000000000000001") is None
    assert asks(table, "0.000000000000000000000000000000011") is not None


def test_floats_would_have_let_it_pass(table: Connection) -> None:
    for _ in range(3):
        add_take(table, cost="0.1", state="final")
    assert asks(table, "0.7", Caps(per_day=Decimal(1))) is None
    assert asks(table, "0.7000000000000000001", Caps(per_day=Decimal(1))) is not None


def test_what_does_not_fit_is_refused_with_the_cap_what_is_spent_and_what_it_may_cost(table: Connection) -> None:
    add_take(table, cost="4.98", state="final")
    assert asks(table, "0.40") == Refusal(
        "caps.per_day is $5.00, $4.98 is spent today; this may cost up to $0.40 (max=N on a lane lowers that)"
    )


def test_a_cap_that_is_passed_refuses_whatever_costs_and_gives_no_advice_that_cannot_help(table: Connection) -> None:
    add_take(table, cost="5.02", state="final")
    assert why(asks(table, "0.40")) == "caps.per_day is $5.00, $5.02 is spent today; this may cost up to $0.40"
    assert asks(table, "0") is None


@pytest.mark.parametrize("caps", [A_DAY, Caps(per_month=Decimal(5))])
def test_what_has_no_bound_is_refused_under_any_cap(table: Connection, caps: Caps) -> None:
    refusal = asks(table, None, caps)
    assert f"so {caps.over_time[0].setting} cannot hold it" in why(refusal)
    assert refusal is not None
    assert not refusal.passes


# What counts


@pytest.mark.parametrize(
    ("day", "caps", "counts"),
    [
        ("2026-03-17", A_DAY, True),
        ("2026-03-16", A_DAY, False),
        ("2026-03-01", Caps(per_month=Decimal(5)), True),
        ("2026-02-28", Caps(per_month=Decimal(5)), False),
        ("2026-03-18", A_DAY, True),  # the clock was set back, or the traveller went west
    ],
)
def test_a_day_is_a_day_and_a_month_is_a_month(table: Connection, day: str, caps: Caps, counts: bool) -> None:
    add_take(table, day=day, cost="4.98", state="final")
    assert (asks(table, "0.40", caps) is not None) == counts


def test_the_month_can_be_full_while_the_day_is_not(table: Connection) -> None:
    for day in range(1, 17):
        add_take(table, day=f"2026-03-{day:02}", cost="3.12", state="final")
    assert why(asks(table, "0.40", BOTH)).startswith("caps.per_month is $50.00, $49.92 is spent this month; ")
    assert asks(table, "0.08", BOTH) is None


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({"cost": "0.10", "state": "final", "held": "2"}, "0.10"),
        ({"cost": "0.10", "state": "reported", "held": "2"}, "0.10"),
        ({"cost": "0", "state": "free", "held": "2"}, "0"),
        ({"cost": "0.10", "state": "partial", "held": "2"}, "2"),
        ({"cost": "0.10", "state": "estimated", "held": "2"}, "2"),
        ({"cost": None, "state": "partial", "held": "2"}, "2"),
        ({"cost": None, "state": "no-price", "held": "2"}, "2"),
        ({"cost": "3", "state": "partial", "held": "2"}, "3"),
        ({"cost": "3", "state": "partial", "held": None}, "3"),
        ({"cost": None, "state": "partial", "held": None}, "0"),
        ({"cost": "0.10", "state": "final", "billed": False}, "0"),
        ({"cost": "0.10", "state": "final", "origin": "import"}, "0"),
        ({"cost": "0.10", "state": "stored", "origin": "store"}, "0"),
        ({"cost": "0.10", "state": "final", "origin": "batch"}, "0.10"),
        ({"cost": "0.10", "state": "final", "simulated": True}, "0"),
    ],
)
def test_what_is_not_sure_counts_in_full_and_what_cost_nothing_here_does_not_count(
    table: Connection, changes: dict[str, object], counted: str
) -> None:
    add_take(table, **changes)  # type: ignore[arg-type]  # a table of keywords
    assert spent_since(table, TODAY) == Decimal(counted)


def test_what_is_spent_leaves_out_what_runs(table: Connection) -> None:
    add_take(table, cost="1.25", state="final")
    add_take(table, owner="me", held="3", billed=False)
    assert spent_since(table, TODAY) == Decimal("1.25")
    assert spent_since(table, TODAY + dt.timedelta(days=1)) == 0


def test_simulated_takes_count_among_themselves(table: Connection) -> None:
    add_take(table, cost="4.98", state="final", simulated=True)
    assert asks(table, "0.40") is None
    key = add_take(table, owner="me", billed=False, simulated=True)
    assert "$4.98 is spent today" in why(reserve(table, A_DAY, key, Decimal("0.40"), TODAY))
    assert spent_since(table, TODAY) == 0
    assert spent_since(table, TODAY, simulated=True) == Decimal("4.98")


# What runs


def test_running_takes_hold_what_they_may_cost_and_it_is_worth_waiting_for_them(table: Connection) -> None:
    add_take(table, cost="1", state="final")
    add_take(table, owner="another process", held="3.80", billed=False)
    refusal = asks(table, "0.40")
    assert refusal is not None
    assert refusal.passes
    assert "$1.00 is spent today, takes under way may cost $3.80; " in refusal.why


def test_waiting_is_no_use_when_it_would_not_fit_without_them_either(table: Connection) -> None:
    add_take(table, cost="4.80", state="final")
    add_take(table, owner="another process", held="0.10", billed=False)
    refusal = asks(table, "0.40")
    assert refusal is not None
    assert not refusal.passes


def test_one_cap_that_will_not_give_way_decides_over_one_that_may(table: Connection) -> None:
    add_take(table, day="2026-03-02", cost="49.90", state="final")
    add_take(table, owner="me", held="4.90", billed=False)
    refusal = asks(table, "0.20", BOTH)
    assert refusal is not None
    assert not refusal.passes
    assert refusal.why.startswith("caps.per_month")


def test_takes_that_wait_themselves_hold_nothing(table: Connection) -> None:
    add_take(table, owner="me", billed=False)
    assert asks(table, "5") is None


def test_a_take_that_asks_again_is_not_in_its_own_way(table: Connection) -> None:
    key = add_take(table, owner="me", held="4", billed=False)
    assert reserve(table, A_DAY, key, Decimal(5), TODAY) is None


def test_nobody_waits_for_a_process_that_is_gone(table: Connection) -> None:
    add_take(table, owner="gone", held="4.90", billed=False)
    key = add_take(table, owner="me", billed=False)
    refusal = reserve(table, A_DAY, key, Decimal("0.40"), TODAY, is_alive=lambda owner: owner != "gone")
    assert refusal is not None
    assert not refusal.passes
    assert reserve(table, A_DAY, key, Decimal("0.10"), TODAY, is_alive=lambda owner: owner != "gone") is None


amounts = st.integers(1, 300).map(lambda cents: Decimal(cents) / 100)


@given(takes=st.lists(st.tuples(amounts, amounts, st.booleans()), max_size=10), cap=amounts)
def test_what_is_held_and_spent_never_passes_a_cap(takes: list[tuple[Decimal, Decimal, bool]], cap: Decimal) -> None:
    caps = Caps(per_day=cap)
    with Till(takes_table(), caps, "me") as till:
        held: dict[str, Decimal] = {}
        spent = Decimal(0)
        for at, (most, cost, is_sure) in enumerate(takes):
            till.begin(str(at))
            if till.reserve(str(at), most).result() is None:
                held[str(at)] = most
            assert spent + sum(held.values()) <= cap
            if held and at % 2:
                name, bound = held.popitem()
                spent += min(cost, bound) if is_sure else bound
                till.ended(name, str(min(cost, bound)), "final" if is_sure else "partial")


def test_processes_that_ask_at_once_never_pass_the_cap_together(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    takes_table(path).close()
    caps = Caps(per_day=Decimal(1))

    def granted_of_twenty(owner: str) -> int:
        with Till(opened(path), caps, owner) as till:
            for at in range(20):
                till.begin(str(at))
            return sum(till.reserve(str(at), Decimal("0.1")).result() is None for at in range(20))

    with ThreadPoolExecutor(4) as at_once:
        assert sum(at_once.map(granted_of_twenty, "abcd")) == 10


# Before sending


def forecast(usd: str | None, prompt_id: str = "0", lane: str = "m", **changes: bool) -> Forecast:
    expected = Expected(Decimal("0.01"), None, 0, None if usd is None else Decimal(usd))
    return Forecast(Lane.parse(lane), prompt_id, 10, expected, changes.get("free", False), (), False)


def test_a_send_that_cannot_fit_is_refused_before_anything_is_sent() -> None:
    found = [forecast("0.25"), forecast("0.15", lane="n")]
    assert cap_refusals(found, BOTH, Decimal("4.98"), Decimal("4.98")) == [
        "caps.per_day is $5.00, $4.98 is spent today; this may cost up to $0.40 (max=N on a lane lowers that)"
    ]
    assert cap_refusals(found, BOTH, Decimal("4.60"), Decimal("49.60")) == []
    assert len(cap_refusals(found, BOTH, Decimal("4.61"), Decimal("49.61"))) == 2


def test_of_many_prompts_the_dearest_is_named() -> None:
    found = [forecast("0.25", "first"), forecast("0.60", "second"), forecast("0.10", "third")]
    (told,) = cap_refusals(found, A_DAY, Decimal("4.5"), Decimal(0))
    assert "; prompt second may cost up to $0.60 " in told


def test_many_prompts_that_fit_one_by_one_are_not_refused_for_their_sum() -> None:
    assert cap_refusals([forecast("0.25", str(at)) for at in range(100)], A_DAY, Decimal("1"), Decimal(1)) == []


def test_what_is_free_may_be_sent_under_a_cap_that_is_passed() -> None:
    assert cap_refusals([forecast("0.25", free=True)], A_DAY, Decimal(6), Decimal(6)) == []


def test_a_lane_without_a_bound_is_refused_in_the_same_words_by_every_cap() -> None:
    found = [forecast(None)]
    told = cap_refusals(found, A_DAY, Decimal(0), Decimal(0))
    assert told == budget_refusals(found, None, Decimal(1))
    assert told == ["m: nothing limits the length of its answer; set max=N, so no budget can hold it"]
    assert cap_refusals(found, Caps(), Decimal(0), Decimal(0)) == []


def test_the_longest_of_the_last_answers_counts_where_it_is_known() -> None:
    expected = Expected(Decimal("0.01"), Decimal("0.02"), 20, Decimal(50), Decimal("0.03"))
    found = [Forecast(Lane("m"), "0", 10, expected, False, (), False)]
    assert cap_refusals(found, A_DAY, Decimal(4), Decimal(4)) == []
