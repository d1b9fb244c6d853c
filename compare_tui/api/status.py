"""Error statuses read: which problem a response with 3xx, 4xx or 5xx is, in words for the reader."""

import contextlib
import email.utils
import json
import math
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from compare_tui.api.errors import Rejected, error_text, readable

_CLASSES = {
    400: "bad-request",
    401: "key",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    413: "too-large",
    422: "unprocessable",
    429: "rate-limit",
}
_SENTENCES = {
    "bad-request": "the endpoint does not take this request",
    "key": "the key is missing or not accepted",
    "forbidden": "the key may not do this",
    "not-found": "the endpoint does not know this model or address",
    "conflict": "the endpoint reports a conflict",
    "too-large": "the request is too large for the endpoint",
    "unprocessable": "the endpoint cannot process this request",
    "rate-limit": "too many requests for the rate limit",
    "quota": "the account has no credit or quota left",
    "flex-busy": "no flex capacity at the moment, nothing was charged",
    "server": "the endpoint has trouble of its own",
    "redirect": "a redirect, which is never followed, to",
    "status": "an answer with an unusual status",
}
_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "quota_exceeded")
_NO_CAPACITY = ("resource_unavailable", "resource unavailable")


def rejected(status: int, headers: Mapping[str, str], body: bytes) -> Rejected:
    """The problem a response with an error status stands for."""
    said, told = _said(headers, body)
    error_class = _class(status, told)
    sentence = _SENTENCES[error_class]
    if error_class == "redirect":
        said = _place(headers.get("location", ""))
    detail = f": {said}" if said else ""
    return Rejected(
        error_class,
        f"{sentence} ({status}){detail}",
        status=status,
        request_id=headers.get("x-request-id"),
        retry_after=retry_after(headers),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the endpoint asks us to wait, from any of its three spellings; nonsense counts as not said."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        at = email.utils.parsedate_to_datetime(headers.get("retry-after", "")).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(at - time.time(), 0.0)


def _said(headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """The sentence of the body, and all of it in small letters to look for codes in."""
    text = body[:100_000].decode("utf-8", "replace")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return readable(text), ("" if "html" in headers.get("content-type", "") else text.lower())
    return error_text(parsed), text.lower()


def _place(address: str) -> str:
    """The host a redirect leads to; what else the address says may be a secret."""
    with contextlib.suppress(ValueError):
        address = urlsplit(address).hostname or address
    return readable(address, 200)


def _class(status: int, told: str) -> str:
    if status == 429:
        if any(code in told for code in _QUOTA):
            return "quota"
        if any(code in told for code in _NO_CAPACITY):
            return "flex-busy"
    if 300 <= status < 400:
        return "redirect"
    if 500 <= status < 600:
        return "server"
    return _CLASSES.get(status, "status")
