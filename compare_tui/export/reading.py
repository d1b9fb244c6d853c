"""Sessions back from JSON lines, whoever wrote them: what is no record of ours is refused with its line."""

import base64
import binascii
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, NoReturn

from compare_tui.core.events import NOTHING, Event, Kind
from compare_tui.core.lane import Lane, LaneError
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.round import Round
from compare_tui.core.round_data import from_data
from compare_tui.core.sanitize import safe_line
from compare_tui.export import shapes
from compare_tui.export.records import FORMAT, kept_name
from compare_tui.export.rows import row

LONGEST_LINE: Final = 256_000_000
"""Bytes; a line holds the pictures of its round."""

Data = dict[str, Any]


class ImportProblem(Exception):
    """Nothing of the file can be taken; the message begins with the line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {safe_line(reason)}")
        self.line = line


@dataclass(slots=True)
class _Round:
    """What the lines of a round have told."""

    line: int
    data: Data
    histories: Data = field(default_factory=dict)
    takes: dict[str, tuple[int, TakeRecord]] = field(default_factory=dict)


@dataclass(slots=True)
class _Session:
    line: int
    data: Data
    rounds: dict[str, _Round] = field(default_factory=dict)


def read(lines: Iterable[str]) -> list[SessionRecord]:
    """The sessions in the order they first appear. Their lines may come in any order, mixed and more than once."""
    sessions: dict[str, _Session] = {}
    kept: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        if line.strip("\ufeff \t\r\n"):
            record = _record(number, line)
            kept.update(_pictures(number, record.get("kept", {})))
            _add(sessions, number, record)
    return [_session_record(one, kept) for one in sessions.values()]


def lines_of(file: BinaryIO) -> Iterator[str]:
    """The lines of an open file, none of them read further than a line may be long."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise ImportProblem(number, f"longer than {LONGEST_LINE // 1_000_000} MB")
        try:
            yield line.decode()
        except UnicodeDecodeError:
            raise ImportProblem(number, "not UTF-8") from None


def _record(number: int, line: str) -> Data:
    try:
        value = json.loads(line.strip("\ufeff \t\r\n"), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else f"no JSON ({error})"
        raise ImportProblem(number, reason) from None
    record = value.get("record") if isinstance(value, dict) else None
    if not isinstance(record, dict):
        raise ImportProblem(
            number, "only figures and texts, no record of what happened; `compare-tui export` writes it"
        )
    version: Any = record.get("format")
    if misfit := shapes.VERSION(version, "record.format"):
        raise ImportProblem(number, misfit)
    if version > FORMAT:
        raise ImportProblem(number, f"written by a newer compare-tui (format {version}, this one reads {FORMAT})")
    if misfit := shapes.RECORD(record, "record"):
        raise ImportProblem(number, misfit)
    return record


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:20]} is too large")
    return number


def _pictures(number: int, kept: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for name, text in kept.items():
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ImportProblem(number, "record.kept has what is no base64") from None
        if kept_name(data) != name:
            raise ImportProblem(number, "a picture in record.kept is not the one its name says")
        yield name, data


def _add(sessions: dict[str, _Session], number: int, record: Data) -> None:
    about, take = record["session"], _take(number, record)
    session = sessions.setdefault(about["id"], _Session(number, about))
    if session.data != about:
        raise ImportProblem(number, f"tells the session {about['id']} otherwise than line {session.line}")
    round_id, _, _ = take.id.rpartition(".")
    if round_id.partition(".")[0] != about["id"]:
        raise ImportProblem(number, f"the take {take.id} is none of the session {about['id']}")
    data = {key: value for key, value in record["round"].items() if key != "histories"}
    round_ = session.rounds.setdefault(round_id, _Round(number, data))
    if round_.data != data:
        raise ImportProblem(number, f"tells the round {round_id} otherwise than line {round_.line}")
    for lane, turns in record["round"].get("histories", {}).items():
        if round_.histories.setdefault(lane, turns) != turns:
            raise ImportProblem(number, f"tells the conversation of {lane} otherwise than a line before")
    line, same = round_.takes.setdefault(take.id, (number, take))
    if same != take:
        raise ImportProblem(number, f"tells the take {take.id} otherwise than line {line}")


def _take(number: int, record: Data) -> TakeRecord:
    told = record["take"]
    events = tuple(_events(number, record["events"]))
    return TakeRecord(told["id"], _lane(number, told["lane"]), told["repeat"], events, told.get("origin", "live"))


def _lane(number: int, text: str) -> Lane:
    try:
        return Lane.parse(text)
    except LaneError as error:
        raise ImportProblem(number, str(error)) from None


def _events(number: int, told: list[list[Any]]) -> Iterator[Event]:
    t_ns = 0
    for at, event in enumerate(told):
        place = f"record.events[{at}]"
        since, kind, text, data = _parts(number, place, event)
        wanted = shapes.EVENT_DATA.get(kind, shapes.OBJECT)
        if misfit := shapes.STAMP(since, place) or shapes.OBJECT(data, place) or wanted(data, place):
            raise ImportProblem(number, misfit)
        t_ns += since
        yield Event(t_ns, kind, text, data or NOTHING)


def _parts(number: int, place: str, event: list[Any]) -> tuple[Any, Kind, str, Any]:
    if 2 <= len(event) <= 4:
        since, kind = event[:2]
        text = event[2] if len(event) > 2 else ""
        data = event[3] if len(event) > 3 else {}
        if isinstance(kind, str) and kind in _KINDS and isinstance(text, str):
            return since, _KINDS[kind], text, data
    raise ImportProblem(number, f"{place} is no event")


_ABOUT: Final = ("id", "created", "name", "tags", "again_of", "view")
_KINDS: Final[Mapping[str, Kind]] = {kind.value: kind for kind in Kind}


def _session_record(session: _Session, kept: Mapping[str, bytes]) -> SessionRecord:
    by_number = sorted(session.rounds.items(), key=lambda item: _number(item[0]))
    about = {name: session.data[name] for name in _ABOUT if name in session.data}
    return SessionRecord(rounds=tuple(_round_record(id_, told, kept) for id_, told in by_number), **about)


def _round_record(id_: str, told: _Round, kept: Mapping[str, bytes]) -> RoundRecord:
    round_ = _round(id_, told, kept)
    if nameless := next((lane for lane in round_.lanes if lane.system and lane.system not in round_.systems), None):
        raise ImportProblem(told.line, f"the text of {nameless.system}, which {nameless} has, is missing")
    takes = sorted(told.takes.values(), key=lambda one: _number(one[1].id))
    for line, take in takes:
        _prove(line, round_, take)
    return RoundRecord(round_, tuple(take for _, take in takes))


def _round(id_: str, told: _Round, kept: Mapping[str, bytes]) -> Round:
    try:
        return from_data(id_, {**told.data, "histories": told.histories}, kept.__getitem__)
    except LaneError as error:
        raise ImportProblem(told.line, str(error)) from None
    except KeyError as missing:
        raise ImportProblem(told.line, f"the picture {str(missing)[1:13]}… is in no line") from None


def _prove(line: int, round_: Round, take: TakeRecord) -> None:
    """What cannot be folded and written down again would break whatever opens it later."""
    try:
        row(take.take(), round_)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ImportProblem(line, f"the events of {take.id} tell nothing that can be ({error!r})") from None


def _number(id_: str) -> int:
    return int(id_.rpartition(".")[2])
