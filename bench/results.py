"""`bench/results.md`: a section per measure, each with the moment and the machine it was measured on."""

import os
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results.md"
TITLE = "# Results of `make bench`"
HEADING = "\n## "


def measured(load: float) -> str:
    return f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} cores, load {load:.1f} at the start."


def keep(sections: dict[str, list[str]]) -> None:
    """Write these sections, by heading; others stay as they were."""
    known = dict(section.split("\n", 1) for section in RESULTS.read_text().split(HEADING)[1:])
    known |= {heading: "\n" + "\n".join(lines) + "\n" for heading, lines in sections.items()}
    text = "".join(f"{HEADING}{heading}\n{body}" for heading, body in sorted(known.items()))
    RESULTS.write_text(f"{TITLE}\n{text}")
