"""The stream that keeps every page of the portal fresh: it says that something has changed, and never what."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from portals.core.door import TheHub
from portals.organization.door import TheOperator

router = APIRouter()


@router.get("/events", response_class=EventSourceResponse)
async def events(operator: TheOperator, hub: TheHub) -> AsyncIterator[ServerSentEvent]:
    async for event in hub.events(f"organization/{operator.organization_id}"):
        yield event
