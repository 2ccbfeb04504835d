"""Documents a patient hands over: how large, how many, until when, and what may be left of a file's name."""

from datetime import datetime, timedelta
from typing import Literal

from domain.lines import one_line
from domain.refusals import DocumentsFull, FileTooLarge, InvalidInput

MediaType = Literal["application/pdf", "image/jpeg", "image/png"]
ENDINGS: dict[MediaType, str] = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
MOST_BYTES = 5_000_000
MOST_OF_ONE = 100
"""Documents a patient has handed over at one time."""
DEFAULT_LIFE = timedelta(days=365)
LONGEST_LIFE = timedelta(days=5 * 366)
LONGEST_TITLE = 120


def check_size(content: bytes) -> None:
    """Raise `InvalidInput` for nothing, `FileTooLarge` for more than `MOST_BYTES`."""
    if not content:
        raise InvalidInput({"file": "Choose a file."})
    if len(content) > MOST_BYTES:
        raise FileTooLarge


def check_number(there: int) -> None:
    """Raise `DocumentsFull` when no further one fits beside those."""
    if there >= MOST_OF_ONE:
        raise DocumentsFull


def end_of_sharing(now: datetime, wanted: datetime | None) -> datetime:
    """`wanted`, or twelve months from now. Raises `InvalidInput` for the past and for more than five years."""
    if wanted is None:
        return now + DEFAULT_LIFE
    if not now < wanted <= now + LONGEST_LIFE:
        raise InvalidInput({"until": "Choose a day within the next five years."})
    return wanted


def title_of_file(name: str) -> str:
    """What a file is called, without a path or an ending; "" when nothing is left."""
    stem, dot, ending = name.replace("\\", "/").rsplit("/", 1)[-1].rpartition(".")
    known = ending.strip().lower() in (*ENDINGS.values(), "jpeg")
    return plain_title(stem if known else stem + dot + ending)


def plain_title(said: str) -> str:
    """One line of text. It is shown, and never the name of a file."""
    return one_line(one_line(said)[:LONGEST_TITLE]).strip(" .")


def file_name(media_type: str, shared_at: datetime) -> str:
    """Of a download: ours, never the sender's."""
    ending = next(ending for known, ending in ENDINGS.items() if known == media_type)
    return f"document-{shared_at:%Y-%m-%d}.{ending}"
