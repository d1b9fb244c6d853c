"""Why an answer has no token probabilities though its lane asks for them, in words for the reader."""

import re
from typing import Final

from compare_tui.core.verdict import Verdict

NONE_CAME: Final = "asked for token probabilities, none came"
NONE_GIVEN: Final = "this model gives no token probabilities: send to it without logprobs"
_OF_A_RANGE: Final = re.compile(r"maximum|minimum|less than|greater than|between|range|<=|>=|at most", re.IGNORECASE)


def why_none(asked: int | None, failure: str, verdict: Verdict | None, *, wrote: bool) -> str | None:
    """Refused, or not a word of them beside a good answer; None where they were not to be expected."""
    if asked is None:
        return None
    if "logprobs" in failure.lower():
        return f"this endpoint does not take logprobs={asked}: ask for fewer" if _is_of_a_range(failure) else NONE_GIVEN
    return NONE_CAME if wrote and not failure and verdict in (Verdict.DONE, Verdict.TRUNCATED) else None


def _is_of_a_range(failure: str) -> bool:
    return _OF_A_RANGE.search(failure) is not None
