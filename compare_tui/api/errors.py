"""What can go wrong with a request: one tree, a sentence for the reader at each leaf.

Problem
├── Unreachable   no connection:       refused · dns · tls · connect
├── Rejected      an error status:     bad-request · key · forbidden · not-found · conflict · too-large · unprocessable
│                                      rate-limit · quota · flex-busy · server · redirect · status
├── Unreadable    not what was asked:  html · other-json · not-a-stream · encoding · protocol · event-too-large
├── Broken        an answer broke off: cut · stalled · deadline · in-band
└── Withheld      never sent:          budget · too-long · internal
"""

import re
from typing import Any, Self

from compare_tui.core.sanitize import safe_line

LONGEST_DETAIL = 600
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", re.DOTALL | re.IGNORECASE)


class Problem(Exception):
    """An attempt failed: which class of failure, the sentence for the reader, and what the endpoint said of itself."""

    def __init__(
        self,
        error_class: str,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.error_class = error_class
        self.message = message
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after

    def to_data(self) -> dict[str, Any]:
        return {"class": self.error_class, "status": self.status, "request_id": self.request_id}


class SetUpFailed(Exception):
    """Nothing can be sent at all."""

    def __init__(self, why: str) -> None:
        super().__init__(f"nothing can be sent: check the proxy and TLS variables of the environment ({_short(why)})")


class Unreachable(Problem):
    """No connection came about: nothing was sent, nothing can have been done."""

    @classmethod
    def refused(cls, host: str) -> Self:
        return cls("refused", f"{host} refused the connection: is the server running, is the port right?")

    @classmethod
    def dns(cls, host: str) -> Self:
        return cls("dns", f"the name {host} is not known: check base_url and the network")

    @classmethod
    def tls(cls, host: str, detail: str) -> Self:
        return cls("tls", f"no secure connection (TLS) to {host}: {_short(detail)}")

    @classmethod
    def connect(cls, host: str, detail: str) -> Self:
        return cls("connect", f"no connection to {host}: {_short(detail)}")


class Rejected(Problem):
    """The endpoint answered with an error status."""


class Unreadable(Problem):
    """The endpoint answered, but not with what was asked for."""

    @classmethod
    def html(cls, page: str) -> Self:
        return cls(
            "html", f"a web page came instead of an answer: check base_url, a proxy or a login ({readable(page, 120)})"
        )

    @classmethod
    def other_json(cls, body: str) -> Self:
        return cls("other-json", f"JSON came that is no answer: {_short(body, 200)}")

    @classmethod
    def not_a_stream(cls, content_type: str) -> Self:
        return cls(
            "not-a-stream", f"no event stream came but {_short(content_type) or 'nothing'}: check base_url and api"
        )

    @classmethod
    def encoding(cls, detail: str) -> Self:
        return cls("encoding", f"the answer is not valid UTF-8: {_short(detail)}")

    @classmethod
    def protocol(cls, detail: str) -> Self:
        return cls("protocol", f"the endpoint broke the protocol: {_short(detail)}")

    @classmethod
    def event_too_large(cls, most: int) -> Self:
        return cls("event-too-large", f"one event of the stream is larger than {most // 1024**2} MiB")


class Broken(Problem):
    """An answer was under way and did not reach its end."""

    @classmethod
    def cut(cls, detail: str) -> Self:
        return cls("cut", f"the connection ended before the answer did: {_short(detail)}")

    @classmethod
    def stalled(cls, seconds: float, *, begun: bool) -> Self:
        return cls("stalled", f"nothing {'new ' if begun else ''}came for {seconds:g} s")

    @classmethod
    def deadline(cls, seconds: float) -> Self:
        return cls("deadline", f"not finished by its deadline of {seconds:g} s")

    @classmethod
    def in_band(cls, said: str) -> Self:
        return cls("in-band", f"the endpoint gave up: {said}")


class Withheld(Problem):
    """We did not send it."""

    @classmethod
    def budget(cls, why: str) -> Self:
        return cls("budget", f"not sent: {why}")

    @classmethod
    def too_long(cls, why: str) -> Self:
        return cls("too-long", f"not sent: {why}")

    @classmethod
    def internal(cls, error: BaseException) -> Self:
        return cls("internal", f"compare-tui itself failed: {type(error).__name__}: {_short(str(error))}")


def error_text(body: object) -> str:
    """What an error object says, whichever of the usual shapes it has; code and parameter behind it."""
    if isinstance(body, dict) and isinstance(body.get("error"), dict | str):
        body = body["error"]
    if isinstance(body, dict):
        message = next((body[key] for key in ("message", "detail", "error", "msg") if body.get(key)), None)
        marks = [str(body[key]) for key in ("code", "type") if isinstance(body.get(key), str | int)]
        if message is None:
            return _short(", ".join(marks) or str(body))
        return _short(f"{message} ({marks[0]})" if marks and marks[0] not in str(message) else str(message))
    return _short("" if body is None else str(body))


def readable(page: str, most: int = LONGEST_DETAIL) -> str:
    """The words of a page without its markup."""
    return _short(_TAGS.sub(" ", page[:20_000]), most)


def _short(text: str, most: int = LONGEST_DETAIL) -> str:
    line = safe_line(text[: most * 4])
    return line if len(line) <= most else f"{line[: most - 1]}…"
