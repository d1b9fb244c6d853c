"""How a take ended, decided from what the endpoint said and how the connection went."""

from enum import StrEnum


class Verdict(StrEnum):
    DONE = "done"
    TRUNCATED = "truncated"
    FILTERED = "filtered"
    REFUSED = "refused"
    CUT = "cut"
    STALLED = "stalled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def glyph(self) -> str:
        return _GLYPHS[self]

    @property
    def is_answer(self) -> bool:
        """The endpoint ended it itself: what is there is what it had to say."""
        return self in (Verdict.DONE, Verdict.TRUNCATED, Verdict.FILTERED, Verdict.REFUSED)


_GLYPHS = {
    Verdict.DONE: "✓",
    Verdict.TRUNCATED: "…",
    Verdict.FILTERED: "⊘",
    Verdict.REFUSED: "⊖",
    Verdict.CUT: "✂",
    Verdict.STALLED: "⏸",
    Verdict.FAILED: "✗",
    Verdict.CANCELLED: "■",
    Verdict.INTERRUPTED: "↯",
}

_BY_ERROR = {"stalled": Verdict.STALLED, "deadline": Verdict.STALLED, "cut": Verdict.CUT}
_BY_REASON = {
    "length": Verdict.TRUNCATED,
    "max_tokens": Verdict.TRUNCATED,
    "max_output_tokens": Verdict.TRUNCATED,
    "content_filter": Verdict.FILTERED,
    "error": Verdict.FAILED,
}
_BY_STATUS = {
    "failed": Verdict.FAILED,
    "cancelled": Verdict.CANCELLED,
    "incomplete": Verdict.TRUNCATED,
}


def by_error(error_class: str) -> Verdict:
    """The verdict of an attempt that broke off with this error and is not made again."""
    return _BY_ERROR.get(error_class, Verdict.FAILED)


def by_finish(status: str | None, reason: str | None, *, refused: bool) -> Verdict:
    """The verdict of an answer its endpoint declared complete; the status inside counts, not the event's name."""
    if status in ("failed", "cancelled"):
        return _BY_STATUS[status]
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    if refused:
        return Verdict.REFUSED
    return _BY_STATUS.get(status or "", Verdict.DONE)
