"""What a comparison of two texts says: pieces that rebuild either side, and the changes a reader steps through."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Unit(StrEnum):
    """The smallest thing that is shown as changed."""

    WORD = "word"
    SENTENCE = "sentence"
    """Or a list item, a heading, a row of a table."""
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Ignoring:
    """What does not count as a change. It is never shown as the same, but as alike."""

    space: bool = True
    """How prose is spaced and broken into lines, how long a rule is; the indentation of code counts all the same."""
    markup: bool = False
    """Markdown's marks, and with them all white space."""
    case: bool = False


EVERY_CHARACTER = Ignoring(space=False)


class Kind(StrEnum):
    SAME = "same"
    """The same characters on both sides."""
    ALIKE = "alike"
    """Other characters, but what differs is ignored."""
    GONE = "gone"
    """Only the old text has it, or has it here."""
    NEW = "new"
    """Only the new text has it, or has it here."""
    OPEN = "open"
    """One side has not come so far yet: not compared."""


class Piece(NamedTuple):
    """A stretch of one or both texts, from `old` up to `old_end` and from `new` up to `new_end`.

    All pieces, one behind the other, are the whole old text and the whole new text.
    """

    kind: Kind
    old: int
    old_end: int
    new: int
    new_end: int
    change: int = -1
    """The number of the change it belongs to, from 0."""
    number: bool = False
    """A number that stands against another one, or against none."""


class How(StrEnum):
    REPLACED = "replaced"
    GONE = "gone"
    NEW = "new"
    MOVED = "moved"
    """The same text at another place: its piece of the old text stands there, that of the new one here."""


class Span(NamedTuple):
    start: int
    end: int


class Change(NamedTuple):
    """What differs between two stretches that both texts have; a move has its two ends at two places."""

    how: How
    old: Span
    new: Span
    numbers: tuple[tuple[str, str], ...] = ()
    """Numbers that differ, as written: old and new, empty for none."""
    path: str = ""
    """Where in a structure, such as `items[2].price`."""


@dataclass(frozen=True, slots=True)
class Diff:
    """From the first text to the second. Changes stand in the order in which a reader comes to them."""

    old: str
    new: str
    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]
    unit: Unit
    ignoring: Ignoring
    common: float
    """The share of the words of both that they have in common, what was moved among them; 1 without a word."""
    old_words: int
    new_words: int
    alike: int = 0
    """Places where only what is ignored differs."""
    structure: str = ""
    """`JSON` when values were compared: `old` and `new` are then laid out anew, not as they came."""
    coarse: bool = False
    """Some stretches were too long to be looked into, and are shown as changed whole."""

    @property
    def is_same(self) -> bool:
        """Not one character differs."""
        return not self.changes and not self.alike and not self.structure and self.old == self.new

    @property
    def percent(self) -> int:
        """How much is the same, 0–100, and 100 only where there is no change; in signs where there is no word."""
        common = self.common if self.old_words or self.new_words else self._common_signs
        return 100 if not self.changes else min(99, int(100 * common))

    @property
    def _common_signs(self) -> float:
        kept = (self.old[piece.old : piece.old_end] for piece in self.pieces if piece.kind in (Kind.SAME, Kind.ALIKE))
        signs = len("".join(self.old.split())) + len("".join(self.new.split()))
        return 2 * sum(len("".join(text.split())) for text in kept) / signs if signs else 0.0

    @property
    def longer(self) -> float | None:
        """How much longer the new text is, in words, as a share of the old one."""
        return None if not self.old_words else self.new_words / self.old_words - 1
