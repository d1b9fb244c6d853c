"""The command line as a user runs it: a process of its own, a home of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CompareTui:
    """Runs `compare-tui` with a private home folder and no key of the machine it runs on."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "COMPARE_TUI_"))}
        return {**kept, "COMPARE_TUI_HOME": str(self.home), "PYTHONWARNINGS": "error", **self.environment}

    def __call__(self, *args: str | Path, stdin: str = "", seconds: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.line(*args),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            env=self.environ,
            check=False,
        )

    def start(self, *args: str | Path) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.line(*args), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=self.environ
        )

    @staticmethod
    def line(*args: str | Path) -> list[str]:
        return [sys.executable, "-m", "compare_tui", *map(str, args)]
