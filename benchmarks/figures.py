"""What a benchmark says: a value beside its control, under the bar that decides and the goal it should go to."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Detail = Mapping[str, float | str]


class NotMeasured(Exception):
    """Something else than the speed went wrong, so there is no figure."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised under a name `bench.case`."""

    name: str
    unit: str
    bar: float
    goal: float
    better: Literal["lower", "higher"]

    def measured(self, value: float, control: str | None, detail: Detail) -> "Figure":
        return Figure(self, value, control, detail)


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `control` says in words what stood beside it, if anything; `detail` has every number."""

    target: Target
    value: float
    control: str | None
    detail: Detail

    @property
    def ok(self) -> bool:
        return self.value <= self.target.bar if self.target.better == "lower" else self.value >= self.target.bar

    def to_data(self) -> dict[str, Any]:
        target = self.target
        return {
            "name": target.name,
            "value": round(self.value, 4),
            "unit": target.unit,
            "bar": target.bar,
            "goal": target.goal,
            "better": target.better,
            "ok": self.ok,
            "control": self.control,
            "detail": {key: round(it, 4) if isinstance(it, float) else it for key, it in self.detail.items()},
        }

    def __str__(self) -> str:
        target = self.target
        sign = "≤" if target.better == "lower" else "≥"
        verdict = "ok" if self.ok else "FALLS SHORT"
        numbers = " · ".join(
            f"{key} {it:.4g}" if isinstance(it, float) else f"{key} {it}" for key, it in self.detail.items()
        )
        beside = f" · beside {self.control}" if self.control else ""
        return (
            f"{target.name:<15} {self.value:7.2f} {target.unit:<3} (bar {sign} {target.bar:g}, goal {target.goal:g}) "
            f"{verdict}{beside}\n    {numbers}"
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """Figures that are measured together; `measure` takes the names that are wanted."""

    targets: tuple[Target, ...]
    measure: Callable[[Collection[str]], Iterator[Figure]]


def p95(values: Iterable[float]) -> float:
    """The nearest rank: a value that was really seen."""
    ordered = sorted(values)
    return ordered[math.ceil(0.95 * len(ordered)) - 1]
