"""The one command at a terminal."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable

PORTS = ("PORT", "SANDBOX_PORT", "TEMPORAL_PORT", "TEMPORAL_UI_PORT", "DATABASE_PORT", "METRICS_PORT")
Run = Callable[..., "Terminal"]


class Terminal:
    """`cli.py run` with what it prints."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "cli.py", "run"],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, words: str) -> list[str]:
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                return lines
        raise AssertionError(f"never said {words!r}: {''.join(lines)}")

    def rest(self) -> tuple[int, str]:
        """Its exit code and all it still says."""
        output, _ = self.process.communicate(timeout=60)
        return self.process.returncode, output

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://localhost:{self.environment['FOURDOORS_PORT']}{path}") as answer:
            return int(answer.status)
