"""Fixtures every test may ask for, each in the module of its noun; and the rule that a skip is no pass."""

from collections.abc import Iterator

import pytest

pytest_plugins = ["tests.fixtures.engines", "tests.fixtures.sandbox", "tests.fixtures.browser"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line("\nA skipped test proves nothing: this run does not pass.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    yield
