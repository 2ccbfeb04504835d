"""Finding a specialist: who may treat the patient where the patient is, when they are free, at which price."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient
from domain.money import Money
from domain.scheduling.interval import Interval
from models import Journey, Specialist
from models.treating import Eligible, who_may_treat
from usecases.context import Context
from usecases.listing import PAGES, ROWS, Paging, page_within
from usecases.patient.offers import (
    SpecialistCard,
    TypeView,
    bookable,
    booking_of,
    card_of,
    offers_to,
    type_of,
)
from usecases.permission import needs
from usecases.scheduling.eligibility import where_treated
from usecases.scheduling.offers import Offer
from usecases.scheduling.openings import first_free
from usecases.views import Command, View

NEVER = datetime.max.replace(tzinfo=UTC)


class Search(Command):
    """`type` is an appointment type's key; None: what the journey books. `within`: days until the first free time.

    `at_most`: what the session may cost, in minor units of the brand's currency. A `type` that is dearer, or not by
    this `modality`, gives way to another.
    """

    type: str | None = Field(default=None, max_length=64)
    speciality: str | None = Field(default=None, max_length=64)
    language: str | None = Field(default=None, max_length=12)
    modality: str | None = Field(default=None, max_length=32)
    within: int | None = Field(default=None, ge=1, le=366)
    at_most: int | None = Field(default=None, ge=0, le=100_000_000)
    page: int = Field(default=1, ge=1, le=PAGES)


class Directory(View):
    """`types` can be booked, `specialities` … filtered by; `journey_id`: the journey it would be booked for.

    `jurisdiction`: where the patient would be treated.
    """

    types: tuple[TypeView, ...]
    chosen: TypeView | None
    journey_id: UUID | None
    jurisdiction: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]
    modalities: tuple[str, ...]
    prices: tuple[Money, ...]
    specialists: tuple[SpecialistCard, ...]
    paging: Paging


@needs("specialist:find")
async def directory(context: Context, patient: Patient, search: Search, locale: str) -> Directory:
    """Whoever may treat and fits the search, the soonest free first."""
    now = context.now()
    async with context.database.transaction(patient) as session:
        offers = await offers_to(session, patient, now)
        types = tuple(type_of(each, locale) for each in offers.values())
        journey, wanted = await booking_of(session, patient)
        key = search.type or wanted or (types[0].key if types else None)
        chosen = _chosen(types, key, search, bound=bool(wanted and not search.type))
        offer = offers[chosen.key] if chosen else None
        where = await where_treated(session, patient, offer.location if offer else None)
        fitting = await _fitting(session, patient, offer, where, journey, now)
        found = [each for each in fitting if _matches(each.specialist, search)]
        free = await _soonest_of(session, patient, offer, found, search, now)
    if search.within is not None:
        found = [each for each in found if each.specialist.id in free]
    found.sort(key=lambda each: (free.get(each.specialist.id, NEVER), each.specialist.display_name))
    paging = Paging(page=page_within(search.page, len(found)), total=len(found))
    shown = found[(paging.page - 1) * ROWS : paging.page * ROWS]
    return Directory(
        types=types,
        chosen=chosen,
        journey_id=journey.id if journey and chosen and chosen.key == wanted else None,
        jurisdiction=where,
        specialities=_all(speciality for each in fitting for speciality in each.specialist.specialities),
        languages=_all(language for each in fitting for language in each.specialist.languages),
        modalities=_all(each.modality for each in types),
        prices=tuple(sorted({each.price for each in types}, key=lambda price: price.amount)),
        specialists=tuple(card_of(each.specialist, offer, free, locale) for each in shown) if offer else (),
        paging=paging,
    )


def _chosen(types: tuple[TypeView, ...], key: str | None, search: Search, bound: bool) -> TypeView | None:
    """What `key` names, if the search leaves it; else the first that it leaves, unless a journey books nothing else."""
    fitting = [each for each in types if _is_wanted(each, search)]
    known = next((each for each in types if each.key == key), None)
    if known is None or known in fitting:
        return known
    return fitting[0] if fitting and not bound else None


def _is_wanted(each: TypeView, search: Search) -> bool:
    affordable = search.at_most is None or each.price.amount <= search.at_most
    return affordable and search.modality in (None, each.modality)


async def _fitting(
    session: AsyncSession, patient: Patient, offer: Offer | None, where: str, journey: Journey | None, now: datetime
) -> list[Eligible]:
    """Whoever may treat; a journey's match narrows it to its specialities."""
    if offer is None:
        return []
    allowed = await who_may_treat(session, patient.organization_id, where, offer.kind, now.date())
    wanted = set(journey.facts.get("specialities", ())) if journey else set()
    return [each for each in allowed if not wanted or wanted & set(each.specialist.specialities)]


async def _soonest_of(
    session: AsyncSession, patient: Patient, offer: Offer | None, who: list[Eligible], search: Search, now: datetime
) -> dict[UUID, datetime]:
    if offer is None:
        return {}
    span = bookable(offer, now)
    if search.within is not None:
        span = Interval(now, min(span.end, now + timedelta(days=search.within, microseconds=1)))
    return await first_free(session, who, patient.organization_id, offer.rule, span, patient)


def _matches(row: Specialist, search: Search) -> bool:
    return (search.speciality in (None, *row.specialities)) and (search.language in (None, *row.languages))


def _all(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
