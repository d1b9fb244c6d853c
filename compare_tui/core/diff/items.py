"""Which item of one list answers which of another: the same ones first, then those that moved, then the likest."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final, NamedTuple

MOST_CELLS: Final = 100_000_000
"""Items of one list times items of the other: 12 MB at most."""
MOST_LIKENESSES: Final = 2_500
"""Between two that are the same; where more would have to be told, items are taken in their order."""

Likeness = Callable[[int, int], float]
"""Of an old and a new item, by their numbers; 0 for what never stands for each other."""


class Pair(NamedTuple):
    """The numbers of two items that stand for each other; None where there is none."""

    old: int | None
    new: int | None
    moved: int | None = None
    """The old number of an item that is at both places, for itself at each."""


def paired(olds: Sequence[Hashable], news: Sequence[Hashable], likeness: Likeness) -> list[Pair] | None:
    """All items, in their order. None when there are too many."""
    start = next((at for at, (a, b) in enumerate(zip(olds, news, strict=False)) if a != b), min(len(olds), len(news)))
    if (len(olds) - start) * (len(news) - start) > MOST_CELLS:
        return None
    steps = list(_steps(olds, news, start))
    gaps = [(old, new) for old, new, is_same in steps if not is_same]
    moved = _moved(olds, news, gaps)
    found = [Pair(at, at) for at in range(start)]
    for old, new, is_same in steps:
        found += map(Pair, old, new) if is_same else _gap(old, new, moved, likeness)
    return found


def _steps(olds: Sequence[Hashable], news: Sequence[Hashable], start: int) -> Iterator[tuple[range, range, bool]]:
    """Stretches that are the same, and all that stands between two of them."""
    from rapidfuzz.distance import Indel

    i = j = start
    for step in Indel.opcodes(olds[start:], news[start:]):
        if step.tag == "equal":
            old, new = start + step.src_start, start + step.dest_start
            yield range(i, old), range(j, new), False
            i, j = start + step.src_end, start + step.dest_end
            yield range(old, i), range(new, j), True
    yield range(i, len(olds)), range(j, len(news)), False


def _moved(olds: Sequence[Hashable], news: Sequence[Hashable], gaps: list[tuple[range, range]]) -> dict[int, int]:
    """Items that are left on both sides once, old number to new."""
    left = [at for old, _ in gaps for at in old], [at for _, new in gaps for at in new]
    counts = Counter(olds[at] for at in left[0]), Counter(news[at] for at in left[1])
    places = {news[at]: at for at in left[1] if counts[1][news[at]] == 1}
    return {at: places[olds[at]] for at in left[0] if counts[0][olds[at]] == 1 and olds[at] in places}


def _gap(old: range, new: range, moved: dict[int, int], likeness: Likeness) -> Iterator[Pair]:
    arrived = {to: at for at, to in moved.items()}
    i, j = old.start, new.start
    pairs = _likest([at for at in old if at not in moved], [at for at in new if at not in arrived], likeness)
    for old_end, new_end in [*pairs, (old.stop, new.stop)]:
        yield from (Pair(at, None, at if at in moved else None) for at in range(i, old_end))
        yield from (Pair(None, at, arrived.get(at)) for at in range(j, new_end))
        if old_end < old.stop:
            yield Pair(old_end, new_end)
        i, j = old_end + 1, new_end + 1


def _likest(olds: list[int], news: list[int], likeness: Likeness) -> list[tuple[int, int]]:
    """Pairs in order, as like as can be in all."""
    if len(olds) * len(news) > MOST_LIKENESSES:
        return list(zip(olds, news, strict=False))
    like = [[likeness(old, new) for new in news] for old in olds]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            both = best[i + 1][j + 1] + like[i][j] if like[i][j] else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(olds) and j < len(news):
        if like[i][j] and best[i][j] == best[i + 1][j + 1] + like[i][j]:
            pairs.append((olds[i], news[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
