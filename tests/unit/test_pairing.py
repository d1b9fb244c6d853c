"""Which answer of one session stands against which of another, and what is said about the difference."""

from collections.abc import Sequence
from dataclasses import replace

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.pairing import (
    FIGURES,
    LaneShift,
    Pair,
    Side,
    by_lane,
    pairs,
    told,
    total_ms,
    ttft_ms,
    worst_first,
)
from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.record import RoundRecord, SessionRecord
from tests.told import SKY, answer, asked, failure, from_store, session, unfinished

LOW, HIGH = "gpt-5.5 low", "gpt-5.5 high"


def paired(new: SessionRecord, old: SessionRecord) -> list[tuple[str | None, str | None]]:
    """The ids of both sides, as they are paired."""
    found = pairs(new.session(), old.session())
    return [(_id(pair.new), _id(pair.old)) for pair in found]


def _id(side: Side | None) -> str | None:
    return None if side is None else side.take.id


def pair(new: object, old: object, lane: str = LOW) -> Pair:
    """Of these answers to the same prompt."""
    both = (session("new", asked(lanes={lane: new})), session("old", asked(lanes={lane: old})))
    (found,) = pairs(both[0].session(), both[1].session())
    return found


def asks(prompt: Prompt) -> RoundRecord:
    return asked(prompt=prompt, lanes={LOW: answer()})


def test_the_same_prompt_lane_and_repeat_make_a_pair_wherever_they_stand() -> None:
    old = session(
        "old", asked("one", lanes={LOW: answer(), HIGH: [answer(), answer()]}), asked("two", lanes={LOW: answer()})
    )
    new = session(
        "new", asked("two", lanes={LOW: answer()}), asked("one", lanes={HIGH: [answer(), answer()], LOW: answer()})
    )
    assert paired(new, old) == [
        ("new.1.1", "old.2.1"),
        ("new.2.1", "old.1.2"),
        ("new.2.2", "old.1.3"),
        ("new.2.3", "old.1.1"),
    ]


def test_the_second_repeat_stands_against_the_second_one_even_when_the_first_is_gone() -> None:
    both = session("old", asked(lanes={LOW: [answer(), answer()]}))
    (round_,) = session("new", asked(lanes={LOW: [answer(), answer()]})).rounds
    second = SessionRecord("new", rounds=(replace(round_, takes=round_.takes[1:]),))
    assert paired(second, both) == [("new.1.2", "old.1.2"), (None, "old.1.1")]


def test_a_lane_is_the_same_by_its_configuration_whatever_it_is_called() -> None:
    old = session("old", asked(lanes={f"{LOW} name=Quick timeout=9": answer()}))
    assert paired(session("new", asked(lanes={LOW: answer()})), old) == [("new.1.1", "old.1.1")]


def test_what_one_session_alone_has_is_told() -> None:
    old = session("old", asked("one", lanes={LOW: [answer(), answer()]}), asked("gone", lanes={LOW: answer()}))
    new = session("new", asked("one", lanes={LOW: answer(), HIGH: answer()}))
    assert paired(new, old) == [("new.1.1", "old.1.1"), ("new.1.2", None), (None, "old.1.2"), (None, "old.2.1")]
    assert told(pairs(new.session(), old.session())) == "1 pair · 1 only in the new one · 2 only in the old one"


def test_the_same_prompt_sent_twice_is_told_apart_by_its_id() -> None:
    old = session("old", *(asked(SKY, prompt_id=id_, lanes={LOW: answer()}) for id_ in ("a", "b")))
    new = session("new", *(asked(SKY, prompt_id=id_, lanes={LOW: answer()}) for id_ in ("b", "c")))
    assert paired(new, old) == [("new.1.1", "old.2.1"), ("new.2.1", "old.1.1")]


def test_another_system_text_picture_turn_or_schema_is_another_prompt() -> None:
    picture = Image("a.png", "image/png", b"\x89PNG")
    for other in (
        Prompt(SKY, "Be brief."),
        Prompt(SKY, images=(picture,)),
        Prompt(SKY, schema={"type": "object"}),
        Prompt(SKY, tools=({"name": "look"},)),
    ):
        assert paired(session("new", asks(other)), session("old", asks(Prompt(SKY)))) == [
            ("new.1.1", None),
            (None, "old.1.1"),
        ]


def test_a_picture_is_known_by_what_it_shows_and_not_by_its_name() -> None:
    one, same = (Prompt(SKY, images=(Image(name, "image/png", b"\x89PNG"),)) for name in ("a.png", "b.png"))
    assert paired(session("new", asks(one)), session("old", asks(same))) == [("new.1.1", "old.1.1")]


def test_a_lane_with_another_text_in_its_system_file_is_asked_something_else() -> None:
    lane = f"{LOW} system=@strict.md"
    new, old = (
        session(id_, asked(systems={"@strict.md": text}, lanes={lane: answer()}))
        for id_, text in (("new", "x"), ("old", "y"))
    )
    assert paired(new, old) == [("new.1.1", None), (None, "old.1.1")]


def test_a_follow_up_is_known_by_what_was_asked_before_and_not_by_what_was_answered() -> None:
    def conversation(id_: str, first: str, text: str) -> SessionRecord:
        return session(
            id_,
            asked(first, lanes={LOW: answer(text)}),
            asked("And why?", follows="1", lanes={LOW: answer()}),
        )

    new = conversation("new", "Is it blue?", "Yes.")
    assert paired(new, conversation("old", "Is it blue?", "It is."))[1] == ("new.2.1", "old.2.1")
    assert paired(new, conversation("old", "Is it red?", "Yes."))[1] == ("new.2.1", None)


def test_a_long_conversation_is_followed_to_its_beginning() -> None:
    def conversation(id_: str) -> SessionRecord:
        first = asked("0", lanes={LOW: answer()})
        return session(id_, first, *(asked("go on", follows=str(n), lanes={LOW: answer()}) for n in range(1, 1_500)))

    assert paired(conversation("new"), conversation("old"))[-1] == ("new.1500.1", "old.1500.1")


# What has changed


def test_the_same_text_is_the_same_and_another_is_alike_by_its_words() -> None:
    same = pair(answer("The sky is blue."), answer("The sky is blue."))
    assert (same.same_text, same.likeness) == (True, 100)
    other = pair(answer("The sky is deep blue."), answer("The sky is blue."))
    assert other.same_text is False
    assert other.likeness is not None
    assert 80 < other.likeness < 100
    assert pair(answer("positive"), answer("negative")).likeness == 0


def test_another_text_is_never_wholly_alike_however_long_it_is() -> None:
    long = "word " * 40_000
    assert pair(answer(long + "end"), answer(long + "other end")).likeness == 99


def test_texts_without_blanks_are_compared_by_their_signs() -> None:
    likeness = pair(answer("空が青いのは光の散乱のため"), answer("空が赤いのは光の散乱のため")).likeness
    assert likeness is not None
    assert likeness > 80


def test_what_is_no_answer_says_nothing_of_the_text_nor_of_the_latency() -> None:
    broken = pair(failure(), answer())
    assert (broken.same_text, broken.likeness) == (None, None)
    assert broken.changes["TTFT"].new is None
    assert broken.changes["TTFT"].by is None


def test_a_change_is_a_share_of_what_it_was_and_a_hundredth_is_none() -> None:
    assert pair(answer(ttft=750), answer(ttft=500)).changes["TTFT"].by == 0.5
    assert pair(answer(ttft=505), answer(ttft=500)).changes["TTFT"].by == 0


def test_an_answer_from_the_store_is_compared_in_text_alone() -> None:
    stored = pair(from_store("Because blue scatters most."), answer())
    assert stored.same_text
    assert [change.new for change in stored.changes.values()] == [None] * len(FIGURES)


def test_a_lower_bound_is_no_cost_to_compare() -> None:
    assert pair(unfinished("Because"), answer()).changes["cost"].new is None
    assert pair(answer(), answer()).changes["cost"].old == 0.008


def test_a_verdict_is_worse_better_or_the_same() -> None:
    assert (pair(failure(), answer()).verdict or 0) > 0
    assert (pair(answer(), answer(reason="max_output_tokens")).verdict or 0) < 0
    assert pair(failure("other"), failure()).verdict == 0
    assert pair(unfinished("x"), answer()).verdict is None


def test_the_worst_comes_first_by_verdict_then_cost_then_time() -> None:
    changes = {
        "slower": (answer(ttft=900), answer(ttft=500)),
        "mended": (answer(), failure()),
        "dearer": (answer(out=200), answer(out=100)),
        "as it was": (answer(), answer()),
        "broken": (failure(), answer()),
    }
    new, old = (
        session(id_, *(asked(text, lanes={LOW: both[at]}) for text, both in changes.items()))
        for at, id_ in enumerate(("new", "old"))
    )
    found = worst_first([*pairs(new.session(), session("none").session()), *pairs(new.session(), old.session())])
    assert [one.side.round.prompt.text for one in found[:5]] == ["broken", "dearer", "slower", "as it was", "mended"]
    assert all(not one.is_whole for one in found[5:])


# What it comes to


def shifted(old_ms: Sequence[float], new_ms: Sequence[float]) -> LaneShift:
    new, old = (
        session(id_, *(asked(str(n), lanes={LOW: answer(total=ms)}) for n, ms in enumerate(times)))
        for id_, times in (("new", new_ms), ("old", old_ms))
    )
    (shift,) = by_lane(pairs(new.session(), old.session()))
    return shift


def test_a_lane_has_medians_over_its_pairs_and_says_of_how_many() -> None:
    shift = shifted([1_000, 2_000, 3_000], [2_000, 3_000, 4_000])
    total = shift.figures["total"]
    assert (shift.lane, shift.pairs, total.n, total.old, total.new, total.by) == (
        Lane.parse(LOW),
        3,
        3,
        2_000,
        3_000,
        0.5,
    )
    assert total.new_p95 is None


def test_from_twenty_pairs_on_there_is_a_percentile() -> None:
    times = [1_000 + n * 100 for n in range(20)]
    total = shifted(times, times).figures["total"]
    assert (total.n, total.old_p95, total.by) == (20, 2_805, 0)


def test_five_of_five_is_noise_and_six_of_six_is_not() -> None:
    assert shifted([1_000] * 5, [2_000] * 5).figures["total"].is_noise
    assert not shifted([1_000] * 6, [2_000] * 6).figures["total"].is_noise
    assert shifted([1_000] * 20, [2_000] * 14 + [600] * 6).figures["total"].is_noise
    assert not shifted([1_000] * 20, [2_000] * 15 + [600] * 5).figures["total"].is_noise


def test_figures_of_one_side_alone_are_in_no_median() -> None:
    old = session("old", *(asked(str(n), lanes={LOW: answer(total=2_000)}) for n in range(3)))
    new = session("new", asked("0", lanes={LOW: answer(total=1_000)}), asked("1", lanes={LOW: failure()}))
    (shift,) = by_lane(pairs(new.session(), old.session()))
    assert (shift.pairs, shift.unpaired, shift.worse, shift.better) == (2, 1, 1, 0)
    assert (shift.figures["total"].n, shift.figures["total"].old, shift.figures["total"].new) == (1, 2_000, 1_000)
    assert (shift.compared, shift.differing) == (1, 0)


def test_no_pair_at_all_is_told_as_such() -> None:
    assert by_lane(pairs(session("new").session(), session("old").session())) == []
    assert told([]) == "0 pairs"


def test_a_clock_that_stood_still_measures_nothing() -> None:
    *events, end = answer()
    take = pair((*events, Event(end.t_ns, Kind.GAP, data={"ms": 9_000}), end), answer()).side.take
    assert (ttft_ms(take), total_ms(take)) == (None, None)
