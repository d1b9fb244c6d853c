"""A replay as the command line writes it: one take as it comes, several as `run` prints them."""

import time
from collections import deque
from typing import Final

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from compare_tui.cli.summary import print_summary
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import distinct_labels
from compare_tui.core.replay import News, Replay, minutes
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.core.session import SentRound, first_words
from compare_tui.core.take import Take
from compare_tui.core.tally import DASH, Tally, notices, seconds
from compare_tui.export.jsonl import take_object
from compare_tui.export.rows import output, row

FRAMES_PER_S: Final = 10
_UNDECIDED: Final = ("\r", "\u200c", "\u200d")
"""What such a sign is depends on the one behind it."""


class Reader:
    """One take: its text as it comes, at last its figures."""

    def __init__(self, talk: Console) -> None:
        self._talk = talk
        self._take: Take | None = None
        self._line = ""
        """The one being written, as it came."""
        self._written = 0
        """Characters of it that are on the screen."""
        self._calls: set[str] = set()

    def hear(self, news: News) -> None:
        for take, events in news:
            self._take = take
            self._write("".join(map(self._said, events)))

    def _said(self, event: Event) -> str:
        if event.kind is Kind.TOOL:
            key = event.data["key"]
            heading = "" if key in self._calls else f"\n→ {event.data.get('name') or ''} "
            self._calls.add(key)
            return heading + event.text
        return event.text if event.kind in (Kind.TEXT, Kind.REFUSAL) else ""

    def _write(self, text: str, *, last: bool = False) -> None:
        """A line is made fit for a screen from its beginning: what its last sign is, the next one may decide."""
        if not text and not last:
            return
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            click.echo(safe_display(f"{line}\n")[self._written :], nl=False)
            self._written = 0
        if last or not self._line.endswith(_UNDECIDED):
            shown = safe_display(self._line)
            click.echo(shown[self._written :], nl=False)
            self._written = len(shown)

    def finish(self) -> None:
        take = self._take
        if take is None:
            return
        if not take.text and take.failure:
            self._write(f"({take.failure.message})")
        self._write("", last=True)
        click.echo()
        label = distinct_labels([take.lane])[take.lane]
        self._talk.print(Text(_figures(take, label)), soft_wrap=True)


class Listing:
    """Several takes: each round under headings once all of it has come, JSON take by take, what ends told on stderr."""

    def __init__(self, replay: Replay, talk: Console, *, as_json: bool) -> None:
        self._replay = replay
        self._talk = talk
        self._as_json = as_json
        self._labels = distinct_labels(take.lane for _, take in replay.record.takes())
        self._tallies = {lane: Tally(lane, label) for lane, label in self._labels.items()}
        self._rounds = deque(range(len(replay.record.rounds)))
        self._takes = sum(1 for _ in replay.record.takes())
        self._ended: set[str] = set()
        self._live: Live | None = None
        self._painted = 0.0

    def __enter__(self) -> "Listing":
        return self

    def __exit__(self, *_: object) -> None:
        self._hide()

    def hear(self, news: News) -> None:
        for take, _ in news:
            if take.verdict is not None and take.id not in self._ended:
                self._take_ended(take)
        while self._rounds and self._replay.is_told(self._rounds[0]):
            self._round_ended(self._replay.session.rounds[self._rounds.popleft()])
        if self._talk.is_terminal and not self._replay.is_over:
            self._show_progress()

    def finish(self) -> None:
        if not self._as_json:
            print_summary(self._talk, list(self._tallies.values()))

    def _take_ended(self, take: Take) -> None:
        self._ended.add(take.id)
        self._tallies[take.lane].add(take)
        if self._as_json:
            self._hide()
            round_ = self._replay.session.rounds[self._round_at(take)].round
            click.echo(take_object(row(take, round_, tags=self._replay.record.tags)))
        if not self._talk.is_terminal:
            line = f"[{len(self._ended)}/{self._takes}] {_figures(take, self._name(take))}"
            self._talk.print(Text(line), soft_wrap=True)

    def _round_ended(self, sent: SentRound) -> None:
        """Answers in the order of the lanes, as `run` prints them."""
        if self._as_json:
            return
        self._hide()
        for take in sent.takes:
            state = f"{take.verdict.glyph} {take.verdict.value}" if take.verdict else take.state
            said = output(take)
            if not said and take.failure:
                said = f"({take.failure.message})"
            click.echo(f"{safe_line(f'── {self._name(take)} · {state} ──')}\n\n{safe_display(said)}\n")

    def _name(self, take: Take) -> str:
        """Its lane, and which prompt and repeat where there are several."""
        rounds = self._replay.session.rounds
        which = f"“{first_words(rounds[self._round_at(take)].round.prompt.text)}”" if len(rounds) > 1 else ""
        repeat = f"repeat {take.repeat}" if take.repeat > 1 else ""
        return " · ".join(filter(None, (self._labels[take.lane], which, repeat)))

    def _round_at(self, take: Take) -> int:
        return next(at for at, sent in enumerate(self._replay.session.rounds) if take in sent.takes)

    # On a terminal

    def _show_progress(self) -> None:
        if (now := time.perf_counter()) - self._painted < 1 / FRAMES_PER_S:
            return
        self._painted = now
        if self._live is None:
            self._live = Live(
                console=self._talk, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()
        replay = self._replay
        far = f"{minutes(replay.position)} / {minutes(replay.length)}"
        under_way = [
            f"{self._labels[take.lane]} {take.state}" for take in replay.session.takes() if take.verdict is None
        ]
        told = (f"replay ×{replay.speed:g}", far, f"{len(self._ended)} of {self._takes} ended", *under_way)
        line = Text(safe_line(" · ".join(told)), no_wrap=True, overflow="ellipsis")
        self._live.update(line, refresh=True)

    def _hide(self) -> None:
        """Make room for what is written next."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _figures(take: Take, name: str) -> str:
    """On one line, as they were recorded."""
    stamps, usage, rate = take.stamps, take.usage, take.tokens_per_s
    told = (
        name,
        take.verdict.value if take.verdict else take.state,
        f"TTFT {_time(stamps.ttft_ns)}",
        f"TTFA {_time(stamps.ttfa_ns)}" if stamps.ttfa_ns != stamps.ttft_ns else "",
        f"total {_time(stamps.total_ns)}",
        f"{usage.output:,} tok" if usage and usage.output is not None else f"{DASH} tok",
        f"{DASH if rate is None else f'{rate:,.0f}'} tok/s",
        str(take.cost),
        *notices(take),
    )
    return " · ".join(safe_line(text) for text in told if text)


def _time(ns: int | None) -> str:
    return seconds(None if ns is None else ns / 1e6)
