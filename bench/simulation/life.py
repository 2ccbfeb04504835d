"""What one patient does for ninety days, decided by a seed; and what specialist and coordinator do about it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid5

import httpx
from sqlalchemy import select
from sqlmodel import col

from bench.simulation.clinic import Clinic, pause
from bench.simulation.clock import Clock
from domain.actors import Operator, Patient, Specialist
from domain.refusals import Refusal
from domain.scheduling.interval import Interval
from models import Appointment, Journey, Task
from models import Patient as PatientRow
from models import Specialist as SpecialistRow
from usecases.organization.tasks import complete_task
from usecases.patient import appointments, booking, consents, forms, home, paying
from usecases.processes import appointment_handle, journey_handle
from usecases.room.entering import enter
from usecases.scheduling.directory import free_slots, offer_of, who_may_treat
from usecases.scheduling.holding import Hold
from usecases.specialist import notes, sessions

DAYS = timedelta(days=90)
GOOD, DECLINED = "4242424242424242", "4000000000000002"
FREQUENCY = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
ANSWERED = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
SILENCE, CANCELS, MOVES, STAYS_AWAY, IS_LATE, ABANDONS, IS_DECLINED, SURVEYS = (
    0.05,
    0.1,
    0.1,
    0.08,
    0.03,
    0.08,
    0.1,
    0.7,
)


class Life:
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

    async def live(self) -> None:
        view = await home.home(self.context, self.patient, "en")
        begin = home.BeginJourney(program_id=view.programs[0].id)
        journey_id = await home.begin(self.context, self.patient, begin)
        self.funnel["began"] += 1
        await self.clock.follow(journey_handle(self.context.temporal, journey_id))
        while self.clock.skipped < DAYS:
            row = await self.journey(journey_id)
            if row.status == "ended":
                self.funnel[f"ended: {row.outcome}"] += 1
                return
            await self.act(row)
            await self.moved(row)
        self.funnel["still on the way"] += 1

    async def act(self, row: Journey) -> None:
        """One deed at the step the journey stands at, or silence until its patience ends."""
        try:
            if self.chance.random() < SILENCE and row.step_kind in ("consent", "form", "book", "note"):
                await self.wait_out(row)
                return
            await getattr(self, f"at_{row.step_kind}")(row)
        except Refusal as refusal:
            self.funnel[f"refused: {type(refusal).__name__}"] += 1
            await self.clock.skip(timedelta(hours=6))

    async def at_consent(self, row: Journey) -> None:
        await self.some_hours()
        given = consents.GiveConsents(kinds=["treatment", "telehealth", "privacy"])
        await consents.give(self.context, self.patient, given, "en", "portal")
        self.funnel["consented"] += 1

    async def at_form(self, row: Journey) -> None:
        await self.some_hours()
        low = self.chance.choice((0, 0, 1, 1, 2))
        answers = {item: FREQUENCY[min(3, low + self.chance.randint(0, 1))] for item in ANSWERED}
        if low < 2 or self.chance.random() < 0.7:
            answers["44260-8"] = FREQUENCY[0]
        await forms.complete(self.context, self.patient, row.id, forms.Answers(answers=answers), "en")
        self.funnel["answered the form"] += 1

    async def at_task(self, row: Journey) -> None:
        await self.some_hours()
        async with self.context.database.transaction(self.operator) as session:
            mine = select(Task).where(col(Task.journey_id) == row.id, col(Task.done_at).is_(None))
            task = (await session.scalars(mine)).first()
        if task is None:
            await pause()
            return
        await complete_task(self.context, self.operator, task.id)
        self.funnel["tasks done"] += 1

    async def at_book(self, row: Journey) -> None:
        await self.some_hours()
        kind = "follow-up" if "follow-up" in row.step else "intake"
        slot = await self.slot(kind)
        if slot is None:
            await self.clock.skip(timedelta(days=1))
            return
        specialist_id, start = slot
        wish = Hold(
            specialist_id=specialist_id, appointment_type=kind, start=start.start, key=self.key(), journey_id=row.id
        )
        appointment_id = await booking.book(self.context, self.patient, wish)
        self.funnel["held a time"] += 1
        await self.clock.follow(appointment_handle(self.context.temporal, appointment_id))

    async def at_pay(self, row: Journey) -> None:
        assert row.appointment_id
        if self.chance.random() < ABANDONS:
            self.funnel["let a hold lapse"] += 1
            await self.clock.skip(timedelta(minutes=20))
            return
        if self.chance.random() < IS_DECLINED:
            await self.pay(row.appointment_id, DECLINED)
            self.funnel["card declined"] += 1
        step = await self.pay(row.appointment_id, GOOD)
        self.funnel[f"payment {step}"] += 1

    async def pay(self, appointment_id: UUID, card: str) -> str:
        step = await paying.pay(self.context, self.patient, appointment_id, paying.PayAppointment(key=self.key()))
        if step.action_url:
            async with httpx.AsyncClient(verify=False) as browser:
                await browser.post(step.action_url, data={"number": card, "expiry": "12 / 34", "cvc": "123"})
        return (await paying.settle(self.context, self.patient, appointment_id)).status

    async def at_session(self, row: Journey) -> None:
        assert row.appointment_id
        fate = self.chance.random()
        if fate < CANCELS:
            await self.cancel(row.appointment_id)
        elif fate < CANCELS + MOVES:
            await self.move(row.appointment_id)
        else:
            await self.meet(row.appointment_id, fate)

    async def cancel(self, appointment_id: UUID) -> None:
        view = await appointments.appointment(self.context, self.patient, appointment_id, "en")
        late = self.chance.random() < 0.5
        await self.clock.until(view.starts_at - timedelta(hours=3 if late else 30))
        command = appointments.CancelAppointment(key=self.key(), fee=view.price.amount)
        await appointments.cancel(self.context, self.patient, appointment_id, command)
        self.funnel["cancelled late" if late else "cancelled"] += 1

    async def move(self, appointment_id: UUID) -> None:
        row = await self.appointment(appointment_id)
        slots = await self.slots_of(row)
        if not slots:
            await self.meet(appointment_id, 1.0)
            return
        wish = booking.MoveAppointment(start=self.chance.choice(slots).start, key=self.key())
        await booking.move(self.context, self.patient, appointment_id, wish)
        self.funnel["moved"] += 1
        await self.meet(appointment_id, 1.0)

    async def meet(self, appointment_id: UUID, fate: float) -> None:
        row = await self.appointment(appointment_id)
        if row.starts_at - self.clock.now() + self.clock.skipped > DAYS:
            await self.clock.skip(DAYS)
            return
        await self.clock.until(row.starts_at)
        if fate > 1 - STAYS_AWAY:
            self.funnel["patient stayed away"] += 1
            await self.clock.skip(timedelta(minutes=20))
            return
        await enter(self.context, self.patient, appointment_id)
        if fate > 1 - STAYS_AWAY - IS_LATE:
            self.funnel["specialist stayed away"] += 1
            await self.clock.skip(timedelta(minutes=20))
            return
        specialist = await self.specialist(row.specialist_id)
        await enter(self.context, specialist, appointment_id)
        await sessions.admit(self.context, specialist, appointment_id)
        await self.clock.skip(timedelta(minutes=45))
        await sessions.finish(self.context, specialist, appointment_id)
        self.funnel["sessions held"] += 1

    async def at_note(self, row: Journey) -> None:
        assert row.appointment_id
        await self.some_hours()
        booked = await self.appointment(row.appointment_id)
        specialist = await self.specialist(booked.specialist_id)
        await notes.sign(
            self.context, specialist, booked.id, notes.NoteBody(text=f"Session of {booked.starts_at:%d %B}.")
        )
        self.funnel["notes signed"] += 1

    async def at_survey(self, row: Journey) -> None:
        if self.chance.random() > SURVEYS:
            await self.wait_out(row)
            return
        await self.some_hours()
        answers = {item: str(self.chance.randint(1, 3)) for item in ("listened", "direction", "picture", "again")}
        await forms.complete(self.context, self.patient, row.id, forms.Answers(answers=answers), "en")
        self.funnel["surveys answered"] += 1

    async def at_wait(self, row: Journey) -> None:
        await self.wait_out(row)

    async def wait_out(self, row: Journey) -> None:
        assert row.until
        await self.clock.until(row.until)

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
            free = await free_slots(session, who, offer.kind, organization_id, now, window, 60)
        found = [(specialist_id, slot) for specialist_id, slots in sorted(free.items()) for slot in slots]
        return self.chance.choice(found) if found else None

    async def slots_of(self, row: Appointment) -> list[Interval]:
        now = self.context.now()
        window = Interval(now + timedelta(days=2), now + timedelta(days=16))
        async with self.context.database.transaction(self.patient) as session:
            specialist = await session.get_one(SpecialistRow, row.specialist_id)
            kind = "intake" if (row.ends_at - row.starts_at).seconds == 3000 else "follow-up"
            offer = await offer_of(session, self.patient.brand_id, kind, now)
            assert offer
            free = await free_slots(session, [specialist], offer.kind, row.organization_id, now, window, 40, but=row.id)
        return free[specialist.id]

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
