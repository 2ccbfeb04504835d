"""When the database does not answer, or takes nothing now: nobody's bug, and over sooner or later."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0
"""How long anybody waits for a connection, and for the answer to one statement."""

AWAY = (
    OSError,  # a TimeoutError is one
    NoneFree,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
CLOSED = (asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver says of a connection that is gone, and of mistakes of ours."""


class DatabaseAway(Exception):
    """What was begun has not happened, or nobody knows whether it has; the same again later is no mistake."""


@contextmanager
def noticed() -> Iterator[None]:
    """What the block raises because the database is away becomes `DatabaseAway`, and a line in the log."""
    try:
        yield
    except (DatabaseAway, DBAPIError, *AWAY) as error:
        cause = first_cause(error)
        if isinstance(error, DBAPIError) and not (error.connection_invalidated or isinstance(cause, AWAY)):
            raise
        logger.warning("the database is away", extra={"failure": type(cause).__name__})
        raise DatabaseAway from error


@contextmanager
def noticed_on(connection: asyncpg.Connection) -> Iterator[None]:
    """The same on the driver's own connection, which serves nobody after it has kept somebody waiting too long."""
    try:
        yield
    except TimeoutError:
        connection.terminate()
        raise
    except CLOSED as error:
        if is_gone(connection):
            raise DatabaseAway from error.__context__ or error
        raise


def is_gone(connection: asyncpg.Connection) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has taken it back already
        return True


def give_up_whoever_keeps_us_waiting(failed: Any) -> None:
    """Asked for anything more, such a connection would keep us waiting for ever."""
    failed.is_disconnect |= isinstance(failed.original_exception, TimeoutError)


def first_cause(error: BaseException) -> BaseException:
    while error.__cause__:
        error = error.__cause__
    return error
