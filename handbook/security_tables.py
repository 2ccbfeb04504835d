"""The published tables of security: OWASP ASVS 5.0 at level 2 and HIPAA's technical safeguards, with their tests."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "docs" / "security"
DISPOSITIONS = {
    "met": "the house does it",
    "partly": "the house does a part of it; the sentence says which",
    "not met": "the house does not do it",
    "operator": "left to whoever runs the house",
    "not applicable": "the house has nothing of the kind",
}
ASVS_HEAD = """# OWASP ASVS 5.0, level 2

Every requirement of levels 1 and 2 of the OWASP Application Security Verification Standard 5.0.0, how this house stands
to it, and the tests that show it. Made by `python cli.py security-docs` from `asvs.yaml`; `tests/security` keeps data,
page and tests in step.

The requirements are named by number and told in a few words of our own. Their text is the OWASP Foundation's, licensed
under Creative Commons Attribution-ShareAlike 4.0 International (CC BY-SA 4.0); read it there before you rely on a line
here. This table is the makers' own judgement and no certificate."""
HIPAA_HEAD = """# HIPAA: technical safeguards

The twelve lines of 45 CFR 164.312 and the test of each. Made by `python cli.py security-docs` from `hipaa.yaml`;
`tests/security` keeps data, page and tests in step. A covered entity needs more than software: risk analysis, training,
contracts and physical safeguards (164.308, 164.310, 164.314) are left to whoever runs the house."""


@dataclass(frozen=True)
class Line:
    """One requirement. `tests` are pytest's names, without parameters: `tests/…/test_x.py::test_y`."""

    id: str
    chapter: str
    asks: str
    disposition: str
    why: str
    tests: tuple[str, ...] = ()


def asvs() -> list[Line]:
    """In the standard's order."""
    chapters = _read("asvs.yaml")
    return [_line(name, chapter, given) for chapter, lines in chapters.items() for name, given in lines.items()]


def hipaa() -> list[Line]:
    return [_line(name, "164.312", given) for name, given in _read("hipaa.yaml").items()]


def asvs_page() -> str:
    """Markdown."""
    lines = asvs()
    parts = [ASVS_HEAD, _table(("", "requirements", "with a test", "means"), _counts(lines))]
    for chapter in dict.fromkeys(line.chapter for line in lines):
        mine = [line for line in lines if line.chapter == chapter]
        parts += [f"## {chapter}", _table(("", "Asks for", "", "How", "Shown by"), map(_row, mine))]
    return "\n\n".join(parts) + "\n"


def hipaa_page() -> str:
    """Markdown."""
    return "\n\n".join([HIPAA_HEAD, _table(("", "Asks for", "", "How", "Shown by"), map(_row, hipaa()))]) + "\n"


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())
    return found


def _line(name: str, chapter: str, given: dict[str, Any]) -> Line:
    return Line(name, chapter, given["asks"], given["disposition"], given["why"], tuple(given.get("tests", ())))


def _counts(lines: list[Line]) -> Iterator[tuple[str, ...]]:
    every, shown = Counter(line.disposition for line in lines), Counter(x.disposition for x in lines if x.tests)
    for name, meaning in DISPOSITIONS.items():
        yield name, str(every[name]), str(shown[name]), meaning
    yield "**all**", str(every.total()), str(shown.total()), ""


def _row(line: Line) -> tuple[str, ...]:
    return line.id, line.asks, line.disposition, line.why, "<br>".join(map(_link, line.tests))


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[`{name}`](../../{path})"


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
