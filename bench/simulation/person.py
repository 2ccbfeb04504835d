"""A patient of the simulation: the clock, the chances, and what can be seen of the way."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid5

from bench.simulation.clinic import Clinic, pause
from bench.simulation.clock import Clock
from domain.actors import Operator, Patient, Specialist
from domain.scheduling.interval import Interval
from models import Appointment, Journey
from models import Patient as PatientRow
from models import Specialist as SpecialistRow
from models.treating import Eligible, who_may_treat
from usecases.scheduling.offers import as_booked, offer_of
from usecases.scheduling.openings import openings


class Person:
    def __init__(self, clinic: Clinic, patient: Patient, operator: Operator, seed: str, funnel: Counter[str]) -> None:
        self.clinic = clinic
        self.patient = patient
        self.operator = operator
        self.chance = Random(seed)
        self.seed = seed
        self.clock = Clock(clinic.context.temporal)
        self.context = replace(clinic.context, temporal=self.clock.skipper.client, now=self.clock.now)
        self.funnel = funnel
        self.deeds = 0

    async def some_hours(self) -> None:
        await self.clock.skip(timedelta(minutes=self.chance.randint(2, 600)))

    async def slot(self, kind: str) -> tuple[UUID, Interval] | None:
        now = self.context.now()
        window = Interval(now + timedelta(days=1), now + timedelta(days=15))
        async with self.context.database.transaction(self.patient) as session:
            where = (await session.get_one(PatientRow, self.patient.patient_id)).jurisdiction
            offer = await offer_of(session, self.patient.brand_id, kind, now)
            assert offer
            organization_id = self.patient.organization_id
            who = await who_may_treat(session, organization_id, where, offer.kind, now.date())
            free = (await openings(session, who, organization_id, window, now)).free(offer.rule, window, 20)
        found = [(specialist_id, slot) for specialist_id, slots in sorted(free.items()) for slot in slots]
        return self.chance.choice(found) if found else None

    async def slots_of(self, row: Appointment) -> list[Interval]:
        now = self.context.now()
        window = Interval(now + timedelta(days=2), now + timedelta(days=16))
        async with self.context.database.transaction(self.patient) as session:
            specialist = await session.get_one(SpecialistRow, row.specialist_id)
            offer = await as_booked(session, row)
            who = [Eligible(specialist, date.max)]
            found = await openings(session, who, row.organization_id, window, now, but=row.id)
            free = found.free(offer.rule, window, 20)
        return [slot for slot in free[specialist.id] if slot.start != row.starts_at]

    async def journey(self, journey_id: UUID) -> Journey:
        async with self.context.database.transaction(self.patient) as session:
            return await session.get_one(Journey, journey_id)

    async def appointment(self, appointment_id: UUID) -> Appointment:
        async with self.context.database.transaction(self.patient) as session:
            return await session.get_one(Appointment, appointment_id)

    async def specialist(self, specialist_id: UUID) -> Specialist:
        async with self.context.database.transaction(self.patient) as session:
            row = await session.get_one(SpecialistRow, specialist_id)
        return Specialist(row.person_id, row.id)

    async def moved(self, before: Journey) -> None:
        """Effects reach the journey a moment later; a deed that changes nothing is no reason to wait for long."""
        for _ in range(20):
            row = await self.journey(before.id)
            if row.version != before.version and (row.until is None or row.until > self.clock.now()):
                return
            await pause()

    def key(self) -> str:
        self.deeds += 1
        return uuid5(self.patient.patient_id, f"{self.seed}/{self.deeds}").hex
