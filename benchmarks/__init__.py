"""Measures what the design promises, each figure beside a control in the same run: `python -m benchmarks`."""
