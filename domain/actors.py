"""Who acts. A use case takes one of these as proof; only a door's guard or a worker makes one."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.access.roles import permissions_of


@dataclass(frozen=True)
class Actor:
    """What the database is told about whoever acts: the kind, and the ids its row policies compare with."""

    kind: ClassVar[str] = ""

    @property
    def claims(self) -> tuple[str, UUID | None, UUID | None, UUID | None, UUID | None]:
        """kind, organization, brand, person, subject (the patient's or the specialist's own id)."""
        ids = [getattr(self, f"{name}_id", None) for name in ("organization", "brand", "person")]
        subject = getattr(self, "patient_id", None) or getattr(self, "specialist_id", None)
        return self.kind, ids[0], ids[1], ids[2], subject

    @property
    def permissions(self) -> frozenset[str]:
        """What the actor's roles allow, by the names of `domain.access.permissions`."""
        return frozenset()


@dataclass(frozen=True)
class Visitor(Actor):
    """Somebody at a door who has not signed in; `brand_id` is None at a staff door."""

    kind: ClassVar[str] = "visitor"
    organization_id: UUID | None = None
    brand_id: UUID | None = None


@dataclass(frozen=True)
class Patient(Actor):
    """`person_id` is who acts: the patient, or the guardian who acts for `patient_id`."""

    kind: ClassVar[str] = "patient"
    organization_id: UUID
    brand_id: UUID
    person_id: UUID
    patient_id: UUID
    role: str = "self"

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of("patient", self.role)


@dataclass(frozen=True)
class Specialist(Actor):
    """Works for any number of organizations, so carries none. `person_id` is who acts: the specialist, or somebody
    who assists or supervises `specialist_id`."""

    kind: ClassVar[str] = "specialist"
    person_id: UUID
    specialist_id: UUID
    role: str = "clinician"

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of("specialist", self.role)


@dataclass(frozen=True)
class Operator(Actor):
    """`granted` is what roles made by the organization itself allow; lent roles are among `roles` while they last."""

    kind: ClassVar[str] = "operator"
    organization_id: UUID
    person_id: UUID
    roles: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of("organization", *self.roles) | self.granted


@dataclass(frozen=True)
class Affiliate(Actor):
    kind: ClassVar[str] = "affiliate"
    organization_id: UUID
    person_id: UUID
    role: str = "manager"

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of("affiliate", self.role)


@dataclass(frozen=True)
class Engine(Actor):
    """A workflow's side effect, acting for one organization."""

    kind: ClassVar[str] = "engine"
    organization_id: UUID


@dataclass(frozen=True)
class House(Actor):
    """The house itself: resolving hosts, checking sign-ins, loading packs, the webhook inbox."""

    kind: ClassVar[str] = "house"


@dataclass(frozen=True)
class Scribe(Actor):
    """Writes the audit, and looks up whose record a thing belongs to."""

    kind: ClassVar[str] = "scribe"
