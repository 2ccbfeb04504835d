"""Everything the vendors remember: JSON documents in SQLite, in a file or in memory."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS document_by_owner ON document (kind, owner, seq);
CREATE INDEX IF NOT EXISTS document_by_due ON document (kind, owner, json_extract(body, '$.due'), seq);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """Used by one thread. What a transaction wrote survives a killed process."""

    def __init__(self, path: Path | None) -> None:
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; one inside another may fail alone."""
        outer = not self._db.in_transaction
        self._db.execute("BEGIN IMMEDIATE" if outer else "SAVEPOINT inner_part")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK" if outer else "ROLLBACK TO inner_part")
            raise
        finally:
            if self._db.in_transaction:
                self._db.execute("COMMIT" if outer else "RELEASE inner_part")

    def put(self, kind: str, body: Json, owner: str = "") -> Json:
        """Writes the document under its own "id"; an older one keeps its place in lists."""
        self._db.execute(
            "INSERT INTO document (kind, id, owner, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, owner = excluded.owner",
            (kind, body["id"], owner, json.dumps(body)),
        )
        return body

    def get(self, kind: str, id: str) -> Json | None:
        row = self._db.execute("SELECT body FROM document WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return None if row is None else _document(row)

    def newest(self, kind: str, owner: str | None = None, limit: int = -1) -> list[Json]:
        rows = self._db.execute(
            "SELECT body FROM document WHERE kind = ? AND (? IS NULL OR owner = ?) ORDER BY seq DESC LIMIT ?",
            (kind, owner, owner, limit),
        )
        return [_document(row) for row in rows]

    def soonest(self, kind: str, owner: str) -> Json | None:
        """The one with the least "due"."""
        row = self._db.execute(
            "SELECT body FROM document WHERE kind = ? AND owner = ? ORDER BY json_extract(body, '$.due'), seq LIMIT 1",
            (kind, owner),
        ).fetchone()
        return None if row is None else _document(row)

    def count(self, kind: str, owner: str) -> int:
        counted = self._db.execute("SELECT count(*) FROM document WHERE kind = ? AND owner = ?", (kind, owner))
        number: int = counted.fetchone()[0]
        return number

    def delete(self, kind: str, id: str) -> None:
        self._db.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, id))

    def setting(self, name: str, default: Any) -> Any:
        row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def set(self, name: str, value: Any) -> None:
        self._db.execute(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )

    def forget_everything(self) -> None:
        self._db.executescript("DELETE FROM document; DELETE FROM setting;")

    def close(self) -> None:
        self._db.close()


def _document(row: tuple[str]) -> Json:
    body: Json = json.loads(row[0])
    return body
