"""Prometheus metrics: requests by route template (never by path, which carries ids), and Temporal's own."""

import logging
import os
import time
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

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
    """The worker's Temporal runtime, which serves its metrics at `http://bind:port/metrics`.

    Its own log lines go through ours without their fields, which quote the failures of workflows.
    """
    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"), append_log_fields_to_message=False)
    written = LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
    measured = PrometheusConfig(bind_address=f"{bind}:{port}")
    return Runtime(telemetry=TelemetryConfig(logging=written, metrics=measured))
