"""What machines ask on any host: is the process alive, is it ready, what does it measure; and the vendors' webhooks."""

import asyncio
import hmac

from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from starlette.responses import JSONResponse, Response
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from api import webhooks
from api.door import Credentials, TheContext
from api.problems import answer_refusals, problem
from domain.actors import House
from domain.refusals import NotFound
from gateways import metrics
from threshold.bodies import Bounded
from usecases.context import Context

router = APIRouter()
PATIENCE = 3.0


@router.get("/healthz")
async def alive() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz")
async def ready(context: TheContext) -> Response:
    """503 names the part that does not answer."""
    checks = {"postgresql": _postgresql(context), "temporal": _temporal(context)}
    found = dict(zip(checks, await asyncio.gather(*checks.values()), strict=True))
    return JSONResponse(found, 200 if all(state == "ready" for state in found.values()) else 503)


async def _postgresql(context: Context) -> str:
    try:
        async with asyncio.timeout(PATIENCE), context.database.transaction(House()) as session:
            await session.execute(text("select 1"))
    except Exception:
        return "does not answer"
    return "ready"


async def _temporal(context: Context) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            ours = DescribeNamespaceRequest(namespace=context.temporal.namespace)
            await context.temporal.workflow_service.describe_namespace(ours)
    except Exception:
        return "does not answer"
    return "ready"


def measurements(token: str) -> APIRouter:
    """`/metrics` for whoever shows `token`; to everybody else, and without one, there is no such address."""
    own = APIRouter()

    @own.get("/metrics")
    async def measured(credentials: Credentials) -> Response:
        shown = credentials.credentials if credentials else ""
        if not token or not hmac.compare_digest(shown.encode(), token.encode()):
            raise NotFound
        body, content_type = metrics.page()
        return Response(body, media_type=content_type)

    return own


def create(metrics_token: str = "") -> FastAPI:
    app = FastAPI(title="Fourdoors: platform", openapi_url=None)
    app.add_middleware(Bounded, answer=problem)
    app.include_router(router)
    app.include_router(measurements(metrics_token))
    app.include_router(webhooks.router)
    answer_refusals(app)
    return app
