"""The steps of an appointment on their way into Postgres."""

from temporalio import workflow

from domain.appointments.records import AppointmentRecord
from domain.appointments.state import AppointmentState
from workflows.calls import RECORD
from workflows.steps import BookingSteps, RecordAppointment


class AppointmentStory:
    """`left_to_others`: the steps since the appointment last recorded something itself."""

    def __init__(self, state: AppointmentState) -> None:
        self.about = {"organization_id": state.organization_id, "appointment_id": state.appointment_id}
        self.left_to_others: list[AppointmentRecord] = []

    def of(self, *records: AppointmentRecord) -> RecordAppointment:
        return RecordAppointment(**self.about, records=records)

    def unrecorded(self) -> RecordAppointment:
        return self.of(*self.left_to_others)

    async def record(self) -> None:
        """Together with whatever was left to others: nobody knows whether they lived to do it."""
        if self.left_to_others:
            record = self.unrecorded()
            await workflow.execute_local_activity_method(BookingSteps.record_appointment, record, **RECORD)
            self.left_to_others.clear()
