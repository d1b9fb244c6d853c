"""What the prompt editor says of a follow-up: how much is continued, and which lanes have nothing of their own."""

import pytest

from compare_tui.core.conversation import FollowUp, follow_up
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.session import SentRound, Session
from compare_tui.ui.follow import Following

LOW, HIGH = Lane.parse("gpt-5.5 low"), Lane("gpt-5.5", "high", name="[b]\x1b[2J\nHigh")


def following(**about: object) -> Following:
    return Following.of(FollowUp("abcdef.1", **about), (LOW, HIGH))  # type: ignore[arg-type]  # by name, as a test reads


@pytest.mark.parametrize(
    ("about", "text"),
    [
        ({"turns": 2, "tokens": 3180}, "continues 2 turns · 3,180 tokens of history"),
        ({"turns": 2, "tokens": 3180, "varies": True}, "continues 2 turns · up to 3,180 tokens of history"),
        ({"turns": 1, "tokens": 9, "bare": 1}, "continues 1 turn · 9 tokens of history · 1 lane with the prompts only"),
        (
            {"turns": 1, "tokens": 9, "bare": 2},
            "continues 1 turn · 9 tokens of history · 2 lanes with the prompts only",
        ),
    ],
)
def test_the_line_says_how_much_is_continued(about: dict[str, object], text: str) -> None:
    assert following(**about).text() == text


def test_what_is_told_names_each_lane_fit_for_a_screen() -> None:
    session = Session("abcdef")
    round_ = session.next_round(Prompt("why?"), (LOW, HIGH), {})
    sent = SentRound(round_, round_.takes())
    session.rounds.append(sent)
    sent.takes[0].apply_all([Event(1, Kind.TEXT, "yes"), Event(2, Kind.FINISH, data={"status": "completed"})])
    for take in sent.takes:
        take.apply(Event(3, Kind.END))
    told = Following.of(follow_up(session, sent, (LOW, HIGH)), (LOW, HIGH)).told()
    assert told.split("\n") == [
        "continues 2 turns · up to 3 tokens of history · 1 lane with the prompts only",
        "[b]␛[2J High: sends the prompts only: its take ended cut",
    ]
