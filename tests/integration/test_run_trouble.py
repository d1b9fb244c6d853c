"""`compare-tui run` where the world around it breaks: readers that leave, disks, proxies, terminals that hang up."""

import contextlib
import csv
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.behaviours import HEALTHY_TEXT
from tests.faults.server import FaultServer
from tests.integration.command import CompareTui

MOST_KB = 200_000
KEY = "sk-canary-7f3e9a1c5d"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


class OneAnswer:
    """A server that gives every connection the same bytes once a request has come."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65_536))
                connection.sendall(self._answer)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def streamed(*events: dict[str, object]) -> bytes:
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + body


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_answer_is_in_the_file_when_the_reader_of_stdout_has_left(
    compare_tui: CompareTui, server: FaultServer, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    lanes = [word for number in range(5) for word in ("--lane", f"m{number}")]
    process = compare_tui.start("run", "--prompt", "Hi", *lanes, "--base-url", server.base_url(), "--out", out)
    assert process.stdout is not None
    process.stdout.close()
    process.communicate(timeout=30)
    assert [row["output"] for row in rows(out)] == [HEALTHY_TEXT] * 5


def test_a_terminal_that_hangs_up_stops_the_run_and_the_rows_are_kept(
    compare_tui: CompareTui, server: FaultServer, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        compare_tui.line(
            "run", "--prompt", "Hi", "--lane", "fine", "--lane", "fault-silent-after-some-text",
            "--base-url", server.base_url(), "--out", str(out),
        ),
        stdin=theirs, stdout=theirs, stderr=theirs, env=compare_tui.environ, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    assert server.wait_until(
        lambda requests: len(requests) == 2 and any(one.model == "fine" and one.answered_ns for one in requests), 20
    )
    os.close(ours)
    process.send_signal(signal.SIGHUP)
    assert process.wait(20) == 129
    assert {row["model"]: row["verdict"] for row in rows(out)}["fine"] == "done"


def test_a_run_that_cannot_begin_leaves_the_old_file_alone(compare_tui: CompareTui, tmp_path: Path) -> None:
    out = tmp_path / "old.csv"
    out.write_text("precious", encoding="utf-8")
    broken = CompareTui(compare_tui.home, {"ALL_PROXY": "nonsense://127.0.0.1:1", "K": KEY})
    endpoint = ("--base-url", "https://nowhere.invalid/v1", "--key-env", "K")
    ended = broken("run", "--prompt", "Hi", "--lane", "gpt-5.5", *endpoint, "--out", out, "--yes")
    assert ended.returncode == 3
    assert "proxy" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert out.read_text(encoding="utf-8") == "precious"
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["old.csv"]


def test_no_proxy_ever_sees_what_goes_to_this_machine(tmp_path: Path) -> None:
    proxy = OneAnswer(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    proxied = CompareTui(tmp_path, {"HTTP_PROXY": proxy.url, "ALL_PROXY": proxy.url, "K": KEY})
    listener = socket.create_server(("127.0.0.2", 0))
    address = f"http://127.0.0.2:{listener.getsockname()[1]}/v1"
    listener.close()
    ended = proxied("run", "--prompt", "Hi", "--lane", "m", "--base-url", address, "--key-env", "K")
    proxy.close()
    assert "refused" in ended.stderr
    assert proxy.heard == []


@pytest.mark.parametrize(
    "answer",
    [
        streamed({"type": "response.failed", "response": {"error": {"message": f"bad key {KEY}"}}}),
        f"HTTP/1.1 500 No\r\nx-request-id: {KEY}\r\nContent-Length: 0\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(KEY) + 3}\r\n\r\n<p>{KEY}".encode(),
    ],
    ids=["in the failed answer", "in a header", "in a page"],
)
@pytest.mark.parametrize("command", ["run", "models"])
def test_a_key_an_endpoint_echoes_is_never_shown(tmp_path: Path, answer: bytes, command: str) -> None:
    server = OneAnswer(answer)
    ask = ("run", "--prompt", "Hi", "--lane", "m", "--json") if command == "run" else ("models",)
    ended = CompareTui(tmp_path, {"K": KEY})(*ask, "--base-url", server.url, "--key-env", "K")
    server.close()
    assert ended.returncode == 1
    assert KEY.encode() in server.heard[0]
    assert KEY not in ended.stdout + ended.stderr


def packed_zeros(megabytes: int) -> bytes:
    """As gzip packs them; they are all alike, so that one of them is packed and stands there again and again."""
    zeros = bytes(1_000_000)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    one = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(megabytes):
        checksum = zlib.crc32(zeros, checksum)
    ends = checksum.to_bytes(4, "little") + (megabytes * len(zeros)).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + one * megabytes + packer.flush() + ends


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
def test_the_body_of_an_error_is_not_read_without_end(compare_tui: CompareTui) -> None:
    bomb = packed_zeros(1_000)
    head = f"HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    server = OneAnswer(head + bomb)
    peak_kb = 0
    with compare_tui.start("run", "--prompt", "Hi", "--lane", "m", "--base-url", server.url, "--json") as process:
        assert process.stdout is not None
        for _ in range(1_000):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
                break
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines()
            peak_kb = max(peak_kb, *(int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)
            if peak_kb > MOST_KB:
                break
        process.kill()
        told = process.stdout.read()
    server.close()
    assert 0 < peak_kb <= MOST_KB
    assert json.loads(told)["error_class"] == "server"


def test_lanes_that_are_the_same_each_count_against_the_cap_of_a_send(
    compare_tui: CompareTui, server: FaultServer
) -> None:
    (compare_tui.home / "config").mkdir(parents=True)
    (compare_tui.home / "config" / "config.toml").write_text("[caps]\nper_send = 0.004\n", encoding="utf-8")
    one = ("--lane", "gpt-5.5 max=100")
    assert compare_tui("run", "--prompt", "Hi", *one, "--base-url", server.base_url()).returncode == 0
    assert compare_tui("run", "--prompt", "Hi", *one, *one, "--base-url", server.base_url()).returncode == 5
    assert len(server.requests) == 1


def test_a_file_that_cannot_grow_is_exit_4_and_the_answers_still_come(
    compare_tui: CompareTui, server: FaultServer, tmp_path: Path
) -> None:
    outs: list[str | Path] = ["--out", tmp_path / "small.csv", "--out", tmp_path / "other.jsonl"]
    ended = with_small_files(compare_tui, "--base-url", server.base_url(), *outs, "--private", "--yes")
    assert ended.returncode == 4, ended.stderr
    assert "rows may be missing" in ended.stderr
    assert HEALTHY_TEXT.strip() in ended.stdout


def test_what_cannot_be_stored_is_not_sent(compare_tui: CompareTui, server: FaultServer) -> None:
    before = len(server.requests)
    ended = with_small_files(compare_tui, "--base-url", server.base_url())
    assert ended.returncode == 4, ended.stderr
    assert "cannot be opened" in ended.stderr
    assert len(server.requests) == before


def with_small_files(compare_tui: CompareTui, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    """No file may have more than a kilobyte."""
    run = compare_tui.line("run", "--prompt", "Hi", "--lane", "m", *words)
    return subprocess.run(
        ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", *run],
        capture_output=True, text=True, timeout=30, env={**compare_tui.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )  # fmt: skip


def test_who_asks_the_app_for_the_demo_as_an_option_is_told_the_command(compare_tui: CompareTui) -> None:
    ended = compare_tui("--demo")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "No such option '--demo'. The app without a key and a network is `compare-tui demo`." in ended.stderr
    assert "`compare-tui demo`" not in compare_tui("diff", "--demo", "a", "b").stderr


def test_what_a_user_typed_commands_no_terminal(compare_tui: CompareTui) -> None:
    ended = compare_tui("run", "--prompt", "Hi", "--lane", "m \x1b]0;owned\x07\x9b2J")
    assert ended.returncode == 2
    assert not {"\x1b", "\x07", "\x9b"} & set(ended.stderr)


def test_an_answer_stays_whole_beside_the_progress_of_a_terminal(compare_tui: CompareTui) -> None:
    ours, theirs = pty.openpty()
    lanes = ("--lane", "gpt-5.5 low", "--lane", "gpt-5.5-mini low")
    process = subprocess.Popen(
        compare_tui.line("run", "--demo", "--speed", "20", "--prompt", "Explain TTFT", *lanes),
        stdin=theirs, stdout=theirs, stderr=theirs, env={**compare_tui.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    process.wait(20)
    after_last_answer = shown.rpartition(b"Simulated by")[2].partition(b"lane ")[0]
    assert b"\x1b[1A" not in after_last_answer


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
