"""How a session without a room comes about: whom the specialist calls, or where both meet."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import Appointment, Location, Patient, Person
from usecases.views import View


class Meeting(View):
    """`phone` is the number to call, `place` and `address` where to come, `time_zone` that place's clock; each is ""
    for the other kind, or unknown.
    """

    phone: str = ""
    place: str = ""
    address: str = ""
    time_zone: str = ""


async def meeting_of(session: AsyncSession, row: Appointment) -> Meeting | None:
    """As it was booked, whatever its kind has become since. None for a session in the room."""
    match row.modality:
        case "phone":
            return Meeting(phone=await phone_of(session, row.patient_id))
        case "in-person":
            location = await session.get(Location, row.location_id) if row.location_id else None
            if location is None:
                return Meeting()
            return Meeting(place=location.name, address=address_of(location), time_zone=location.time_zone)
        case _:
            return None


async def phone_of(session: AsyncSession, patient_id: UUID) -> str:
    """The patient's own number, whoever acts for them; "" when none is known."""
    theirs = select(col(Person.phone)).join(Patient, col(Patient.person_id) == col(Person.id))
    return await session.scalar(theirs.where(col(Patient.id) == patient_id)) or ""


def address_of(location: Location) -> str:
    """On one line, without the country: "100 Beacon Street, Boston, MA"."""
    named = {name: str(part) for name, part in location.address.items()}
    town = " ".join(filter(None, (named.get("postal_code"), named.get("city"))))
    return ", ".join(filter(None, (named.get("line"), town, named.get("state"))))
