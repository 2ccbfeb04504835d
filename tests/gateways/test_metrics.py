"""Requests are measured under their route's template: an id or a name in a path never becomes a label."""

import httpx
from fastapi import FastAPI

from gateways.metrics import Measured, page
from tests.fixtures.http import http_client


async def test_the_label_is_the_template() -> None:
    app = FastAPI()
    door = FastAPI()

    @door.get("/people/{name}")
    async def person(name: str) -> str:
        return name

    app.mount("/api", door)
    app.add_middleware(Measured)
    async with http_client(transport=httpx.ASGITransport(app), base_url="http://any") as client:
        assert (await client.get("/api/people/canary")).status_code == 200
        assert (await client.get("/api/canary")).status_code == 404
    text = page()[0].decode()
    assert 'fourdoors_request_seconds_count{method="GET",route="/api/people/{name}",status="200"} 1.0' in text
    assert 'route="none",status="404"' in text
    assert "canary" not in text
