"""Lanes as text on a screen: a row of the list, and all that is known of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.pricing import format_usd
from compare_tui.core.tally import DASH
from compare_tui.ui.screens.lane_facts import LaneFacts, per_1k
from compare_tui.ui.widgets.lines import shown

Part = Content | tuple[str, str]
MUTED = "dim"  # of whatever colour the row has: a colour of its own would be lost under the cursor
WARNING = "$text-warning"
BAD = "$text-error"
STRONG = "bold"

_ROOMY = 90
_LONGEST_MODEL = 80
_LONGEST_CAUTION = 240


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row of fixed width; numbers stand on the right."""

    content: Content
    width: int
    right: bool = False

    def fitted(self) -> Content:
        cut = self.content.truncate(self.width, ellipsis=True)
        gap = self.width - cut.cell_length
        return cut.pad_left(gap) if self.right else cut.pad_right(gap)


def text(words: str, style: str = "") -> Content:
    """From outside or not: one line of it, never markup."""
    return Content.styled(shown(words), style)


def written(lane: Lane) -> Content:
    """A lane as text; only a model's name can be too long for it."""
    model = lane.model if len(lane.model) <= _LONGEST_MODEL else f"{lane.model[:_LONGEST_MODEL]}…"
    return text(str(replace(lane, model=model)), STRONG)


def row(*cells: Cell) -> Content:
    return Content(" ").join(cell.fitted() for cell in cells)


def _cells(width: int, contents: Sequence[Content]) -> list[Cell]:
    number, lane, effort, tier, endpoint, fresh, answer, notes = contents
    roomy = width >= _ROOMY
    side = [Cell(endpoint, 11)] if roomy else []
    prices = [Cell(fresh, 9, right=True), Cell(answer, 9, right=True)]
    ends = [Cell(effort, 8), Cell(tier, 9), *side, *prices, Cell(Content(" ") + notes, 20 if roomy else 15)]
    taken = sum(cell.width + 1 for cell in ends) + 4
    return [Cell(number, 3, right=True), Cell(lane, max(8, width - taken)), *ends]


def header(width: int) -> Content:
    titles = ("#", "lane", "effort", "tier", "endpoint", "in /1K", "out /1K", "")
    return row(*_cells(width, [Content.styled(title, MUTED) for title in titles]))


def lane_row(facts: LaneFacts, lineup: Lineup, at: int, width: int) -> Content:
    lane, muted = facts.lane, lineup.entries[at].muted
    name = text(lane.name, STRONG) + Content("  ") + text(lane.model, MUTED) if lane.name else text(lane.model, STRONG)
    if width < _ROOMY and lane.endpoint:
        name += Content(" ") + text(f"@{lane.endpoint}", MUTED)
    twin = lineup.same_as(at)
    said = [("‖ muted", MUTED)] if muted else []
    said += [(note, BAD if note.startswith("✗") else WARNING) for note in facts.notes]
    said += [(f"= lane {twin + 1}", MUTED)] if twin is not None else []
    contents = (
        Content(str(at + 1)),
        name,
        text(lane.effort or DASH),
        text(lane.tier or DASH),
        text(facts.endpoint, MUTED if lane.endpoint is None else ""),
        *(Content(price) for price in facts.prices),
        Content("  ").join(Content.styled(*part) for part in said),
    )
    whole = row(*_cells(width, contents))
    return whole.stylize("dim") if muted else whole


def detail(facts: LaneFacts, *, roomy: bool) -> Content:
    """All about one lane, the most telling first."""
    parts = [written(facts.lane)]
    if facts.account is not None:
        where = facts.account.endpoint
        parts.append(Content.styled(f"{where.api} API at ", MUTED) + text(where.shown_url, MUTED))
    parts += _prices(facts, roomy=roomy)
    if facts.efforts:
        parts.append(_labelled("efforts", " ".join(facts.efforts), "it takes "))
    parts.append(expected(facts))
    parts += cautions(facts)
    return Content("\n").join(parts)


def _prices(facts: LaneFacts, *, roomy: bool) -> Iterator[Content]:
    if facts.free:
        yield _labelled("price", "free: the endpoint says so")
        return
    priced = [(tier, rate) for tier in facts.tiers if (rate := facts.tier_rate(tier))]
    if not priced:
        return
    if not roomy:
        yield _labelled("per 1K", ", ".join(f"{tier} {_both(facts, tier)}" for tier, _ in priced))
        return
    yield Content.styled("\ntier       input /1K  output /1K", MUTED)
    for tier, rate in priced:
        here = facts.rate is not None and facts.rate.tier == tier
        line = f"{shown(tier):<10} {per_1k(rate.input):>9}  {per_1k(rate.output):>10}  {facts.factor(tier):<6}"
        yield Content.styled(line + (" ◂" if here else ""), STRONG if here else "")
    yield Content.styled(f"prices of {priced[0][1].card_date}\n", MUTED)


def _both(facts: LaneFacts, tier: str) -> str:
    rate = facts.tier_rate(tier)
    return f"{per_1k(rate.input)} / {per_1k(rate.output)}" if rate else DASH


def _labelled(label: str, words: str, before: str = "") -> Content:
    return Content.styled(f"{label}  {before}", MUTED) + text(words)


def expected(facts: LaneFacts) -> Content:
    """What the prompt being written would cost here."""
    if not facts.tokens:
        return Content.styled("this prompt  nothing is written yet", MUTED)
    about = f"~{facts.tokens:,} tokens"
    if facts.free or facts.expected is None:
        return _labelled("this prompt", f"{about}, {'free' if facts.free else 'no price known'}")
    worst = facts.expected.worst
    most = f", at most {format_usd(worst)}" if worst is not None else ""
    return _labelled("this prompt", f"{about}, {format_usd(facts.expected.input)} input{most}")


def cautions(facts: LaneFacts) -> list[Content]:
    """A line for each thing that speaks against sending."""
    return [
        Content.styled("✗ " if one.blocks else "! ", BAD if one.blocks else WARNING) + text(one.text[:_LONGEST_CAUTION])
        for one in facts.cautions
    ]
