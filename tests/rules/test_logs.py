"""Whatever is logged, by us or by an SDK, nothing a person typed comes out."""

import json
import subprocess
import sys
from uuid import UUID

CANARY = "Canary Patient"
PROGRAM = """
import logging, structlog
from uuid import UUID
from gateways import logs

logs.configure("info")
ours, theirs = structlog.get_logger("ours"), logging.getLogger("temporalio.worker")
secret = "Canary Patient canary@example.org +491701234567"
ours.info("booked", appointment=UUID(int=7), cents=4500, email="Canary", note=secret, why=secret)
ours.info("nested", of={"name": "Canary", "count": 1})
theirs.warning("Activity failed for %s", secret)
theirs.warning("Task exception was never retrieved\\nfuture: " + secret)
logging.getLogger("uvicorn.access").info("GET /?q=" + secret)
try:
    try:
        raise KeyError(secret)
    except KeyError as error:
        raise ValueError("bad answer: " + secret) from error
except ValueError:
    ours.exception("refused")
    theirs.error("Completing activity as failed", exc_info=True)
"""


def logged() -> list[dict[str, object]]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert "anary" not in done.stdout + done.stderr
    assert "+4917" not in done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ids_numbers_and_codes_are_logged_and_nothing_else() -> None:
    booked, nested, failed, lost, refused, completing = logged()
    assert booked["appointment"] == str(UUID(int=7))
    assert (booked["cents"], booked["email"], booked["why"]) == (4500, "…", "…")
    assert nested["of"] == {"name": "…", "count": 1}
    assert failed["event"] == "Activity failed for %s"
    assert lost["event"] == "Task exception was never retrieved"
    for entry in (refused, completing):
        exception = entry["exception"]
        assert isinstance(exception, dict)
        assert exception["classes"] == ["ValueError", "KeyError"]
        assert exception["at"] == ["<string>:18 <module>"]


def test_what_a_step_or_a_workflow_raises_is_not_logged(temporal_address: str) -> None:
    """The SDK logs both, with their texts; the engine's own core writes to the same place."""
    command = [sys.executable, "-m", "tests.rules.raising", temporal_address]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    said = done.stdout + done.stderr
    assert "anary" not in said, said
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    raised = {entry["event"]: entry["exception"]["classes"] for entry in lines if "exception" in entry}
    assert raised["Completing activity as failed"] == ["ValueError"]
    assert ["KeyError"] in raised.values()
    assert "before" in {entry["event"] for entry in lines}
