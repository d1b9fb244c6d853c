"""The latency figures of a take, each defined once, from the stamps of its events."""

from dataclasses import dataclass

SHORTEST_WINDOW_NS = 200_000_000
FEWEST_TOKENS = 40
"""Below these a rate is noise and stays unknown."""


@dataclass(slots=True)
class Stamps:
    """When what happened, in nanoseconds of one monotonic clock; None is not yet, or never.

    `queued` and `first_sent` belong to the take, the others to its last attempt.
    """

    queued: int | None = None
    first_sent: int | None = None
    sent: int | None = None
    connected: int | None = None
    request_sent: int | None = None
    headers: int | None = None
    first_event: int | None = None
    first_delta: int | None = None
    first_reasoning: int | None = None
    first_text: int | None = None
    last_text: int | None = None
    usage: int | None = None
    end: int | None = None

    def next_attempt(self, t_ns: int) -> "Stamps":
        """The stamps of a further attempt: what came before counts as retry."""
        first = t_ns if self.first_sent is None else self.first_sent
        return Stamps(queued=self.queued, first_sent=first, sent=t_ns)

    @property
    def queue_ns(self) -> int | None:
        return _between(self.queued, self.first_sent)

    @property
    def retry_ns(self) -> int | None:
        return _between(self.first_sent, self.sent)

    @property
    def connect_ns(self) -> int | None:
        return _between(self.sent, self.connected)

    @property
    def ttft_ns(self) -> int | None:
        """To the first non-empty generated delta of any channel."""
        return _between(self.sent, self.first_delta)

    @property
    def ttfa_ns(self) -> int | None:
        """To the first answer text."""
        return _between(self.sent, self.first_text)

    @property
    def total_ns(self) -> int | None:
        return _between(self.sent, self.end)

    @property
    def felt_ns(self) -> int | None:
        """Queue + Retry + Total: what a person waited."""
        return _between(self.queued, self.end) if self.sent is not None else None

    def tokens_per_s(self, answer_tokens: int | None) -> float | None:
        window = _between(self.first_text, self.last_text)
        if window is None or window < SHORTEST_WINDOW_NS or answer_tokens is None or answer_tokens < FEWEST_TOKENS:
            return None
        return (answer_tokens - 1) / (window / 1e9)


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else end - start
