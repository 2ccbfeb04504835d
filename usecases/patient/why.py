"""Why a patient's own journey or appointment waits."""

from uuid import UUID

from domain.actors import Patient
from usecases.context import Context
from usecases.permission import needs
from usecases.why import AppointmentWhy, JourneyWhy, why_appointment, why_journey


@needs("journey:read")
async def own_journey(context: Context, patient: Patient, journey_id: UUID, locale: str) -> JourneyWhy:
    """Raises `NotFound`."""
    return await why_journey(context, patient, journey_id, locale)


@needs("appointment:read")
async def own_appointment(context: Context, patient: Patient, appointment_id: UUID, locale: str) -> AppointmentWhy:
    """Raises `NotFound`."""
    return await why_appointment(context, patient, appointment_id, locale)
