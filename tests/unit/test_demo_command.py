"""The embedded endpoint as a command, and what importing it costs."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import openai
import pytest

ROOT = Path(__file__).parents[2]
LAST_LINE = "It speaks /v1/responses and /v1/chat/completions. Stop it with ctrl+c.\n"


def demo_server(*options: str) -> list[str]:
    return [sys.executable, "-m", "compare_tui", "demo-server", *options]


@pytest.mark.parametrize("stopped_by", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_how_to_reach_it_and_ends_well_when_stopped(stopped_by: signal.Signals) -> None:
    with subprocess.Popen(
        demo_server("--speed", "0"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = "".join(iter(process.stdout.readline, LAST_LINE))
        found = dict(line.split(maxsplit=1)[1].rstrip().split("=") for line in told.splitlines() if "export" in line)
        with openai.OpenAI(base_url=found["OPENAI_BASE_URL"], api_key=found["OPENAI_API_KEY"]) as client:
            assert client.responses.create(model="gpt-5.5", input="Say hello").output_text == "hello"
        process.send_signal(stopped_by)
        assert process.wait(10) == 128 + stopped_by
    assert "SIMULATED" in told


def test_the_command_names_a_port_it_cannot_have() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = demo_server("--port", str(taken.getsockname()[1]))
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, "in use" in ended.stderr, ended.stdout) == (2, True, "")


def test_importing_the_endpoint_loads_no_third_party() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import compare_tui.demo\n"
        "print(*{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    )
    ended = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in ended.stdout.split() if not name.startswith("_")] == ["compare_tui"]
