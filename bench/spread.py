"""How what was measured spreads."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """Formats as "half in 20 ms, 95 % in 30 ms" with `ms`, otherwise in seconds."""

    seconds: Sequence[float]

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)]

    def __format__(self, unit: str) -> str:
        half, most = median(self.seconds), self.p95
        if unit == "ms":
            return f"half in {half * 1000:.0f} ms, 95 % in {most * 1000:.0f} ms"
        return f"half in {half:.2f} s, 95 % in {most:.2f} s"
