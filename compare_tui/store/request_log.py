"""The log of requests: a JSON line for each that was sent, for other programs to read; never with a key in it."""

import datetime as dt
import errno
import fcntl
import json
import os
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from compare_tui.core.pricing import CostState, plain
from compare_tui.core.sanitize import join_surrogates, safe_line
from compare_tui.core.take import Take
from compare_tui.core.usage import Usage
from compare_tui.paths import make_private_dir
from compare_tui.secrets import Redactor

MOST_BYTES: Final = 5_000_000
MOST_FILES: Final = 5
_MICROSECOND: Final = Decimal("0.001")
_LOOKS_LIKE_A_KEY: Final = Redactor(()).redact

Value = str | int | Decimal | None


class RequestLog:
    """A file that several processes may write to. It is opened for each line: another one may have moved it away."""

    def __init__(self, path: Path, *, prompts: bool = False, redact: Callable[[str], str] = _LOOKS_LIKE_A_KEY) -> None:
        self._path = path
        self._prompts = prompts
        self._redact = redact
        self._told = False
        self._left_half = False
        """A full disk took the beginning of a line."""

    def write(self, take: Take, prompt_text: str | None = None) -> str | None:
        """Add the line of a take that has ended, if it was sent. What is wrong with the log, told the first time."""
        if not take.attempts:
            return None
        values = _values(take) | ({"prompt": prompt_text} if self._prompts else {})
        line = "{" + ", ".join(f'"{name}": {self._json(value)}' for name, value in values.items()) + "}\n"
        try:
            self._append(line.encode())
        except OSError as error:
            if not self._told:
                self._told = True
                return f"requests are not logged: {safe_line(str(self._path))}: {error.strerror}"
        return None

    def _json(self, value: Value) -> str:
        """Decimals with all their digits; all else in ASCII, which no terminal obeys."""
        if isinstance(value, Decimal):
            return plain(value)
        return json.dumps(self._redact(join_surrogates(value)) if isinstance(value, str) else value)

    def _append(self, line: bytes) -> None:
        """One write, which lines of other processes neither cut nor mix with."""
        make_private_dir(self._path.parent)
        self._make_room(len(line))
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            whole = b"\n" + line if self._left_half else line
            written = os.write(descriptor, whole)
            self._left_half = written < len(whole)
        finally:
            os.close(descriptor)
        if self._left_half:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _make_room(self, size: int) -> None:
        """Move every file one number up, the oldest out. Another process that is at it is not waited for."""
        if not self._is_full(size):
            return
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_full(size):
                    for age in range(MOST_FILES - 1, 0, -1):
                        with suppress(FileNotFoundError):
                            self._aged(age - 1).replace(self._aged(age))
        finally:
            os.close(folder)

    def _is_full(self, size: int) -> bool:
        try:
            written = self._path.stat().st_size
        except FileNotFoundError:
            return False
        return written > 0 and written + size > MOST_BYTES

    def _aged(self, age: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{age}") if age else self._path


def _values(take: Take) -> dict[str, Value]:
    """Named as the columns of the CSV are, where it has them."""
    usage, failure, cost = take.usage or Usage(), take.failure, take.cost
    guessed = cost.state in (CostState.ESTIMATED, CostState.PARTIAL)
    return {
        "time": _moment(take.started_at),
        "take": take.id,
        "endpoint": take.endpoint,
        "host": urlsplit(take.base_url or "").hostname,
        "api": take.api,
        "model": take.lane.model,
        "effort": take.lane.effort,
        "tier": take.lane.tier,
        "model_served": take.served.model,
        "tier_served": take.served.tier,
        "http_status": take.status,
        "attempts": take.attempts,
        "verdict": take.verdict.value if take.verdict else None,
        "in_tokens": usage.input,
        "cached_tokens": usage.cached,
        "out_tokens": usage.output,
        "reasoning_tokens": usage.reasoning,
        "cost_usd": None if guessed and not cost.amount else cost.amount,
        "cost_state": cost.state.value,
        "ttft_ms": _milliseconds(take.stamps.ttft_ns),
        "total_ms": _milliseconds(take.stamps.total_ns),
        "request_id": take.request_id,
        "error_class": failure.error_class if failure else None,
        "error": failure.message if failure else None,
    }


def _moment(sent: str | None) -> str:
    """UTC, ISO 8601 with milliseconds: when it was sent, else now."""
    moment = dt.datetime.fromisoformat(sent) if sent else dt.datetime.now(dt.UTC)
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _milliseconds(nanoseconds: int | None) -> Decimal | None:
    return None if nanoseconds is None else Decimal(nanoseconds).scaleb(-6).quantize(_MICROSECOND)
