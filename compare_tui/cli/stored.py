"""The store as commands open it: what it has to tell is said on stderr, and it is closed again."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from compare_tui.config import Config
    from compare_tui.store.store import Place, Store


def open_store(config: "Config | None" = None) -> "Store":
    from compare_tui.paths import request_log_file, sessions_file
    from compare_tui.store.request_log import RequestLog
    from compare_tui.store.store import Store

    if config is None:
        return Store.open(sessions_file())
    log = RequestLog(request_log_file(), prompts=config.log.prompts) if config.log.requests else None
    return Store.open(sessions_file(), caps=config.caps, log=log)


@contextlib.contextmanager
def opened(config: "Config | None" = None) -> "Iterator[Store]":
    """The sessions of this user, as long as the block lasts. With settings it can be sent into: caps hold, requests are
    logged."""
    from compare_tui.core.sanitize import safe_line

    store = open_store(config)
    try:
        for notice in store.notices:
            click.echo(safe_line(notice), err=True)
        for one in store.recovered:
            click.echo(
                f"{one.id}: the process that asked ended before its answers did; what had come is kept", err=True
            )
        yield store
    finally:
        store.close()


def found(store: "Store", id_: str, *, level: str = "take") -> "Place":
    """The place an id names; a UsageError when it is deeper than `level`: a session, a round or a take."""
    place = store.resolve(id_)
    if level == "session" and place.round is not None:
        raise click.UsageError(f"{place} is no whole session; give {place.session}")
    if level == "round" and place.take is not None:
        raise click.UsageError(f"{place} is a take; give {place.session}.{place.round} or {place.session}")
    return place
