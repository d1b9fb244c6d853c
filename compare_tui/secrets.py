"""Keys: read late, shown never, bound to the one endpoint they belong to, and taken out of every text that leaves."""

import base64
import os
import re
import selectors
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import NoReturn

from compare_tui.core.endpoint import Endpoint

MASK = "[redacted]"
COMMAND_SECONDS = 10.0
_LONGEST_OUTPUT = 65_536
_TELLING = 8
"""So many characters of a key, at either end of it, already give it away."""
_SENDABLE = re.compile(r"[ -~]+")
_PATTERNS = (
    (re.compile(r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_*-]{8,}"), MASK),
    (re.compile(r"""(?i)\b(bearer[ \t]+)[^\s"'<>,;]+"""), rf"\1{MASK}"),
    (re.compile(r"""(?i)(api[-_]?key\\?["']?\s*[=:]\s*\\?["']?)[^\s"'<>,;&]+"""), rf"\1{MASK}"),
    (re.compile(r"://[^\s/?#]*@"), f"://{MASK}@"),
)


class KeyProblem(Exception):
    """No usable key for an endpoint. A message names the endpoint and never holds the key.

    KeyProblem
      · KeyMissing        the environment variable is not set, or empty
      · KeyCommandFailed  the command gave no key
      · KeyUnusable       no HTTP header can carry it
      · KeyMisdirected    it belongs to another endpoint
    """


class KeyMissing(KeyProblem):
    pass


class KeyCommandFailed(KeyProblem):
    pass


class KeyUnusable(KeyProblem):
    pass


class KeyMisdirected(KeyProblem):
    pass


class Secret:
    """The key of one endpoint, masked however it is printed. Two are equal only when they are the same object."""

    __slots__ = ("_value", "endpoint")

    def __init__(self, value: str, endpoint: str) -> None:
        self._value = value
        self.endpoint = endpoint
        del value  # a traceback that prints locals shows this frame
        if not _SENDABLE.fullmatch(self._value):
            raise KeyUnusable(
                f"the key of @{endpoint} cannot be sent: it is empty, or has a line break, a control character or "
                "a character outside ASCII"
            )

    def reveal(self) -> str:
        """The key itself: for the redactor, and for tests of what was sent."""
        return self._value

    def reveal_to(self, endpoint: Endpoint) -> str:
        """The key itself, for a request to the endpoint it belongs to and to no other."""
        if endpoint.name != self.endpoint:
            raise KeyMisdirected(f"the key of @{self.endpoint} was asked for @{endpoint.name}: it is not sent there")
        return self._value

    def __repr__(self) -> str:
        return f"<key of @{self.endpoint} {MASK}>"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is neither copied nor pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret is neither copied nor pickled")


def read_key(endpoint: Endpoint, environ: Mapping[str, str]) -> Secret | None:
    """The key as it is now, or None for an endpoint that names no source. A command may take up to ten seconds."""
    try:
        return _find_key(endpoint, environ)
    except KeyProblem as problem:
        del environ  # a traceback that prints locals shows this frame, and no frame below it
        raise problem.with_traceback(None) from None


def _find_key(endpoint: Endpoint, environ: Mapping[str, str]) -> Secret | None:
    if endpoint.key_env is not None:
        return Secret(_from_environment(endpoint.name, endpoint.key_env, environ), endpoint.name)
    if endpoint.key_cmd is not None:
        return Secret(_from_command(endpoint.name, endpoint.key_cmd, environ), endpoint.name)
    return None


def _from_environment(name: str, variable: str, environ: Mapping[str, str]) -> str:
    if key := environ.get(variable, "").strip():
        return key
    state = "empty" if variable in environ else "not set"
    raise KeyMissing(
        f"@{name} needs a key: the environment variable {variable} is {state}; set it with: export {variable}=… "
        "(run --demo needs none)"
    )


def _from_command(name: str, command: tuple[str, ...], environ: Mapping[str, str]) -> str:
    printed = bytearray()
    fault = _run(command, environ, printed)
    if fault is None and not printed.strip():
        fault = "printed nothing"
    if fault is not None:
        raise KeyCommandFailed(f"@{name} has no key: its key_cmd {fault}; run it by hand to see why")
    return printed.strip().decode("latin-1")


def _run(command: tuple[str, ...], environ: Mapping[str, str], printed: bytearray) -> str | None:
    """Fill `printed` or say what went wrong. Its stderr goes nowhere: it may hold the key, and would draw over us."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
        )
    except FileNotFoundError:
        return "was not found"
    except OSError as error:
        return f"cannot be started ({os.strerror(error.errno or 0)})"
    with process:
        deadline = time.monotonic() + COMMAND_SECONDS
        try:
            if fault := _collect(process, printed, deadline):
                return fault
            status = process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            return f"did not end within {COMMAND_SECONDS:g} s"
        finally:
            process.kill()
    return f"ended with status {status}" if status else None


def _collect(process: subprocess.Popen[bytes], printed: bytearray, deadline: float) -> str | None:
    """Read by hand: `communicate` would hold all that an endless command prints in its ten seconds."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while ready.select(max(deadline - time.monotonic(), 0)):
            if not (piece := os.read(process.stdout.fileno(), _LONGEST_OUTPUT)):
                return None
            printed += piece
            if len(printed) > _LONGEST_OUTPUT:
                return "printed more than a key"
    return f"did not end within {COMMAND_SECONDS:g} s"


class Redactor:
    """Takes known keys, and what looks like one, out of a text before it is logged, exported or shown as an error."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._secrets = tuple(secrets)

    def redact(self, text: str) -> str:
        spans = sorted(span for secret in self._secrets for span in _spans(secret.reveal(), text))
        kept, end = [], 0
        for start, stop in spans:
            if start >= end:
                kept += [text[end:start], MASK]
            end = max(end, stop)
        text = "".join([*kept, text[end:]])
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def _spans(key: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the text holds the key, a telling beginning or end of it, or either in base64."""
    if len(key) < _TELLING:  # "x" or "ollama" for a server that wants any key: only where it stands alone
        for found in re.finditer(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text):
            yield found.span()
        return
    for start in _each(key[:_TELLING], text):
        yield start, start + _common(key, text[start : start + len(key)])
    for start in _each(key[-_TELLING:], text):
        end = start + _TELLING
        yield end - _common(key[::-1], text[max(end - len(key), 0) : end][::-1]), end
    for encoded in _in_base64(key.encode()):
        for start in _each(encoded, text):
            yield start, start + len(encoded)


def _each(part: str, text: str) -> Iterator[int]:
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def _common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _in_base64(key: bytes) -> Iterator[str]:
    """The key inside any longer text in base64: what of it depends on no neighbour, at each of the three offsets."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + key).decode()
        first = (0, 2, 3)[before]
        last = len(whole) - (0, 3, 2)[(before + len(key)) % 3]
        yield whole[first:last]
        yield whole[first:last].translate(str.maketrans("+/", "-_"))
