"""The next send as a follow-up: which round it continues, and what the prompt editor says of that."""

from collections.abc import Sequence
from dataclasses import dataclass

from compare_tui.core.conversation import FollowUp
from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.sanitize import safe_line


@dataclass(frozen=True, slots=True)
class Following:
    """Worked out for the lanes there are; worked out anew when they, or the answers chosen, change."""

    round_id: str
    turns: int
    tokens: int
    varies: bool = False
    bare: int = 0
    """Lanes that send the prompts only."""
    notes: tuple[str, ...] = ()
    """What is to be said of single lanes, fit for a screen."""

    @classmethod
    def of(cls, follow_up: FollowUp, lanes: Sequence[Lane]) -> "Following":
        labels = distinct_labels(lanes)
        notes = tuple(f"{safe_line(labels[lane])}: {note}" for lane, note in follow_up.notes.items())
        return cls(follow_up.round_id, follow_up.turns, follow_up.tokens, follow_up.varies, follow_up.bare, notes)

    def text(self) -> str:
        """One line."""
        turns = f"{self.turns} turn{'' if self.turns == 1 else 's'}"
        tokens = f"{'up to ' if self.varies else ''}{self.tokens:,} tokens of history"
        bare = f" · {self.bare} lane{'' if self.bare == 1 else 's'} with the prompts only" if self.bare else ""
        return f"continues {turns} · {tokens}{bare}"

    def told(self) -> str:
        """All of it, for a tooltip or a notification."""
        return "\n".join((self.text(), *self.notes))
