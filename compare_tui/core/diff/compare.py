"""Compares two texts: by sentences, list items and lines of code first, then by words within what was replaced."""

import re

from compare_tui.core.diff.model import Change, Diff, How, Ignoring, Kind, Piece, Span, Unit

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def compare(
    old: str, new: str, unit: Unit = Unit.WORD, ignoring: Ignoring = Ignoring(), *, growing: bool = False
) -> Diff:
    """`growing`: one of them is still being written, so what only one has at its end is not compared yet."""
    from rapidfuzz.distance import Indel

    words = [(found.start(), found.end()) for found in _WORDS.finditer(old)]
    other = [(found.start(), found.end()) for found in _WORDS.finditer(new)]
    pieces: list[Piece] = []
    changes: list[Change] = []
    common = i = j = 0
    for step in Indel.opcodes([old[a:b] for a, b in words], [new[a:b] for a, b in other]):
        i_end = words[step.src_end - 1][1] if step.src_end > step.src_start else i
        j_end = other[step.dest_end - 1][1] if step.dest_end > step.dest_start else j
        if step.tag == "equal":
            pieces.append(Piece(Kind.SAME, i, i_end, j, j_end))
            common += step.src_end - step.src_start
        else:
            if not pieces or pieces[-1].kind is Kind.SAME:
                changes.append(Change(How.REPLACED, Span(i, i), Span(j, j)))
            at = len(changes) - 1
            changes[at] = changes[at]._replace(
                old=Span(changes[at].old.start, i_end), new=Span(changes[at].new.start, j_end)
            )
            if i_end > i:
                pieces.append(Piece(Kind.GONE, i, i_end, j, j, at))
            if j_end > j:
                pieces.append(Piece(Kind.NEW, i_end, i_end, j, j_end, at))
        i, j = i_end, j_end
    share = 2 * common / max(1, len(words) + len(other))
    return Diff(old, new, tuple(pieces), tuple(changes), unit, ignoring, share, len(words), len(other))
