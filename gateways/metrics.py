"""Prometheus metrics: requests by route template (never by path, which carries ids), and Temporal's own."""

import os
import time
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

REQUESTS = Histogram(
    "fourdoors_request_seconds",
    "Time from a request to the end of its answer.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class Measured:
    """ASGI middleware: every HTTP request is counted and timed under the template of its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.perf_counter(), 500

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting_status)
        finally:
            elapsed = time.perf_counter() - began
            REQUESTS.labels(scope["method"], route_of(scope), status).observe(elapsed)


def route_of(scope: Scope) -> str:
    """The template of the route that answered, e.g. `/api/appointments/{id}`."""
    route: Any = scope.get("route")
    return f"{scope.get('root_path', '')}{route.path}" if hasattr(route, "path") else "none"


def page() -> tuple[bytes, str]:
    """What `/metrics` answers: body and content type; all web processes together where they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def runtime(bind: str, port: int) -> Runtime:
    """The worker's Temporal runtime, which serves its metrics at `http://bind:port/metrics`."""
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=f"{bind}:{port}")))
