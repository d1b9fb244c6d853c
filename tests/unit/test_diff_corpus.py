"""Pairs of answers and what a reader says of them: they lie in tests/fixtures/diff, whose README is the grammar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from compare_tui.core.diff.answer import Said, compare_said
from compare_tui.core.diff.model import EVERY_CHARACTER, Change, Diff, How, Ignoring, Kind, Unit

FOLDER = Path(__file__).parent.parent / "fixtures" / "diff"
ESCAPED = "written with escapes"
_SIGNS = {How.REPLACED: "~", How.GONE: "-", How.NEW: "+", How.MOVED: "»"}
_CHANGE = re.compile(r"(?:(\S.*?): )?([~»+-]) (.*)")
_HOW: dict[str, dict[str, Any]] = {
    "ignoring markup": {"ignoring": Ignoring(markup=True)},
    "ignoring case": {"ignoring": Ignoring(case=True)},
    "every character": {"ignoring": EVERY_CHARACTER},
    "by sentences": {"unit": Unit.SENTENCE},
    "by lines": {"unit": Unit.LINE},
}


@dataclass(frozen=True, slots=True)
class Pair:
    title: str
    old: Said
    new: Said
    rows: tuple[str, ...]

    def compared(self) -> Diff:
        unit, ignoring = Unit.WORD, Ignoring()
        for row in self.rows:
            how = _HOW.get(row, {})
            unit, ignoring = how.get("unit", unit), how.get("ignoring", ignoring)
        return compare_said(self.old, self.new, unit, ignoring)


def _pairs() -> Iterator[Pair]:
    for path in sorted(FOLDER.glob("*.txt")):
        for text in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, rest = text.split("\n", 1)
            old, rest = re.split(r"^--- becomes\n", rest, maxsplit=1, flags=re.MULTILINE)
            new, rest = re.split(r"^--- a reader says\n", rest, maxsplit=1, flags=re.MULTILINE)
            rows = tuple(row for row in rest.split("\n") if row)
            shown = tuple(map(_unescaped, rows)) if ESCAPED in rows else rows
            yield Pair(title, _said(old, rows), _said(new, rows), shown)


def _said(text: str, rows: tuple[str, ...]) -> Said:
    lines = text.removesuffix("\n").split("\n")
    calls = [line for line in lines if line.startswith("→ ")]
    said = "\n".join(line for line in lines if not line.startswith("→ "))
    if ESCAPED in rows:
        said = _unescaped(said.replace("\n", ""))
    return Said(said, tuple((name, arguments) for _, name, arguments in (call.split(" ", 2) for call in calls)))


def _unescaped(text: str) -> str:
    signs = {"r": "\r", "n": "\n", "t": "\t"}
    return re.sub(r"\\(?:u(....)|x(..)|([rnt]))", lambda it: signs.get(it[3]) or chr(int(it[1] or it[2], 16)), text)


PAIRS = list(_pairs())


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.title)
def test_a_reader_agrees(pair: Pair) -> None:
    diff = pair.compared()
    said = [row for row in pair.rows if not _agrees(row, diff, pair.rows)]
    assert not said, f"not so: {said}\nfound: {_found(diff)}"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.title)
def test_nothing_is_claimed_to_be_the_same_that_is_not(pair: Pair) -> None:
    diff = pair.compared()
    assert "".join(diff.old[piece.old : piece.old_end] for piece in diff.pieces) == diff.old
    assert "".join(diff.new[piece.new : piece.new_end] for piece in diff.pieces) == diff.new
    for piece in diff.pieces:
        old, new = diff.old[piece.old : piece.old_end], diff.new[piece.new : piece.new_end]
        assert (old == new) if piece.kind is Kind.SAME else (old != new)
    assert diff.is_same == (pair.old == pair.new)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.title)
def test_the_other_way_round_as_much_differs(pair: Pair) -> None:
    """What is there at all does not depend on which text is the old one."""
    there, back = pair.compared(), replace(pair, old=pair.new, new=pair.old).compared()
    assert bool(there.changes) == bool(back.changes)
    assert bool(there.alike) == bool(back.alike)
    numbers = [pair for change in there.changes for pair in change.numbers]
    assert sorted(numbers) == sorted((new, old) for change in back.changes for old, new in change.numbers)


def test_the_corpus_is_large_and_every_pair_says_something() -> None:
    assert len(PAIRS) >= 120
    assert len({pair.title for pair in PAIRS}) == len(PAIRS)
    assert all(set(pair.rows) - set(_HOW) - {ESCAPED} for pair in PAIRS)


# The grammar


def _agrees(row: str, diff: Diff, rows: tuple[str, ...]) -> bool:
    if row in _HOW or row == ESCAPED:
        return True
    if _CHANGE.fullmatch(row):
        return _change_agrees(row, diff, [other for other in rows if _CHANGE.fullmatch(other)])
    if row.startswith("# "):
        return _number_agrees(row, diff, [other for other in rows if other.startswith("# ")])
    found = re.fullmatch(r"(at most |at least )?(\d+) (changes?|% the same)", row)
    if found:
        figure = diff.percent if found[3].startswith("%") else len(diff.changes)
        wanted = int(found[2])
        return {"at most ": figure <= wanted, "at least ": figure >= wanted}.get(found[1] or "", figure == wanted)
    found = re.fullmatch(r"alike in (\d+) places?", row)
    if found:
        return diff.alike == int(found[1])
    known = {
        "some change": bool(diff.changes),
        "no change": not diff.changes,
        "no number": not any(change.numbers for change in diff.changes),
        "alike": diff.alike > 0,
        "identical": diff.is_same,
        "as JSON": diff.structure == "JSON",
        "as tool calls": diff.structure == "tool calls",
        "as text": not diff.structure,
    }
    return known[row]


def _change_agrees(row: str, diff: Diff, rows: list[str]) -> bool:
    """The rows are all the changes there are, in their order."""
    at = rows.index(row) if rows.count(row) == 1 else None
    if len(diff.changes) != len(rows):
        return False
    places = [at] if at is not None else [place for place, other in enumerate(rows) if other == row]
    return all(any(_reads(reading, diff, diff.changes[place]) for reading in row.split("  or  ")) for place in places)


def _reads(reading: str, diff: Diff, change: Change) -> bool:
    found = _CHANGE.fullmatch(reading.strip())
    assert found, reading
    path, sign, words = found.groups()
    old, new = diff.old[slice(*change.old)], diff.new[slice(*change.new)]
    if sign != _SIGNS[change.how] or (path or "") != change.path:
        return False
    if change.how is How.REPLACED:
        return any(_is(words[: at.start()], old) and _is(words[at.end() :], new) for at in re.finditer(" → ", words))
    return _is(words, old if change.how is How.GONE else new)


def _is(words: str, text: str) -> bool:
    """` … ` stands for any words."""
    there = " ".join(text.split())
    start, gap, end = words.partition(" … ")
    return there.startswith(start) and there.endswith(end) if gap else there == words


def _number_agrees(row: str, diff: Diff, rows: list[str]) -> bool:
    numbers = [
        f"# {old} → {new}".replace("#  ", "# ").rstrip() for change in diff.changes for old, new in change.numbers
    ]
    return len(numbers) == len(rows) and any(reading in numbers for reading in row.split("  or  "))


def _found(diff: Diff) -> str:
    rows = [
        f"{change.path}: {_SIGNS[change.how]} {diff.old[slice(*change.old)]!r} → {diff.new[slice(*change.new)]!r}"
        f" {change.numbers or ''}"
        for change in diff.changes
    ]
    return "\n".join([*rows, f"alike in {diff.alike}, {diff.percent} % the same, {diff.structure or 'text'}"])
