"""A lane as text on its way to become one: what it means, what it costs, or what is wrong with it, at every key."""

from textual.content import Content

from compare_tui.core.lane import Lane, LaneError
from compare_tui.ui.market import Market
from compare_tui.ui.screens.lane_facts import LaneFacts
from compare_tui.ui.screens.lane_rows import BAD, MUTED, cautions, expected, text, written


def read(line: str) -> Lane | str:
    """The lane, or what is wrong with the text."""
    try:
        return Lane.parse(line)
    except LaneError as error:
        return str(error)


def remarks(line: str, market: Market) -> tuple[Lane | None, Content]:
    """The lane if there is one, and what to say below the field."""
    lane = read(line)
    if isinstance(lane, str):
        return None, text(f"✗ {lane}", BAD)
    facts = LaneFacts.of(lane, market)
    fresh, answer = facts.prices
    lines = [
        written(lane),
        Content.styled("per 1K tokens  ", MUTED) + Content(f"{fresh} input, {answer} output"),
        expected(facts),
        *cautions(facts),
    ]
    return lane, Content("\n").join(lines)
