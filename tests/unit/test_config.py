"""config.toml, the environment and the flags become one checked value, or one sentence that says what to change."""

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from compare_tui import config
from compare_tui.config import Caps, Config, ConfigError, Defaults, FlagError, Limits, Log, load, with_flags
from compare_tui.config_file import ENDPOINT, TABLES
from compare_tui.core.endpoint import Endpoint

Loader = Callable[..., Config]
OPENAI = Endpoint("openai", "https://api.openai.com/v1", key_env="OPENAI_API_KEY")
LOCAL = '[endpoint.local]\nbase_url = "http://127.0.0.1:11434/v1"\n'
KEY = "sk-canary-5f3a9c1e7b2d4860"


@pytest.fixture
def loaded(tmp_path: Path) -> Loader:
    def write_and_load(text: str | bytes = "", environ: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "config.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path, environ or {})

    return write_and_load


@pytest.fixture
def refused(loaded: Loader) -> Callable[..., str]:
    def message(text: str | bytes = "", environ: Mapping[str, str] | None = None) -> str:
        with pytest.raises(ConfigError) as caught:
            loaded(text, environ)
        return str(caught.value)

    return message


# What holds


def test_without_a_file_the_built_in_settings_hold(tmp_path: Path) -> None:
    made = load(tmp_path / "config.toml", {})
    assert dict(made.endpoints) == {"openai": OPENAI}
    assert made.defaults == Defaults(endpoint="openai", lanes=(), system="")
    assert made.limits == Limits(connect=10, wait=600, wait_flex=900, idle=300, total=3600)
    assert made.caps == Caps(per_send=None, per_day=None, per_month=None)
    assert made.caps.over_time == ()
    assert made.log == Log(requests=True, prompts=False)
    assert set(made.where.values()) == {"default"}
    assert list(tmp_path.iterdir()) == []


def test_every_setting_of_a_file_is_read(loaded: Loader) -> None:
    made = loaded("""
        [endpoint.vllm]
        base_url = "http://gpu.lan:8000/v1/"
        api = "chat"
        key_cmd = ["pass", "show", "vllm"]
        concurrency = 64
        allow_http = true
        free = true
        [defaults]
        endpoint = "vllm"
        lanes = ["gpt-5.5 low", "m @openai"]
        system = "Be brief."
        [limits]
        connect = 1
        wait = 2.5
        wait_flex = 3
        idle = 4
        total = 5
        [caps]
        per_send = 0.10
        per_day = 5
        per_month = 50.5
        ask_above = 0.25
        [log]
        requests = false
        prompts = true
    """)
    assert made.endpoint() == Endpoint(
        "vllm", "http://gpu.lan:8000/v1", "chat", None, ("pass", "show", "vllm"), 64, allow_http=True, free=True
    )
    assert made.endpoint("openai") == OPENAI
    assert made.defaults == Defaults("vllm", ("gpt-5.5 low", "m @openai"), "Be brief.")
    assert made.limits == Limits(1, 2.5, 3, 4, 5)
    assert made.caps == Caps(Decimal("0.10"), Decimal(5), Decimal("50.5"), ask_above=Decimal("0.25"))
    assert made.log == Log(requests=False, prompts=True)
    assert str(made.caps.per_send) == "0.10"
    assert {name for name, origin in made.where.items() if origin == "default"} == {
        "endpoint.vllm.key_env",
        *(f"endpoint.openai.{key}" for key in ENDPOINT),
    }


def test_settings_and_their_origins_have_the_same_names(loaded: Loader) -> None:
    made = with_flags(loaded(LOCAL), base_url="https://example.com")
    assert made.settings().keys() == made.where.keys()
    assert made.settings()["endpoint.local.base_url"] == "http://127.0.0.1:11434/v1"


def test_money_is_exact(loaded: Loader) -> None:
    assert loaded("[caps]\nper_send = 0.1").caps.per_send == Decimal("0.1")
    assert loaded("[caps]\nper_send = 1_000.000001").caps.per_send == Decimal("1000.000001")
    assert loaded("[caps]\nper_send = 2").caps.per_send == Decimal(2)


def test_a_file_may_begin_with_a_byte_order_mark_and_end_lines_as_windows_does(loaded: Loader) -> None:
    assert loaded(b"\xef\xbb\xbf[limits]\r\nidle = 3\r\n").limits.idle == 3


def test_the_built_in_endpoint_is_amended_key_by_key(loaded: Loader) -> None:
    made = loaded("[endpoint.openai]\nconcurrency = 2")
    assert made.endpoint("openai") == Endpoint("openai", OPENAI.base_url, key_env="OPENAI_API_KEY", concurrency=2)
    assert made.where["endpoint.openai.concurrency"] == "file"
    assert made.where["endpoint.openai.base_url"] == "default"


def test_a_key_command_for_the_built_in_endpoint_takes_the_place_of_its_variable(loaded: Loader) -> None:
    endpoint = loaded('[endpoint.openai]\nkey_cmd = ["pass", "show", "openai"]').endpoint()
    assert (endpoint.key_env, endpoint.key_cmd) == (None, ("pass", "show", "openai"))


def test_a_config_is_not_changed_by_who_holds_it(loaded: Loader) -> None:
    made: Any = loaded()
    with pytest.raises(TypeError):
        made.endpoints["other"] = OPENAI
    with pytest.raises(TypeError):
        made.where["limits.idle"] = "flag"


# Environment and flags


def test_openai_base_url_moves_the_built_in_endpoint(loaded: Loader) -> None:
    made = loaded(LOCAL, {"OPENAI_BASE_URL": "https://eu.api.openai.com/v1/"})
    assert made.endpoint("openai") == Endpoint("openai", "https://eu.api.openai.com/v1", key_env="OPENAI_API_KEY")
    assert made.where["endpoint.openai.base_url"] == "environment"
    assert made.endpoint("local").base_url == "http://127.0.0.1:11434/v1"


def test_openai_base_url_leaves_an_endpoint_of_the_file_alone(loaded: Loader) -> None:
    made = loaded("[endpoint.openai]\nconcurrency = 2", {"OPENAI_BASE_URL": "https://elsewhere.example"})
    assert made.endpoint("openai").base_url == OPENAI.base_url
    assert loaded("", {"OPENAI_BASE_URL": ""}).endpoint() == OPENAI


def test_a_bad_openai_base_url_is_named_and_not_repeated(refused: Callable[..., str]) -> None:
    message = refused("", {"OPENAI_BASE_URL": f"https://me:{KEY}@example.com"})
    assert message.startswith("OPENAI_BASE_URL must not hold a user or a password")
    assert KEY not in message


def test_a_flag_wins_over_the_environment_and_the_environment_over_the_file(loaded: Loader) -> None:
    text = f'[defaults]\nendpoint = "local"\n{LOCAL}{LOCAL.replace("local", "other")}'
    environ = {"COMPARE_TUI_ENDPOINT": "other"}
    from_file, from_environment = loaded(text), loaded(text, environ)
    from_flag = with_flags(from_environment, endpoint="openai")
    chosen = [
        (made.defaults.endpoint, made.where["defaults.endpoint"]) for made in (from_file, from_environment, from_flag)
    ]
    assert chosen == [("local", "file"), ("other", "environment"), ("openai", "flag")]
    assert loaded(text, {"COMPARE_TUI_ENDPOINT": ""}).defaults.endpoint == "local"


def test_no_other_variable_changes_anything(loaded: Loader) -> None:
    environ = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_ORG_ID": "org",
        "COMPARE_TUI_CONFIG": "/nowhere",
        "COMPARE_TUI_HOME": "/x",
    }
    assert loaded("", environ) == loaded()


def test_base_url_makes_an_endpoint_that_is_the_default_and_sends_no_key(loaded: Loader) -> None:
    made = with_flags(loaded(LOCAL), base_url="http://127.0.0.1:8080/v1/", api="chat")
    assert made.endpoint() == Endpoint("cli", "http://127.0.0.1:8080/v1", "chat", key_env=None)
    assert set(made.endpoints) == {"openai", "local", "cli"}
    assert made.where["endpoint.cli.base_url"] == made.where["endpoint.cli.api"] == "flag"
    assert made.where["endpoint.cli.key_env"] == "default"
    assert made.where["defaults.endpoint"] == "flag"


def test_key_env_names_the_key_of_base_url(loaded: Loader) -> None:
    made = with_flags(loaded(), base_url="https://example.com", key_env="MY_KEY")
    assert made.endpoint() == Endpoint("cli", "https://example.com", key_env="MY_KEY")


def test_without_flags_nothing_changes(loaded: Loader) -> None:
    made = loaded(LOCAL)
    assert with_flags(made) is made


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"base_url": "https://example.com", "endpoint": "openai"}, "--base-url and --endpoint exclude each other"),
        ({"api": "chat"}, "--api and --key-env go with --base-url"),
        ({"key_env": "A"}, "--api and --key-env go with --base-url"),
        ({"endpoint": "opnai"}, "--endpoint: no endpoint is named opnai; did you mean openai?"),
        ({"endpoint": "zzz"}, "--endpoint: no endpoint is named zzz; known: openai"),
        ({"base_url": ""}, "--base-url must be a URL"),
        ({"base_url": "http://example.com"}, "--base-url must begin with https://"),
        ({"base_url": f"https://{KEY}@example.com"}, "--base-url must not hold a user"),
        ({"base_url": "https://example.com", "key_env": KEY}, "--key-env must be the name of an environment variable"),
    ],
)
def test_a_flag_that_cannot_hold_is_named(flags: dict[str, Any], message: str, loaded: Loader) -> None:
    with pytest.raises(FlagError) as caught:
        with_flags(loaded(), **flags)
    assert str(caught.value).startswith(message)
    assert KEY not in str(caught.value)


def test_a_default_endpoint_that_does_not_exist_is_named_with_the_nearest(refused: Callable[..., str]) -> None:
    assert refused(LOCAL, {"COMPARE_TUI_ENDPOINT": "locl"}) == (
        "COMPARE_TUI_ENDPOINT: no endpoint is named locl; did you mean local?"
    )
    assert refused('[defaults]\nendpoint = "opnai"') == (
        "config.toml:2: defaults.endpoint is not the name of an endpoint; did you mean openai?"
    )


# The example


def uncommented(text: str) -> str:
    return "\n".join(
        line[1:] if line[:1] == "#" and line[1:2] not in ("", " ", "#") else line for line in text.split("\n")
    )


def test_the_example_as_it_is_changes_nothing(loaded: Loader) -> None:
    assert loaded(config.example()) == loaded()


def test_the_example_with_every_line_uncommented_holds_the_defaults_it_speaks_of(loaded: Loader) -> None:
    made = loaded(uncommented(config.example()))
    assert made.endpoint() == OPENAI
    assert (made.defaults, made.limits, made.log) == (Defaults(), Limits(), Log())
    assert None not in (made.caps.per_send, made.caps.per_day, made.caps.per_month)
    assert {origin for name, origin in made.where.items() if not name.startswith("endpoint.")} == {"file"}


def test_the_example_shows_every_server_people_run(loaded: Loader) -> None:
    made = loaded(uncommented(config.example()))
    servers = {"ollama", "vllm", "lmstudio", "llamacpp", "openrouter", "litellm", "azure"}
    assert made.endpoints.keys() == servers | {"openai"}
    assert made.endpoint("azure").base_url.endswith(".openai.azure.com/openai/v1")
    assert made.endpoint("ollama").is_loopback


@pytest.mark.parametrize("block", config.example().split("#[endpoint.")[2:])
def test_each_server_of_the_example_can_be_used_alone(block: str, loaded: Loader) -> None:
    made = loaded(uncommented(f"#[endpoint.{block}"))
    assert len(made.endpoints) == 2
    assert made.endpoint().name == "openai"


@pytest.mark.parametrize("table", [*TABLES, "endpoint"])
def test_every_setting_stands_in_the_example(table: str) -> None:
    written = tomllib.loads(uncommented(config.example()))
    shown = written[table] if table in TABLES else {key for one in written["endpoint"].values() for key in one}
    assert set(shown) == set(TABLES.get(table, ENDPOINT))
    assert written["endpoint"]["openai"].keys() == ENDPOINT.keys() - {"key_cmd"}


GENERAL = config.example().split("#[endpoint.")[0].split("\n")


@pytest.mark.parametrize("line", [line for line in GENERAL if uncommented(line) != line])
def test_one_line_of_the_example_can_be_used_alone(line: str, loaded: Loader) -> None:
    made = loaded(config.example().replace(line, uncommented(line), 1))
    assert list(made.where.values()).count("file") == 1


def test_the_example_is_explained_line_by_line_in_plain_ascii() -> None:
    lines = config.example().split("\n")
    assert all(line.isascii() and len(line) <= 120 for line in lines)
    own = lines[: lines.index("#[endpoint.ollama]")]
    unexplained = [line for above, line in pairwise(own) if uncommented(line) != line and above[:2] != "# "]
    assert unexplained == []
