"""Looking for sessions: what is sought, page by page, and which condition it is that nothing meets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from compare_tui.core.pricing import format_usd
from compare_tui.core.query import Query, QueryError, parse

if TYPE_CHECKING:
    from compare_tui.store.store import Listed, Store

PAGE: Final = 100
HINT: Final = "words, model: effort: tier: tag: since: until: cost> verdict:"
EXAMPLES: Final = " such as tag:team=core since:2026-11-01 cost>0.01 verdict:failed"

EVERYTHING: Final = Query()


_BEGUN: Final = re.compile(r"(.*\s)?((model|effort|tier|tag|since|until|verdict):|cost[<>])")


def understood(typed: str) -> tuple[Query, str]:
    """What is asked for, and what is wrong with it. A last condition that is none yet leaves the others as they are."""
    if begun := _BEGUN.fullmatch(typed):
        return understood(begun[1] or "")
    try:
        return parse(typed, unfinished=True), ""
    except QueryError as error:
        before, blank, _ = typed.rstrip().rpartition(" ")
        return understood(before + blank)[0] if blank else EVERYTHING, str(error)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which sessions, and in which order."""

    query: Query = EVERYTHING
    ranked: bool = False
    deleted: bool = False

    def page(self, store: "Store", after: "Listed | None" = None, limit: int = PAGE) -> "list[Listed]":
        """Blocks."""
        return store.listed(self.query, limit=limit, after=after, ranked=self.by_rank, deleted=self.deleted)

    @property
    def by_rank(self) -> bool:
        """Without words there is nothing to rank by."""
        return self.ranked and bool(self.query.words)


def unmet(store: "Store", sought: Sought) -> list[str]:
    """The conditions without any one of which there would be something. Blocks."""
    parts = list(conditions(sought.query))
    if len(parts) < 2:
        return []
    return [text for text, rest in parts if replace(sought, query=rest).page(store, limit=1)]


def conditions(query: Query) -> Iterator[tuple[str, Query]]:
    """Each as it is written, and the query without it."""
    for word in query.words:
        yield f"“{word}”", replace(query, words=tuple(other for other in query.words if other != word))
    for name in ("model", "effort", "tier", "verdict", "since", "until"):
        if (value := getattr(query, name)) is not None:
            without: dict[str, Any] = {name: None}
            yield f"{name}:{value}", replace(query, **without)
    for tag, value in query.tags.items():
        rest = {name: other for name, other in query.tags.items() if name != tag}
        yield f"tag:{tag}{f'={value}' if value else ''}", replace(query, tags=rest)
    if query.above is not None:
        yield f"cost>{format_usd(query.above)}", replace(query, above=None)
    if query.below is not None:
        yield f"cost<{format_usd(query.below)}", replace(query, below=None)
