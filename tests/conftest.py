"""Fixtures every test may ask for, each in the module of its noun; and the rule that a skip is no pass."""

from collections.abc import Iterator

import pytest

pytest_plugins = [
    "tests.fixtures.engines",
    "tests.fixtures.sandbox",
    "tests.fixtures.browser",
    "tests.fixtures.house",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crashes", type=int, default=2, help="how many times the crash tests kill (`make crash N=20`)")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line("\nA skipped test proves nothing: this run does not pass.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted (`record_property`): how much a suite has tried is part of what it shows."""
    told = [line for each in terminalreporter.stats.get("passed", ()) for line in each.user_properties]
    if told:
        terminalreporter.section("counted")
    for name, value in told:
        terminalreporter.write_line(f"{name}: {value}")
