"""`compare-tui models`: what an endpoint says it serves, beside what the rate card knows of it."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import click

from compare_tui.cli.endpoints import accounts, configured, demo_account, endpoint_options
from compare_tui.cli.exits import NOT_ALL_ANSWERED, OK
from compare_tui.core.endpoint import Api
from compare_tui.core.ratecard import RateCard
from compare_tui.engine.account import Account

PATIENCE_S = 30.0


@click.command(short_help="What an endpoint says it serves.")
@endpoint_options
@click.option("--demo", is_flag=True, help="The embedded endpoint.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per model.")
def models(
    base_url: str | None, api: Api | None, key_env: str | None, endpoint: str | None, demo: bool, as_json: bool
) -> int:
    """List the models an endpoint offers, with prices, context window and efforts where the rate card knows them."""
    from compare_tui.api.errors import Problem

    with _account(base_url, api, key_env, endpoint, demo=demo) as account:
        try:
            found = listed(account)
        except Problem as problem:
            click.echo(f"@{account.endpoint.name}: {problem.message}", err=True)
            return NOT_ALL_ANSWERED
        rows = [_row(model, account.card) for model in sorted(found, key=lambda model: str(model["id"]))]
    if as_json:
        _print_json(rows)
    else:
        _print_table(rows, account.endpoint.shown_url)
    return OK


def listed(account: Account) -> list[Mapping[str, Any]]:
    """Ask the endpoint; a Problem when it does not answer in time, or not with a list."""
    from compare_tui.api.errors import Broken
    from compare_tui.config import Limits
    from compare_tui.engine.engine import Engine
    from compare_tui.engine.recorder import Unrecorded

    with Engine([account], Limits(), Unrecorded()) as engine:
        asked = engine.models(account.endpoint.name)
        try:
            return asked.result(timeout=PATIENCE_S)
        except TimeoutError:
            asked.cancel()
            raise Broken.stalled(PATIENCE_S, begun=False) from None


@contextlib.contextmanager
def _account(
    base_url: str | None, api: Api | None, key_env: str | None, endpoint: str | None, *, demo: bool
) -> Iterator[Account]:
    if demo:
        with demo_account(1.0, api or "responses") as account:
            yield account
    else:
        config = configured(base_url, api, key_env, endpoint)
        yield accounts([config.endpoint()], with_keys=True)[0]


def _row(model: Mapping[str, Any], card: RateCard) -> dict[str, Any]:
    import datetime

    from compare_tui.core.pricing import plain

    name = str(model["id"])
    known = card.model(name)
    rate = card.rate(name, None, input_tokens=None, on=datetime.datetime.now(datetime.UTC).date())
    return {
        "model": name,
        "input": plain(rate.input) if rate else None,
        "output": plain(rate.output) if rate else None,
        "window": known.window if known else _count(model.get("context_length") or model.get("max_model_len")),
        "efforts": list(known.efforts) if known and known.efforts else None,
        "shutdown": str(known.shutdown) if known and known.shutdown else None,
    }


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _print_json(rows: list[dict[str, Any]]) -> None:
    import json

    for row in rows:
        prices = {key: None if row[key] is None else float(row[key]) for key in ("input", "output")}
        click.echo(json.dumps({**row, **prices}))


def _print_table(rows: list[dict[str, Any]], url: str) -> None:
    from rich.text import Text

    from compare_tui.cli.summary import console, figures_table
    from compare_tui.core.sanitize import safe_line
    from compare_tui.core.tally import DASH

    table = figures_table("model", "input /1M", "output /1M", "window", "efforts")
    for row in rows:
        table.add_row(
            Text(safe_line(row["model"])),
            f"${row['input']}" if row["input"] else DASH,
            f"${row['output']}" if row["output"] else DASH,
            f"{row['window']:,}" if row["window"] else DASH,
            " ".join(row["efforts"] or [DASH]),
        )
    console().print(table)
    click.echo(f"{len(rows)} models at {url}", err=True)
