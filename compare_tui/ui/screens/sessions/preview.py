"""The chosen session in short: its prompts, how each lane answered, and what that took."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from textual.content import Content

from compare_tui.core.lane import distinct_labels
from compare_tui.core.record import RoundRecord
from compare_tui.core.sanitize import safe_display
from compare_tui.core.take import Take
from compare_tui.ui.counters import state_piece
from compare_tui.ui.figures import count, duration
from compare_tui.ui.screens.lane_rows import BAD, MUTED, STRONG, WARNING, text
from compare_tui.ui.screens.sessions.row import labels, tags, title

if TYPE_CHECKING:
    from compare_tui.store.store import Listed, Store

_ROUNDS: Final = 5
_TAKES: Final = 12
_PROMPT: Final = 600
_ANSWER: Final = 280
_PURGED: Final = 20
"""Numbers of rounds that may be missing between those that are there."""
_STYLES: Final = {"good": "$text-success", "warn": WARNING, "bad": BAD, "live": "$text-primary", "dim": MUTED}


def preview(store: "Store", one: "Listed") -> Content:
    """Reads a few rounds of it, which blocks."""
    parts = [_head(one)]
    for kept in _first_rounds(store, one):
        parts += [Content(), *_round(kept)]
    if one.rounds > _ROUNDS:
        parts += [Content(), text(f"… and {one.rounds - _ROUNDS:,} more rounds", MUTED)]
    return Content("\n").join(parts)


def _first_rounds(store: "Store", one: "Listed") -> Iterator[RoundRecord]:
    """One by one: a session over a prompt file has thousands."""
    from compare_tui.store.problems import NotFound
    from compare_tui.store.store import Place

    left = min(one.rounds, _ROUNDS)
    for number in range(1, one.rounds + _PURGED):
        if not left:
            return
        try:
            rounds = store.read(Place(one.id, number)).rounds
        except NotFound:
            continue
        yield from rounds
        left -= 1


def _head(one: "Listed") -> Content:
    counts = f"{one.id} · {_counted(one.rounds, 'round')} · {_counted(one.takes, 'take')} · {one.cost}"
    lines = [text(title(one), STRONG), text(counts, MUTED), text(labels(one), MUTED)]
    if one.tags:
        lines.append(text(tags(one.tags), "$text-secondary"))
    if one.again_of:
        lines.append(text(f"asks {one.again_of} again; c compares the two", MUTED))
    return Content("\n").join(lines)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _round(kept: RoundRecord) -> Iterator[Content]:
    prompt = kept.round.prompt.text
    yield Content.styled(f"▎{kept.round.number}  ", "$text-accent") + Content(_beginning(prompt, _PROMPT))
    names = distinct_labels(one.lane for one in kept.takes)
    for one in kept.takes[:_TAKES]:
        yield from _take(one.take(), names[one.lane])
    if len(kept.takes) > _TAKES:
        yield text(f"… and {len(kept.takes) - _TAKES:,} more takes", MUTED)


def _take(take: Take, name: str) -> Iterator[Content]:
    state, role = state_piece(take)
    repeat = f" ·{take.repeat}" if take.repeat > 1 else ""
    figures = (
        f"TTFT {duration(take.stamps.ttft_ns)}",
        duration(take.stamps.total_ns),
        str(take.cost),
        f"{count(take.usage.output if take.usage else None)} tok",
    )
    told = Content.styled(state, _STYLES.get(role, "")) + Content.styled(f"  {' · '.join(figures)}", MUTED)
    yield text(f"{name}{repeat}", STRONG) + Content("  ") + told
    said = take.text or (take.failure.message if take.failure else "")
    if said:
        yield Content(_beginning(said, _ANSWER))


def _beginning(whole: str, most: int) -> str:
    """In one line, which the screen breaks where it wants."""
    words = " ".join(safe_display(whole[:most]).split())
    return f"{words} …" if len(whole) > most else words
