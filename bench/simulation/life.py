"""What one patient does for ninety days, decided by a seed; and what specialist and coordinator do about it."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bench.simulation.clinic import pause
from bench.simulation.visits import DAYS, Visits
from domain.messages import Channel
from domain.refusals import Refusal
from models import Journey, Task
from usecases.organization.tasks import complete_task
from usecases.patient import booking, consents, forms, home, preferences
from usecases.processes import appointment_handle, journey_handle
from usecases.scheduling.holding import Hold
from usecases.specialist import notes

GOOD, DECLINED = "4242424242424242", "4000000000000002"
FREQUENCY = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
ANSWERED = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
SILENCE, CANCELS, MOVES, ABANDONS, IS_DECLINED, SURVEYS = 0.05, 0.1, 0.1, 0.08, 0.1, 0.7
REACHED_BY: dict[Channel, float] = {"email": 0.6, "sms": 0.25, "whatsapp": 0.15}


class Life(Visits):
    async def live(self) -> None:
        view = await home.home(self.context, self.patient, "en")
        begin = home.BeginJourney(program_id=view.programs[0].id)
        journey_id = await home.begin(self.context, self.patient, begin)
        self.funnel["began"] += 1
        await self.choose_channel()
        await self.clock.follow(journey_handle(self.context.temporal, journey_id))
        while self.clock.skipped < DAYS:
            row = await self.journey(journey_id)
            if row.status == "ended":
                self.funnel[f"ended: {row.outcome}"] += 1
                return
            await self.act(row)
            await self.moved(row)
        self.funnel["still on the way"] += 1

    async def choose_channel(self) -> None:
        """Who says nothing is reached by e-mail."""
        (channel,) = self.chance.choices(list(REACHED_BY), list(REACHED_BY.values()))
        self.funnel[f"reached by {channel}"] += 1
        if channel == "email":
            return
        await consents.give(self.context, self.patient, consents.GiveConsents(kinds=["sms"]), "en", "portal")
        phone = f"+1617555{self.chance.randint(0, 9999):04}"
        wish = preferences.SavePreferences(
            locale="en", phone=phone, appointments=[channel], reminders=[channel], next_steps=[channel]
        )
        await preferences.save(self.context, self.patient, wish)

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
        async with self.clinic.booking:
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

    async def at_session(self, row: Journey) -> None:
        assert row.appointment_id
        fate = self.chance.random()
        if fate < CANCELS:
            await self.cancel(row.appointment_id)
        elif fate < CANCELS + MOVES:
            await self.move(row.appointment_id)
        else:
            await self.meet(row.appointment_id, fate)

    async def at_note(self, row: Journey) -> None:
        assert row.appointment_id
        await self.some_hours()
        booked = await self.appointment(row.appointment_id)
        specialist = await self.specialist(booked.specialist_id)
        await notes.sign(self.context, specialist, booked.id, notes.Draft(text=f"Session of {booked.starts_at:%d %B}."))
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
