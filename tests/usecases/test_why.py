"""What an appointment's "why?" says of the agreement it stands under."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.dialects.postgresql import Range

from models import Appointment, AppointmentType
from usecases.why import appointment_view

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def booked(**more: Any) -> Appointment:
    start = NOW + timedelta(days=2)
    known: dict[str, Any] = {
        "organization_id": uuid4(),
        "brand_id": uuid4(),
        "patient_id": uuid4(),
        "specialist_id": uuid4(),
        "appointment_type_id": uuid4(),
        "status": "confirmed",
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "blocked": Range(start, start + timedelta(hours=1)),
        "amount": 100,
        "currency": "USD",
        "hold_until": NOW,
        "waits_for": "patient",
        "until": start,
        "then": "missed",
    }
    return Appointment(**(known | more))


@pytest.mark.parametrize(("pinned", "version"), [({"version": 3, "notice_hours": 48}, 3), ({}, 1)])
def test_the_terms_are_those_pinned_at_booking(pinned: dict[str, int], version: int) -> None:
    kind = AppointmentType(
        organization_id=uuid4(), key="intake", name={"en": "First"}, length=50, terms={"version": 7}, version=9
    )
    view = appointment_view(booked(terms=pinned), kind, [], NOW, "en")
    assert (view.definition_key, view.definition_version) == ("intake", version)
