"""Sessions as a dictionary has them: what the store must say of them, worked out in the simplest way there is."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.round import Round
from compare_tui.core.session import first_words
from compare_tui.core.take import Take


@dataclass
class Asked:
    """A take as the dictionary has it."""

    lane: Lane
    repeat: int
    origin: str = "live"
    events: list[Event] = field(default_factory=list)
    runs: bool = True

    def record(self, id_: str) -> TakeRecord:
        return TakeRecord(id_, self.lane, self.repeat, tuple(self.events), self.origin)

    def take(self) -> Take:
        return self.record("x.1.1").take()

    def end(self) -> None:
        """As when its process is gone."""
        self.events.append(Event(self.events[-1].t_ns if self.events else 0, Kind.INTERRUPTED))
        self.runs = False

    @property
    def searched(self) -> str:
        return "" if self.runs else self.take().text


Rounds = dict[int, tuple[Round, dict[int, Asked]]]
"""By their numbers, the takes as well."""


@dataclass
class Known:
    """A session as the dictionary has it."""

    id: str
    rounds: Rounds = field(default_factory=dict)
    name: str | None = None
    tags: dict[int, dict[str, str]] = field(default_factory=dict)
    deleted: bool = False

    def record(self, created: str) -> SessionRecord:
        rounds = []
        for number, (round_, takes) in sorted(self.rounds.items()):
            told_round = replace(round_, tags=self.tags.get(number, {}))
            records = [take.record(f"{self.id}.{number}.{at}") for at, take in takes.items()]
            rounds.append(RoundRecord(told_round, tuple(records)))
        return SessionRecord(self.id, created, self.name, self.tags.get(0, {}), rounds=tuple(rounds))

    @property
    def title(self) -> str:
        if self.name:
            return self.name
        return first_words(self.rounds[min(self.rounds)][0].prompt.text) if self.rounds else ""

    def takes(self) -> list[Asked]:
        return [take for _, takes in self.rounds.values() for take in takes.values()]

    @property
    def runs(self) -> bool:
        return any(take.runs for take in self.takes())

    def texts(self) -> list[str]:
        return [round_.prompt.text for round_, _ in self.rounds.values()] + [take.searched for take in self.takes()]

    def verdicts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for take in self.takes():
            verdict = take.take().verdict
            name = verdict.value if verdict and not take.runs else "running"
            found[name] = found.get(name, 0) + 1
        return found

    def all_tags(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for number in sorted(self.tags, reverse=True):
            found |= self.tags[number]
        return found

    def cost(self) -> Decimal:
        return sum((take.take().cost.amount or Decimal(0) for take in self.takes() if not take.runs), Decimal(0))

    def under(self, id_: str) -> "Known":
        copied = {
            number: (
                replace(round_, id=f"{id_}.{number}"),
                {at: replace(take, events=[*take.events]) for at, take in takes.items()},
            )
            for number, (round_, takes) in self.rounds.items()
        }
        return Known(id_, copied, self.name, {number: {**tags} for number, tags in self.tags.items()})


def holds(text: str, part: str) -> bool:
    """Words begin so, whatever their case and their accents; what is written without spaces holds it anywhere."""
    if "大" in part:
        return part in text
    plain = part.lower().replace("ö", "o").rstrip("+")
    found = "".join(c if c.isalnum() else " " for c in text.lower().replace("ö", "o")).split()
    parts = "".join(c if c.isalnum() else " " for c in plain).split()
    at = range(len(found) - len(parts) + 1)
    return any(
        found[i : i + len(parts) - 1] == parts[:-1] and found[i + len(parts) - 1].startswith(parts[-1]) for i in at
    )


def meets(take: Asked, model: str | None, effort: str | None, verdict: str | None) -> bool:
    """All conditions by the same take."""
    if model is not None and not (
        take.lane.model.startswith(model[:-1]) if model.endswith("*") else take.lane.model == model.lower()
    ):
        return False
    if effort is not None and take.lane.effort != effort:
        return False
    ended = take.take().verdict if not take.runs else None
    return verdict is None or (ended is not None and ended.value == verdict)
