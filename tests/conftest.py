"""Fixtures every test may ask for; each module of `tests/fixtures/` holds the ones of its noun."""

pytest_plugins = ["tests.fixtures.engines"]
