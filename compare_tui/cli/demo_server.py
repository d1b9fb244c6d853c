"""`demo-server`: the embedded endpoint on its own, for any client that speaks the OpenAI dialects."""

import signal

import click

from compare_tui.cli.types import Speed

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command(short_help="Serve simulated answers on loopback.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; any free one without it.")
@click.option(
    "--speed",
    type=Speed(),
    default=1.0,
    show_default=True,
    help="N times the pace of a real model; 0 is as fast as possible.",
)
@click.option(
    "--faults", is_flag=True, help="Now and then fail like a real endpoint; `fault:cut` in a prompt asks for it."
)
def demo_server(port: int, speed: float, faults: bool) -> int:
    """Serve SIMULATED answers on this machine until it is interrupted.

    No model is asked, nothing is billed and nothing leaves the machine. The address and a token for this run are
    printed; any OpenAI client can be pointed at them.
    """
    from compare_tui import demo

    # Blocked before the server's thread starts, which inherits it: the signal then waits here for sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        server = demo.start(port=port, speed=speed, faults=faults)
    except OSError as error:
        raise click.BadParameter(f"{port} cannot be used: {error.strerror}", param_hint="--port") from None
    with server:
        click.echo(_told(server.base_url, server.token, faults))
        stopped_by = signal.sigwait(_SIGNALS)
    click.echo("demo-server: stopped", err=True)
    return 128 + stopped_by


def _told(base_url: str, token: str, faults: bool) -> str:
    lines = [
        "SIMULATED endpoint: every answer is made up, no model is asked, nothing is billed.",
        "",
        f"  base URL  {base_url}",
        f"  token     {token}",
        "",
        "Point a client at it, for example:",
        "",
        f"  export OPENAI_BASE_URL={base_url}",
        f"  export OPENAI_API_KEY={token}",
        "  compare-tui run --base-url $OPENAI_BASE_URL --api responses --key-env OPENAI_API_KEY \\",
        '    --lane "gpt-5.5 low" --lane "gpt-5.5-pro high" --prompt "Explain TTFT"',
        "",
        "It speaks /v1/responses and /v1/chat/completions. Stop it with ctrl+c.",
    ]
    if faults:
        lines[1:1] = ["It FAILS on purpose: busy flex, rate limits, 500, cut and stalled streams."]
    return "\n".join(lines)
