"""The day, one appointment with its brief, and holding the session."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from api.door import TheContext
from api.specialist.door import TheLocale, TheSpecialist
from usecases.specialist import sessions, tasks
from usecases.specialist.agenda import AgendaItem, agenda
from usecases.specialist.brief import Brief, brief
from usecases.specialist.sessions import BeginSession, CancelSession
from usecases.specialist.tasks import TaskItem
from usecases.specialist.today import TodayPage, today
from usecases.views import Day

router = APIRouter(tags=["sessions"])


@router.get("/today")
async def the_day(context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> TodayPage:
    return await today(context, specialist, locale)


@router.get("/appointments")
async def appointments(
    context: TheContext,
    specialist: TheSpecialist,
    locale: TheLocale,
    first: Day,
    days: Annotated[int, Query(ge=1, le=92)] = 7,
) -> tuple[AgendaItem, ...]:
    """Of `days` days of the specialist's calendar, from `first` on."""
    return await agenda(context, specialist, first, days, locale)


@router.get("/appointments/{appointment_id}")
async def appointment(context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID) -> Brief:
    return await brief(context, specialist, appointment_id, locale)


@router.post("/appointments/{appointment_id}/cancel")
async def cancel(
    context: TheContext,
    specialist: TheSpecialist,
    locale: TheLocale,
    appointment_id: UUID,
    command: Annotated[CancelSession, Body(default_factory=CancelSession)],
) -> Brief:
    """Costs the patient nothing."""
    await sessions.cancel(context, specialist, appointment_id, command)
    return await brief(context, specialist, appointment_id, locale)


@router.post("/appointments/{appointment_id}/admit")
async def admit(context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID) -> Brief:
    await sessions.admit(context, specialist, appointment_id)
    return await brief(context, specialist, appointment_id, locale)


@router.post("/appointments/{appointment_id}/begin")
async def begin(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID, command: BeginSession
) -> Brief:
    """A session by phone or in person: the patient is there."""
    await sessions.begin(context, specialist, appointment_id, command)
    return await brief(context, specialist, appointment_id, locale)


@router.post("/appointments/{appointment_id}/no-show")
async def no_show(context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID) -> Brief:
    """The patient did not come to a session by phone or in person."""
    await sessions.report_no_show(context, specialist, appointment_id)
    return await brief(context, specialist, appointment_id, locale)


@router.post("/appointments/{appointment_id}/finish")
async def finish(context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID) -> Brief:
    await sessions.finish(context, specialist, appointment_id)
    return await brief(context, specialist, appointment_id, locale)


@router.get("/tasks")
async def open_tasks(context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> tuple[TaskItem, ...]:
    return await tasks.tasks(context, specialist, locale)


@router.post("/tasks/{task_id}/done", status_code=204)
async def task_done(context: TheContext, specialist: TheSpecialist, task_id: UUID) -> None:
    await tasks.complete_task(context, specialist, task_id)
