"""What engineers see of an appointment in Temporal's pages: who it waits for, until when, and what happens then."""

from temporalio import workflow

from domain.appointments.state import AppointmentState, Status
from domain.appointments.waiting import waiting
from workflows.search_attributes import show


def show_appointment(state: AppointmentState) -> None:
    wait = waiting(state)
    if wait is None:
        workflow.set_current_details(f"ended at {workflow.now():%Y-%m-%d %H:%M} UTC: **{state.status}**")
        return
    show("booking" if state.status is Status.HELD else "care", wait.owner)
    workflow.set_current_details(
        f"**{state.status}**, waits for the {wait.owner}'s {wait.what} until "
        f"{wait.until:%Y-%m-%d %H:%M} UTC, then: {wait.then}"
    )
