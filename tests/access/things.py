"""One of everything that somebody may own: what the paths of endpoints name."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import SQLModel, col

from domain.actors import Actor, Engine, House, Operator, Patient
from models import (
    Appointment,
    Assistance,
    BrokenGlass,
    CalendarException,
    CustomRole,
    Delegation,
    Guardianship,
    LedgerIntent,
    Membership,
    OfferedMaterial,
    Person,
    Program,
    Questionnaire,
    Task,
    WorkingHours,
)
from tests.fixtures.files import picture
from tests.fixtures.house import RunningHouse
from tests.specialist.people import Colleague, booked, new_specialist
from tests.usecases.steps import journey_at_booking, new_patient
from usecases.patient.documents import ShareDocument, share
from usecases.room.seats import closes_at
from usecases.room.tokens import issue


@dataclass(frozen=True)
class Things:
    """A field for every parameter in a path, and what bodies name; `absent` of them exist nowhere."""

    journey_id: UUID
    appointment_id: UUID
    patient_id: UUID
    payment_id: UUID
    offered_id: UUID
    task_id: UUID
    specialist_id: UUID
    hours_id: UUID
    exception_id: UUID
    assistance_id: UUID
    guardianship_id: UUID
    loan_id: UUID
    role_id: UUID
    person_id: UUID
    form_id: UUID
    program_id: UUID
    glass_id: UUID
    document_id: UUID
    key: str = "first-steps"
    version: str = "1"
    role: str = "support"
    payment_method: str = "pm_unknown"
    token: str = "0-0"

    def absent(self) -> "Things":
        """The same, but every id is of nothing."""
        ids: dict[str, Any] = {field.name: uuid4() for field in fields(self) if field.type is UUID}
        return replace(self, **ids, key="nowhere")


@dataclass(frozen=True)
class Owned:
    """Things, and whose they are."""

    patient: Patient
    colleague: Colleague
    things: Things


async def owned(house: RunningHouse, host: str, organization: str, staff: UUID) -> Owned:
    """By a new patient of the brand at `host`, a new specialist and a staff person of the organization."""
    patient, colleague = await new_patient(house, host), await new_specialist(house, organization)
    journey_id = await journey_at_booking(house, patient)
    appointment_id = await booked(house, patient, colleague)
    made = await _rows(house, patient, colleague, journey_id, appointment_id, staff)
    return Owned(patient, colleague, made)


async def _rows(
    house: RunningHouse, patient: Patient, colleague: Colleague, journey_id: UUID, appointment_id: UUID, staff: UUID
) -> Things:
    now, specialist_id = house.context.now(), colleague.specialist.specialist_id
    tenant: dict[str, Any] = {"organization_id": patient.organization_id}
    mine: dict[str, Any] = {"patient_id": patient.patient_id}
    until: dict[str, Any] = {"until": now + timedelta(days=20)}
    hour: dict[str, Any] = {"starts_at": now + timedelta(days=20), "ends_at": now + timedelta(days=20, hours=1)}
    loan: dict[str, Any] = {"from_person_id": staff, "to_person_id": staff, "role": uuid4().hex, "reason": "x"}
    ward: dict[str, Any] = {"person_id": patient.person_id, "relation": "parent", "made_by": staff}
    made: dict[str, SQLModel] = {
        "role_id": CustomRole(**tenant, key=f"own-{uuid4().hex[:8]}", title=uuid4().hex, made_by=staff),
        "hours_id": WorkingHours(specialist_id=specialist_id, weekday=6, starts=1, ends=2, kind="break"),
        "exception_id": CalendarException(specialist_id=specialist_id, kind="closed", **hour),
        "assistance_id": Assistance(specialist_id=specialist_id, person_id=staff, role="assistant", **until),
        "guardianship_id": Guardianship(**tenant, **mine, **ward),
        "loan_id": Delegation(**tenant, **loan, **until, starts_at=now),
    }
    opened = BrokenGlass(**tenant, **mine, **until, person_id=staff, reason="Nobody else could be reached.")
    kept = _of_care(patient, journey_id, appointment_id, now)
    await _store(house, House(), made)
    await _store(house, Operator(patient.organization_id, staff, frozenset({"owner"})), {"glass_id": opened})
    await _store(house, Engine(patient.organization_id), kept)
    async with house.database.transaction(House()) as session:
        program = (await session.scalars(select(Program).where(col(Program.brand_id) == patient.brand_id))).one()
        sheets = select(Questionnaire).where(col(Questionnaire.organization_id) == patient.organization_id)
        form = (await session.scalars(sheets.limit(1))).one()
    shared = ShareDocument(key=uuid4().hex, file=picture(), title="Specimen")
    ids: dict[str, Any] = {name: row.id for name, row in (made | kept | {"glass_id": opened}).items()}  # type: ignore[attr-defined]
    return Things(
        **ids,
        **mine,
        journey_id=journey_id,
        appointment_id=appointment_id,
        specialist_id=specialist_id,
        person_id=staff,
        form_id=form.id,
        program_id=program.id,
        document_id=await share(house.context, patient, shared),
    )


def _of_care(patient: Patient, journey_id: UUID, appointment_id: UUID, now: datetime) -> dict[str, SQLModel]:
    """What only the engine writes."""
    both: dict[str, Any] = {"organization_id": patient.organization_id, "patient_id": patient.patient_id}
    walk: dict[str, Any] = both | {"journey_id": journey_id}
    charge: dict[str, Any] = {"kind": "charge", "amount": 100, "currency": "USD", "status": "succeeded"}
    care: dict[str, Any] = {"assignee": "care-coordinator", "due_at": now, "opened_at": now}
    return {
        "payment_id": LedgerIntent(**both, **charge, key=uuid4().hex, appointment_id=appointment_id),
        "offered_id": OfferedMaterial(**walk, material_key="first", offered_at=now),
        "task_id": Task(**walk, **care, step="x", opened_version=0),
    }


async def _store(house: RunningHouse, actor: Actor, rows: dict[str, SQLModel]) -> None:
    async with house.database.transaction(actor) as session:
        session.add_all(rows.values())


async def staff_person(house: RunningHouse, organization_id: UUID, *roles: str) -> Person:
    """Somebody new with these roles."""
    person = Person(
        email=f"{uuid4().hex}@staff.example",
        email_verified_at=house.context.now(),
        password_hash="!",
        given_name="Kim",
        family_name="Staff",
    )
    rows: list[SQLModel] = [person]
    rows += [Membership(organization_id=organization_id, person_id=person.id, role=role) for role in roles]
    async with house.database.transaction(House()) as session:
        for row in rows:
            session.add(row)
            await session.flush()
    return person


def room_token(house: RunningHouse, row: Appointment, person_id: UUID) -> str:
    """What entering the room would have given `person_id`."""
    return issue(house.context.secret_key, row.id, person_id, row.starts_at, closes_at(row))
