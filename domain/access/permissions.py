"""Every act of every portal by name: `resource:action`, as a compliance officer would say it."""

from dataclasses import dataclass
from typing import Literal

Portal = Literal["patient", "specialist", "organization", "affiliate"]
PORTALS: tuple[Portal, ...] = ("patient", "specialist", "organization", "affiliate")


@dataclass(frozen=True)
class Permission:
    """`relation` says whose things; `clinical` marks what a clinical record holds, `sensitive` what a role that an
    organization makes for itself may hold only after a second person has agreed."""

    portal: Portal
    name: str
    does: str
    relation: str
    clinical: bool = False
    sensitive: bool = False

    @property
    def resource(self) -> str:
        return self.name.split(":")[0]

    @property
    def action(self) -> str:
        return self.name.split(":")[1]


def _of(portal: Portal, relation: str, *acts: tuple[str, str] | tuple[str, str, str]) -> tuple[Permission, ...]:
    marks = [(act[0], act[1], act[2] if len(act) == 3 else "") for act in acts]
    return tuple(
        Permission(portal, name, does, relation, "clinical" in mark, "sensitive" in mark) for name, does, mark in marks
    )


PATIENT = _of(
    "patient",
    "the patient's own",
    ("home:read", "See what is next, and what has been done."),
    ("journey:read", "See where a program stands and why."),
    ("journey:begin", "Begin a program."),
    ("consent:read", "Read consents."),
    ("consent:give", "Give and withdraw consents."),
    ("form:answer", "Read and answer questionnaires.", "clinical"),
    ("material:read", "Read materials.", "clinical"),
    ("document:read", "See and open shared documents.", "clinical"),
    ("document:share", "Share documents and take them back."),
    ("specialist:find", "Find specialists and free times."),
    ("appointment:read", "See appointments."),
    ("appointment:book", "Book, move and cancel appointments."),
    ("appointment:pay", "Pay for an appointment."),
    ("room:enter", "Enter the session room.", "clinical"),
    ("card:read", "See saved cards."),
    ("card:remove", "Remove a saved card."),
    ("payment:read", "See payments and receipts."),
    ("profile:read", "See the account's profile."),
    ("profile:write", "Change the account's profile and how it is reached."),
)

SPECIALIST = _of(
    "specialist",
    "the specialist's own",
    ("day:read", "See the day, the week and who is expected."),
    ("calendar:write", "Set working hours and time off."),
    ("caseload:read", "See the list of patients."),
    ("history:read", "Read the history of a patient.", "clinical"),
    ("brief:read", "Read the brief before a session.", "clinical"),
    ("document:read", "See and open documents that patients share.", "clinical"),
    ("note:read", "Read session notes.", "clinical"),
    ("note:write", "Write, sign and amend session notes.", "clinical"),
    ("session:lead", "Begin the session or say that the patient did not come, finish it."),
    ("appointment:cancel", "Cancel an appointment."),
    ("room:enter", "Enter the session room.", "clinical"),
    ("task:read", "See tasks."),
    ("task:complete", "Tick off tasks."),
    ("profile:read", "See the public profile."),
    ("profile:write", "Change the public profile."),
    ("assistance:manage", "Let somebody assist or supervise."),
)

ORGANIZATION = _of(
    "organization",
    "the organization's",
    ("overview:read", "See the numbers of the organization."),
    ("journey:read", "See journeys, what they wait for and why."),
    ("journey:results", "See scores and flags of patients.", "clinical"),
    ("task:read", "See tasks."),
    ("task:coordinate", "Tick off tasks of care coordination."),
    ("task:clinical", "Tick off clinical tasks."),
    ("appointment:read", "See appointments."),
    ("appointment:cancel", "Cancel an appointment for the organization."),
    ("patient:read", "See patients: who they are and how to reach them."),
    ("guardian:manage", "Let a guardian act for a patient.", "sensitive"),
    ("specialist:read", "See specialists."),
    ("staff:read", "See the staff and their roles."),
    ("staff:manage", "Invite staff, give and take roles, sign colleagues out.", "sensitive"),
    ("role:manage", "Make the organization's own roles.", "sensitive"),
    ("role:approve", "Agree to a role that somebody else has made.", "sensitive"),
    ("delegation:give", "Hand one's own role to a colleague for a while."),
    ("message:read", "See what was sent to whom."),
    ("payment:read", "See payments and refunds."),
    ("payment:settle", "Say how a patient got a refund that the card vendor did not give.", "sensitive"),
    ("definition:read", "Read journey plans and check drafts."),
    ("form:read", "Read questionnaires."),
    ("access:read", "Read who may do what."),
    ("audit:read", "Search the audit.", "sensitive"),
    ("audit:export", "Export the audit.", "sensitive"),
    ("glass:break", "Open a clinical record in an emergency, with a reason.", "clinical sensitive"),
    ("glass:review", "Review who opened clinical records in an emergency.", "sensitive"),
    ("run:decode", "Read what the workflow engine keeps encrypted.", "clinical sensitive"),
)

AFFILIATE = _of(
    "affiliate",
    "the partner's own",
    ("home:read", "See what is agreed and what is next."),
)

CATALOGUE: dict[Portal, tuple[Permission, ...]] = {
    "patient": PATIENT,
    "specialist": SPECIALIST,
    "organization": ORGANIZATION,
    "affiliate": AFFILIATE,
}


def permission(portal: Portal, name: str) -> Permission:
    """Raises KeyError for an act the portal does not have."""
    return _BY_NAME[portal, name]


_BY_NAME = {(each.portal, each.name): each for permissions in CATALOGUE.values() for each in permissions}
