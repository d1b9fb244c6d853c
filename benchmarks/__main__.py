"""`python -m benchmarks [NAME…] [--json]`: exit 0 when every bar is reached, 1 when one is not, 2 on a bad name."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from benchmarks import diff, drain, frame, keys, paint, painting, panes, start, store, suite, ttft
from benchmarks.figures import Bench, Figure, NotMeasured
from compare_tui.core.nearest import did_you_mean

BENCHES: Final = (
    start.BENCH,
    paint.BENCH,
    keys.BENCH,
    ttft.BENCH,
    drain.BENCH,
    painting.BENCH,
    panes.BENCH,
    frame.BENCH,
    store.BENCH,
    diff.BENCH,
    suite.BENCH,
)


class UnknownName(Exception):
    """Nothing is measured under this name."""


def chosen(wanted: Sequence[str], names: Sequence[str]) -> set[str]:
    """All names without a wish; else the one that is meant, or all that begin so."""
    found: set[str] = set()
    for word in wanted or [""]:
        meant = [name for name in names if name == word] or [name for name in names if name.startswith(word)]
        if not meant:
            raise UnknownName(f"no figure is named {word}{did_you_mean(word, names)}; there are {', '.join(names)}")
        found.update(meant)
    return found


def run(benches: Sequence[Bench], wanted: Sequence[str], *, as_json: bool) -> int:
    """Measure what is wanted, say it as it comes."""
    try:
        names = chosen(wanted, [target.name for bench in benches for target in bench.targets])
    except UnknownName as error:
        print(error, file=sys.stderr)
        return 2
    reached = True
    for bench in benches:
        mine = names & {target.name for target in bench.targets}
        load = os.getloadavg()[0]
        try:
            for figure in bench.measure(mine) if mine else ():
                say(replace(figure, detail={**figure.detail, **_load(load)}), as_json=as_json)
                reached &= figure.ok
        except NotMeasured as error:
            print(f"not measured: {error}", file=sys.stderr)
            reached = False
    return 0 if reached else 1


def say(figure: Figure, *, as_json: bool) -> None:
    print(json.dumps(figure.to_data(), ensure_ascii=False) if as_json else figure, flush=True)


def _load(before: float) -> dict[str, float]:
    return {"load_before": before, "load_after": os.getloadavg()[0]}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the design promises.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a figure or the beginning of some; all without one")
    parser.add_argument("--json", action="store_true", help="one object a line")
    options = parser.parse_args(arguments)
    return run(BENCHES, options.names, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
