"""What becomes of a held time: paid, cancelled, moved, kept or missed."""

from datetime import timedelta
from uuid import UUID

import httpx

from bench.simulation.person import Person
from usecases.patient import booking, cancelling, paying
from usecases.patient.appointment import appointment
from usecases.room.entering import enter
from usecases.room.place import StatePlace, state_place
from usecases.specialist import sessions

DAYS = timedelta(days=90)
STAYS_AWAY, IS_LATE = 0.08, 0.03


class Visits(Person):
    async def pay(self, appointment_id: UUID, card: str) -> str:
        step = await paying.pay(self.context, self.patient, appointment_id, paying.PayAppointment(key=self.key()))
        if step.action_url:
            async with httpx.AsyncClient(verify=False) as browser:
                await browser.post(step.action_url, data={"number": card, "expiry": "12 / 34", "cvc": "123"})
        return (await paying.settle(self.context, self.patient, appointment_id)).status

    async def cancel(self, appointment_id: UUID) -> None:
        view = await appointment(self.context, self.patient, appointment_id, "en")
        late = self.chance.random() < 0.5
        await self.clock.until(view.starts_at - timedelta(hours=3 if late else 30))
        command = cancelling.CancelAppointment(key=self.key(), fee=view.price.amount)
        await cancelling.cancel(self.context, self.patient, appointment_id, command)
        self.funnel["cancelled late" if late else "cancelled"] += 1

    async def move(self, appointment_id: UUID) -> None:
        row = await self.appointment(appointment_id)
        slots = await self.slots_of(row)
        if not slots:
            await self.meet(appointment_id, self.chance.random())
            return
        wish = booking.MoveAppointment(start=self.chance.choice(slots).start, key=self.key())
        await booking.move(self.context, self.patient, appointment_id, wish)
        self.funnel["moved"] += 1
        await self.meet(appointment_id, self.chance.random())

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
        await state_place(self.context, self.patient, appointment_id, StatePlace(jurisdiction=row.jurisdiction))
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
