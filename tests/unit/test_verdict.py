"""How a take ended: only the endpoint's own word ends it well."""

import pytest

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict, by_error, by_finish


def ended(*events: tuple[Kind, dict[str, object]], refused: bool = False) -> Verdict | None:
    text = Event(2, Kind.REFUSAL if refused else Kind.TEXT, "a")
    told = [Event(at, kind, data=data) for at, (kind, data) in enumerate(events, 3)]
    return Take("s.1.1", Lane("m")).apply_all([Event(1, Kind.SENT), text, *told, Event(9, Kind.END)]).verdict


def finish(status: str | None = None, reason: str | None = None) -> tuple[Kind, dict[str, object]]:
    return Kind.FINISH, {"status": status, "reason": reason}


def error(error_class: str) -> tuple[Kind, dict[str, object]]:
    return Kind.ERROR, {"class": error_class, "status": None, "request_id": None}


STOPPED: tuple[Kind, dict[str, object]] = (Kind.STOPPED, {})


@pytest.mark.parametrize(
    ("status", "reason", "verdict"),
    [
        ("completed", None, Verdict.DONE),
        ("done", None, Verdict.DONE),
        (None, "stop", Verdict.DONE),
        (None, "tool_calls", Verdict.DONE),
        (None, "something new", Verdict.DONE),
        (None, None, Verdict.DONE),
        ("incomplete", None, Verdict.TRUNCATED),
        ("incomplete", "max_output_tokens", Verdict.TRUNCATED),
        ("incomplete", "max_messages", Verdict.TRUNCATED),
        ("incomplete", "steered", Verdict.TRUNCATED),
        (None, "length", Verdict.TRUNCATED),
        (None, "max_tokens", Verdict.TRUNCATED),
        ("completed", "max_output_tokens", Verdict.TRUNCATED),
        ("incomplete", "content_filter", Verdict.FILTERED),
        (None, "content_filter", Verdict.FILTERED),
        ("failed", None, Verdict.FAILED),
        ("failed", "max_output_tokens", Verdict.FAILED),
        ("cancelled", None, Verdict.CANCELLED),
    ],
)
def test_the_endpoints_word_is_the_verdict(status: str | None, reason: str | None, verdict: Verdict) -> None:
    assert by_finish(status, reason, refused=False) is verdict
    assert ended(finish(status, reason)) is verdict


@pytest.mark.parametrize(
    ("status", "reason", "verdict"),
    [
        ("completed", None, Verdict.REFUSED),
        (None, "stop", Verdict.REFUSED),
        ("incomplete", None, Verdict.REFUSED),
        ("incomplete", "max_output_tokens", Verdict.TRUNCATED),
        (None, "length", Verdict.TRUNCATED),
        (None, "content_filter", Verdict.FILTERED),
        ("failed", None, Verdict.FAILED),
    ],
)
def test_a_refusal_is_a_verdict_unless_something_else_ended_it(
    status: str | None, reason: str | None, verdict: Verdict
) -> None:
    assert by_finish(status, reason, refused=True) is verdict
    assert ended(finish(status, reason), refused=True) is verdict


@pytest.mark.parametrize(
    ("error_class", "verdict"),
    [
        ("stalled", Verdict.STALLED),
        ("deadline", Verdict.STALLED),
        ("cut", Verdict.CUT),
        *((name, Verdict.FAILED) for name in ("in-band", "key", "server", "html", "budget", "internal", "unheard-of")),
    ],
)
def test_an_error_that_is_not_made_good_is_the_verdict(error_class: str, verdict: Verdict) -> None:
    assert by_error(error_class) is verdict
    assert ended(error(error_class)) is verdict


def test_a_clean_close_without_a_terminal_event_is_cut() -> None:
    assert ended() is Verdict.CUT


def test_what_the_user_stopped_is_cancelled() -> None:
    assert ended(STOPPED) is Verdict.CANCELLED
    assert ended(error("rate-limit"), STOPPED) is Verdict.CANCELLED


def test_the_word_of_the_endpoint_stands_above_a_stop_and_a_late_error() -> None:
    assert ended(finish("completed"), STOPPED) is Verdict.DONE
    assert ended(finish("completed"), error("cut")) is Verdict.DONE
    assert ended(error("in-band"), finish("failed")) is Verdict.FAILED


def test_an_error_of_an_earlier_attempt_is_no_verdict() -> None:
    assert ended(error("rate-limit"), (Kind.SENT, {}), finish("completed")) is Verdict.DONE
    assert ended(error("rate-limit"), (Kind.SENT, {})) is Verdict.CUT


def test_a_take_that_has_not_ended_has_no_verdict() -> None:
    take = Take("s.1.1", Lane("m"))
    take.apply(Event(1, Kind.FINISH, data={"status": "completed"}))
    assert take.verdict is None


def test_the_verdicts_are_the_pinned_words() -> None:
    pinned = "done truncated filtered refused cut stalled failed cancelled interrupted"
    assert " ".join(Verdict) == pinned


def test_every_verdict_has_a_glyph_of_its_own() -> None:
    glyphs = [verdict.glyph for verdict in Verdict]
    assert len(set(glyphs)) == len(Verdict) == 9
    assert all(len(glyph) == 1 for glyph in glyphs)


def test_four_verdicts_are_answers() -> None:
    answers = {verdict for verdict in Verdict if verdict.is_answer}
    assert answers == {Verdict.DONE, Verdict.TRUNCATED, Verdict.FILTERED, Verdict.REFUSED}
