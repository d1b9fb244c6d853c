"""A mistake in config.toml is named with its line, whatever the bytes, and no value is repeated."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from compare_tui.config import ConfigError, load
from compare_tui.config_file import ENDPOINT, TABLES
from compare_tui.config_lines import key_lines

LOCAL = '[endpoint.local]\nbase_url = "http://127.0.0.1:11434/v1"\n'
KEY = "sk-canary-5f3a9c1e7b2d4860"


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[str | bytes], str]:
    def message(text: str | bytes) -> str:
        path = tmp_path / "config.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        return str(caught.value)

    return message


# Mistakes in the file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f'# my own\n\n{LOCAL}api = "chat"\n\nbase_ur = "x"',
            "config.toml:7: endpoint.local.base_ur is not a setting; did you mean base_url?",
        ),
        ("[endpont.local]", "config.toml:1: endpont is not a setting; did you mean endpoint?"),
        ('"" = 1', 'config.toml:1: "" is not a setting; known: endpoint, defaults, limits, caps, log'),
        ("\nidle = 3", "config.toml:2: idle is not a setting here; it belongs under [limits]"),
        (
            "[caps]\nconcurrency = 3",
            "config.toml:2: caps.concurrency is not a setting here; it belongs under [endpoint.NAME]",
        ),
        ("[caps]\nper_days = 3", "config.toml:2: caps.per_days is not a setting; did you mean per_day?"),
        ("[caps]\nper_month = 0", "config.toml:2: caps.per_month must be from 0.000001 to 1000000 US dollars"),
        ("[log]\nprompts = 1", "config.toml:2: log.prompts must be true or false, not a number"),
        ("[caps]\nprompts = true", "config.toml:2: caps.prompts is not a setting here; it belongs under [log]"),
        ("limits.idl = 3", "config.toml:1: limits.idl is not a setting; did you mean idle?"),
        ("limits = { wait = 1,  idl = 3 }", "config.toml:1: limits.idl is not a setting; did you mean idle?"),
        ('[limits]\nwait = 1\n"idl" = 3', "config.toml:3: limits.idl is not a setting; did you mean idle?"),
        ('[limits]\n"a\\u001b[31mb\\nc" = 3', 'config.toml:2: limits."a␛[31mb c" is not a setting'),
        ("[endpoint.local]\napi = 'chat'", "config.toml:1: endpoint.local needs a base_url"),
        (LOCAL + "api = 'chats'", "config.toml:3: endpoint.local.api must be responses or chat"),
        (LOCAL + "concurrency = 0", "config.toml:3: endpoint.local.concurrency must be from 1 to 10000"),
        (LOCAL + "concurrency = 1.5", "config.toml:3: endpoint.local.concurrency must be a whole number"),
        (
            LOCAL + "concurrency = true",
            "config.toml:3: endpoint.local.concurrency must be a whole number, not true or false",
        ),
        (LOCAL + "free = 1", "config.toml:3: endpoint.local.free must be true or false, not a number"),
        (LOCAL + "api = 1979-05-27", "config.toml:3: endpoint.local.api must be text in quotes, not a date or a time"),
        (LOCAL + "key_cmd = 'pass show x'", "config.toml:3: endpoint.local.key_cmd must be a list of texts"),
        (
            LOCAL + "key_env = 'A'\nkey_cmd = ['a']",
            "config.toml:4: endpoint.local.key_cmd and key_env exclude each other",
        ),
        (
            '[endpoint.vllm]\napi="chat"\nbase_url="http://gpu.lan/v1"',
            "config.toml:3: endpoint.vllm.base_url must begin with https://",
        ),
        (
            '[endpoint."two words"]\nbase_url = "https://a.example"',
            'config.toml:1: endpoint."two words" must be up to 64 letters',
        ),
        ('[endpoint]\nbase_url = "https://a.example"', "config.toml:2: endpoint.base_url must be a table, not text"),
        ("[[endpoint]]\nname = 'a'", "config.toml:1: endpoint must be a table for each endpoint: [endpoint.NAME]"),
        ("\nlimits = 3", "config.toml:2: limits must be a table, not a number"),
        ("[limits]\nidle = '3'", "config.toml:2: limits.idle must be a number of seconds, not text"),
        ("[limits]\nidle = 0", "config.toml:2: limits.idle must be from 0.01 to 86400 seconds"),
        ("[limits]\nidle = nan", "config.toml:2: limits.idle must be from 0.01 to 86400 seconds"),
        ("[limits]\nidle = inf", "config.toml:2: limits.idle must be from 0.01 to 86400 seconds"),
        ("[limits]\nidle = 1e-400", "config.toml:2: limits.idle must be from 0.01 to 86400 seconds"),
        ("[caps]\nper_send = -1", "config.toml:2: caps.per_send must be from 0.000001 to 1000000 US dollars"),
        ("[caps]\nper_send = 1e-999999999", "config.toml:2: caps.per_send must be from 0.000001"),
        ("[caps]\nper_send = '0.5'", "config.toml:2: caps.per_send must be a number of US dollars, not text"),
        ("[defaults]\nlanes = 'gpt-5.5'", "config.toml:2: defaults.lanes must be a list of texts"),
        (
            "[defaults]\nlanes = [\n'gpt-5.5',\n' ']",
            "config.toml:2: defaults.lanes must be a list of texts, none of them empty",
        ),
        ("[limits]\nidle = ?", "config.toml:2: this is not TOML: Invalid value (column 8)"),
        ("[limits]\nidle = 1\nidle = 2", "config.toml:3: this is not TOML: Cannot overwrite a value"),
        ('[limits]\nx = """\n\n', "config.toml:2: this is not TOML: "),
        (b"[limits]\n# caf\xe9", "config.toml:2: this is not UTF-8 text"),
    ],
)
def test_a_mistake_is_named_with_file_line_key_and_what_to_do(
    text: str | bytes, message: str, refused: Callable[[str | bytes], str]
) -> None:
    said = refused(text)
    assert said.startswith(message)
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "name", ["key", "api_key", "apikey", "API-KEY", "OPENAI_API_KEY", "token", "secret", "password", "Authorization"]
)
@pytest.mark.parametrize("table", [LOCAL, "[defaults]\n", ""])
def test_a_key_by_value_is_refused_with_what_to_write_instead(
    name: str, table: str, refused: Callable[[str | bytes], str]
) -> None:
    said = refused(f'{table}{name} = "{KEY}"')
    assert said.startswith(f"config.toml:{table.count(chr(10)) + 1}: ")
    assert "never holds a key" in said
    assert 'key_env = "' in said
    assert KEY not in said


@pytest.mark.parametrize(
    "line",
    [f'{name} = "{KEY} {KEY}"' for name in ("base_url", "api", "key_env", "key_cmd", "concurrency", "free", "headers")]
    + [f'key_env = "{KEY}"', f'key_cmd = [["{KEY}"]]', f'headers = {{ Authorization = "Bearer {KEY}" }}']
    + [f"api = {KEY}", f'base_url = "https://example.com?key={KEY}"', f'api = "{KEY}', f'concurrency = ["{KEY}"]'],
)
def test_no_mistake_repeats_a_value(line: str, refused: Callable[[str | bytes], str]) -> None:
    assert KEY not in refused(f'[endpoint.local]\n{line}\nallow_http = "x"')


def test_what_is_not_a_readable_file_is_named_in_full(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"^{tmp_path} is not a file$"):
        load(tmp_path, {})
    loop = tmp_path / "config.toml"
    loop.symlink_to(loop)
    with pytest.raises(ConfigError, match=rf"^{loop} cannot be read: "):
        load(loop, {})
    with pytest.raises(ConfigError, match="is not a file"):
        load(Path("/dev/zero"), {})


def test_a_file_too_large_for_a_config_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"#" * 1_048_576)
    assert load(path, {}) == load(tmp_path / "none.toml", {})
    path.write_bytes(b"#" * 1_048_577)
    with pytest.raises(ConfigError, match="is larger than 1 MiB"):
        load(path, {})


def test_what_the_standard_parser_chokes_on_is_a_sentence_too(refused: Callable[[str | bytes], str]) -> None:
    for value in ("1" * 5_000, "1e9999999999999999999", "[" * 100_000, "{a=" * 10_000):
        assert refused(f"a = {value}").startswith("config.toml: a number in it is too long, or its brackets nest too")


# Lines


names = st.sampled_from(["a", "b", "c-1", "'q.x'", '"s # \\u0041"', '"]"', "a.b", "c-1 . 'q.x'", '"".d'])
long = ['"""\nx = 1\n[a]\n\\""" ""\n"""', "'''\n[a] '' '''", '"""a"""""', "'''\n'''''", '"""b""""', "'''b''''"]
short = ["1", "-1.5", "true", "1979-05-27T07:32:00.5Z", "'it # ]'", '"a \\" = ["', '""', "''", '""""""', "[]", "{}"]
scalars = st.sampled_from([*short, *long])
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[ # ]\n" + ",\n".join(items) + "\n]"),
        st.lists(st.tuples(names, inner), max_size=3).map(
            lambda pairs: "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"
        ),
    ),
    max_leaves=4,
)
statements = st.one_of(
    st.tuples(names, values).map(lambda pair: f"{pair[0]} = {pair[1]} # end"),
    names.map(lambda name: f"[{name}]"),
    names.map(lambda name: f"  [[ {name} ]] # list"),
    st.sampled_from(["", "# a = 1", "  "]),
)


def parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def paths_in(table: dict[str, Any], above: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    deeper = [paths_in(value, (*above, key)) for key, value in table.items() if isinstance(value, dict)]
    return {(*above, key) for key in table}.union(*deeper)


@settings(max_examples=400, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.lists(statements, max_size=6).map("\n".join))
def test_a_key_stands_where_the_standard_parser_first_sees_it(text: str) -> None:
    assume(parsed(text) is not None)
    lines = text.split("\n")
    begin = 1
    statement_of: dict[tuple[str, ...], range] = {}
    for end in range(1, len(lines) + 1):
        so_far = parsed("\n".join(lines[:end]))
        if so_far is not None:
            for path in paths_in(so_far):
                statement_of.setdefault(path, range(begin, end + 1))
            begin = end + 1
    found = key_lines(text)
    assert all(found.get(path) in statement for path, statement in statement_of.items())


# Hostile files


fragments = st.one_of(
    st.sampled_from(["endpoint", "local", "openai", "defaults", "limits", "caps", *ENDPOINT]),
    st.sampled_from([key for table in TABLES.values() for key in table]),
    st.sampled_from(
        ["[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", '"""', "'''", "#", "\\", "\n", " ", "\r\n"]
    ),
    st.sampled_from(
        ["1", "0x" + "f" * 9, "1e400", "nan", "-inf", "true", "1979-05-27", "25:00:00", "\\u0000", "\\ud800"]
    ),
    st.sampled_from(["https://a.example/v1", "http://", '"chat"', '["a", "b"]', "= ", '= "x"\n', "]\n"]),
    st.text(max_size=4),
)
dotted = st.sampled_from(
    [f"{table}.{key}" for table, keys in TABLES.items() for key in keys]
    + [f"endpoint.{name}.{key}" for name in ("openai", "local") for key in ENDPOINT]
)
plausible = st.sampled_from(['"https://a.example/v1"', '"chat"', '"openai"', '["a", "b"]', "5", "0.5", "true", "inf"])
hostile = st.one_of(
    st.binary(max_size=80),
    st.lists(fragments, max_size=25).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass")),
    st.lists(st.tuples(dotted, plausible | values), max_size=2, unique_by=lambda pair: pair[0]).map(
        lambda pairs: "\n".join(f"{key} = {value}" for key, value in pairs).encode()
    ),
)


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=hostile)
@example(data=b"[endpoint.a]\nbase_url = '\\u0000'")
@example(data=b"[endpoint.'\\']\nbase_url = 1")
def test_whatever_the_bytes_there_is_a_config_or_a_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    try:
        made = load(path, {})
    except ConfigError as error:
        said = str(error)
    else:
        said = ""
        assert made.endpoint().name == made.defaults.endpoint
        assert made.settings().keys() == made.where.keys()
    assert len(said) < 800
    assert said.isprintable()
