"""The one command as a person runs it: opens, says what is wrong, closes, and survives being killed."""

import signal
from pathlib import Path

import psutil

from embedded.ports import answers
from embedded.postgres import Postgres
from embedded.processes import left_behind
from embedded.temporal import Temporal
from tests.embedded.terminal import Run


def programs(state: Path) -> dict[str, psutil.Process]:
    """The house's own programs by the file they run."""
    return {
        part: process
        for process in left_behind(state)
        for part in ("worker.py", "app:create")
        if part in process.cmdline()
    }


def test_it_opens_survives_every_kill_and_closes(run: Run, state: Path) -> None:
    first = run()
    first.read_until("Fourdoors is open")
    assert [first.get(path) for path in ("/", "/healthz", "/readyz")] == [200] * 3
    secrets = (state / "secrets.env").read_text()

    code, said = run().rest()
    assert code == 1
    assert "already runs" in said
    assert "Traceback" not in said

    before = programs(state)
    for process in before.values():
        process.kill()
    for _ in before:
        first.read_until("starting it again")
    first.process.kill()
    first.process.wait()

    second = run()
    second.read_until("Fourdoors is open")
    assert second.get("/readyz") == 200
    assert (state / "secrets.env").read_text() == secrets
    second.process.send_signal(signal.SIGINT)
    code, said = second.rest()
    assert code == 0, said
    stopped = [line.split(" stopped")[0] for line in said.splitlines() if " stopped" in line]
    assert stopped[-3:] == ["The vendors' sandbox", "Temporal and its Web UI", "PostgreSQL"]
    assert left_behind(state) == []


def test_engines_started_elsewhere_replace_ours(
    run: Run, state: Path, a_postgres: Postgres, a_temporal: Temporal
) -> None:
    elsewhere = (a_postgres.start(), a_temporal.start())
    terminal = run(
        FOURDOORS_STATE_DIR=str(state / "house"),
        DATABASE_URL=f"{a_postgres.url}?sslmode=prefer",
        TEMPORAL_ADDRESS=a_temporal.address,
    )
    said = terminal.read_until("Fourdoors is open")
    assert not any("PostgreSQL" in line for line in said)
    assert not answers(int(terminal.environment["FOURDOORS_TEMPORAL_PORT"]))
    assert terminal.get("/readyz") == 200
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.rest()[0] == 0
    assert all(engine.alive for engine in elsewhere)
