"""An endpoint is checked once, when it is made, and its errors repeat nothing that may be a key."""

import pickle
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare_tui.core.endpoint import Endpoint, EndpointError


def refused(**values: Any) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        Endpoint(**{"name": "local", "base_url": "https://example.com/v1", **values})
    return caught.value


def test_what_is_not_said_has_the_defaults_of_the_design() -> None:
    endpoint = Endpoint("openai", "https://api.openai.com/v1")
    assert (endpoint.api, endpoint.concurrency, endpoint.allow_http, endpoint.free) == ("responses", 8, False, False)
    assert (endpoint.key_env, endpoint.key_cmd) == (None, None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1///", "https://api.openai.com/v1"),
        ("https://api.openai.com/", "https://api.openai.com"),
        ("HTTPS://API.OpenAI.com/V1", "https://api.openai.com/V1"),
        ("https://res.openai.azure.com/openai/v1/", "https://res.openai.azure.com/openai/v1"),
        ("https://my_service:8443/a", "https://my_service:8443/a"),
    ],
)
def test_a_url_is_kept_in_one_spelling(given: str, kept: str) -> None:
    endpoint = Endpoint("local", given)
    assert endpoint.base_url == endpoint.shown_url == kept


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "127.0.0.1", "127.9.8.7", "[::1]", "[0:0:0:0:0:0:0:1]", "127.0.0.1:11434", "[::1]:1"],
)
def test_this_machine_may_be_asked_without_tls(host: str) -> None:
    assert Endpoint("local", f"http://{host}/v1").is_loopback


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "0.0.0.0",
        "128.0.0.1",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "[::2]",
        "[::ffff:127.0.0.1]",
        "gpu.lan:8000",
    ],
)
def test_another_machine_is_asked_with_tls_or_by_express_permission(host: str) -> None:
    error = refused(base_url=f"http://{host}/v1")
    assert error.field == "base_url"
    assert "https://" in str(error)
    assert "allow_http" in str(error)
    permitted = Endpoint("local", f"http://{host}/v1", allow_http=True)
    assert not permitted.is_loopback
    assert not Endpoint("local", f"https://{host}/v1").is_loopback


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://me:hunter22@example.com/v1", "a user or a password"),
        ("https://hunter22@example.com/v1", "a user or a password"),
        ("http://127.0.0.1@hunter22.example.com/v1", "a user or a password"),
        ("https://example.com/v1?api-key=hunter22", "a query"),
        ("https://example.com/v1?", "a query"),
        ("https://example.com/v1#hunter22", "a fragment"),
        ("https://example.com\\@hunter22.com/", "backslashes"),
        ("https://exa mple.com/hunter22", "spaces"),
        (" https://example.com/hunter22", "spaces"),
        ("https://example.com/hunter22\n", "spaces"),
        ("https://exa\tmple.com/hunter22", "spaces"),
        ("https://пример.example/hunter22", "plain ASCII"),
        ("", "must be a URL"),
        ("hunter22-the-key-itself", "begin with https://"),
        ("ftp://example.com/hunter22", "begin with https://"),
        ("https:///hunter22", "begin with https://"),
        ("https:example.com/hunter22", "begin with https://"),
        ("https://:443/hunter22", "a host"),
        ("http://127.1/hunter22", "a host"),
        ("http://2130706433/hunter22", "a host"),
        ("http://0x7f.0.0.1/hunter22", "a host"),
        ("https://300.0.0.1/hunter22", "a host"),
        ("https://-hunter22.example.com", "a host"),
        ("https://exa%6dple.com/hunter22", "a host"),
        ("https://[fe80::1%25lo]/hunter22", "a host"),
        ("https://[hunter22/v1", "not a URL"),
        ("https://example.com:hunter22/v1", "a port"),
        ("https://example.com:0/hunter22", "a port"),
        ("https://example.com:65536/hunter22", "a port"),
    ],
)
def test_a_url_that_hides_something_is_refused_without_repeating_it(url: str, reason: str) -> None:
    error = refused(base_url=url, allow_http=True)
    assert error.field == "base_url"
    assert reason in str(error)
    assert "hunter22" not in str(error)
    assert str(error).startswith("endpoint local: base_url ")


@pytest.mark.parametrize("host", ["a[::1]", "[::1]a", "0[::]", "[::1]:", "[::1]]", "127.0.0.1:01"])
def test_a_host_two_parsers_could_read_differently_is_refused(host: str) -> None:
    assert refused(base_url=f"http://{host}/v1", allow_http=True).field == "base_url"


@pytest.mark.parametrize("name", ["", "two words", "-first", "a/b", "@a", "ключ", "a\n", "x" * 65])
def test_a_name_that_no_lane_could_write_is_refused(name: str) -> None:
    error = refused(name=name)
    assert error.field == "name"
    assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize(
    "key_env", ["", "TWO WORDS", "1KEY", "A-B", "sk-proj-hunter22", "a1b2c3d4e5f60718293a4b5c6d7e8f90"]
)
def test_a_key_in_the_place_of_its_variable_is_refused_without_repeating_it(key_env: str) -> None:
    error = refused(key_env=key_env)
    assert error.field == "key_env"
    assert not key_env or key_env not in str(error)
    assert "environment variable" in str(error)


@pytest.mark.parametrize("key_cmd", [(), ("",), ("pass", "a\0b")])
def test_a_key_command_needs_a_program_and_words_a_system_can_take(key_cmd: tuple[str, ...]) -> None:
    assert refused(key_cmd=key_cmd).field == "key_cmd"


def test_a_key_has_one_source() -> None:
    assert "exclude each other" in str(refused(key_env="A_KEY", key_cmd=("pass", "show", "a")))


@pytest.mark.parametrize("concurrency", [0, -1, 10_001])
def test_concurrency_has_bounds(concurrency: int) -> None:
    assert refused(concurrency=concurrency).field == "concurrency"


def test_a_dialect_nobody_speaks_is_refused() -> None:
    assert "responses or chat" in str(refused(api="completions"))


def test_the_arguments_of_a_key_command_are_not_printed() -> None:
    endpoint = Endpoint("vault", "https://example.com", key_cmd=("curl", "-H", "X-Token: hunter22"))
    assert "hunter22" not in repr(endpoint)


def test_an_endpoint_is_a_value() -> None:
    one = Endpoint("a", "https://example.com/v1")
    assert one == Endpoint("a", "https://EXAMPLE.com/v1/")
    assert hash(one) == hash(Endpoint("a", "https://example.com/v1"))
    assert pickle.loads(pickle.dumps(one)) == one


words = "http https localhost 127.0.0.1 ::1 example.com xn-- 443 0 99999 v1 %2f ://"
pieces = st.sampled_from([*words.split(), *"@:?#[]%\\/.-_aä \t\n\x00\u2028"])
urls = st.one_of(
    st.text(max_size=40),
    st.tuples(st.sampled_from(["", "https://", "http://"]), st.lists(pieces, max_size=8)).map(
        lambda p: p[0] + "".join(p[1])
    ),
    st.text("ax19-.:/", max_size=12).map("https://a".__add__),
)


@settings(max_examples=500)
@given(urls)
def test_whatever_the_text_the_host_that_was_checked_is_the_host_that_will_be_asked(url: str) -> None:
    try:
        endpoint = Endpoint("any", url)
    except EndpointError:
        return
    asked = httpx2.URL(endpoint.base_url)
    assert asked.raw_host.decode() == endpoint.host
    assert not asked.userinfo
    assert not asked.query
    assert asked.scheme == "https" or endpoint.is_loopback
    assert not endpoint.base_url.endswith("/")
    assert Endpoint("any", endpoint.base_url) == endpoint
