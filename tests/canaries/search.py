"""Looking for planted values in whatever holds bytes: plain, encoded, escaped, compressed."""

import base64
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

Kind = Literal[
    "given name", "family name", "about them", "contact", "clinical", "secret", "link", "card", "demo", "texted"
]
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
LARGEST = 1 << 22


@dataclass(frozen=True)
class Canary:
    """A value that occurs nowhere else in the world."""

    what: str
    kind: Kind
    value: str


@dataclass(frozen=True)
class Place:
    """`allowed`: the kinds that belong there."""

    name: str
    content: bytes
    allowed: frozenset[Kind] = frozenset()


@dataclass(frozen=True)
class Find:
    canary: str
    place: str
    form: str


def forms(value: str) -> dict[str, bytes]:
    """How a value may stand somewhere; base64 at each of the three places in a group it may begin at."""
    raw = value.encode()
    made = {
        "raw": raw,
        "hex": raw.hex().encode(),
        "url": quote(value).encode(),
        "json": json.dumps(value)[1:-1].encode(),
    }
    for shift in range(3):
        inner = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
        made[f"base64/{shift}"] = inner[(0, 2, 3)[shift] : len(inner) - 1]
        made[f"base64url/{shift}"] = made[f"base64/{shift}"].translate(bytes.maketrans(b"+/", b"-_"))
    return made


def search(canaries: Iterable[Canary], places: Iterable[Place]) -> list[Find]:
    """Every canary at a place where its kind does not belong. Capital letters count for nothing."""
    needles = [(canary, form, needle) for canary in canaries for form, needle in forms(canary.value).items()]
    found: dict[tuple[str, str], Find] = {}
    for place in places:
        for layer, content in layers(place.content):
            lower = content.lower()
            for canary, form, needle in needles:
                if canary.kind not in place.allowed and (needle.lower() if "64" not in form else needle) in (
                    lower if "64" not in form else content
                ):
                    found.setdefault((canary.what, place.name), Find(canary.what, place.name, layer + form))
    return list(found.values())


def layers(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What is there, and what is compressed in it."""
    yield "", content
    unpacked = [inner for start in _beginnings(content) if (inner := _inflated(content[start : start + LARGEST]))]
    if unpacked:
        yield "zlib/", b"\n".join(unpacked)


def _beginnings(content: bytes) -> Iterator[int]:
    for mark in ZLIB:
        at = content.find(mark)
        while at >= 0:
            yield at
            at = content.find(mark, at + 1)


def _inflated(content: bytes) -> bytes:
    """What of it can be unpacked, were it cut off in the middle."""
    worker, made = zlib.decompressobj(), b""
    try:
        for start in range(0, len(content), 256):
            made += worker.decompress(content[start : start + 256])
            if worker.eof:
                break
    except zlib.error:
        return made
    return made


def sqlite_cells(file: Path) -> bytes:
    """Every cell of every table: in the file a long value is spread over pages."""
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    database.text_factory = bytes
    tables = [name.decode() for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
    cells = (cell for table in tables for row in database.execute(f'select * from "{table}"') for cell in row)
    made = b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells if cell is not None)
    database.close()
    return made


def files(folder: Path, pattern: str, allowed: Mapping[str, frozenset[Kind]] | None = None) -> list[Place]:
    found = sorted(folder.glob(pattern))
    return [Place(file.name, file.read_bytes(), (allowed or {}).get(file.name, frozenset())) for file in found]
