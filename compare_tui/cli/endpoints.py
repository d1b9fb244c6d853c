"""Where lanes are sent: the options that choose an endpoint, and the accounts behind the names."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from compare_tui.config import Config, FlagError, load, with_flags
from compare_tui.core.endpoint import Api, Endpoint
from compare_tui.core.lane import Lane

if TYPE_CHECKING:
    from compare_tui.engine.account import Account

F = TypeVar("F", bound=Callable[..., Any])


def endpoint_options(command: F) -> F:
    """`--base-url --api --key-env` for an endpoint without a config file, `--endpoint` for one of it."""
    for option in (
        click.option("--endpoint", metavar="NAME", help="An endpoint of config.toml."),
        click.option("--key-env", metavar="NAME", help="Environment variable of its key. Without it no key is sent."),
        click.option("--api", type=click.Choice(["responses", "chat"]), help="Its dialect."),
        click.option("--base-url", metavar="URL", help="An endpoint that stands in no config file."),
    ):
        command = option(command)
    return command


def configured(base_url: str | None, api: Api | None, key_env: str | None, endpoint: str | None) -> Config:
    """The configuration under these flags; a flag that makes no sense is a usage error."""
    from compare_tui.paths import config_file

    config = load(config_file(), os.environ)
    try:
        return with_flags(config, base_url, api, key_env, endpoint)
    except FlagError as error:
        raise click.UsageError(str(error)) from None


def used_endpoints(config: Config, lanes: Iterable[Lane]) -> list[Endpoint]:
    """The endpoints these lanes go to, the default one first."""
    names = dict.fromkeys([config.defaults.endpoint, *(lane.endpoint or config.defaults.endpoint for lane in lanes)])
    needed = {lane.endpoint or config.defaults.endpoint for lane in lanes}
    return [config.endpoint(name) for name in names if name in needed]


def accounts(endpoints: Iterable[Endpoint], *, with_keys: bool) -> "list[Account]":
    """Each endpoint with its key, which must be there to send anything, and with the rate card."""
    from compare_tui import paths, ratecards
    from compare_tui.engine.account import Account
    from compare_tui.secrets import read_key

    card = ratecards.load(paths.config_dir(), paths.state_dir())
    return [Account(endpoint, read_key(endpoint, os.environ) if with_keys else None, card) for endpoint in endpoints]


@contextlib.contextmanager
def demo_account(speed: float, api: Api) -> "Iterator[Account]":
    """The embedded endpoint, running, with its own card and key."""
    from compare_tui import demo
    from compare_tui.engine.account import Account
    from compare_tui.secrets import Secret

    with demo.start(speed=speed) as server:
        endpoint = Endpoint("demo", server.base_url, api, simulated=True)
        yield Account(endpoint, Secret(server.token, "demo"), demo.rate_card())
