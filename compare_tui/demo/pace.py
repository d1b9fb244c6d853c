"""When an answer is spoken: the wait before the first word, the thinking, the tokens a second."""

from dataclasses import dataclass

from compare_tui.demo.card import Model
from compare_tui.demo.luck import Luck

_THINKING = {"none": 0.0, "minimal": 0.1, "low": 0.22, "medium": 0.45, "high": 0.75, "xhigh": 1.05, "max": 1.35}
_SLOWEST, _FASTEST = 40.0, 160.0
_WOBBLE, _START_WOBBLE = 0.06, 0.02


@dataclass(frozen=True, slots=True)
class _Tier:
    start: float
    thinking: float
    rate: float


_TIERS = {
    "default": _Tier(start=0.35, thinking=1.0, rate=1.0),
    "scale": _Tier(start=0.3, thinking=1.0, rate=1.0),
    "batch": _Tier(start=0.6, thinking=1.0, rate=1.0),
    "flex": _Tier(start=0.75, thinking=1.05, rate=0.9),
    "priority": _Tier(start=0.24, thinking=0.7, rate=1.25),
    "ultrafast": _Tier(start=0.17, thinking=0.45, rate=1.6),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds at speed 1: until the model stirs, for thinking, and then tokens a second."""

    start: float
    thinking: float
    rate: float

    @property
    def first_text(self) -> float:
        return self.start + self.thinking

    @classmethod
    def of(cls, model: Model, effort: str, tier: str, luck: Luck) -> "Pace":
        """Every step of effort and of tier is wider than the wobble, so more effort is always slower."""
        served = _TIERS[tier]
        thinking = _THINKING[effort] * model.character.ponder * served.thinking
        rate = model.character.speed * served.rate * _wobble(luck, "rate", _WOBBLE)
        return cls(
            start=served.start * _wobble(luck, "start", _START_WOBBLE),
            thinking=thinking * _wobble(luck, "thinking", _WOBBLE),
            rate=min(max(rate, _SLOWEST), _FASTEST),
        )


def _wobble(luck: Luck, what: str, width: float) -> float:
    return 1 + width * (2 * luck.share(what) - 1)
