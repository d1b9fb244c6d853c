"""What is marked in the panes themselves: words another answer does not have, where its words are gone, or sentences
that stand in no other answer. Worked out aside; places are those of the text as it came, made fit for a screen."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate, groupby
from typing import Final, NamedTuple

from compare_tui.core.diff.answer import Said, compare_said
from compare_tui.core.diff.model import Diff, How, Kind, Piece
from compare_tui.core.sanitize import safe_display
from compare_tui.ui.marks.in_values import carried, stretches
from compare_tui.ui.marks.sentences import Sentence, only_in, sentences
from compare_tui.ui.rows import TAB

TOKENS: Final = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\s]")
"""Words, signs, and the characters of scripts that put no space between words."""
NONE: Final = -1
_CLOSING: Final = ".,;:!?)]}»”’…。，、；：！？」』）*_`|"
_FAR_MORE: Final = 3


class As(StrEnum):
    """Why a word is marked."""

    NEW = "new"
    NUMBER = "number"
    MOVED = "moved"
    ONLY = "only"
    GONE = "gone"
    """Between two words: something stands there in the other text."""


class Mark(NamedTuple):
    """The characters of a line from `start` up to `end`.

    What is gone: between the end of the word before and the start of the word behind, either of which may be `NONE`.
    """

    start: int
    end: int
    why: As


@dataclass(frozen=True, slots=True)
class Marks:
    """Those of one text by its lines, tabs of which are spaces, and what they come to."""

    lines: Mapping[int, Sequence[Mark]] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    """In words, for where there is room, and shorter."""


NOTHING_SAID: Final = "no text to hold this against", "nothing to compare"


def shown(said: Said) -> str:
    """The text as a pane shows it as it came."""
    calls = (f"→ {name} {arguments}" for name, arguments in said.calls)
    return safe_display("\n".join(filter(None, (said.text, *calls))))


def differing(old: Said, new: Said, *, growing: bool = False) -> Marks:
    """What the new one has and the old one does not, and where it lacks what the old one has."""
    diff = compare_said(_safe(old), _safe(new), growing=growing)
    text = shown(new)
    found = list(_signs(diff))
    if diff.new != text:
        found = _carried(found, diff.new, text, _safe(new))
    return Marks(by_line(text, found), _told(diff, growing=growing))


def only_here(
    mine: Said,
    others: Sequence[Said],
    read: Callable[[str], Sequence[Sentence]] = sentences,
    *,
    growing: bool = False,
) -> Marks:
    """The sentences that none of the others has. `read`: the same of each text, which many may be held against."""
    text = shown(mine)
    found = only_in(read(text), [read(shown(one)) for one in others])
    count = f"{len(found):,}"
    told = f"{count} sentence{'s' * (len(found) > 1)} only here{' so far' * growing}", f"{count} only here"
    marks = [Mark(start, end, As.ONLY) for start, end in found]
    return Marks(by_line(text, marks), told if found else ("nothing only here", "none here"))


def _safe(said: Said) -> Said:
    """What is compared is what is seen, so that a place in the one is a place in the other."""
    calls = tuple((safe_display(name), safe_display(arguments)) for name, arguments in said.calls)
    return Said(safe_display(said.text), calls)


def _signs(diff: Diff) -> Iterator[Mark]:
    """By places in the new text. What is new says that something else is gone, unless that was much more."""
    for _, several in groupby(diff.pieces, key=lambda piece: piece.change if piece.change >= 0 else piece):
        pieces = list(several)
        gone = "".join(diff.old[piece.old : piece.old_end] for piece in pieces if piece.kind is Kind.GONE)
        new = "".join(diff.new[piece.new : piece.new_end] for piece in pieces if piece.kind is Kind.NEW)
        yield from (Mark(one.new, one.new_end, _why(diff, one)) for one in pieces if one.kind is Kind.NEW)
        moved = _is_moved(diff, pieces[0])
        if gone.strip() and not moved and (not new.strip() or _is_more(gone, new)):
            yield Mark(pieces[-1].new_end, pieces[-1].new_end, As.GONE)


def _is_more(gone: str, new: str) -> bool:
    """A whole line, or far more words."""
    return gone.count("\n") > new.count("\n") or len(gone.split()) > _FAR_MORE * (len(new.split()) + 1)


def _is_moved(diff: Diff, piece: Piece) -> bool:
    return piece.change >= 0 and diff.changes[piece.change].how is How.MOVED


def _why(diff: Diff, piece: Piece) -> As:
    return As.MOVED if _is_moved(diff, piece) else As.NUMBER if piece.number else As.NEW


def _told(diff: Diff, *, growing: bool) -> tuple[str, ...]:
    changes = len(diff.changes)
    if not changes:
        text = "the same so far" if growing else "the same text" if diff.is_same else "the same words"
        return (text,)
    many = f"{changes:,} change{'s' * (changes > 1)}"
    same = f"{diff.percent} %"
    return f"{many}{' so far' * growing} · {same} the same", f"{many} · {same}", many, f"{changes:,} ≠"


def _carried(found: Sequence[Mark], compared: str, text: str, said: Said) -> list[Mark]:
    """The same where values stand in the text as it came; none when the two cannot be brought together."""
    try:
        known = stretches(compared, text, said)
    except (ValueError, RecursionError):
        return []
    carried_over = ((start, end, why) for one, two, why in found for start, end in carried(known, one, two))
    return sorted(Mark(*one) for one in carried_over)


def by_line(text: str, found: Sequence[Mark]) -> Mapping[int, Sequence[Mark]]:
    """Cut at the ends of the lines, blanks at both ends left out."""
    rows = text.split("\n")
    starts = list(accumulate((len(row) + 1 for row in rows[:-1]), initial=0))
    lines: dict[int, list[Mark]] = {}
    for next_one, (start, end, why) in enumerate(found, 1):
        first = bisect_right(starts, start) - 1
        if why is As.GONE:
            until = found[next_one].start if next_one < len(found) else len(text)
            first, mark = _gap(rows, first, start - starts[first], until - starts[first])
            lines.setdefault(first, []).append(mark)
            continue
        for number in range(first, bisect_right(starts, max(start, end - 1))):
            row, begin = rows[number], starts[number]
            part = row[max(0, start - begin) : max(0, end - begin)]
            if part.strip():
                at = max(0, start - begin) + len(part) - len(part.lstrip())
                lines.setdefault(number, []).append(_spread(row, Mark(at, at + len(part.strip()), why)))
    return lines


def _gap(rows: Sequence[str], number: int, at: int, until: int) -> tuple[int, Mark]:
    """From the word before up to the one behind; what is gone at the beginning of a line is so behind the last one.

    Signs that close are of the word before, but for those that are marked themselves: marks stand in order.
    """
    before = _behind_word(rows[number], at)
    while number and not before:
        number -= 1
        at = len(rows[number])
        before = _behind_word(rows[number], at)
    row = rows[number]
    for word in TOKENS.finditer(row, at):
        if word[0] not in _CLOSING or word.start() >= until:
            return number, _spread(row, Mark(before or NONE, word.start(), As.GONE))
        before = word.end()
    return number, _spread(row, Mark(before or NONE, NONE, As.GONE))


def _behind_word(line: str, at: int) -> int:
    """The last one before this place."""
    while at and line[at - 1].isspace():
        at -= 1
    return at


def _spread(line: str, mark: Mark) -> Mark:
    """With its tabs as the spaces they are shown as."""
    if "\t" not in line:
        return mark
    start, end = (at if at == NONE else len(line[:at].expandtabs(TAB)) for at in mark[:2])
    return Mark(start, end, mark.why)
