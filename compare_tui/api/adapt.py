"""A request asked once more with what the endpoint takes, when it refused a field the user never wrote.

The lane says `max=`, not which of two names it has on the wire; `store` and `stream_options` are ours.
"""

import re
from dataclasses import replace
from typing import Final

from compare_tui.api.errors import Problem
from compare_tui.api.wire import Request

_REFUSALS: Final = (400, 422)
OTHER_NAME: Final = {"max_completion_tokens": "max_tokens", "max_tokens": "max_completion_tokens"}
_OURS: Final = {"store": False, "stream_options": {"include_usage": True}}
_A_MATTER_OF_SIZE = re.compile(
    r"too (large|big|high|many|small|low)|at (most|least)|maximum|minimum|exceed|out of range", re.IGNORECASE
)
_NOT_TAKEN = re.compile(
    r"unknown|unrecogni[sz]ed|unsupported|unexpected|extra|additional|not (permitted|supported|allowed)", re.IGNORECASE
)


def refused_field(request: Request, problem: Problem) -> str | None:
    """The field of ours the endpoint does not take, if that is what it says."""
    if problem.status not in _REFUSALS:
        return None
    if _A_MATTER_OF_SIZE.search(problem.message):
        return None
    named = set(re.findall(r"[a-z_]+", problem.message))
    if named & set(OTHER_NAME):
        return next((name for name in OTHER_NAME if name in request.body), None)
    if "schema" in named or not _NOT_TAKEN.search(problem.message):
        return None
    return next((name for name, ours in _OURS.items() if name in named and request.body.get(name) == ours), None)


def without(request: Request, field: str) -> Request:
    """The request with the field under its other name, or without it."""
    if field not in request.body:
        return request
    body = dict(request.body)
    value = body.pop(field)
    if field in OTHER_NAME:
        body[OTHER_NAME[field]] = value
    return replace(request, body=body)
