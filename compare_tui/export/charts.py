"""Bars as inline SVG: a row a lane, one axis from 0, a dash where nothing is known."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 460
_ROW: Final = 26
_BAR: Final = 14
_LABELS: Final = 162
_FIGURES: Final = 74
_LONGEST_LABEL: Final = 22
_MOST_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A lane's value; `shown` is how it is written."""

    label: str
    value: float | None
    shown: str


def bars(title: str, axis: str, rows: Sequence[Bar], tick: Callable[[float], str]) -> str:
    """The chart; its texts are escaped here, and it brings no colour of its own."""
    largest = max((bar.value or 0 for bar in rows), default=0)
    ticks = _ticks(largest)
    height = _ROW * len(rows) + 40
    told = "; ".join(f"{bar.label}: {bar.shown}" for bar in rows)
    return "".join(
        (
            f'<figure class="chart"><figcaption>{escape(title)}</figcaption>',
            f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(f"{title}. {told}")}">',
            *_axis(ticks, _ROW * len(rows), axis, tick),
            *(line for at, bar in enumerate(rows) for line in _bar(bar, _ROW * at, ticks[-1])),
            "</svg></figure>\n",
        )
    )


def _bar(bar: Bar, top: int, span: float) -> Iterator[str]:
    middle = top + _ROW / 2
    short = bar.label if len(bar.label) <= _LONGEST_LABEL else f"{bar.label[: _LONGEST_LABEL - 1]}…"
    length = 0 if bar.value is None else bar.value / span * _room()
    yield f'<text class="label" x="{_LABELS - 8}" y="{middle}"><title>{escape(bar.label)}</title>{escape(short)}</text>'
    if bar.value is not None:
        yield f'<rect x="{_LABELS}" y="{middle - _BAR / 2:g}" width="{max(length, 1):.1f}" height="{_BAR}" rx="2"/>'
    yield f'<text class="value" x="{_LABELS + length + 6:.1f}" y="{middle}">{escape(bar.shown)}</text>'


def _axis(ticks: Sequence[float], bottom: int, axis: str, tick: Callable[[float], str]) -> Iterator[str]:
    for value in ticks:
        x = f"{_LABELS + value / ticks[-1] * _room():.1f}"
        yield f'<line x1="{x}" y1="0" x2="{x}" y2="{bottom}"/>'
        yield f'<text class="tick" x="{x}" y="{bottom + 13}">{escape(tick(value))}</text>'
    yield f'<text class="axis" x="{_LABELS + _room() / 2:g}" y="{bottom + 32}">{escape(axis)}</text>'


def _room() -> int:
    return WIDTH - _LABELS - _FIGURES


def _ticks(largest: float) -> list[float]:
    """From 0 past the largest in round steps."""
    if largest <= 0:
        return [0, 1]
    power = 10.0 ** math.floor(math.log10(largest / _MOST_TICKS))
    step = next(factor * power for factor in (1, 2, 5, 10) if largest <= factor * power * _MOST_TICKS)
    return [step * at for at in range(math.ceil(largest / step) + 1)]
