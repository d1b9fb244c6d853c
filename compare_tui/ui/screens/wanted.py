"""What somebody who looked at sessions wants to have done with one of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from compare_tui.store.store import Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """A screen that shows sessions is dismissed with it."""

    what: Literal["open", "again", "replay", "export", "overview", "against"]
    place: "Place"
    old: "Place | None" = None
    """What `against` compares it with."""
