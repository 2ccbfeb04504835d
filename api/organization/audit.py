"""The audit, and records opened in an emergency."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.door import FRESH, TheContext
from api.organization.door import TheLanguage, TheOperator
from usecases.organization import audit, glass
from usecases.organization.audit import AuditPage, AuditQuery, AuditSearch, ExportSearch
from usecases.organization.glass import BreakGlass, GlassRow, Record

router = APIRouter(tags=["audit"])
TAKEN_OUT: dict[str, dict[str, object]] = {"text/csv": {}, "application/jsonl": {}}


@router.get("/audit")
async def newest_entries(
    context: TheContext, operator: TheOperator, query: Annotated[AuditQuery, Query()]
) -> AuditPage:
    return await audit.audit(context, operator, query)


@router.post("/audit/search")
async def search_audit(context: TheContext, operator: TheOperator, query: AuditSearch) -> AuditPage:
    return await audit.audit(context, operator, query)


@router.post("/audit/export", dependencies=[FRESH], response_class=Response, responses={200: {"content": TAKEN_OUT}})
async def export_audit(context: TheContext, operator: TheOperator, query: ExportSearch) -> Response:
    made = await audit.export(context, operator, query)
    return Response(made.content, media_type=made.media_type)


@router.post("/patients/{patient_id}/glass", status_code=201, dependencies=[FRESH])
async def break_glass(context: TheContext, operator: TheOperator, patient_id: UUID, command: BreakGlass) -> UUID:
    return await glass.break_glass(context, operator, patient_id, command)


@router.get("/patients/{patient_id}/record")
async def read_record(context: TheContext, operator: TheOperator, lang: TheLanguage, patient_id: UUID) -> Record:
    return await glass.record(context, operator, patient_id, lang)


@router.get("/glass")
async def every_glass(context: TheContext, operator: TheOperator) -> tuple[GlassRow, ...]:
    return await glass.glasses(context, operator)


@router.post("/glass/{glass_id}/review", status_code=204)
async def review_glass(context: TheContext, operator: TheOperator, glass_id: UUID) -> None:
    await glass.review(context, operator, glass_id)


@router.post("/glass/{glass_id}/close", status_code=204)
async def close_glass(context: TheContext, operator: TheOperator, glass_id: UUID) -> None:
    await glass.close_glass(context, operator, glass_id)
