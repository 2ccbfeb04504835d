"""Files from strangers. What is kept is made anew from what they show; nothing is kept as it came.

Its bytes say what a file is, never its name or what the sender calls it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from domain.refusals import FileKindRefused
from domain.shared_documents import MediaType
from gateways.uploaded_pdfs import rewritten
from gateways.uploaded_pictures import jpeg, png

BEGINNINGS: tuple[tuple[bytes, MediaType, Callable[[bytes], bytes]], ...] = (
    (b"%PDF-", "application/pdf", rewritten),
    (b"\xff\xd8\xff", "image/jpeg", jpeg),
    (b"\x89PNG\r\n\x1a\n", "image/png", png),
)
READ_AT_ONCE = 2
"""Each may take 300 MB and seconds of a processor; the others of this process wait for their turn."""


@dataclass(frozen=True)
class CleanFile:
    media_type: MediaType
    content: bytes


@dataclass(frozen=True)
class Uploads:
    """Reads in threads, a few at once."""

    turns: asyncio.Semaphore

    async def clean(self, content: bytes) -> CleanFile:
        """Raises `FileKindRefused`, or what `jpeg`, `png` and `rewritten` raise."""
        media_type, read = kind_of(content)
        async with self.turns:
            return CleanFile(media_type, await asyncio.to_thread(read, content))


def kind_of(content: bytes) -> tuple[MediaType, Callable[[bytes], bytes]]:
    """What the file begins as, and who reads that. Raises `FileKindRefused`."""
    for beginning, media_type, read in BEGINNINGS:
        if content.startswith(beginning):
            return media_type, read
    raise FileKindRefused
