"""Here too every test begins without tries counted."""

from tests.identity.conftest import no_tries_yet

__all__ = ["no_tries_yet"]
