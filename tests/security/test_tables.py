"""The tables and the tests keep in step: every requirement once, every named test there, every page current."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
import yaml

from handbook import security_tables
from handbook.security_tables import DISPOSITIONS, FOLDER, Line, asvs, hipaa
from tests.security.source import ROOT

# fmt: off
SECTIONS = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2", "2.1": "1-3", "2.2": "1-3", "2.3": "1-4",
    "2.4": "1", "3.2": "1-2", "3.3": "1-4", "3.4": "1-6", "3.5": "1-5", "3.7": "1-2", "4.1": "1-3", "4.2": "1",
    "4.3": "1-2", "4.4": "1-4", "5.1": "1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3", "6.1": "1-3", "6.2": "1-12",
    "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4", "7.1": "1-3", "7.2": "1-4", "7.3": "1-2",
    "7.4": "1-5", "7.5": "1-2", "7.6": "1-2", "8.1": "1-2", "8.2": "1-3", "8.3": "1", "8.4": "1", "9.1": "1-3",
    "9.2": "1-4", "10.1": "1-2", "10.2": "1-2", "10.3": "1-4", "10.4": "1-11", "10.5": "1-5", "10.6": "1-2",
    "10.7": "1-3", "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1", "11.6": "1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4", "13.1": "1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5",
    "14.1": "1-2", "14.2": "1-4", "14.3": "1-3", "15.1": "1-3", "15.2": "1-3", "15.3": "1-7", "16.1": "1",
    "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3", "17.1": "1", "17.2": "1-4", "17.3": "1-2",
}
# fmt: on
"""Section -> its requirements of levels 1 and 2, as numbered by the standard."""

SAFEGUARDS = [
    *("(a)(1)", "(a)(2)(i)", "(a)(2)(ii)", "(a)(2)(iii)", "(a)(2)(iv)", "(b)", "(c)(1)", "(c)(2)"),
    *("(d)", "(e)(1)", "(e)(2)(i)", "(e)(2)(ii)"),
]
FEWEST_SHOWN = 120


def numbered() -> Iterator[str]:
    for section, numbers in SECTIONS.items():
        for part in numbers.split(","):
            first, _, last = part.partition("-")
            yield from (f"V{section}.{number}" for number in range(int(first), int(last or first) + 1))


@cache
def known_tests() -> frozenset[str]:
    """Every test there is, by pytest's name without parameters."""
    return frozenset(name for path in (ROOT / "tests").rglob("test_*.py") for name in named(path.read_text(), path))


def named(source: str, path: object = "x") -> Iterator[str]:
    inside = path.relative_to(ROOT) if hasattr(path, "relative_to") else path
    yield from (f"{inside}::{name}" for name in defined(ast.parse(source).body))


def defined(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from (f"{node.name}::{name}" for name in defined(node.body))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def test_every_requirement_is_there_once() -> None:
    wanted = list(numbered())
    assert len(wanted) == len(set(wanted)) == 253
    written = re.findall(r"^  (V[0-9.]+):", (FOLDER / "asvs.yaml").read_text(), re.MULTILINE)
    assert written == wanted == [line.id for line in asvs()]


def test_a_chapter_holds_its_own() -> None:
    assert not [line.id for line in asvs() if line.chapter.split()[0] != line.id.split(".")[0]]


def test_the_twelve_safeguards_are_there_once() -> None:
    written = re.findall(r"^(\([a-z]\)\S*):", (FOLDER / "hipaa.yaml").read_text(), re.MULTILINE)
    assert written == SAFEGUARDS == [line.id for line in hipaa()]


@pytest.mark.parametrize("table", [asvs(), hipaa()], ids=["asvs", "hipaa"])
def test_every_named_test_exists(table: list[Line]) -> None:
    missing = {line.id: set(line.tests) - known_tests() for line in table if set(line.tests) - known_tests()}
    assert not missing, f"renamed or removed: {missing}"
    assert not [line.id for line in table if len(set(line.tests)) != len(line.tests)]


def test_enough_is_shown_by_tests() -> None:
    """Not counted are those that only show that something is not there."""
    shown = [line.id for line in asvs() if line.tests and line.disposition != "not applicable"]
    assert len(shown) >= FEWEST_SHOWN


def test_every_line_says_how_it_stands_and_why() -> None:
    for line in (*asvs(), *hipaa()):
        assert line.disposition in DISPOSITIONS, line.id
        assert line.asks, line.id
        assert line.why.endswith("."), line.id
        assert "|" not in line.asks + line.why, line.id


def test_what_is_met_without_a_test_says_why_code_cannot_show_it() -> None:
    silent = [line for line in asvs() if line.disposition == "met" and not line.tests]
    assert not [line.id for line in silent if len(line.why.split()) < 8]
    assert len(silent) <= 5


def test_every_safeguard_has_a_test_of_its_own() -> None:
    for line in hipaa():
        assert [test for test in line.tests if test.startswith("tests/security/test_hipaa.py::")], line.id
    used = Counter(test for line in hipaa() for test in line.tests)
    assert max(used.values()) == 1


@pytest.mark.parametrize(
    ("name", "made"), [("asvs.md", security_tables.asvs_page), ("hipaa.md", security_tables.hipaa_page)]
)
def test_the_pages_are_current(name: str, made: object) -> None:
    assert callable(made)
    shown = (FOLDER / name).read_text()
    assert shown == made(), f"docs/security/{name} is out of date: run `python cli.py security-docs`"


def test_the_overview_counts_as_the_table_does() -> None:
    overview = (FOLDER / "README.md").read_text()
    every = Counter(line.disposition for line in asvs())
    assert f"{every['met']} met, {every['partly']} partly, {every['not met']} not met" in overview
    assert yaml.safe_load((FOLDER / "asvs.yaml").read_text())


def test_tests_are_found_in_classes_and_with_parameters() -> None:
    source = (
        "class TestA:\n  @mark.parametrize('x', [1])\n  async def test_b(self, x): ...\ndef test_c(): ...\ndef d(): ..."
    )
    assert list(named(source)) == ["x::TestA::test_b", "x::test_c"]
    assert len(known_tests()) > 400
