"""Every place that is not ours alone: the engine's store, logs, metrics, addresses, messages, vendors, refusals."""

import json
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

from temporalio.client import Client

from settings import revealed
from tests.canaries.search import Kind, Place, files, sqlite_cells
from tests.canaries.words import Record
from tests.crash.running import OwnHouse
from tests.fixtures.http import http_client

LINKS: frozenset[Kind] = frozenset({"link"})
CONTACT: frozenset[Kind] = frozenset({"contact"})
ONESELF: frozenset[Kind] = frozenset({"given name", "family name"})
"""Who is signed in is greeted at the top of every page."""
CARD: frozenset[Kind] = frozenset({"card"})
DEMO: frozenset[Kind] = frozenset({"demo"})
TEXTED: frozenset[Kind] = frozenset({"texted"})
"""Somebody wrote it to us by text message."""
LETTER: frozenset[Kind] = frozenset({"given name", "link"})
MAIL_META = ("categories", "args", "from", "from_name")
ENVELOPES = ("mail", "message", "delivery", "suppression", "opt_out")


async def places(own: OwnHouse, record: Record) -> list[Place]:
    state = own.house.settings.state_dir
    return [
        *files(state, "temporal.db*"),
        Place("temporal.db, cell by cell", sqlite_cells(state / "temporal.db")),
        *[place async for place in histories(own)],
        *files(state / "log", "*.log"),
        Place("terminal", own.log.read_bytes(), DEMO),
        *[place async for place in metrics(own)],
        Place("addresses asked for", "\n".join(record.urls).encode(), LINKS),
        Place("refusing pages", "\n".join(record.pages).encode(), ONESELF),
        Place("problem documents", "\n".join(record.problems).encode()),
        *await messages(own),
        Place("what the payment vendor knows", vendor_documents(own), CARD),
    ]


async def histories(own: OwnHouse) -> AsyncIterator[Place]:
    """As anybody reads them who may ask Temporal but has no key."""
    settings = own.house.settings
    client = await Client.connect(settings.temporal_address or "", namespace=settings.temporal_namespace)
    async for found in client.list_workflows():
        handle = client.get_workflow_handle(found.id)
        history = (await handle.fetch_history()).to_json()
        described = str((await handle.describe()).raw_description)
        yield Place(f"history of {found.id}", f"{history}\n{described}".encode())


async def metrics(own: OwnHouse) -> AsyncIterator[Place]:
    settings = own.house.settings
    shown = {"authorization": f"Bearer {revealed(settings.metrics_token)}"}
    async with http_client() as client:
        for name, port in (("web", settings.port), ("worker", settings.metrics_port)):
            answer = await client.get(f"http://127.0.0.1:{port}/metrics", headers=shown)
            yield Place(f"metrics of {name}", answer.raise_for_status().content)


async def messages(own: OwnHouse) -> list[Place]:
    """A letter may greet by name; a subject, a text message and what vendors may count by say nothing of anybody."""
    mails = await own.house.sandbox.seen("mails")
    texts = await own.house.sandbox.seen("messages")
    calls = await own.house.sandbox.seen("calls")
    return [
        Place("mail: to", lines(mails, "to"), CONTACT),
        Place("mail: subject", lines(mails, "subject")),
        Place("mail: body", lines(mails, "text", "html"), LETTER),
        Place("mail: metadata", lines(mails, *MAIL_META)),
        Place("text: to", lines(texts, "to"), CONTACT),
        Place("text: body", lines(texts, "body"), LINKS | TEXTED),
        Place("addresses vendors were asked at", json.dumps(calls).encode()),
    ]


def lines(documents: list[dict[str, Any]], *fields: str) -> bytes:
    return "\n".join(
        json.dumps(document[name], ensure_ascii=False) for document in documents for name in fields
    ).encode()


def vendor_documents(own: OwnHouse) -> bytes:
    """All but letters and text messages, which are looked at field by field."""
    database = sqlite3.connect(f"file:{own.house.settings.state_dir / 'sandbox.db'}?mode=ro", uri=True)
    marks = ", ".join("?" for _ in ENVELOPES)
    rows = database.execute(f"select body from document where kind not in ({marks})", ENVELOPES).fetchall()
    database.close()
    assert rows
    return "\n".join(body for (body,) in rows).encode()
