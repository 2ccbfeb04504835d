"""A partner's start page."""

from datetime import datetime

from domain.actors import Affiliate
from models import Organization, Person
from usecases.context import Context
from usecases.identity.seats import Seat
from usecases.permission import needs
from usecases.views import View


class PartnerHome(View):
    """`organization` is the one acted for now; `since` is when the partner's account was made."""

    name: str
    organization: str
    organizations: tuple[str, ...]
    since: datetime


@needs("home:read")
async def home(context: Context, affiliate: Affiliate, seats: tuple[Seat, ...]) -> PartnerHome:
    async with context.database.transaction(affiliate) as session:
        person = await session.get_one(Person, affiliate.person_id)
        organization = await session.get_one(Organization, affiliate.organization_id)
    return PartnerHome(
        name=person.given_name,
        organization=organization.name,
        organizations=tuple(seat.name for seat in seats),
        since=person.created_at,
    )
