"""A key is read from where it lies, goes to its own endpoint, and appears in nothing that is printed."""

import base64
import copy
import json
import logging
import os
import pickle
import sys
import traceback
from io import StringIO
from operator import methodcaller
from pathlib import Path
from time import perf_counter, process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

from compare_tui import secrets
from compare_tui.core.endpoint import Endpoint
from compare_tui.secrets import (
    KeyCommandFailed,
    KeyMisdirected,
    KeyMissing,
    KeyProblem,
    KeyUnusable,
    Redactor,
    Secret,
    read_key,
)

CANARY = "sk-canary-5f3a9c1e7b2d4860"
OPENAI = Endpoint("openai", "https://api.openai.com/v1", key_env="OPENAI_API_KEY")
keys = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=60)


def with_command(*words: str) -> Endpoint:
    return Endpoint("vault", "https://example.com/v1", key_cmd=words)


def python(program: str) -> Endpoint:
    return with_command(sys.executable, "-c", program)


def everything_said_by(error: BaseException) -> str:
    """Its message, and its traceback below this test with the locals of every frame, in the plain and the rich form."""
    below = error.__traceback__
    while below and below.tb_frame.f_code.co_filename == __file__:
        below = below.tb_next
    plain = traceback.TracebackException(type(error), error, below, capture_locals=True).format()
    console = Console(file=StringIO(), width=200)
    if below:
        console.print(Traceback.from_exception(type(error), error, below, show_locals=True))
    assert isinstance(console.file, StringIO)
    return f"{error} {error!r} {''.join(plain)} {console.file.getvalue()}"


# The secret


def test_no_way_of_printing_a_secret_shows_it() -> None:
    secret = Secret(CANARY, "openai")
    holder = {"Authorization": secret, "all": [secret, (secret,)]}
    log = StringIO()
    logger = logging.Logger("test")
    logger.addHandler(logging.StreamHandler(log))
    logger.error("%s %r %s", secret, secret, holder)
    printed = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>80} {secret:>80}",
        "{:s}".format(secret),  # noqa: UP032 - the method is what is tried
        "%s %r" % (secret, secret),  # noqa: UP031 - the operator is what is tried
        ascii(secret),
        repr(holder),
        pretty_repr(holder),
        str(hash(secret)),
        log.getvalue(),
        " ".join(dir(secret)),
    ]
    assert "canary" not in " ".join(printed)
    assert secret.reveal() == CANARY


TAKING_APART = [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars, bytes, list, len]


@pytest.mark.parametrize("attempt", [*TAKING_APART, methodcaller("__getstate__"), methodcaller("__reduce__")])
def test_a_secret_is_not_taken_apart(attempt: object) -> None:
    assert callable(attempt)
    with pytest.raises(TypeError) as caught:
        attempt(Secret(CANARY, "openai"))
    assert CANARY not in everything_said_by(caught.value)


def test_a_secret_says_nothing_by_comparison() -> None:
    assert Secret(CANARY, "openai") != Secret(CANARY, "openai")
    text: object = CANARY
    assert Secret(CANARY, "openai") != text
    assert len({hash(secret) for secret in [Secret(CANARY, "openai") for _ in range(10)]}) > 1


def test_a_traceback_with_locals_shows_no_secret() -> None:
    def fail(secret: Secret, headers: dict[str, Secret]) -> None:
        raise RuntimeError(f"cannot send {secret} with {headers}")

    secret = Secret(CANARY, "openai")
    with pytest.raises(RuntimeError) as caught:
        fail(secret, {"Authorization": secret})
    locals_too = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    console = Console(file=StringIO(), width=200)
    console.print(Traceback.from_exception(RuntimeError, caught.value, caught.tb, show_locals=True))
    assert isinstance(console.file, StringIO)
    said = f"{''.join(locals_too)} {console.file.getvalue()}"
    assert "headers = " in said
    assert CANARY not in said


def test_a_key_goes_to_its_own_endpoint_only() -> None:
    secret = Secret(CANARY, "openai")
    assert secret.reveal_to(OPENAI) == CANARY
    with pytest.raises(KeyMisdirected, match="@openai was asked for @vault") as caught:
        secret.reveal_to(with_command("true"))
    assert CANARY not in everything_said_by(caught.value)


# Where keys come from


def test_a_key_comes_from_its_environment_variable() -> None:
    secret = read_key(OPENAI, {"OPENAI_API_KEY": f" {CANARY}\n", "OTHER_KEY": "no"})
    assert secret is not None
    assert (secret.reveal(), secret.endpoint) == (CANARY, "openai")


def test_an_endpoint_without_a_source_has_no_key_whatever_the_environment_holds() -> None:
    assert read_key(Endpoint("local", "http://127.0.0.1:1/v1"), {"OPENAI_API_KEY": CANARY}) is None


@pytest.mark.parametrize(("environ", "state"), [({}, "is not set"), ({"OPENAI_API_KEY": " \n"}, "is empty")])
def test_a_missing_key_says_which_variable_and_how_to_set_it(environ: dict[str, str], state: str) -> None:
    with pytest.raises(KeyMissing) as caught:
        read_key(OPENAI, environ)
    message = str(caught.value)
    assert "@openai" in message
    assert f"OPENAI_API_KEY {state}" in message
    assert "export OPENAI_API_KEY=" in message


@pytest.mark.parametrize(
    "key",
    [f"{CANARY}\nX-Other: 1", f"{CANARY}\r\n1", f"{CANARY}\x00", f"{CANARY}\x1b[31m", f"{CANARY}é", f"“{CANARY}”"],
)
def test_a_key_no_header_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(KeyUnusable, match="@openai") as caught:
        Secret(key, "openai")
    said = everything_said_by(caught.value)
    assert "secrets.py" in said
    assert CANARY not in said
    with pytest.raises(KeyUnusable) as caught:
        read_key(OPENAI, {"OPENAI_API_KEY": key})
    assert CANARY not in everything_said_by(caught.value)


def test_a_command_prints_the_key() -> None:
    secret = read_key(python(f"print({CANARY!r})"), os.environ)
    assert secret is not None
    assert (secret.reveal(), secret.endpoint) == (CANARY, "vault")


def test_a_command_is_run_without_a_shell(tmp_path: Path) -> None:
    made = tmp_path / "made"
    secret = read_key(with_command("echo", f"$HOME; touch {made}"), os.environ)
    assert secret is not None
    assert secret.reveal() == f"$HOME; touch {made}"
    assert not made.exists()


def test_a_command_sees_the_environment_it_was_given_and_nothing_that_is_typed() -> None:
    (reader, writer), real = os.pipe(), os.dup(0)
    os.write(writer, b" typed")
    os.close(writer)
    os.dup2(reader, 0)
    try:
        endpoint = python("import os, sys; print(os.environ['FROM_HERE'] + sys.stdin.read())")
        secret = read_key(endpoint, {"FROM_HERE": CANARY})
    finally:
        os.dup2(real, 0)
        os.close(real)
        os.close(reader)
    assert secret is not None
    assert secret.reveal() == CANARY


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (f"import sys; print({CANARY!r}); print({CANARY!r}, file=sys.stderr); sys.exit(3)", "ended with status 3"),
        (f"raise SystemExit({CANARY!r})", "ended with status 1"),
        (f"import os; print({CANARY!r}, flush=True); os.kill(os.getpid(), 9)", "ended with status -9"),
        ("print(' ')", "printed nothing"),
        (f"while True: print({CANARY!r})", "printed more than a key"),
    ],
)
def test_a_command_that_gives_no_key_is_named_and_nothing_it_printed_is_shown(
    program: str, reason: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    script = tmp_path / "key.py"
    script.write_text(program)
    with pytest.raises(KeyCommandFailed, match=reason) as caught:
        read_key(with_command(sys.executable, str(script)), os.environ)
    assert "@vault" in str(caught.value)
    assert CANARY not in everything_said_by(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "import os, time; os.close(1); time.sleep(60)",
        "import os, time; os.fork() or time.sleep(3)",
    ],
)
def test_a_command_that_does_not_end_is_ended(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 0.3)
    began = perf_counter()
    with pytest.raises(KeyCommandFailed, match=r"did not end within 0\.3 s"):
        read_key(python(program), os.environ)
    assert perf_counter() - began < 20


@pytest.mark.parametrize("word", ["no-such-program-canary", "/", "/etc/passwd"])
def test_a_command_that_cannot_be_started_says_so(word: str) -> None:
    with pytest.raises(KeyCommandFailed, match=r"was not found|cannot be started \(Permission denied\)"):
        read_key(with_command(word), os.environ)


def test_a_command_that_prints_two_lines_is_refused() -> None:
    with pytest.raises(KeyUnusable, match="line break") as caught:
        read_key(python(f"print({CANARY!r}); print('user: me')"), os.environ)
    assert CANARY not in str(caught.value)


def test_every_key_error_is_a_key_problem() -> None:
    assert {KeyMissing, KeyCommandFailed, KeyUnusable, KeyMisdirected} == set(KeyProblem.__subclasses__())


# The redactor


def test_a_key_is_taken_out_wherever_it_stands() -> None:
    redact = Redactor([Secret(CANARY, "openai"), Secret("Zx81.second/key+9=", "vault")]).redact
    assert redact(f"key {CANARY}, again {CANARY}{CANARY}; Zx81.second/key+9=") == (
        "key [redacted], again [redacted][redacted]; [redacted]"
    )


@given(key=keys, data=st.data())
def test_eight_characters_from_either_end_of_a_key_are_enough_to_take_them_out(key: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(8, len(key)))
    redact = Redactor([Secret(key, "openai")]).redact
    for part in (key[:length], key[-length:], key):
        around = redact(f"«{part}»")
        assert around == "«[redacted]»"


@given(key=keys, before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_a_key_inside_a_longer_base64_text_is_taken_out(key: str, before: bytes, after: bytes) -> None:
    redact = Redactor([Secret(key, "openai")]).redact
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(before + key.encode() + after).decode()
        left, mark, right = redact(f"«{whole}»").partition("[redacted]")
        assert mark
        assert len(left) - 1 <= (len(before) * 8 + 5) // 6 + 1
        assert len(right) - 1 <= (len(after) * 8 + 5) // 6 + 4
        alone = encode(key.encode()).decode()
        assert alone not in redact(alone)


@given(key=keys, pieces=st.lists(st.text(max_size=20), max_size=4))
def test_a_text_that_held_a_key_never_holds_it_afterwards(key: str, pieces: list[str]) -> None:
    if key in "[redacted]":
        return
    assert key not in Redactor([Secret(key, "openai")]).redact(key.join(["", *pieces, ""]))


def test_a_key_that_overlaps_itself_or_another_is_taken_out_whole() -> None:
    redact = Redactor([Secret("ababababX-tail-1234", "a"), Secret("1234ababababX", "b")]).redact
    assert redact("ab" + "ababababX-tail-1234") == "[redacted]"
    assert redact("ababababX-tail-1234ababababX") == "[redacted]"
    assert redact("ab" + "ababababX-tai") == "[redacted]"


def test_a_short_key_is_taken_out_only_where_it_stands_alone() -> None:
    redact = Redactor([Secret("ollama", "local")]).redact
    assert (
        redact("key=ollama, at ollama-host, ollamas, (ollama)")
        == "key=[redacted], at ollama-host, ollamas, ([redacted])"
    )


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"Incorrect key: {CANARY}.", "Incorrect key: [redacted]."),
        ("Incorrect key: sk-proj-****************abcd", "Incorrect key: [redacted]"),
        ("Authorization: Bearer abc.def-123/+=", "Authorization: Bearer [redacted]"),
        ('{"authorization": "bearer 12|ab%3D", "model": "m"}', '{"authorization": "bearer [redacted]", "model": "m"}'),
        ("GET /v1?api-key=abc&x=1", "GET /v1?api-key=[redacted]&x=1"),
        ("OPENAI_API_KEY=abc def", "OPENAI_API_KEY=[redacted] def"),
        ('{"api_key": "abc", "b": 1}', '{"api_key": "[redacted]", "b": 1}'),
        (r'"{\"apiKey\": \"abc\"}"', r'"{\"apiKey\": \"[redacted]"}"'),
        ("x-api-key: abc", "x-api-key: [redacted]"),
        ("via http://me:pa@ss:word@proxy:3128/x", "via http://[redacted]@proxy:3128/x"),
        ("https://token@example.com/a@b", "https://[redacted]@example.com/a@b"),
    ],
)
def test_what_looks_like_a_key_is_taken_out_unknown(text: str, clean: str) -> None:
    assert Redactor([]).redact(text) == clean
    assert Redactor([]).redact(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a risk-assessment-of-tasks",
        "desk-research-methods",
        "sk-learn",
        "the key is in api keys",
        "http://a/b@c",
        "a@b",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert Redactor([Secret(CANARY, "openai")]).redact(text) == text


@pytest.mark.parametrize(
    "piece", ["a", "sk-", "bearer ", "api_key=", "api-key    ", "://", "://a@", ":", "sk-canary", "@", "\n"]
)
def test_a_long_text_of_anything_is_redacted_in_linear_time(piece: str) -> None:
    redact = Redactor([Secret(CANARY, "openai"), Secret("aaaaaaaaaaaaaaaa", "a")]).redact

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = process_time()
        redact(text)
        return process_time() - began

    assert min(seconds(100_000) for _ in range(2)) < 12 * max(min(seconds(25_000) for _ in range(2)), 0.005)


def test_a_redactor_does_not_print_its_keys() -> None:
    redactor = Redactor([Secret(CANARY, "openai")])
    assert "canary" not in repr(redactor) + pretty_repr(redactor)
