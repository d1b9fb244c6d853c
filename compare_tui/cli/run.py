"""`compare-tui run`: prompts to lanes without a screen; answers on stdout, figures on stderr and in files."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from compare_tui.cli import exits
from compare_tui.cli.endpoints import accounts, configured, demo_account, endpoint_options, used_endpoints
from compare_tui.cli.lanes import DEMO_LANES, chosen_lanes, encodable
from compare_tui.cli.plan import (
    Plan,
    all_forecasts,
    out_files,
    rounds,
)
from compare_tui.cli.types import Pair, Speed, Usd
from compare_tui.config import Config, Limits
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt, TemplateError
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.engine.forecast import Forecast, budget_refusals
from compare_tui.promptfiles import (
    Item,
    PromptFileError,
    read_image,
    read_items,
    read_schema,
    read_text_option,
    with_extras,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(short_help="Send prompts to lanes, headless.")
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--prompt", metavar="TEXT", help="The prompt itself.")
@click.option("--system", metavar="TEXT|@FILE", help="System text of every prompt that has none of its own.")
@click.option(
    "--lane", "lane_texts", multiple=True, metavar="SPEC", help='"MODEL [effort] [tier] [@endpoint] [key=value]…"'
)
@click.option("--models", metavar="A,B", help="Sweep: these models …")
@click.option("--efforts", metavar="X,Y", help="… at each of these efforts …")
@click.option("--tiers", metavar="S,T", help="… on each of these tiers.")
@click.option("--repeat", type=click.IntRange(1), help="Takes of each lane that has no repeat= of its own.")
@click.option("--template", type=_FILE, help="A text with {{name}}, filled from columns, vars and --set.")
@click.option("--set", "variables", multiple=True, type=Pair(), help="A variable of the template.")
@click.option("--image", "images", multiple=True, type=_FILE, help="A picture sent with every prompt.")
@click.option("--schema", type=_FILE, help="JSON schema the answer has to follow.")
@click.option("--tag", "tags", multiple=True, type=Pair(), help="A tag on every round.")
@click.option("--concurrency", type=click.IntRange(1), help="Requests at once to each endpoint.")
@click.option("--budget", type=Usd(), help="A request starts only while all under way, at its worst, stays under this.")
@click.option("--dry-run", is_flag=True, help="Print the price per lane; send nothing.")
@click.option("--yes", is_flag=True, help="Answer questions with yes. Lifts no budget.")
@click.option("--out", "outs", multiple=True, type=click.Path(path_type=Path), help="FILE.csv or FILE.jsonl.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per take on stdout instead of the texts.")
@click.option("--demo", is_flag=True, help="The embedded endpoint: simulated answers, no key, no network.")
@click.option("--speed", type=Speed(), help="Pace of the embedded endpoint; 1 is that of a model.")
@endpoint_options
def run(**options: Any) -> int:
    """Send the prompts of FILE (or - for stdin, or --prompt) to every lane.

    FILE: .txt holds prompts between lines of ---, .md is one prompt, .jsonl and .csv one prompt a row.
    Answers go to stdout, progress and the summary to stderr.

    Exit codes: 0 all answered, 1 some take was not, 2 usage, 3 configuration, 5 the budget refused.
    """
    if options["demo"] and (options["base_url"] or options["endpoint"] or options["key_env"]):
        raise click.UsageError("--demo brings its own endpoint; leave --base-url, --endpoint and --key-env out")
    if not options["dry_run"]:
        out_files(options["outs"], yes=options["yes"], ask=sys.stdin.isatty() and sys.stderr.isatty())
    config = configured(
        options["base_url"], None if options["demo"] else options["api"], options["key_env"], options["endpoint"]
    )
    if options["speed"] is not None and not options["demo"]:
        raise click.UsageError("--speed is the pace of the embedded endpoint; it goes with --demo")
    with planned(options, config) as plan:
        return _carry_out(plan, options, config)


@contextlib.contextmanager
def planned(options: Mapping[str, Any], config: Config) -> Iterator[Plan]:
    """The plan, with the embedded endpoint running behind it for `--demo`."""
    texts = options["lane_texts"]
    if not texts and not options["models"]:
        texts = DEMO_LANES if options["demo"] else config.defaults.lanes
    lanes = chosen_lanes(texts, options["models"], options["efforts"], options["tiers"], options["repeat"])
    if not lanes:
        raise click.UsageError('no lane: give --lane "gpt-5.5 low" or --models, or set defaults.lanes in config.toml')
    to_send = rounds(_items(options, config), lanes, dict(options["tags"]))
    if options["demo"]:
        _keep_to_the_demo(lanes)
        with demo_account(
            1.0 if options["speed"] is None else options["speed"], options["api"] or "responses"
        ) as account:
            yield Plan(to_send, (account,))
    else:
        yield Plan(to_send, tuple(accounts(used_endpoints(config, lanes), with_keys=not options["dry_run"])))


def _keep_to_the_demo(lanes: tuple[Lane, ...]) -> None:
    for lane in lanes:
        if lane.endpoint not in (None, "demo"):
            raise click.UsageError(f"lane {lane}: --demo sends to the embedded endpoint alone")


def _items(options: Mapping[str, Any], config: Config) -> list[Item]:
    file: Path | None = options["file"]
    if options["prompt"] is not None and file is not None:
        raise click.UsageError("FILE and --prompt exclude each other")
    if options["prompt"] is None and file is None and options["template"] is None:
        raise click.UsageError("no prompt: give FILE, - for stdin, or --prompt TEXT")
    try:
        items = with_extras(
            _read(file, options["prompt"], options["template"], dict(options["variables"])),
            system=read_text_option(options["system"] or "") or config.defaults.system or None,
            images=tuple(map(read_image, options["images"])),
            schema=read_schema(options["schema"]) if options["schema"] else None,
        )
    except (PromptFileError, TemplateError) as error:
        raise click.UsageError(str(error)) from None
    for notice in dict.fromkeys(notice for item in items for notice in item.notices):
        click.echo(notice, err=True)
    return items


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


def _carry_out(plan: Plan, options: Mapping[str, Any], config: Config) -> int:
    if options["dry_run"]:
        return _foretell(plan, as_json=options["as_json"])
    return exits.BUDGET if _refused(plan, options["budget"], config) else _send(plan, options, config.limits)


def _foretell(plan: Plan, *, as_json: bool) -> int:
    from compare_tui.cli.summary import console, print_cautions, print_forecast

    found = list(all_forecasts(plan))
    if as_json:
        _print_forecast_json(found)
    else:
        print_forecast(console(), found, len(plan.rounds), plan.accounts[0].card.date.isoformat())
    print_cautions(console(stderr=True), found)
    return exits.OK


def _refused(plan: Plan, budget: Decimal | None, config: Config) -> bool:
    """Say what speaks against sending; whether a budget forbids it."""
    from compare_tui.cli.summary import console, print_cautions

    refusals = budget_refusals(all_forecasts(plan), budget, config.caps.per_send)
    for refusal in refusals:
        click.echo(f"budget: {refusal}", err=True)
    if refusals:
        click.echo("Nothing was sent.", err=True)
    else:
        print_cautions(console(stderr=True), all_forecasts(plan))
    return bool(refusals)


def _send(plan: Plan, options: Mapping[str, Any], limits: Limits) -> int:
    from compare_tui.cli.delivery import Delivery
    from compare_tui.cli.progress import Progress
    from compare_tui.cli.sending import Interruption, send_all
    from compare_tui.cli.summary import console, print_summary
    from compare_tui.engine.engine import Engine

    talk = console(stderr=True)
    concurrency = options["concurrency"]
    verdicts = Verdicts()
    with (
        Interruption() as interruption,
        Delivery(plan, options["outs"], as_json=options["as_json"]) as delivery,
        Engine(plan.accounts, limits, budget=options["budget"], concurrency=concurrency) as engine,
    ):
        with Progress(talk, plan) as progress:

            def take_ended(take: Take) -> None:
                delivery.take_ended(take)
                progress.ended(take)
                verdicts.add(take)

            def round_ended(round_: Round, takes: list[Take]) -> None:
                progress.hide()
                delivery.round_ended(round_, takes)
                interruption.in_vain = not delivery.is_wanted

            not_sent = send_all(
                engine,
                plan.rounds,
                at_once=sum(concurrency or account.endpoint.concurrency for account in plan.accounts),
                tick=progress.tick,
                take_ended=take_ended,
                round_ended=round_ended,
                interruption=interruption,
            )
        if not options["as_json"]:
            print_summary(talk, list(progress.tallies.values()))
    if interruption.signal is not None:
        click.echo(f"Stopped; {not_sent} of {len(plan.rounds)} prompts were not sent.", err=True)
        return 128 + interruption.signal
    return exits.STORAGE if delivery.lost_a_file else verdicts.exit_code


class Verdicts:
    """What the takes of a run mean for its exit code."""

    def __init__(self) -> None:
        self._all_answered = True
        self._budget_refused = False

    def add(self, take: Take) -> None:
        assert take.verdict is not None
        self._all_answered &= take.verdict.is_answer
        self._budget_refused |= take.failure is not None and take.failure.error_class == "budget"

    @property
    def exit_code(self) -> int:
        if self._budget_refused:
            return exits.BUDGET
        return exits.OK if self._all_answered else exits.NOT_ALL_ANSWERED


def _print_forecast_json(found: list[Forecast]) -> None:
    import json

    for forecast in found:
        expected = forecast.expected
        click.echo(
            json.dumps(
                {
                    "lane": str(forecast.lane),
                    "prompt_id": forecast.prompt_id,
                    "requests": 0 if forecast.blocked else forecast.takes,
                    "input_tokens": forecast.input_tokens,
                    "input_usd": 0.0 if forecast.free else float(expected.input) if expected else None,
                    "worst_usd": None if forecast.worst is None else float(forecast.worst),
                    "cautions": list(forecast.cautions),
                }
            )
        )
