"""An organization's people, as they are at their next request."""

from dataclasses import dataclass
from uuid import UUID

from domain.actors import House, Operator
from models import Person
from tests.fixtures.house import RunningHouse
from usecases.identity.doors import Actor, Door, actor_at

STAFF = Door("organization")


@dataclass(frozen=True)
class Office:
    """An organization of the demo and two new people in it: an owner and somebody of support."""

    house: RunningHouse
    organization_id: UUID
    owner: Person
    helper: Person

    async def operator(self, person: Person) -> Operator:
        actor = await self.actor(STAFF, person)
        assert isinstance(actor, Operator)
        return actor

    async def actor(self, door: Door, person: Person, seat: UUID | None = None) -> Actor:
        """What the person is at the next request."""
        async with self.house.database.transaction(House()) as session:
            return (await actor_at(session, door, person, seat, self.house.context.now()))[0]
