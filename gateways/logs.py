"""Structured logs, one JSON object per line, without personal data.

What people typed lives in exception texts, message arguments and free strings. So of an exception only its
class and places are written, of somebody else's message only its template, and of our own fields only ids,
numbers and codes.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

CODE = re.compile(r"[A-Za-z0-9_./:\-]{1,120}")
PERSONAL = {
    *("address", "answers", "birth_date", "body", "email", "family", "given", "name"),
    *("note", "password", "phone", "secret", "subject", "text", "token"),
}
BEGINNING = re.compile(r"[^:({\n]{0,200}")
HIDDEN = "…"
OURS = frozenset({"event", "level", "logger", "timestamp", "exception"})
DEEPEST = 12


def configure(level: str) -> None:
    """For the whole process, the SDKs' loggers included; they speak from WARNING on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        places_instead_of_texts,
        only_codes,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[template_only, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            use_get_message=False,
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "temporalio", "sqlalchemy", "httpx", "stripe"):
        theirs = logging.getLogger(name)
        theirs.handlers, theirs.propagate = [], True
        theirs.setLevel(logging.WARNING)


def template_only(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Somebody else's message: how its template begins, never the arguments nor what was put in behind a colon."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None:
        event["event"] = BEGINNING.match(str(record.msg))[0].strip()  # type: ignore[index]
    return event


def places_instead_of_texts(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """`exception`: the classes along the chain of causes, and where the innermost was raised."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if given is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = {"classes": _classes(error), "at": _places(error.__traceback__)}
    return event


def only_codes(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {key: value if key in OURS or key.startswith("_") else _safe(key, value) for key, value in event.items()}


def _safe(key: str, value: object) -> object:
    if key in PERSONAL:
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): _safe(str(name), inner) for name, inner in value.items()}
    if isinstance(value, UUID) or (isinstance(value, str) and CODE.fullmatch(value)):
        return str(value)
    return HIDDEN


def _classes(error: BaseException) -> list[str]:
    classes: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(classes) < DEEPEST:
        classes.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    return classes


def _places(where: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(where)[-DEEPEST:]
    return [f"{frame.filename.rsplit('/site-packages/')[-1]}:{frame.lineno} {frame.name}" for frame in frames]
