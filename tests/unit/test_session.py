from decimal import Decimal

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost, CostState, total
from compare_tui.core.prompt import Prompt
from compare_tui.core.session import SentRound, Session

LOW, HIGH = Lane.parse("gpt-5.5 low"), Lane.parse("gpt-5.5 high repeat=2")


def sent(session: Session, *lanes: Lane, text: str = "Why is the sky blue?") -> SentRound:
    round_ = session.next_round(Prompt(text), lanes, {})
    one = SentRound(round_, round_.takes())
    session.rounds.append(one)
    return one


def test_rounds_and_takes_are_numbered_from_one() -> None:
    session = Session("abcdef")
    assert [take.id for take in sent(session, LOW, HIGH).takes] == ["abcdef.1.1", "abcdef.1.2", "abcdef.1.3"]
    assert sent(session, LOW).takes[0].id == "abcdef.2.1"


def test_the_title_is_the_first_words_of_the_first_prompt() -> None:
    session = Session()
    assert session.title == ""
    sent(session, LOW, text="One two three\nfour five six seven eight nine ten")
    assert session.title == "One two three four five six seven eight"


def test_repeats_of_a_lane_are_told_from_other_lanes() -> None:
    one = sent(Session(), LOW, HIGH)
    assert [take.repeat for take in one.of(HIGH)] == [1, 2]
    assert one.of(Lane.parse("gpt-5.5 high name=Other")) == one.of(HIGH)
    assert one.of(Lane.parse("gpt-5.5 medium")) == []


def test_two_lanes_that_differ_in_name_alone_keep_their_own_takes() -> None:
    named = Lane.parse("gpt-5.5 low name=Named")
    one = sent(Session(), LOW, named)
    assert [take.id for take in one.of(named)] == [one.takes[1].id]


def test_a_lane_asked_again_has_one_take_more() -> None:
    one = sent(Session("abcdef"), LOW)
    take = one.again(LOW)
    assert (take.id, take.repeat) == ("abcdef.1.2", 2)
    assert one.of(LOW) == one.takes


def test_a_lane_asked_later_stands_behind_those_of_the_round() -> None:
    one = sent(Session(), HIGH, LOW)
    other = Lane.parse("gpt-5.5 low default")
    one.again(other)
    assert one.lanes == (HIGH, LOW, other)


def test_a_take_that_never_began_does_not_blur_what_the_session_cost() -> None:
    session = Session()
    refused = Event(2, Kind.ERROR, "no key", {"class": "key"})
    sent(session, LOW).takes[0].apply_all([Event(1, Kind.QUEUED), refused, Event(3, Kind.END)])
    assert session.cost == Cost(None, CostState.NO_PRICE)


def test_a_sum_is_as_sure_as_its_least_certain_part() -> None:
    final, estimated = Cost(Decimal("0.25"), CostState.FINAL), Cost(Decimal("0.5"), CostState.ESTIMATED)
    assert total([final, final]) == Cost(Decimal("0.50"), CostState.FINAL)
    assert total([final, estimated]) == Cost(Decimal("0.75"), CostState.ESTIMATED)
    assert total([final, Cost(None, CostState.PARTIAL)]).state is CostState.PARTIAL
    assert total([final, Cost(None, CostState.NO_PRICE)]) == Cost(Decimal("0.25"), CostState.PARTIAL)
    assert str(total([Cost(Decimal(0), CostState.FREE)])) == "free"
    assert str(total([])) == "–"
