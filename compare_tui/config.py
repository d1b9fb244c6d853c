"""What the user has set, and where each value came from: flag, environment, config.toml or default."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from compare_tui.config_example import example as example
from compare_tui.config_file import ENDPOINT, TABLES, ConfigFile
from compare_tui.config_file import ConfigError as ConfigError
from compare_tui.core.caps import Cap, Span
from compare_tui.core.endpoint import Api, Endpoint, EndpointError
from compare_tui.core.nearest import did_you_mean
from compare_tui.core.sanitize import safe_line

Origin = Literal["flag", "environment", "file", "default"]

FLAG_ENDPOINT = "cli"
_BUILT_IN: Mapping[str, Mapping[str, Any]] = {
    "openai": {"base_url": "https://api.openai.com/v1", "key_env": "OPENAI_API_KEY"}
}


class FlagError(ConfigError):
    """The setting stands on the command line."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a round is sent to, and with, when nobody says otherwise."""

    endpoint: str = "openai"
    lanes: tuple[str, ...] = ()
    system: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, to the first content (and under flex), without new content, from sending to the end."""

    connect: float = 10.0
    wait: float = 600.0
    wait_flex: float = 900.0
    idle: float = 300.0
    total: float = 3600.0


@dataclass(frozen=True, slots=True)
class Caps:
    """US dollars; None is no cap."""

    per_send: Decimal | None = None
    per_day: Decimal | None = None
    per_month: Decimal | None = None
    ask_above: Decimal = Decimal(1)
    """The app asks before a send that may cost more."""

    @property
    def over_time(self) -> tuple[Cap, ...]:
        """Those that hold beyond one send, for all processes that share the store."""
        named = (("per_day", self.per_day, Span.DAY), ("per_month", self.per_month, Span.MONTH))
        return tuple(Cap(f"caps.{name}", most, span) for name, most, span in named if most is not None)


@dataclass(frozen=True, slots=True)
class Log:
    """Whether requests are logged, and whether with the text of their prompts."""

    requests: bool = True
    prompts: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """Everything set, checked. `where` has the origin of each setting by its dotted name, such as limits.idle."""

    endpoints: Mapping[str, Endpoint]
    defaults: Defaults
    limits: Limits
    caps: Caps
    log: Log = Log()
    where: Mapping[str, Origin] = field(default_factory=lambda: MappingProxyType({}))

    def endpoint(self, name: str | None = None) -> Endpoint:
        """The endpoint of that name; without one, the default."""
        name = name or self.defaults.endpoint
        if name in self.endpoints:
            return self.endpoints[name]
        hint = did_you_mean(name, self.endpoints) or f"; known: {', '.join(self.endpoints)}"
        raise ConfigError(f"no endpoint is named {safe_line(name)}{hint}")

    def settings(self) -> dict[str, Any]:
        """Every effective value, by the names of `where`."""
        values = {
            f"endpoint.{name}.{key}": getattr(endpoint, key)
            for name, endpoint in self.endpoints.items()
            for key in ENDPOINT
        }
        return values | {
            f"{name}.{key}": getattr(getattr(self, name), key) for name, checks in TABLES.items() for key in checks
        }


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """The settings of the file under those of the environment; the built-in ones when there is no such file."""
    file = ConfigFile.read(path)
    values = file.values()
    for name in values:
        if name not in ("endpoint", *TABLES):
            raise file.unknown((name,), ("endpoint", *TABLES))
    tables = {name: file.table((name,), values.get(name, {}), checks) for name, checks in TABLES.items()}
    endpoints, where = _endpoints(file, values.get("endpoint", {}), environ)
    for name, checks in TABLES.items():
        where |= _origins(name, checks, dict.fromkeys(tables[name], "file"))
    config = Config(
        endpoints=MappingProxyType(endpoints),
        defaults=Defaults(**tables["defaults"]),
        limits=Limits(**tables["limits"]),
        caps=Caps(**tables["caps"]),
        log=Log(**tables["log"]),
        where=MappingProxyType(where),
    )
    if config.defaults.endpoint not in endpoints:
        hint = did_you_mean(config.defaults.endpoint, endpoints) or f"; known: {', '.join(endpoints)}"
        raise file.error(("defaults", "endpoint"), f"is not the name of an endpoint{hint}")
    if chosen := environ.get("COMPARE_TUI_ENDPOINT"):
        try:
            return _with_default_endpoint(config, config.endpoint(chosen), "environment")
        except ConfigError as error:
            raise ConfigError(f"COMPARE_TUI_ENDPOINT: {error}") from None
    return config


def with_flags(
    config: Config,
    base_url: str | None = None,
    api: Api | None = None,
    key_env: str | None = None,
    endpoint: str | None = None,
) -> Config:
    """The same under the flags: --base-url makes the endpoint `cli` and the default of it, --endpoint chooses one."""
    if base_url is not None and endpoint is not None:
        raise FlagError("--base-url and --endpoint exclude each other; give one of them")
    if endpoint is not None:
        try:
            return _with_default_endpoint(config, config.endpoint(endpoint), "flag")
        except ConfigError as error:
            raise FlagError(f"--endpoint: {error}") from None
    given = {"base_url": base_url, "api": api, "key_env": key_env}
    values: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if base_url is None:
        if values:
            raise FlagError("--api and --key-env go with --base-url")
        return config
    try:
        made = Endpoint(FLAG_ENDPOINT, **values)
    except EndpointError as error:
        raise FlagError(f"--{error.field.replace('_', '-')} {error.reason}") from None
    where = {**config.where, **_origins(f"endpoint.{FLAG_ENDPOINT}", ENDPOINT, dict.fromkeys(values, "flag"))}
    endpoints = {**config.endpoints, FLAG_ENDPOINT: made}
    config = replace(config, endpoints=MappingProxyType(endpoints), where=where)
    return _with_default_endpoint(config, made, "flag")


def _with_default_endpoint(config: Config, endpoint: Endpoint, origin: Origin) -> Config:
    return replace(
        config,
        defaults=replace(config.defaults, endpoint=endpoint.name),
        where=MappingProxyType({**config.where, "defaults.endpoint": origin}),
    )


def _origins(table: str, keys: Iterable[str], known: Mapping[str, Origin]) -> dict[str, Origin]:
    return {f"{table}.{key}": known.get(key, "default") for key in keys}


def _endpoints(
    file: ConfigFile, tables: object, environ: Mapping[str, str]
) -> tuple[dict[str, Endpoint], dict[str, Origin]]:
    """The built-in endpoint and those of the file, which may also amend the built-in one."""
    if not isinstance(tables, dict):
        raise file.error(("endpoint",), "must be a table for each endpoint: [endpoint.NAME]")
    endpoints: dict[str, Endpoint] = {}
    where: dict[str, Origin] = {}
    for name in {**_BUILT_IN, **tables}:
        values = file.table(("endpoint", name), tables.get(name, {}), ENDPOINT)
        origins: dict[str, Origin] = dict.fromkeys(values, "file")
        if name == "openai" and name not in tables and (url := environ.get("OPENAI_BASE_URL")):
            values, origins = {"base_url": url}, {"base_url": "environment"}
        endpoints[name] = _endpoint(file, name, values, origins.get("base_url"))
        where |= _origins(f"endpoint.{name}", ENDPOINT, origins)
    return endpoints, where


def _endpoint(file: ConfigFile, name: str, given: dict[str, Any], url_from: Origin | None) -> Endpoint:
    values = {**_BUILT_IN.get(name, {}), **given}
    if "key_cmd" in given and "key_env" not in given:
        values.pop("key_env", None)
    if "base_url" not in values:
        raise file.error(("endpoint", name), "needs a base_url")
    try:
        return Endpoint(name, **values)
    except EndpointError as error:
        if url_from == "environment":
            raise ConfigError(f"OPENAI_BASE_URL {error.reason}") from None
        key = ("endpoint", name) if error.field == "name" else ("endpoint", name, error.field)
        raise file.error(key, error.reason) from None
