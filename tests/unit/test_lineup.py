"""A lineup: values in, values out, up to 24 lanes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.lane import Lane
from compare_tui.core.lineup import MOST_LANES, Entry, Lineup, LineupFull, at_every_effort, on_every_tier


def lineup(*texts: str) -> Lineup:
    return Lineup.of(Lane.parse(text) for text in texts)


def texts(of: Lineup) -> list[str]:
    return [str(entry.lane) for entry in of.entries]


def test_a_change_leaves_the_earlier_lineup_as_it_was() -> None:
    before = lineup("a", "b")
    after = before.add(Lane("c")).remove(0).mute(0)
    assert (texts(before), texts(after), len(after)) == (["a", "b"], ["b", "c"], 2)


def test_a_muted_lane_stays_in_its_place_and_is_not_sent_to() -> None:
    muted = lineup("a", "b", "c").mute(1)
    assert [str(lane) for lane in muted.lanes] == ["a", "c"]
    assert texts(muted) == ["a", "b", "c"]
    assert [str(lane) for lane in muted.mute(1).lanes] == ["a", "b", "c"]


def test_a_changed_lane_stays_muted() -> None:
    assert lineup("a", "b").mute(1).replace(1, Lane("c")).entries[1] == Entry(Lane("c"), muted=True)


def test_a_duplicate_stands_behind_its_original_and_is_sent_to() -> None:
    doubled = lineup("a", "b").mute(0).duplicate(0)
    assert doubled.entries == (Entry(Lane("a"), muted=True), Entry(Lane("a")), Entry(Lane("b")))
    assert [doubled.same_as(at) for at in range(3)] == [None, 0, None]


@pytest.mark.parametrize(
    ("at", "by", "order"), [(0, 1, "bac"), (2, -1, "acb"), (0, -1, "abc"), (2, 1, "abc"), (0, 9, "bca")]
)
def test_a_lane_moves_as_far_as_there_are_neighbours(at: int, by: int, order: str) -> None:
    assert texts(lineup("a", "b", "c").move(at, by)) == list(order)


@given(st.integers(0, 5), st.integers(-7, 7))
def test_moving_neither_loses_nor_doubles_a_lane(at: int, by: int) -> None:
    assert sorted(texts(lineup(*"abcdef").move(at, by))) == list("abcdef")


def test_a_name_is_given_and_taken_away() -> None:
    named = lineup("a high").name(0, "best so far")
    assert named.entries[0].lane.label == "best so far"
    assert named.name(0, "").entries[0].lane == Lane("a", "high")


def test_a_sweep_stands_behind_its_lane_and_skips_what_is_there() -> None:
    start = lineup("a low temp=0.2 name=mine", "b", "a high temp=0.2")
    swept = start.extend(0, at_every_effort(start.entries[0].lane, ("low", "medium", "high", "medium")))
    assert texts(swept) == ["a low name=mine temp=0.2", "a medium temp=0.2", "b", "a high temp=0.2"]


@pytest.mark.parametrize(
    ("lane", "made"),
    [("a", ["a flex", "a batch"]), ("a auto", ["a flex", "a batch"]), ("a flex", ["a default", "a batch"])],
)
def test_a_sweep_of_tiers_leaves_out_the_tier_the_lane_is_on(lane: str, made: list[str]) -> None:
    assert [str(one) for one in on_every_tier(Lane.parse(lane), ("default", "flex", "batch"))] == made


def test_more_than_24_lanes_are_refused_in_words() -> None:
    full = Lineup.of(Lane(f"m{number}") for number in range(MOST_LANES))
    with pytest.raises(LineupFull, match="24 lanes are the most side by side; this would make 25"):
        full.add(Lane("one more"))
    with pytest.raises(LineupFull, match="would make 26"):
        full.extend(0, at_every_effort(Lane("m0"), ("low", "high")))
    with pytest.raises(LineupFull):
        full.duplicate(3)
    assert full.extend(0, [Lane("m1")]) == full
