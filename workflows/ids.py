"""Workflow ids: what a run is about, never who."""

from uuid import UUID


def journey_workflow_id(journey_id: UUID) -> str:
    return f"journey/{journey_id}"


def appointment_workflow_id(appointment_id: UUID) -> str:
    return f"appointment/{appointment_id}"
