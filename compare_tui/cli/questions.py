"""What a run asks: prompts from a file, an option or an earlier session, and the rounds that are made of them."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compare_tui.cli.lanes import encodable
from compare_tui.config import Config
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt, TemplateError
from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import Session, new_session_id
from compare_tui.promptfiles import (
    Item,
    PromptFileError,
    read_image,
    read_items,
    read_schema,
    read_text_option,
    with_extras,
)

if TYPE_CHECKING:
    from compare_tui.store.store import Store


def items(options: Mapping[str, Any], config: Config) -> list[Item]:
    """What FILE, `--prompt` and the options around them say."""
    file: Path | None = options["file"]
    if options["prompt"] is not None and file is not None:
        raise click.UsageError("FILE and --prompt exclude each other")
    if options["prompt"] is None and file is None and options["template"] is None:
        raise click.UsageError("no prompt: give FILE, - for stdin, or --prompt TEXT")
    try:
        found = with_extras(
            _read(file, options["prompt"], options["template"], dict(options["variables"])),
            system=read_text_option(options["system"] or "") or config.defaults.system or None,
            images=tuple(map(read_image, options["images"])),
            schema=read_schema(options["schema"]) if options["schema"] else None,
        )
    except (PromptFileError, TemplateError) as error:
        raise click.UsageError(str(error)) from None
    for notice in dict.fromkeys(notice for item in found for notice in item.notices):
        click.echo(notice, err=True)
    return found


def _read(file: Path | None, text: str | None, template: Path | None, variables: dict[str, str]) -> list[Item]:
    if text is None:
        from_stdin = file is not None and str(file) == "-"
        return read_items(
            None if from_stdin else file,
            stdin=sys.stdin.buffer.read if from_stdin else None,
            template=template,
            variables=variables,
        )
    if template is not None:
        return read_items(None, template=template, variables={"prompt": text, **variables})
    if not text.strip():
        raise click.UsageError("--prompt is empty")
    if variables:
        raise click.UsageError("--set fills a --template; there is none")
    return [Item("0", Prompt(encodable("--prompt", text)))]


def rounds(found: Iterable[Item], lanes: tuple[Lane, ...], tags: Mapping[str, str]) -> tuple[Round, ...]:
    """Of a session of their own."""
    session = new_session_id()
    systems = _systems(lanes)
    return tuple(
        Round(f"{session}.{at}", item.prompt, lanes, item.id, {**item.tags, **tags}, systems)
        for at, item in enumerate(found, 1)
    )


def following(
    store: "Store", followed: str, found: Iterable[Item], lanes: tuple[Lane, ...], tags: Mapping[str, str]
) -> tuple[Round, ...]:
    """Behind the rounds of that session; each prompt continues the conversations of the round that is followed, and
    keeps its system text unless it has one of its own."""
    from compare_tui.core.conversation import follow_up

    place = store.resolve(followed)
    if not store.claim(place.session):  # before it is read: another process could add a round meanwhile
        raise click.UsageError(f"another compare-tui writes to {place.session}; leave that first")
    session = store.read(place.session).session()
    if not session.rounds:
        raise click.UsageError(f"{place} has no round to follow")
    last = session.rounds[-1].round.number
    sent = next(one for one in session.rounds if one.round.number == (place.round or last))
    asked = lanes or sent.round.lanes
    follow = follow_up(session, sent, asked)
    for lane, note in follow.notes.items():
        click.echo(f"{safe_line(lane.label)}: {safe_line(note)}", err=True)
    return tuple(
        Round(
            f"{session.id}.{last + at}",
            replace(item.prompt, system=item.prompt.system or sent.round.prompt.system),
            asked,
            item.id,
            {**item.tags, **tags},
            {**sent.round.systems, **_systems(lanes)},
            sent.round.id,
            follow.histories,
        )
        for at, item in enumerate(found, 1)
    )


def once_more(
    store: "Store", id_: str, lanes: tuple[Lane, ...], tags: Mapping[str, str]
) -> tuple[tuple[Round, ...], str]:
    """The rounds of a session, or one of them, as a new session; with the id of the session they come from."""
    place = store.resolve(id_)
    old = store.read(place.session).session()
    asked = [one.round for one in old.rounds if place.round in (None, one.round.number)]
    if not asked:
        raise click.UsageError(f"{place} has no round to ask again")
    session = new_session_id()
    ids = {round_.id: f"{session}.{at}" for at, round_ in enumerate(asked, 1)}
    return tuple(
        _once_more(old, round_, ids, lanes or round_.lanes, {**round_.tags, **tags}) for round_ in asked
    ), old.id


def _once_more(
    old: Session, round_: Round, ids: Mapping[str, str], lanes: tuple[Lane, ...], tags: Mapping[str, str]
) -> Round:
    """With what each lane had before it then; a lane that was not there has the prompts of those before."""
    from compare_tui.core.conversation import turns_before

    before = {lane.configuration: turns_before(old, round_, lane) for lane in lanes}
    return Round(
        ids[round_.id],
        round_.prompt,
        lanes,
        round_.prompt_id,
        tags,
        {**round_.systems, **_systems(lane for lane in lanes if lane.system not in round_.systems)},
        round_.follows and ids.get(round_.follows, round_.follows),
        {lane: turns for lane, turns in before.items() if turns},
    )


def _systems(lanes: Iterable[Lane]) -> dict[str, str]:
    return {lane.system: _system_text(lane.system) for lane in lanes if lane.system}


def _system_text(option: str) -> str:
    try:
        return read_text_option(option)
    except PromptFileError as error:
        raise click.UsageError(f"system={option}: {error}") from None
