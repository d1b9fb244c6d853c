"""`prices`: what the rate card says, whether it is still good, and taking prices from other lists."""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from compare_tui.core.pricing import ModelCard, Row
    from compare_tui.core.ratecard import RateCard
    from compare_tui.price_import import Import

_ENDS_SOON = dt.timedelta(days=30)
_MANY_MODELS = 500
_WIDTH_OF_A_FILE = 160
_PRICES = ("input", "cached", "written", "written_12h", "output")
_COLUMNS = ("input", "cached", "written", "output", "above", "window", "card date", "holds")


class _Unusable(click.ClickException):
    """What was asked for or given cannot be used."""

    exit_code = 2


class _Unwritable(click.ClickException):
    """The imported card could not be stored."""

    exit_code = 4


@click.group()
def prices() -> None:
    """The rate card: list it, check it, import prices."""


@prices.command("list")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option("--json", "as_json", is_flag=True, help="One object a line; unknown is null.")
def list_prices(models: tuple[str, ...], as_json: bool) -> None:
    """Print the rates in USD per million tokens. MODEL is a name or a pattern such as 'gpt-5*'."""
    from compare_tui.paths import config_dir, state_dir
    from compare_tui.ratecards import load

    card = load(config_dir(), state_dir())
    lines = [line for model in _chosen(card, models) for line in _lines(card, model)]
    if as_json:
        _print_json(lines)
    else:
        _print_table(lines)


def _chosen(card: "RateCard", patterns: Iterable[str]) -> list["ModelCard"]:
    from fnmatch import fnmatchcase

    from compare_tui.core.nearest import did_you_mean
    from compare_tui.core.sanitize import safe_line

    chosen: dict[str, ModelCard] = {}
    for pattern in patterns:
        found = [model for name, model in card.models.items() if fnmatchcase(name, pattern)]
        exact = card.model(pattern)
        if not found and exact is None:
            raise _Unusable(f"no model matches {safe_line(pattern)}{did_you_mean(pattern, card.models)}")
        chosen.update((model.name, model) for model in (*found, *([exact] if exact else [])))
    return list(chosen.values()) if patterns else list(card.models.values())


def _lines(card: "RateCard", model: "ModelCard") -> Iterator[dict[str, Any]]:
    """The rows of a model, and the long-context rows its factors make of them."""
    facts = {
        "window": model.window,
        "max_output": model.max_output,
        "images": model.images,
        "efforts": model.efforts,
        "shutdown": model.shutdown,
    }
    written_out = {row.tier for row in model.rates if row.above is not None}
    for row in model.rates:
        about = {
            "model": model.name,
            "tier": row.tier,
            "from": row.since,
            "until": row.until,
            **facts,
            "up_to": row.up_to,
            "card_date": row.card_date,
            "source": row.source,
        }
        yield {**about, **{name: getattr(row, name) for name in _PRICES}, "long_above": row.above}
        if model.long and row.tier not in written_out:
            day = row.since or row.until or row.card_date
            rate = card.rate(model.name, row.tier, input_tokens=model.long.above + 1, on=day)
            if rate:
                yield {**about, **{name: getattr(rate, name) for name in _PRICES}, "long_above": rate.long_above}


_JSON_KEYS = (
    "model",
    "tier",
    *_PRICES,
    "long_above",
    "from",
    "until",
    "window",
    "max_output",
    "images",
    "efforts",
    "shutdown",
    "source",
)


def _print_json(lines: Iterable[dict[str, Any]]) -> None:
    import json
    from decimal import Decimal

    def fit(value: object) -> float | str:
        if not isinstance(value, Decimal):
            return str(value)
        return int(value) if value == value.to_integral_value() else float(value)

    for line in lines:
        click.echo(json.dumps({key: line[key] for key in _JSON_KEYS}, default=fit, ensure_ascii=False))


def _print_table(lines: Iterable[dict[str, Any]]) -> None:
    import sys

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in ("model", "tier"):
        table.add_column(name, no_wrap=True)
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name == "holds" else "right", no_wrap=True)
    before = None
    for line in lines:
        name = line["model"] if line["model"] != before else ""
        before = line["model"]
        table.add_row(*(Text(cell) for cell in (name, line["tier"], *_cells(line))))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    console.print(table)
    console.print("USD per million tokens; above: the whole request, when its input is longer.", style="dim")


def _cells(line: dict[str, Any]) -> Iterator[str]:
    from compare_tui.core.pricing import plain

    for name in ("input", "cached", "written", "output"):
        yield "–" if line[name] is None else plain(line[name])
    yield "" if line["long_above"] is None else f"{line['long_above']:,}"
    yield "–" if line["window"] is None else f"{line['window']:,}"
    yield str(line["card_date"])
    reach = [f"{word} {line[word]}" for word in ("from", "until") if line[word]]
    yield " ".join([*reach, *([f"up to {line['up_to']:,} tokens"] if line["up_to"] else [])])


@prices.command("check")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of this day instead of today.")
def check(on: dt.datetime | None) -> None:
    """Validate every card and say which rows are out of date or will be soon."""
    from compare_tui.core.ratecard import CardError
    from compare_tui.paths import config_dir, state_dir
    from compare_tui.ratecards import files

    today = on.date() if on else dt.date.today()
    whole: RateCard | None = None
    broken = False
    for file in files(config_dir(), state_dir()):
        try:
            card = file.read()
        except CardError as error:
            click.echo(str(error), err=True)
            broken = True
            continue
        if card is None:
            click.echo(f"{file.source}: none at {file.path}")
            continue
        rows = sum(len(model.rates) for model in card.models.values())
        click.echo(f"{file.source}: {card.date}, {_age(today - card.date)}; {len(card.models)} models, {rows} rows")
        whole = whole.over(card) if whole else card
    for sentence in _findings(whole, today) if whole else ():
        click.echo(sentence)
    if broken:
        raise click.exceptions.Exit(3)


def _age(age: dt.timedelta) -> str:
    return "of today" if age.days == 0 else f"{_days(age.days)} old" if age.days > 0 else "of a later day"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _findings(card: "RateCard", today: dt.date) -> Iterator[str]:
    from compare_tui.core.lane import EFFORTS, TIERS
    from compare_tui.core.nearest import did_you_mean
    from compare_tui.core.preflight import SHUTDOWN_NEAR

    for model in card.models.values():
        for until, rows in _by_last_day(model).items():
            tiers = ", ".join(dict.fromkeys(row.tier for row in rows))
            if until < today:
                yield f"{model.name} {tiers}: out of date since {until}{_what_follows(model, rows, today)}"
            elif until - today <= _ENDS_SOON:
                follows = _what_follows(model, rows, until + dt.timedelta(days=1))
                yield f"{model.name} {tiers}: ends {until}, in {_days((until - today).days)}{follows}"
        if model.shutdown and model.shutdown < today:
            yield f"{model.name}: shut down since {model.shutdown}"
        elif model.shutdown and model.shutdown - today <= SHUTDOWN_NEAR:
            yield f"{model.name}: shuts down on {model.shutdown}, in {_days((model.shutdown - today).days)}"
        for kind, words, known in (("tier", model.tiers, TIERS), ("effort", model.efforts or (), EFFORTS)):
            for word in words:
                if word not in known:
                    yield f"{model.name}: {word} is no {kind} known here{did_you_mean(word, known)}"


def _by_last_day(model: "ModelCard") -> dict[dt.date, list["Row"]]:
    ending: dict[dt.date, list[Row]] = {}
    for row in model.rates:
        if row.until:
            ending.setdefault(row.until, []).append(row)
    return ending


def _what_follows(model: "ModelCard", rows: list["Row"], day: dt.date) -> str:
    bare = [row.tier for row in rows if not any(other.tier == row.tier and other.holds(day) for other in model.rates)]
    return f"; no price then for {', '.join(dict.fromkeys(bare))}" if bare else "; another row follows"


@prices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("globs", nargs=-1, metavar="[MODEL-GLOB]...")
def import_prices(file: Path, globs: tuple[str, ...]) -> None:
    """Take prices from LiteLLM's price map or OpenRouter's models list, a JSON file."""
    from compare_tui.paths import imported_prices_file
    from compare_tui.price_import import ImportFailed, merge, read_prices
    from compare_tui.ratecards import shipped

    try:
        found = read_prices(file, globs, dt.date.today())
    except ImportFailed as error:
        raise _Unusable(str(error)) from None
    if not found.models:
        raise _Unusable(f"{found.kind} gives nothing to import: {_reasons(found)}.")
    target = imported_prices_file()
    try:
        held = merge(found, target)
    except OSError as error:
        raise _Unwritable(f"{target} cannot be written: {error.strerror}") from None
    click.echo(f"{found.kind}: {len(found.models)} taken, {found.skipped.total()} skipped")
    for reason, count in found.skipped.most_common():
        click.echo(f"  {count} {reason}")
    click.echo(f"{target} holds {held} models")
    over = len(shipped().models.keys() & found.models.keys())
    if over:
        click.echo(f"{over} of them replace shipped rates, dated ones too, until they are taken out of that file again")
    if held > _MANY_MODELS:
        click.echo("Every start reads them all; name the models you use to keep it quick: prices import FILE 'gpt-5*'")


def _reasons(found: "Import") -> str:
    return ", ".join(f"{count} {reason}" for reason, count in found.skipped.most_common())
