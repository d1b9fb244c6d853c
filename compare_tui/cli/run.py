"""`compare-tui run`: prompts to lanes without a screen; answers on stdout, figures on stderr and in files."""

import contextlib
import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from compare_tui.cli import exits, questions
from compare_tui.cli.endpoints import accounts, configured, demo_account, endpoint_options, used_endpoints
from compare_tui.cli.lanes import DEMO_LANES, chosen_lanes
from compare_tui.cli.plan import Plan, all_forecasts, out_files, with_answers
from compare_tui.cli.types import Pair, Speed, Usd
from compare_tui.config import Config, Limits
from compare_tui.core.lane import Lane
from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.engine.forecast import Forecast, budget_refusals, cap_refusals

if TYPE_CHECKING:
    from compare_tui.store.store import Store

STORING_S: Final = 5.0
"""The last tenth of a second is written within this, or not at all for now."""
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
@click.option("--out", "outs", multiple=True, type=click.Path(path_type=Path), help="FILE.csv, .jsonl, .md or .html.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per take on stdout instead of the texts.")
@click.option("--follow", metavar="ROUND", help="Continue each lane's own conversation from this round on.")
@click.option("--again", metavar="ID", help="Ask a stored session or round again, as a new session.")
@click.option("--reuse", is_flag=True, help="Answer from the store what was asked of the same lane before.")
@click.option("--private", is_flag=True, help="Store nothing.")
@click.option("--demo", is_flag=True, help="The embedded endpoint: simulated answers, no key, no network.")
@click.option("--speed", type=Speed(), help="Pace of the embedded endpoint; 1 is that of a model.")
@endpoint_options
def run(**options: Any) -> int:
    """Send the prompts of FILE (or - for stdin, or --prompt) to every lane.

    FILE: .txt holds prompts between lines of ---, .md is one prompt, .jsonl and .csv one prompt a row.
    Answers go to stdout, progress and the summary to stderr.

    Every answer is stored as it comes: `compare-tui sessions list` finds it again.

    Exit codes: 0 all answered, 1 some take was not, 2 usage, 3 configuration, 4 storage, 5 the budget refused.
    """
    _check(options)
    if not options["dry_run"]:
        ask = sys.stdin.isatty() and sys.stderr.isatty()
        out_files(options["outs"], yes=options["yes"], ask=ask)
        if options["private"] and options["outs"] and not options["yes"]:
            _confirm_private_files(ask)
    config = configured(
        options["base_url"], None if options["demo"] else options["api"], options["key_env"], options["endpoint"]
    )
    with _store(options, config) as store, planned(options, config, store) as plan:
        return _carry_out(plan, options, config, store)


def _check(options: Mapping[str, Any]) -> None:
    """Options that make no sense together."""
    if options["demo"] and (options["base_url"] or options["endpoint"] or options["key_env"]):
        raise click.UsageError("--demo brings its own endpoint; leave --base-url, --endpoint and --key-env out")
    if options["speed"] is not None and not options["demo"]:
        raise click.UsageError("--speed is the pace of the embedded endpoint; it goes with --demo")
    if options["follow"] and options["again"]:
        raise click.UsageError("--follow and --again exclude each other")
    if options["again"] and (options["file"] or options["prompt"] is not None or options["template"]):
        raise click.UsageError("--again asks the prompts of that session; leave FILE, --prompt and --template out")
    if options["private"] and (options["follow"] or options["reuse"] or options["again"]):
        raise click.UsageError("--private keeps away from the store; --follow, --again and --reuse read it")


def _confirm_private_files(ask: bool) -> None:
    if not ask:
        raise click.UsageError("--private keeps nothing on disk; --yes writes the --out files all the same")
    if not click.confirm("--private keeps nothing on disk. Write the --out files all the same?", err=True):
        raise click.UsageError("nothing is written, nothing was sent")


@contextlib.contextmanager
def _store(options: Mapping[str, Any], config: Config) -> "Iterator[Store | None]":
    """Not for private work, and not only to tell a price."""
    reads = options["follow"] or options["again"] or options["reuse"]
    if options["private"] or (options["dry_run"] and not reads):
        yield None
        return
    from compare_tui.cli import stored
    from compare_tui.store.problems import StoreProblem

    with stored.opened(config) as store:
        if store.read_only and not options["dry_run"]:
            raise StoreProblem("nothing can be stored, so nothing was sent; --private sends without storing")
        yield store


@contextlib.contextmanager
def planned(options: Mapping[str, Any], config: Config, store: "Store | None") -> Iterator[Plan]:
    """The plan, with the embedded endpoint running behind it for `--demo`."""
    lanes = _lanes(options, config)
    tags = dict(options["tags"])
    again_of = None
    if options["again"]:
        assert store is not None
        to_send, again_of = questions.once_more(store, options["again"], lanes, tags)
    elif options["follow"]:
        assert store is not None
        to_send = questions.following(store, options["follow"], questions.items(options, config), lanes, tags)
    else:
        to_send = questions.rounds(questions.items(options, config), lanes, tags)
    asked = tuple(dict.fromkeys(lane for round_ in to_send for lane in round_.lanes))
    if options["private"] and any(lane.tier == "batch" for lane in asked):
        raise click.UsageError("a batch outlives this process: --private keeps nothing to collect it with")
    with contextlib.ExitStack() as opened:
        if options["demo"]:
            _keep_to_the_demo(asked)
            speed = 1.0 if options["speed"] is None else options["speed"]
            found = [opened.enter_context(demo_account(speed, options["api"] or "responses"))]
        else:
            found = accounts(used_endpoints(config, asked), with_keys=not options["dry_run"])
        plan = Plan(to_send, tuple(found), again_of)
        yield with_answers(plan, store) if options["reuse"] and store is not None else plan


def _lanes(options: Mapping[str, Any], config: Config) -> tuple[Lane, ...]:
    """Those named here, else those of the settings; a session that is followed or asked again brings its own."""
    texts = options["lane_texts"]
    brought = options["follow"] or options["again"]
    if not texts and not options["models"] and not brought:
        texts = DEMO_LANES if options["demo"] else config.defaults.lanes
    lanes = chosen_lanes(texts, options["models"], options["efforts"], options["tiers"], options["repeat"])
    if not lanes and not brought:
        raise click.UsageError('no lane: give --lane "gpt-5.5 low" or --models, or set defaults.lanes in config.toml')
    return lanes


def _keep_to_the_demo(lanes: tuple[Lane, ...]) -> None:
    for lane in lanes:
        if lane.endpoint not in (None, "demo"):
            raise click.UsageError(f"lane {lane}: --demo sends to the embedded endpoint alone")


def _carry_out(plan: Plan, options: Mapping[str, Any], config: Config, store: "Store | None") -> int:
    if options["dry_run"]:
        return _foretell(plan, as_json=options["as_json"])
    if _refused(plan, options["budget"], config, store):
        return exits.BUDGET
    code = _send(plan, options, config.limits, store)
    if store is None:
        return code
    return code if _is_stored(plan, store) and _with_events(plan, options["outs"], store) else exits.STORAGE


def _is_stored(plan: Plan, store: "Store") -> bool:
    """Said when it is not: what was answered is only where it was printed or written to."""
    from compare_tui.store.store import Place

    if store.journal.flush(STORING_S):
        if store.journal.remark is not None:
            click.echo(store.journal.remark, err=True)
        first = plan.rounds[0]
        if plan.again_of is not None and store.has(Place(first.session, first.number)):
            store.mark_again(first.session, plan.again_of)
        return True
    why = store.journal.trouble or "it takes too long"
    click.echo(f"The session could not be stored: {why}. Its answers are in what was printed or written.", err=True)
    return False


def _with_events(plan: Plan, outs: Iterable[Path], store: "Store") -> bool:
    """JSON lines get what only the store has, so that they can be imported; until now they had their rows."""
    from compare_tui.export.files import write_lines
    from compare_tui.store.store import Place

    for path in outs:
        if path.suffix == ".jsonl" and path.exists():
            sent = (Place(round_.session, round_.number) for round_ in plan.rounds)
            try:
                write_lines(path, (store.read(place) for place in sent if store.has(place)))
            except OSError as error:
                click.echo(f"{safe_line(str(path))}: {error.strerror}; it has rows without events", err=True)
                return False
    return True


def _foretell(plan: Plan, *, as_json: bool) -> int:
    from compare_tui.cli.summary import console, print_cautions, print_forecast

    found = list(all_forecasts(plan))
    if as_json:
        _print_forecast_json(found)
    else:
        print_forecast(console(), found, len(plan.rounds), plan.accounts[0].card.date.isoformat())
    print_cautions(console(stderr=True), found)
    return exits.OK


def _refused(plan: Plan, budget: Decimal | None, config: Config, store: "Store | None") -> bool:
    """Say what speaks against sending; whether a budget forbids it."""
    from compare_tui.cli.summary import console, print_cautions

    refusals = budget_refusals(all_forecasts(plan), budget, config.caps.per_send)
    if store is not None:
        today = dt.date.today()
        simulated = plan.accounts[0].endpoint.simulated
        spent = (store.spent_since(day, simulated=simulated) for day in (today, today.replace(day=1)))
        refusals += cap_refusals(all_forecasts(plan), config.caps, *spent)
    for refusal in refusals:
        click.echo(f"budget: {refusal}", err=True)
    if refusals:
        click.echo("Nothing was sent.", err=True)
    else:
        print_cautions(console(stderr=True), all_forecasts(plan))
    return bool(refusals)


def _send(plan: Plan, options: Mapping[str, Any], limits: Limits, store: "Store | None") -> int:
    from compare_tui.cli.delivery import Delivery
    from compare_tui.cli.progress import Progress
    from compare_tui.cli.sending import Interruption, send_all
    from compare_tui.cli.summary import console, print_summary
    from compare_tui.engine.engine import Engine
    from compare_tui.engine.recorder import Unrecorded

    talk = console(stderr=True)
    concurrency = options["concurrency"]
    verdicts = Verdicts()
    recorder = Unrecorded() if store is None else store.journal
    with (
        Interruption() as interruption,
        Delivery(plan, options["outs"], as_json=options["as_json"]) as delivery,
        Engine(plan.accounts, limits, recorder, budget=options["budget"], concurrency=concurrency) as engine,
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
                plan,
                at_once=sum(concurrency or account.endpoint.concurrency for account in plan.accounts),
                tick=progress.tick,
                take_ended=take_ended,
                round_ended=round_ended,
                interruption=interruption,
            )
        if not options["as_json"]:
            print_summary(talk, list(progress.tallies.values()))
            if store is not None and not_sent < len(plan.rounds):
                _tell_where(plan)
    if interruption.signal is not None:
        click.echo(f"Stopped; {not_sent} of {len(plan.rounds)} prompts were not sent.", err=True)
        return 128 + interruption.signal
    return exits.STORAGE if delivery.lost_a_file else verdicts.exit_code


def _tell_where(plan: Plan) -> None:
    """The id it can be found by; a session asked again can be held against the one before."""
    session = plan.rounds[0].session
    if plan.again_of is None:
        click.echo(f"session {session}", err=True)
    else:
        click.echo(f"session {session} · compare-tui report {session} --against {plan.again_of}", err=True)


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
