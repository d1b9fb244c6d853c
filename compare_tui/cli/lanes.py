"""The lanes that the command line names. Light to import: the app starts with it."""

from collections.abc import Iterable
from dataclasses import replace

import click

from compare_tui.core.lane import Lane, LaneError, sweep

DEMO_LANES = ("gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-pro high", "gpt-5.5-mini low")


def chosen_lanes(
    texts: Iterable[str], models: str | None, efforts: str | None, tiers: str | None, repeat: int | None
) -> tuple[Lane, ...]:
    """`--lane` and sweeps add up; a lane's own `repeat=` wins."""
    try:
        lanes = [Lane.parse(encodable("a lane", text)) for text in texts]
        if models:
            lanes += sweep(_listed(models), _listed(efforts), _listed(tiers))
        elif efforts or tiers:
            raise click.UsageError("--efforts and --tiers go with --models")
    except LaneError as error:
        raise click.UsageError(f"lane: {error}") from None
    for lane in lanes:
        if lane.until or lane.prompt:
            raise click.UsageError(f"lane {lane}: until= and prompt= belong to the steps of a chain")
    return tuple(replace(lane, repeat=lane.repeat or repeat) for lane in lanes)


def encodable(what: str, text: str) -> str:
    """Bytes that are no UTF-8 come from the command line as half characters: sent, they would be something else."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise click.UsageError(f"{what} is not valid UTF-8") from None
    return text


def _listed(words: str | None) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()] if words else []
