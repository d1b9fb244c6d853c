"""Answers with a status other than 200 that no second attempt can help."""

import gzip
from collections.abc import Iterable, Iterator

from tests.faults.behaviours_steps import (
    CHAT,
    HELD_OPEN,
    RESPONSES,
    Asked,
    Behaviour,
    Close,
    Limits,
    Script,
    Send,
    Step,
    answers_well,
    done,
    failed,
    head,
    plays,
    reply,
)
from tests.faults.behaviours_wire import error_object, packed

PAGE = b"<!doctype html><html><head><title>Oops</title></head><body><h1>Went wrong</h1>nginx</body></html>"
BINARY = bytes(range(256)) * 4
ACCEPTED = "Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'."
ESCAPES = "Too\x1b[2J\x1b]0;owned\x07 [bold]busy[/bold] [@click=app.quit]now[/] \x9b31m\u202etxt, sorry"
JSON = ("Content-Type", "application/json")


def error(status: int, message: str, code: str | None = None, *headers: tuple[str, str]) -> Script:
    """An error in the form OpenAI gives it."""
    return plays(reply(status, error_object(message, code), headers=headers))


def page(status: int) -> Script:
    return plays(reply(status, PAGE, "text/html"))


def moved(status: int, host: str) -> Script:
    """A redirect to this very server, where a client that follows would be seen."""

    def script(asked: Asked) -> Iterable[Step]:
        there = asked.origin.replace("127.0.0.1", host) + asked.wire.path
        return (reply(status, headers=(("Location", there),)),)

    return script


def echoes_the_key(asked: Asked) -> Iterable[Step]:
    message = f"Incorrect API key provided: {asked.headers.get('authorization', 'none')}"
    return (reply(401, error_object(message, "invalid_api_key")),)


LIMIT_NAMES = ("max_tokens", "max_completion_tokens")


def refuses_limit(asked: Asked) -> Iterator[Step]:
    sent = next((name for name in LIMIT_NAMES if name in asked.body), LIMIT_NAMES[0])
    other = next(name for name in LIMIT_NAMES if name != sent)
    message = f"Unsupported parameter: '{sent}' is not supported with this model. Use '{other}' instead."
    yield reply(400, error_object(message, "unsupported_parameter", param=sent))


def takes_the_other_limit(asked: Asked) -> Iterable[Step]:
    """Refuses whichever name comes first; the other one alone, with the same value, is well."""
    sent = {name: asked.body[name] for name in LIMIT_NAMES if name in asked.body}
    known = {name for body in asked.earlier for name in LIMIT_NAMES if name in body}
    if known and list(sent.values()) == [64] and not known & set(sent):
        return answers_well(asked)
    return refuses_limit(asked)


REDIRECTS = (
    Behaviour("redirect-307-on-the-same-origin", moved(307, "127.0.0.1"), failed("redirect", "127.0.0.1")),
    Behaviour("redirect-308-to-another-origin", moved(308, "localhost"), failed("redirect", "localhost")),
    Behaviour("redirect-302-to-a-login", moved(302, "localhost"), failed("redirect", "localhost")),
    Behaviour("redirect-without-a-place", plays(reply(301)), failed("redirect", "301")),
)

BAD_REQUESTS = (
    Behaviour(
        "bad-request-in-words",
        plays(reply(400, b"the prompt is missing", "text/plain")),
        failed("bad-request", "the prompt is missing"),
    ),
    Behaviour(
        "bad-request-lists-the-values",
        error(400, f"Unsupported value: 'minimal' is not supported with this model. {ACCEPTED}", "unsupported_value"),
        failed("bad-request", ACCEPTED),
    ),
    Behaviour(
        "bad-request-error-is-a-string",
        plays(reply(400, {"error": "model is still loading"})),
        failed("bad-request", "model is still loading"),
    ),
    Behaviour(
        "bad-request-error-in-a-list",
        plays(reply(400, [error_object("location is not supported")])),
        failed("bad-request", "location is not supported"),
    ),
    Behaviour(
        "bad-request-gzipped",
        plays(
            Send(
                head(400, JSON, ("Content-Encoding", "gzip"), ("Connection", "close"))
                + gzip.compress(packed(error_object("zipped but readable")).encode())
            ),
            Close(),
        ),
        failed("bad-request", "zipped but readable"),
    ),
    Behaviour(
        "bad-request-falsely-gzipped",
        plays(reply(400, b"not gzip at all", "text/plain", (("Content-Encoding", "gzip"),))),
        failed("bad-request"),
    ),
    Behaviour("bad-request-null", plays(reply(400, None)), failed("bad-request")),
)

OUTPUT_LIMITS = (
    Behaviour("limit-under-the-other-name", takes_the_other_limit, done(attempts=2, requests=2), CHAT, words="max=64"),
    Behaviour(
        "limit-under-no-name",
        refuses_limit,
        failed("bad-request", "Unsupported parameter", attempts=2, requests=2),
        CHAT,
        words="max=64",
    ),
    Behaviour(
        "limit-named-though-not-sent",
        error(400, "max_tokens must be set for this model"),
        failed("bad-request", "must be set for this model"),
        CHAT,
    ),
    Behaviour(
        "limit-refused",
        error(400, "Unsupported parameter: 'max_output_tokens'.", "unsupported_parameter"),
        failed("bad-request", "Unsupported parameter: 'max_output_tokens'."),
        RESPONSES,
        words="max=64",
    ),
)

REFUSALS = (
    Behaviour("key-unknown", error(401, "No such key.", "invalid_api_key"), failed("key", "No such key.")),
    Behaviour("key-echoed", echoes_the_key, failed("key", "Incorrect API key provided")),
    Behaviour("key-refused-without-a-word", plays(reply(401)), failed("key")),
    Behaviour("forbidden", error(403, "Your organisation may not."), failed("forbidden", "may not")),
    Behaviour("forbidden-by-a-page", page(403), failed("forbidden")),
    Behaviour(
        "model-not-found", error(404, "The model does not exist.", "model_not_found"), failed("not-found", "not exist")
    ),
    Behaviour("path-not-found-page", page(404), failed("not-found")),
    Behaviour("request-timeout-408", error(408, "Too slow."), failed("status", "408")),
    Behaviour("conflict-409", error(409, "Busy elsewhere."), failed("conflict", "Busy elsewhere.")),
    Behaviour("too-large-413-page", page(413), failed("too-large")),
    Behaviour("teapot-418", plays(reply(418, b"short and stout", "text/plain")), failed("status", "418")),
    Behaviour(
        "unprocessable-422",
        plays(reply(422, {"detail": [{"loc": ["body", "reasoning"], "msg": "extra field not permitted"}]})),
        failed("unprocessable", "extra field not permitted"),
    ),
    Behaviour("no-content-204", plays(Send(head(204))), failed("status", "204")),
    Behaviour("status-799", plays(reply(799, b"odd", "text/plain")), failed("status", "799")),
)

SERVER_TROUBLE = (
    Behaviour("server-500-page", page(500), failed("server", "500")),
    Behaviour("server-500-empty", plays(reply(500)), failed("server", "500")),
    Behaviour("server-500-binary", plays(reply(500, BINARY, "application/octet-stream")), failed("server", "500")),
    Behaviour("server-500-escapes", error(500, ESCAPES), failed("server", "500", "sorry")),
    Behaviour("server-500-long-page", plays(reply(500, PAGE * 20_000, "text/html")), failed("server", "500")),
    Behaviour(
        "server-500-body-cut",
        plays(Send(head(500, JSON, ("Content-Length", "4000")) + b'{"error":{"mess'), Close()),
        failed("server", "500"),
    ),
    Behaviour(
        "server-500-body-stalls",
        plays(Send(head(500, JSON, ("Content-Length", "4000")) + b'{"error":{"mess'), *HELD_OPEN),
        failed("server", "500"),
        limits=Limits(wait=0.4, idle=0.4),
    ),
    Behaviour("server-502-page", page(502), failed("server", "502")),
    Behaviour("server-503-bare", error(503, "Overloaded."), failed("server", "503", "Overloaded.")),
    Behaviour("server-504-empty", plays(reply(504)), failed("server", "504")),
    Behaviour("server-529", error(529, "Overloaded."), failed("server", "529", "Overloaded.")),
)

STATUS = REDIRECTS + BAD_REQUESTS + OUTPUT_LIMITS + REFUSALS + SERVER_TROUBLE
