"""The sandbox as its own process: what it has answered survives kill -9, and so do webhooks not yet delivered."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.fixtures.http import http_client
from tests.fixtures.receiver import Receiver

PATIENCE_S = 15


class Process:
    def __init__(self, state: Path, webhook_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "sandbox", "--port", str(port), "--state", str(state)]
        self._process = subprocess.Popen([*command, "--webhook-url", webhook_url])

    def __enter__(self) -> "Process":
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/_sandbox/health")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return self
        raise TimeoutError("the sandbox did not start")

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


async def test_what_was_answered_survives_kill_9_and_so_do_webhooks_on_their_way(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with Receiver(failures=1000) as receiver:
        with Process(state, receiver.url) as first:
            paid = [await pay(first, f"k{number}") for number in range(20)]
        with Process(state, receiver.url) as second:
            receiver.failures = 0
            assert await pay(second, "k19") == paid[-1]
            async with http_client() as client:
                kept = (await client.get(f"{second.url}/_sandbox/charges")).json()
            told = [json.loads(one.body)["data"]["object"]["id"] for one in await receiver.wait_for(20)]
    assert [one["id"] for one in kept] == paid
    assert sorted(told) == sorted(paid)


async def pay(process: Process, key: str) -> str:
    payment = {"amount": "500", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true"}
    headers = {"authorization": "Bearer sk_test_sandbox", "idempotency-key": key}
    async with http_client() as client:
        answer = await client.post(f"{process.url}/v1/payment_intents", data=payment, headers=headers)
    id: str = answer.json()["id"]
    return id
