"""Error statuses in words: which class, what the endpoint said, when it may be asked again."""

import email.utils
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api.errors import (
    LONGEST_DETAIL,
    Broken,
    Problem,
    Unreachable,
    Unreadable,
    Withheld,
    error_text,
    readable,
)
from compare_tui.api.status import rejected, retry_after


def told(status: int, body: Any = None, **headers: str) -> tuple[str, str]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    problem = rejected(status, {key.replace("_", "-"): value for key, value in headers.items()}, content)
    assert problem.status == status
    return problem.error_class, problem.message


def openai_error(message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (301, "redirect"),
        (307, "redirect"),
        (400, "bad-request"),
        (401, "key"),
        (402, "status"),
        (403, "forbidden"),
        (404, "not-found"),
        (408, "status"),
        (409, "conflict"),
        (413, "too-large"),
        (418, "status"),
        (422, "unprocessable"),
        (429, "rate-limit"),
        (500, "server"),
        (502, "server"),
        (503, "server"),
        (529, "server"),
        (599, "server"),
        (600, "status"),
    ],
)
def test_every_status_has_its_class_and_a_sentence_with_its_number(status: int, error_class: str) -> None:
    found, message = told(status)
    assert found == error_class
    assert message.endswith(f" ({status})")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (307, "a redirect, which is never followed, to"),
        (400, "the endpoint does not take this request"),
        (401, "the key is missing or not accepted"),
        (403, "the key may not do this"),
        (404, "the endpoint does not know this model or address"),
        (409, "the endpoint reports a conflict"),
        (413, "the request is too large for the endpoint"),
        (418, "an answer with an unusual status"),
        (422, "the endpoint cannot process this request"),
        (429, "too many requests for the rate limit"),
        (500, "the endpoint has trouble of its own"),
    ],
)
def test_each_class_has_a_sentence_a_user_understands(status: int, sentence: str) -> None:
    assert told(status)[1] == f"{sentence} ({status})"


@pytest.mark.parametrize(
    ("body", "error_class"),
    [
        (openai_error("You exceeded your current quota", "insufficient_quota"), "quota"),
        (openai_error("Billing hard limit has been reached", "billing_hard_limit_reached"), "quota"),
        ({"error": {"code": 429, "type": "quota_exceeded"}}, "quota"),
        (openai_error("Resource Unavailable"), "flex-busy"),
        (openai_error("busy", "resource_unavailable"), "flex-busy"),
        (openai_error("Rate limit reached for m", "rate_limit_exceeded"), "rate-limit"),
        (b"<html>insufficient_quota</html>", "quota"),
        (b"", "rate-limit"),
    ],
)
def test_429_is_rate_quota_or_flex_capacity(body: Any, error_class: str) -> None:
    assert told(429, body)[0] == error_class
    assert told(400, body)[0] == "bad-request"


def test_the_list_of_accepted_values_is_shown() -> None:
    said = "Unsupported value: 'minimal'. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'."
    message = told(400, openai_error(said, "unsupported_value"))[1]
    assert message == f"the endpoint does not take this request (400): {said} (unsupported_value)"


def test_a_page_is_told_by_its_words() -> None:
    page = (
        b"<html><head><style>p {color: red}</style><script>x()</script></head><body><h1>502</h1> <p>Bad gateway</html>"
    )
    assert told(502, page, content_type="text/html")[1] == "the endpoint has trouble of its own (502): 502 Bad gateway"


def test_the_request_id_is_kept() -> None:
    assert rejected(400, {"x-request-id": "req_1"}, b"").request_id == "req_1"
    assert rejected(400, {}, b"").request_id is None


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("https://login.example.com/?next=x", "login.example.com"),
        ("/v2/responses", "/v2/responses"),
        ("http://[::1/broken", None),
        ("https://example.com:99999/", None),
        ("", None),
    ],
)
def test_a_redirect_says_where_to_and_is_never_an_error_of_ours(location: str, place: str | None) -> None:
    error_class, message = told(307, location=location)
    assert error_class == "redirect"
    assert place is None or message.endswith(f": {place}")


@pytest.mark.parametrize("location", ["https://evil\x9b31m.example/", "https://" + "x" * 60_000, "https://u:secret@h/"])
def test_a_hostile_redirect_commands_and_floods_nothing(location: str) -> None:
    message = told(302, location=location)[1]
    assert "\x9b" not in message
    assert len(message) < 2 * LONGEST_DETAIL
    assert "secret" not in message


@pytest.mark.parametrize(
    ("problem", "error_class", "message"),
    [
        (Unreachable.refused("h:1"), "refused", "h:1 refused the connection"),
        (Unreachable.dns("h"), "dns", "the name h is not known"),
        (Unreachable.tls("h", "x"), "tls", "no secure connection (TLS) to h: x"),
        (Unreachable.connect("h", "x"), "connect", "no connection to h: x"),
        (Unreadable.html("<b>Log in</b>"), "html", "a web page came instead of an answer"),
        (Unreadable.other_json("x"), "other-json", "JSON came that is no answer: x"),
        (Unreadable.not_a_stream(""), "not-a-stream", "no event stream came but nothing"),
        (Unreadable.encoding("x"), "encoding", "the answer is not valid UTF-8: x"),
        (Unreadable.protocol("x"), "protocol", "the endpoint broke the protocol: x"),
        (Unreadable.event_too_large(2**24), "event-too-large", "one event of the stream is larger than 16 MiB"),
        (Broken.cut("x"), "cut", "the connection ended before the answer did: x"),
        (Broken.stalled(9, begun=True), "stalled", "nothing new came for 9 s"),
        (Broken.deadline(0.5), "deadline", "not finished by its deadline of 0.5 s"),
        (Broken.in_band("x"), "in-band", "the endpoint gave up: x"),
        (Withheld.budget("x"), "budget", "not sent: x"),
        (Withheld.too_long("x"), "too-long", "not sent: x"),
        (Withheld.internal(KeyError("x")), "internal", "compare-tui itself failed: KeyError: 'x'"),
    ],
)
def test_every_other_problem_has_its_class_and_its_sentence(problem: Problem, error_class: str, message: str) -> None:
    assert problem.error_class == error_class
    assert problem.message.startswith(message)
    assert problem.to_data() == {"class": error_class, "status": None, "request_id": None}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"error": {"message": "no", "code": "c"}}, "no (c)"),
        ({"error": {"message": "no: c", "code": "c"}}, "no: c"),
        ({"error": {"message": "no", "type": "t", "code": None}}, "no (t)"),
        ({"error": {"code": "c", "type": "t"}}, "c, t"),
        ({"error": {"msg": "no"}}, "no"),
        ({"error": "no"}, "no"),
        ({"message": "no"}, "no"),
        ({"detail": "no"}, "no"),
        ({"detail": [{"loc": ["body", "x"], "msg": "no"}]}, "[{'loc': ['body', 'x'], 'msg': 'no'}]"),
        ({"error": {}}, "{}"),
        ({"error": None, "message": "no"}, "no"),
        (["no"], "['no']"),
        ("no", "no"),
        (None, ""),
    ],
)
def test_an_error_is_read_in_whatever_shape_it_comes(body: Any, text: str) -> None:
    assert error_text(body) == text


@pytest.mark.parametrize("depth", [100, 900, 100_000])
def test_an_error_nested_without_end_is_still_an_error(depth: int) -> None:
    body = b'{"error": {"message": ' + b"[" * depth + b"]" * depth + b"}}"
    assert told(400, body)[0] == "bad-request"


@given(st.binary(max_size=200) | st.text().map(str.encode), st.sampled_from([400, 429, 503]))
def test_whatever_the_body_the_message_is_one_short_line(body: bytes, status: int) -> None:
    message = told(status, body)[1]
    assert len(message) <= LONGEST_DETAIL + 100
    assert message.isprintable() or all(ord(character) >= 0xA0 for character in message if not character.isprintable())


def test_a_long_body_is_cut_and_it_shows() -> None:
    message = told(500, b"word " * 100_000)[1]
    assert len(message) < LONGEST_DETAIL + 100
    assert message.endswith("…")
    assert len(readable("<p>" * 1_000_000 + "end")) <= LONGEST_DETAIL


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "86400"}, 86400.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "nan", "retry-after": "9"}, 9.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 99 Foo 2015 07:28:00 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 99999 07:28:00 GMT"}, None),
        ({"retry-after": "1 Jan 0 0:2200000000"}, None),
        ({"retry-after": "1 Jan 0 0:00 -00002400000000000"}, None),
        ({"retry-after": "Mon, 01 Jan 0001 00:00:00 -0000"}, 0.0),
    ],
)
def test_the_time_to_wait_is_read_in_each_spelling_and_nonsense_is_not_said(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds


def test_a_date_to_wait_for_is_so_many_seconds_away() -> None:
    seconds = retry_after({"retry-after": email.utils.formatdate(time.time() + 30, usegmt=True)})
    assert seconds is not None
    assert 28 <= seconds <= 30


dates = st.from_regex(
    r"([A-Z][a-z]{2}, )?\d{1,3} (Jan|Feb|Dec) \d{1,6} \d{1,3}:\d\d(:\d\d)?( [+-]\d{4,5}| GMT| -0000)?"
)


@pytest.mark.examples(300, 5_000)
@given(st.text(max_size=30) | dates, st.text(max_size=10))
def test_no_header_breaks_anything(value: str, milliseconds: str) -> None:
    seconds = retry_after({"retry-after": value, "retry-after-ms": milliseconds})
    assert seconds is None or 0 <= seconds < float("inf")
