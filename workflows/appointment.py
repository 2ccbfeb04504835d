"""One appointment: hold, payment window, confirmation, reminders, waiting room, session, and every way it may end."""

import asyncio
from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError

from domain.appointments import machine
from domain.appointments.records import AppointmentRecord, record_of
from domain.appointments.state import AppointmentState, Notify, Status
from domain.appointments.waiting import next_due, on_time
from domain.refusals import AlreadyThen, Refusal, StillWorking
from domain.scheduling.interval import Interval
from workflows.alarm import Alarm
from workflows.appointment_absences import just
from workflows.appointment_effects import AppointmentEffects
from workflows.appointment_payments import AppointmentPayments
from workflows.appointment_reminders import only_the_last_due
from workflows.appointment_shown import show_appointment
from workflows.appointment_story import AppointmentStory
from workflows.calls import RECORD
from workflows.changes import ask_at_the_beginning, changed
from workflows.commands import Cancel, Pay, Reschedule
from workflows.steps import BookingSteps, MoveBooking, PaymentResult, RecordAppointment


@workflow.defn(failure_exception_types=[Refusal])
class Appointment:
    @workflow.init
    def __init__(self, start: AppointmentState) -> None:
        ask_at_the_beginning()
        self.current = start
        self.turn = asyncio.Lock()
        self.alarm = Alarm()
        self.payments = AppointmentPayments(start)
        self.effects = AppointmentEffects(start, self.payments)
        self.vendor_spoke = False
        self.story = AppointmentStory(start)

    @workflow.run
    async def run(self, start: AppointmentState) -> Status:
        if not start.price:
            await self._confirm_free()
        while not self.current.ended:
            show_appointment(self.current)
            self.alarm.set(next_due(self.current), f"until {self.current.status}")
            await workflow.wait_condition(self._something_new(self.current.version))
            await self._move_on()
        show_appointment(self.current)
        await workflow.wait_condition(lambda: not self.effects.under_way and workflow.all_handlers_finished())
        return self.current.status

    async def _confirm_free(self) -> None:
        """Not when the hold is over already: then somebody else may have the time, and no record would ever fit."""
        async with self.turn:
            over = workflow.now() >= self.current.hold_until and changed("over-before-it-began")
            if self.current.status is Status.HELD and not over:
                await self._take(machine.confirm(self.current, workflow.now()))

    def _something_new(self, seen: int) -> Callable[[], bool]:
        return lambda: self.alarm.rang or self.vendor_spoke or self.current.version != seen

    async def _move_on(self) -> None:
        if self.vendor_spoke:
            self.vendor_spoke = False
            await self._hear_vendor()
        if self.alarm.rang:
            self.alarm.clear()
            async with self.turn:
                await self._time()

    async def _time(self) -> None:
        now = workflow.now()
        if self.current.status is Status.HELD and now >= self.current.hold_until:
            await self._end_hold()
        elif step := on_time(only_the_last_due(self.current, now), now):
            await self._take(await just(self.current, step))
        else:
            await self.story.record()

    async def _end_hold(self) -> None:
        """A payment that went through in the last second wins over the clock."""
        if (await self.payments.end()).status == "succeeded":
            await self._take_paid()
        else:
            await self._take(machine.release(self.current, workflow.now()))

    async def _take_paid(self) -> None:
        """Known too late to meet, the payment goes back."""
        now = workflow.now()
        if now >= self.current.start and changed("paid-but-too-late-to-meet"):
            await self._take(machine.cancel(self.current, "organization", now))
        else:
            await self._take(machine.confirm(self.current, now))

    @workflow.update
    async def pay(self, command: Pay) -> PaymentResult:
        """Answers with the vendor's word; `requires_action` and `open` send the patient to `action_url`."""
        async with self.turn:
            machine.check_payable(self.current, workflow.now())
            try:
                result = await self.payments.take(command)
            except StillWorking:
                self.vendor_spoke = True
                raise
            if result.status == "succeeded":
                await self._take_paid()
            return result

    @pay.validator
    def may_pay(self, command: Pay) -> None:
        machine.check_payable(self.current, workflow.now())

    @workflow.update
    async def settle(self) -> PaymentResult:
        """The patient is back from the vendor's page: see how the payment stands."""
        return await self._settle()

    async def _settle(self) -> PaymentResult:
        async with self.turn:
            result = await self.payments.look_up()
            if result.status == "succeeded" and self.current.status is Status.HELD:
                await self._take_paid()
            return result

    async def _hear_vendor(self) -> None:
        try:
            await self._settle()
        except ActivityError:
            workflow.logger.warning("the vendor does not answer; the end of the hold asks again")

    @workflow.signal
    def payment_changed(self) -> None:
        """The vendor's webhook said something about a payment of this appointment; what it is, is looked up."""
        self.vendor_spoke = True

    @workflow.update
    async def reschedule(self, command: Reschedule) -> RecordAppointment:
        """The caller is to record it before telling anybody."""
        async with self.turn:
            if command.start == self.current.start and changed("a-move-moves"):
                raise AlreadyThen  # somebody else's move to that time had the turn before
            wanted = Interval(command.start, command.start + (self.current.end - self.current.start))
            step = machine.reschedule(self.current, wanted, workflow.now())
            move = MoveBooking(
                organization_id=self.current.organization_id,
                appointment_id=self.current.appointment_id,
                start=wanted.start,
                end=wanted.end,
            )
            await workflow.execute_activity_method(BookingSteps.move_booking, move, **RECORD)
            if self.current.journey_id is None or not changed("a-move-is-told"):
                step = step._replace(effects=tuple(one for one in step.effects if isinstance(one, Notify)))
            return self.story.of(await self._take(step))

    @reschedule.validator
    def may_reschedule(self, command: Reschedule) -> None:
        machine.check_reschedule(self.current, workflow.now())
        machine.check_moves(self.current, command.start)

    @workflow.update
    async def cancel(self, command: Cancel) -> None:
        async with self.turn:
            await self._take(await just(self.current, self._cancelled(command)))

    @cancel.validator
    def may_cancel(self, command: Cancel) -> None:
        self._cancelled(command)

    def _cancelled(self, command: Cancel) -> machine.Step:
        return machine.cancel_as_told(
            self.current,
            command.by,
            workflow.now(),
            unpaid=command.unpaid,
            most=command.most,
            start=command.start,
        )

    @workflow.update
    async def arrive(self) -> RecordAppointment:
        """The patient is at the door. The caller is to record it before telling anybody."""
        async with self.turn:
            return self.story.of(await self._take(machine.arrive(self.current, workflow.now())))

    @arrive.validator
    def may_arrive(self) -> None:
        machine.check_door(self.current, workflow.now())

    @workflow.update
    async def admit(self) -> RecordAppointment:
        """The session begins. The caller is to record it before telling anybody."""
        async with self.turn:
            return self.story.of(await self._take(machine.admit(self.current, workflow.now())))

    @admit.validator
    def may_admit(self) -> None:
        machine.admit(self.current, workflow.now())

    @workflow.update
    async def begin(self) -> RecordAppointment:
        """A session without a room begins. The caller is to record it before telling anybody."""
        async with self.turn:
            return self.story.of(await self._take(machine.begin(self.current, workflow.now())))

    @begin.validator
    def may_begin(self) -> None:
        machine.begin(self.current, workflow.now())

    @workflow.update
    async def report_no_show(self) -> None:
        """The patient did not come to a session without a room."""
        async with self.turn:
            await self._take(await just(self.current, machine.report_no_show(self.current, workflow.now())))

    @report_no_show.validator
    def may_report_no_show(self) -> None:
        machine.report_no_show(self.current, workflow.now())

    @workflow.update
    async def finish(self) -> None:
        async with self.turn:
            await self._take(machine.finish(self.current, workflow.now()))

    @finish.validator
    def may_finish(self) -> None:
        machine.finish(self.current, workflow.now())

    @workflow.query
    def state(self) -> AppointmentState:
        return self.current

    @workflow.query
    def unrecorded(self) -> RecordAppointment:
        """What was left to others since the appointment last recorded something itself, for whoever finds a gap."""
        return self.story.unrecorded()

    async def _take(self, step: machine.Step) -> AppointmentRecord:
        """The one way to a new state.

        A step that sets something in motion is recorded before that begins; one that only sends a message, with it.
        """
        record = record_of(step)
        self.story.left_to_others.append(record)
        if any(not isinstance(effect, Notify) for effect in step.effects):
            await self.story.record()
        self.current = self.effects.state = step.state
        self.effects.begin(step.effects, self.story.unrecorded() if self.story.left_to_others else None)
        return record
