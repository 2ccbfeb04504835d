"""Reminders that came due while the engine was away."""

from datetime import datetime

from domain.appointments.machine import caught_up
from domain.appointments.state import AppointmentState
from workflows.changes import changed


def only_the_last_due(state: AppointmentState, now: datetime) -> AppointmentState:
    """Runs that sent each of them, one after the other, go on as they were."""
    ahead = caught_up(state, now)
    return ahead if ahead != state and changed("only-the-last-reminder-due") else state
