"""The week, its hours and exceptions, and what is booked outside of them."""

from uuid import UUID

from fastapi import APIRouter

from api.door import TheContext
from api.specialist.door import TheLocale, TheSpecialist
from usecases.specialist import hours
from usecases.specialist.agenda import AgendaItem
from usecases.specialist.conflicts import booked_outside
from usecases.specialist.hours import AddException, PutHours
from usecases.specialist.week import WeekPage, week
from usecases.views import Day, View

router = APIRouter(prefix="/week", tags=["calendar"])


class Changed(View):
    """`conflicts`: appointments that are booked outside the hours as they now are; they stay booked."""

    id: UUID
    conflicts: tuple[AgendaItem, ...]


@router.get("")
async def the_week(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, of: Day | None = None
) -> WeekPage:
    """The week in which `of` lies, this one without it."""
    return await week(context, specialist, of, locale)


@router.put("/hours")
async def put_hours(context: TheContext, specialist: TheSpecialist, locale: TheLocale, command: PutHours) -> Changed:
    hours_id = await hours.put_hours(context, specialist, command)
    return Changed(id=hours_id, conflicts=await booked_outside(context, specialist, locale))


@router.delete("/hours/{hours_id}")
async def remove_hours(context: TheContext, specialist: TheSpecialist, locale: TheLocale, hours_id: UUID) -> Changed:
    await hours.remove_hours(context, specialist, hours_id)
    return Changed(id=hours_id, conflicts=await booked_outside(context, specialist, locale))


@router.post("/exceptions")
async def add_exception(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, command: AddException
) -> Changed:
    exception_id = await hours.add_exception(context, specialist, command)
    return Changed(id=exception_id, conflicts=await booked_outside(context, specialist, locale))


@router.delete("/exceptions/{exception_id}")
async def remove_exception(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, exception_id: UUID
) -> Changed:
    await hours.remove_exception(context, specialist, exception_id)
    return Changed(id=exception_id, conflicts=await booked_outside(context, specialist, locale))
