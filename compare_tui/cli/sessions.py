"""`compare-tui sessions`: find what was asked before, read it, name and tag it, put it out of sight, end it."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from compare_tui.cli.stored import found, opened
from compare_tui.cli.types import Pair

if TYPE_CHECKING:
    from compare_tui.core.query import Query
    from compare_tui.store.store import Listed, Store

_limit = click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="So many at most.")
_json = click.option("--json", "as_json", is_flag=True, help="One object a line; unknown is null.")
_one_id = click.argument("id_", metavar="ID")
_ids = click.argument("ids", nargs=-1, required=True, metavar="ID...")


class _InOrder(click.Group):
    """Its commands as they stand below: reading first, ending last."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, short_help="What was asked before: find, read, tag, delete.")
def sessions() -> None:
    """Find sessions, read them, name and tag them, put them out of sight or end them.

    ID is that of a session, as much of its beginning as no other has, or `last`; ID.R is a round of it and
    ID.R.T a take.

    QUERY is words and conditions: model:NAME effort:WORD tier:WORD verdict:WORD tag:NAME=VALUE since:YYYY-MM-DD
    until:YYYY-MM-DD 'cost>USD' 'cost<USD'.
    """


@sessions.command("list")
@click.argument("query", nargs=-1)
@_limit
@click.option("--deleted", is_flag=True, help="Those out of sight instead.")
@_json
def list_sessions(query: tuple[str, ...], limit: int, deleted: bool, as_json: bool) -> None:
    """List sessions, the newest first. With a QUERY those it finds."""
    from compare_tui.cli.sessions_shown import listed_object, print_table

    with opened() as store:
        several = store.listed(_parsed(query), limit=limit + 1, deleted=deleted)
    if as_json:
        _print_lines(map(listed_object, several[:limit]))
    elif several:
        print_table(several[:limit])
    _say_what_is_left_out(several, limit)


@sessions.command()
@_one_id
@click.option("--json", "as_json", is_flag=True, help="One object per take, keyed like the CSV; texts raw.")
def show(id_: str, as_json: bool) -> None:
    """Print a session, a round or a take. Its prompts, its figures as a table, its answers."""
    from compare_tui.cli.sessions_shown import print_record, take_objects

    with opened() as store:
        record = store.read(found(store, id_))
    if as_json:
        _print_lines(take_objects(record))
    else:
        print_record(record)


@sessions.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--ranked", is_flag=True, help="The best match first instead of the newest.")
@_limit
@_json
def search(query: tuple[str, ...], ranked: bool, limit: int, as_json: bool) -> None:
    """Find words in prompts and answers. The text around them is shown."""
    from compare_tui.cli.sessions_shown import match_object, print_matches

    with opened() as store:
        several = store.listed(_parsed(query), limit=limit + 1, ranked=ranked)
    if as_json:
        _print_lines(map(match_object, several[:limit]))
    else:
        print_matches(several[:limit])
    _say_what_is_left_out(several, limit)


@sessions.command()
@_one_id
@click.argument("text")
def name(id_: str, text: str) -> None:
    """Name a session. With an empty TEXT it is called by its first words again."""
    from compare_tui.cli.lanes import encodable

    wanted = encodable("the name", text).strip() or None
    with opened() as store:
        place = found(store, id_, level="session")
        store.rename(place.session, wanted)
    _say(f"named {place}" if wanted else f"{place} has no name any more")


@sessions.command()
@_one_id
@click.argument("tags", nargs=-1, required=True, type=Pair(), metavar="NAME=VALUE...")
def tag(id_: str, tags: tuple[tuple[str, str], ...]) -> None:
    """Tag a session, for all its rounds, or one round. NAME= takes the tag away."""
    from compare_tui.cli.lanes import encodable

    for pair in tags:
        encodable("a tag", "=".join(pair))
    with opened() as store:
        place = found(store, id_, level="round")
        for name_, value in tags:
            store.tag(place, name_, value or None)
    _say(f"tagged {place}")


@sessions.command()
@_one_id
def duplicate(id_: str) -> None:
    """Make a copy of a session and print its id. What its takes cost is not counted twice."""
    with opened() as store:
        click.echo(store.duplicate(found(store, id_, level="session").session))


@sessions.command()
@_ids
def delete(ids: tuple[str, ...]) -> None:
    """Put sessions out of sight; `sessions restore` brings them back."""
    with opened() as store:
        for session in _several(store, ids):
            store.delete(session)
            _say(f"{session} is out of sight; `compare-tui sessions restore {session}` brings it back")


@sessions.command()
@_ids
def restore(ids: tuple[str, ...]) -> None:
    """Bring deleted sessions back."""
    with opened() as store:
        for session in _several(store, ids):
            store.restore(session)
            _say(f"{session} is back")


@sessions.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--deleted", is_flag=True, help="All sessions that are out of sight.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(ids: tuple[str, ...], deleted: bool, yes: bool) -> None:
    """End sessions or rounds for good. Nothing of them stays in the file."""
    if bool(ids) == deleted:
        raise click.UsageError("give the IDs of sessions or rounds, or --deleted for all that are out of sight")
    with opened() as store:
        if deleted:
            _purge_deleted(store, yes=yes)
        else:
            _purge(store, ids, yes=yes)


def _purge(store: "Store", ids: Iterable[str], *, yes: bool) -> None:
    from compare_tui.cli.sessions_shown import in_short

    places = list(dict.fromkeys(found(store, id_, level="round") for id_ in ids))
    whole = {place.session for place in places if place.round is None}
    wanted = [place for place in places if place.round is None or place.session not in whole]
    told = {place: f"{place} {in_short(store.read(place))}" for place in wanted}
    _confirm("\n".join([*told.values(), "End it for good?" if len(told) == 1 else "End them for good?"]), yes=yes)
    for place, what in told.items():
        store.purge(place)
        _say(f"gone: {what}")


def _purge_deleted(store: "Store", *, yes: bool) -> None:
    if not store.listed(limit=1, deleted=True):
        _say("no session is out of sight")
        return
    _confirm("End every session that is out of sight?", yes=yes)
    count = store.purge_deleted()
    _say(f"gone: {count} session{'' if count == 1 else 's'}")


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError("what is purged is gone; --yes does it without asking")
    if not click.confirm(question, err=True):
        raise click.UsageError("nothing was purged")


def _several(store: "Store", ids: Iterable[str]) -> list[str]:
    """All are found before anything is done to the first."""
    return list(dict.fromkeys(found(store, id_, level="session").session for id_ in ids))


def _parsed(words: Sequence[str]) -> "Query":
    """As typed into the search line of the app; what the shell held together stays together."""
    from compare_tui.core.query import QueryError, parse

    try:
        return parse(" ".join(f'"{word}"' if len(word.split()) > 1 and '"' not in word else word for word in words))
    except QueryError as error:
        raise click.UsageError(str(error)) from None


def _say_what_is_left_out(several: "Sequence[Listed]", limit: int) -> None:
    if not several:
        _say("no session found")
    elif len(several) > limit:
        _say(f"there are more than these {limit}; --limit N shows more")


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _say(text: str) -> None:
    click.echo(text, err=True)
