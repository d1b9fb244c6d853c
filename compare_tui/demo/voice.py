"""Whose voice an answer has: the wordings it shares with other models, and those that are its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from compare_tui.demo.ask import Ask
from compare_tui.demo.luck import Luck

_T = TypeVar("_T")
_CARE_GAINED = {"none": 0.0, "minimal": 0.1, "low": 0.25, "medium": 0.4, "high": 0.6, "xhigh": 0.7, "max": 0.8}
EFFORT_STEPS = tuple(_CARE_GAINED)
MOST_DEPTH = 9


@dataclass(frozen=True, slots=True)
class Voice:
    """Draws for one answer. Some wordings are common to all models: a diff needs something to hold on to."""

    luck: Luck
    model: str
    effort: str
    depth: int
    care: float
    nth: int

    @classmethod
    def of(cls, ask: Ask, luck: Luck, nth: int) -> "Voice":
        character = ask.model.character
        wordiness = {"low": -2, "high": 2}.get(ask.verbosity, 0)
        depth = EFFORT_STEPS.index(ask.effort) + 1 + character.breadth + wordiness
        care = character.care + (1 - character.care) * _CARE_GAINED[ask.effort]
        return cls(luck, ask.model.name, ask.effort, min(max(depth, 1), MOST_DEPTH), care, nth)

    def pick(self, options: Sequence[_T], *where: object) -> _T:
        """One wording in four is common, two follow the model, one its effort too; a repeat draws some anew."""
        words = list(where)
        kind = self.luck.number("kind", *where) % 4
        if kind >= 1:
            words.append(self.model)
        if kind == 3:
            words.append(self.effort)
        return self.luck.pick(options, *words, *self._again(where))

    def between(self, least: int, most: int, *where: object) -> int:
        """Figures belong to the model: this is where answers differ most visibly."""
        return self.luck.between(least, most, self.model, *where, *self._again(where))

    def shared(self, options: Sequence[_T], *where: object) -> _T:
        """What every model would say: a matter of fact, as far as there is one here."""
        return self.luck.pick(options, *where)

    def slips(self, *where: object) -> bool:
        """Whether this model, at this effort, gets it wrong; larger models and more effort seldom do."""
        return self.luck.share("slip", self.model, self.effort, *where) >= self.care

    def _again(self, where: tuple[object, ...]) -> tuple[object, ...]:
        redrawn = self.nth > 1 and self.luck.one_in(4, "again", self.nth, *where)
        return (self.nth,) if redrawn else ()
