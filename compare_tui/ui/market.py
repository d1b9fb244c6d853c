"""What the lanes screen has to know of the world: endpoints, their models and prices, the prompt being written."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from decimal import Decimal
from typing import Any, Protocol

from compare_tui.core.lane import Lane
from compare_tui.engine.account import Account


class Market(Protocol):
    """The desk is one."""

    @property
    def endpoints(self) -> Sequence[str]:
        """The default one first."""

    def account(self, lane: Lane) -> Account | None:
        """None when there is no such endpoint."""

    def models(self, endpoint: str) -> Future[list[Mapping[str, Any]]]:
        """What it says it serves. May block; it, or its future, raises what is fit to be read by the user."""

    def set_price(self, model: str, fresh: Decimal, answer: Decimal, cached: Decimal | None, /) -> None:
        """Use a typed price at once and keep it, USD per million tokens.

        A CardError says what no card can hold, an OSError that it could not be written down.
        """

    def expected_tokens(self) -> int:
        """Input tokens of the prompt being written."""
