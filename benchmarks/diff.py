"""What comparing two answers costs and how well it reads, beside `rapidfuzz` and `difflib` on the same words.

`keys.diff` is how soon a key is answered while two answers of 500 kB are compared, against the same app at rest.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Final

from benchmarks.diff_controls import PATIENCE_S, Numbered, difflib_says
from benchmarks.diff_keys import TARGET as KEYS
from benchmarks.diff_keys import keys_figure
from benchmarks.diff_texts import KINDS, changed, islands, pair, stretches
from benchmarks.figures import Bench, Figure, NotMeasured, Target
from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.model import Diff

RUNS: Final = 5
_50K: Final = Target("diff.50k", "ms", bar=25, goal=15, better="lower")
_500K: Final = Target("diff.500k", "ms", bar=250, goal=150, better="lower")
_CHANGED: Final = Target("diff.changed", "×", bar=1.2, goal=1.1, better="lower")
_ISLANDS: Final = Target("diff.islands", "×", bar=0.34, goal=0.2, better="lower")
_SIZES: Final = {"5k": 5_000, "50k": 50_000, "500k": 500_000}
_NO_LCS: Final = "500k"
"""A plain LCS of so many words takes gigabytes: only how many it would call changed is worked out."""


@dataclass(frozen=True, slots=True)
class Case:
    """One pair of texts: CPU in milliseconds, and what is called changed."""

    size: str
    kind: str
    cpu_ms: float
    control_ms: float
    changed: int
    minimal: int
    islands: int
    plain_islands: int | None

    @property
    def more(self) -> float:
        return self.changed / self.minimal


def measure(names: Collection[str]) -> Iterator[Figure]:
    cases = [_case(size, kind) for size in _SIZES for kind in KINDS] if {*names} - {KEYS.name} else []
    for target, size in ((_50K, "50k"), (_500K, "500k")):
        if target.name in names:
            yield _cpu(target, size, cases)
    if _CHANGED.name in names:
        yield _changed(cases)
    if _ISLANDS.name in names:
        yield _islands(cases)
    if KEYS.name in names:
        yield keys_figure()


def _case(size: str, kind: str) -> Case:
    old, new = pair(_SIZES[size], kind)
    numbered = Numbered(old, new)
    look = numbered.minimal if size == _NO_LCS else numbered.opcodes
    diff = compare(old, new)
    look()  # the first time imports
    _assert_whole(diff)
    ours, its = [], []
    for _ in range(RUNS):
        begun = process_time()
        compare(old, new)
        middle = process_time()
        look()
        ours.append(1_000 * (middle - begun))
        its.append(1_000 * (process_time() - middle))
    found = stretches(diff)
    plain = None if size == _NO_LCS else islands(numbered.plain())
    return Case(size, kind, median(ours), median(its), changed(found), numbered.minimal(), islands(found), plain)


def _assert_whole(diff: Diff) -> None:
    old = "".join(diff.old[piece.old : piece.old_end] for piece in diff.pieces)
    new = "".join(diff.new[piece.new : piece.new_end] for piece in diff.pieces)
    if (old, new) != (diff.old, diff.new):
        raise NotMeasured("the pieces do not make the texts")


def _cpu(target: Target, size: str, cases: list[Case]) -> Figure:
    """The worse of the two kinds; the first figure tells of the small texts too."""
    mine = [case for case in cases if case.size == size]
    told = [case for case in cases if case.size == size or (case.size == "5k" and target is _50K)]
    worst = max(mine, key=lambda case: case.cpu_ms)
    what = "rapidfuzz counting alone" if size == _NO_LCS else "rapidfuzz alone on all words"
    detail: dict[str, float | str] = {}
    for case in told:
        name = f"{case.size}_{case.kind}"
        detail |= {
            f"{name}_ms": case.cpu_ms,
            f"{name}_rapidfuzz_ms": case.control_ms,
            f"{name}_changed": case.changed,
            f"{name}_rapidfuzz_changed": case.minimal,
        }
        said = difflib_says(_SIZES[case.size], case.kind)
        detail |= (
            {f"{name}_difflib_ms": f"> {PATIENCE_S:.0f} s"}
            if said is None
            else {f"{name}_difflib_ms": said[0], f"{name}_difflib_changed": said[1]}
        )
    return target.measured(worst.cpu_ms, f"{what}: {worst.control_ms:.1f} ms", {**detail, "runs": RUNS})


def _changed(cases: list[Case]) -> Figure:
    """Of edited texts. Two others share words by chance, which a plain comparison takes for what both say."""
    worst = max((case for case in cases if case.kind == "edited"), key=lambda case: case.more)
    return _CHANGED.measured(
        worst.more,
        f"the fewest words that can be called changed: {worst.minimal:,} of {worst.size}",
        {f"{case.size}_{case.kind}": case.more for case in cases},
    )


def _islands(cases: list[Case]) -> Figure:
    """Small texts have too few of them to tell."""
    known = [(case, case.plain_islands) for case in cases if case.plain_islands and case.size == "50k"]
    worst, plain = max(known, key=lambda one: one[0].islands / one[1])
    return _ISLANDS.measured(
        worst.islands / plain,
        f"a plain longest common subsequence leaves {plain} single words between changes ({worst.kind})",
        {
            f"{case.size}_{case.kind}{suffix}": count
            for case in cases
            for suffix, count in (("", case.islands), ("_plain", case.plain_islands))
            if count is not None
        },
    )


BENCH: Final = Bench((_50K, _500K, _CHANGED, _ISLANDS, KEYS), measure)
