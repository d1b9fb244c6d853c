"""`compare-tui replay`: what was recorded, again at the pace it had; nothing is sent and nothing costs."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from compare_tui.cli import exits
from compare_tui.cli.stored import found, opened
from compare_tui.cli.types import Speed

if TYPE_CHECKING:
    from compare_tui.core.replay import News, Replay

TICK_S: Final = 0.02


@click.command(short_help="Play what was recorded again at its pace.")
@click.argument("id_", metavar="ID")
@click.option("--speed", type=Speed(), default=1.0, help="So many times as fast as it was; 0 is at once.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per take at its end instead of the texts.")
def replay(id_: str, speed: float, as_json: bool) -> int:
    """Play a session, a round (ID.R) or a take (ID.R.T) again, at the pace it had.

    Nothing is sent and nothing costs; every figure is the recorded one. One take is written as it comes, the answers of
    several under headings as their round ends. ID may be `last`, or as much of an id as no other has.
    """
    from rich.text import Text

    from compare_tui.cli.replay_shown import Listing, Reader
    from compare_tui.cli.summary import console
    from compare_tui.core.replay import Replay
    from compare_tui.core.sanitize import safe_line

    with opened() as store:
        place = found(store, id_)
        record = store.read(place)
    talk = console(stderr=True)
    pace = f"×{speed:g}" if speed else "at once"
    title = safe_line(record.session().title)
    talk.print(Text(f"replay of {place} “{title}” · {pace} · nothing is sent"), soft_wrap=True)
    played = Replay(record)
    if sum(1 for _ in record.takes()) == 1 and not as_json:
        reader = Reader(talk)
        _play(played, speed, reader.hear)
        reader.finish()
    else:
        with Listing(played, talk, as_json=as_json) as listing:
            _play(played, speed, listing.hear)
        listing.finish()
    return exits.OK


def _play(replay: "Replay", speed: float, hear: "Callable[[News], None]") -> None:
    if not speed:
        hear(replay.go_to_end())
        return
    replay.speed = speed
    at = time.perf_counter()
    hear(replay.advance(0))
    while not replay.is_over:
        time.sleep(TICK_S)  # a replay passes in real time
        before, at = at, time.perf_counter()
        hear(replay.advance(at - before))
