"""The people a specialist treats."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup
from starlette.requests import Request

from portals.core.charts import Series, line_chart
from portals.core.door import TheContext
from portals.core.formats import format_date
from portals.core.i18n import gettext as _
from portals.core.listing import listed, sifted
from portals.core.rendering import page
from portals.specialist import words
from portals.specialist.door import TheLocale, TheSpecialist
from usecases.specialist.caseload import CaseloadSearch, PatientHistory, caseload, patient_history

router = APIRouter(prefix="/patients")


@router.get("")
async def patients(request: Request, context: TheContext, specialist: TheSpecialist) -> Response:
    query, no = sifted(request, CaseloadSearch)
    view = await caseload(context, specialist, query)
    return page(request, "specialist/patients.html", view=view, words=words, **listed(request, view.paging, no))


@router.get("/{patient_id}")
async def patient(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, patient_id: UUID
) -> Response:
    view = await patient_history(context, specialist, patient_id, locale)
    return page(request, "specialist/patient.html", view=view, chart=_course(view), now=context.now(), words=words)


def _course(view: PatientHistory) -> Markup | None:
    """How the score of the form answered last went, once there are two to compare."""
    banded = [form for form in reversed(view.forms) if form.score is not None and form.band and form.completed_at]
    scored = [form for form in banded if form.key == banded[-1].key]
    if len(scored) < 2:
        return None
    said = [format_date(form.completed_at, "MMMd") for form in scored if form.completed_at]
    values = [float(form.score) for form in scored if form.score is not None]
    return line_chart("course", _("Score over time"), said, [Series(scored[-1].title, list(values))])
