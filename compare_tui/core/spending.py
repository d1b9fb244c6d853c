"""What answers cost and how much of their input was cached: figures over many takes."""

from collections.abc import Iterable

from compare_tui.core.pricing import Cost, CostState, total
from compare_tui.core.take import Take


def answer_cost(take: Take) -> Cost | None:
    """What an answer cost; None for what is none, for what the store answered, and while no price is known."""
    if take.verdict is None or not take.verdict.is_answer or take.origin == "store":
        return None
    cost = take.cost
    return None if cost.amount is None else cost


def mean(costs: Iterable[Cost]) -> Cost:
    """As sure as the least certain of them."""
    known = list(costs)
    whole = total(known)
    if whole.amount is None:
        return Cost(None, CostState.NO_PRICE)
    return Cost(whole.amount / len(known), whole.state)


def cached_share(input_tokens: int, cached: int) -> float | None:
    """Of the input that was read, how much came from the endpoint's cache; unknown without any input."""
    return cached / input_tokens if input_tokens else None
