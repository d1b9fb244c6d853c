"""The file of lanes: the last lineup and the presets, written by the app and read without ever stopping it."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from compare_tui.core.lane import Lane, LaneError
from compare_tui.core.lineup import MOST_LANES, Entry, Lineup
from compare_tui.core.nearest import did_you_mean
from compare_tui.core.sanitize import safe_line
from compare_tui.paths import write_private

_LARGEST_FILE = 4 * 1024 * 1024
_LONGEST_SHOWN = 80


class NoPreset(LookupError):
    """There is no preset of that name; the message is for the reader."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file holds. Lanes this version cannot read stay as text, so that writing the file loses none."""

    lineup: Lineup = field(default_factory=Lineup)
    presets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    """Texts that stood among the lanes and are none."""
    failures: tuple[str, ...] = ()
    """A sentence for each thing that could not be read."""

    def preset(self, name: str) -> tuple[Lineup, tuple[str, ...]]:
        """Its lanes, and a sentence for each that cannot be read."""
        if name not in self.presets:
            raise NoPreset(f"There is no preset {safe_line(name)}{did_you_mean(name, self.presets)}")
        lanes: list[Lane] = []
        failures: list[str] = []
        for text in self.presets[name]:
            try:
                lanes.append(Lane.parse(text))
            except LaneError as error:
                failures.append(_unreadable(text, error))
        return Lineup.of(lanes[:MOST_LANES]), tuple(failures)


def load(path: Path) -> Kept:
    """The file as far as it can be read. One that is no TOML, or no file of lanes, is renamed and named."""
    try:
        return _read(path)
    except OSError as error:
        return Kept(failures=(f"The lanes kept in {safe_line(str(path))} cannot be read: {error.strerror}.",))


def keep_lineup(path: Path, lineup: Lineup) -> None:
    """The presets are read anew, for another window may have changed them. An OSError is the caller's to tell."""
    _write(path, replace(_read(path), lineup=lineup))


def keep_preset(path: Path, name: str, texts: Iterable[str]) -> None:
    """Lanes as texts, so that one brought back is what it was, readable or not."""
    kept = _read(path)
    _write(path, replace(kept, presets={**kept.presets, name: tuple(texts)}))


def drop_preset(path: Path, name: str) -> None:
    kept = _read(path)
    _write(path, replace(kept, presets={key: texts for key, texts in kept.presets.items() if key != name}))


def _write(path: Path, kept: Kept) -> None:
    import tomli_w

    held = {
        "lanes": [str(entry.lane) for entry in kept.lineup.entries],
        "muted": [number for number, entry in enumerate(kept.lineup.entries, 1) if entry.muted],
        "aside": list(kept.aside),
        "presets": {name: list(texts) for name, texts in kept.presets.items()},
    }
    text = tomli_w.dumps({key: value for key, value in held.items() if value})
    write_private(path, text.encode(errors="replace"))  # half a surrogate pair can stand in a name and in no file


def _read(path: Path) -> Kept:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return _set_aside(path, "it is larger than 4 MiB")
        data = path.read_bytes()
    except FileNotFoundError:
        return Kept()
    try:
        held = tomllib.loads(data.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        return _set_aside(path, f"it is not TOML: {safe_line(str(error))[:_LONGEST_SHOWN]}")
    except UnicodeDecodeError:
        return _set_aside(path, "it is not UTF-8 text")
    except (ValueError, RecursionError):
        return _set_aside(path, "it is not TOML that can be read")
    presets = held.get("presets", {})
    if not _texts(held.get("lanes", [])) or not isinstance(presets, dict) or not all(map(_texts, presets.values())):
        return _set_aside(path, "it does not hold lanes as a list of texts")
    return _kept(held, presets)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _kept(held: Mapping[str, Any], presets: Mapping[str, list[str]]) -> Kept:
    muted = held.get("muted")
    left_out = {number for number in muted if type(number) is int} if isinstance(muted, list) else set()
    before = held.get("aside")
    aside = list(before) if isinstance(before, list) and _texts(before) else []
    entries: list[Entry] = []
    failures: list[str] = []
    for number, text in enumerate(held.get("lanes", []), 1):
        try:
            entry = Entry(Lane.parse(text), number in left_out)
        except LaneError as error:
            aside.append(text)
            failures.append(_unreadable(text, error))
            continue
        if len(entries) < MOST_LANES:
            entries.append(entry)
        else:
            aside.append(text)
            failures.append(f"{MOST_LANES} lanes are the most; left out: {_shown(text)}")
    return Kept(
        Lineup(tuple(entries)),
        {name: tuple(texts) for name, texts in presets.items()},
        tuple(dict.fromkeys(aside)),
        tuple(failures),
    )


def _unreadable(text: str, error: LaneError) -> str:
    return f"A lane kept earlier cannot be read: {_shown(text)} ({safe_line(str(error))})."


def _shown(text: str) -> str:
    line = safe_line(text)
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"


def _set_aside(path: Path, why: str) -> Kept:
    """Out of the way under another name, for whoever wants to mend it."""
    moment = dt.datetime.now(dt.UTC)
    other = path.with_name(f"{path.name}.broken-{moment:%Y%m%d-%H%M%S-%f}")
    path.rename(other)
    return Kept(failures=(f"The lanes kept earlier cannot be read: {why}. The file is now {safe_line(str(other))}.",))
