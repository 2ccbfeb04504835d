"""The roles every organization starts with, least privilege each; their own roles are documents (`custom_role`)."""

from dataclasses import dataclass

from domain.access.permissions import CATALOGUE, ORGANIZATION, PATIENT, SPECIALIST, Portal


@dataclass(frozen=True)
class Role:
    """`purpose` is an English message id."""

    portal: Portal
    key: str
    purpose: str
    permissions: frozenset[str]


def _names(portal: Portal) -> frozenset[str]:
    return frozenset(each.name for each in CATALOGUE[portal])


def _role(portal: Portal, key: str, purpose: str, *permissions: str) -> Role:
    unknown = set(permissions) - _names(portal)
    assert not unknown, f"{key} holds {unknown}, which the {portal} portal does not have"
    return Role(portal, key, purpose, frozenset(permissions))


EVERYBODY_OF_CARE = ("overview:read", "journey:read", "task:read", "appointment:read", "patient:read")
READING_PLANS = ("specialist:read", "definition:read", "form:read")
CLINICIANS_READING = (
    *("day:read", "caseload:read", "history:read", "brief:read", "document:read", "note:read", "task:read"),
)

ROLES: tuple[Role, ...] = (
    _role("patient", "self", "Looks after their own care.", *(each.name for each in PATIENT)),
    _role(
        "patient",
        "guardian",
        "Acts for a patient who cannot, or need not, act alone.",
        *(each.name for each in PATIENT if each.resource != "profile"),
    ),
    _role(
        "specialist",
        "clinician",
        "Treats their own patients.",
        *(each.name for each in SPECIALIST),
    ),
    _role(
        "specialist",
        "supervisor",
        "Reads along with a clinician; changes nothing.",
        *CLINICIANS_READING,
        "profile:read",
    ),
    _role(
        "specialist",
        "assistant",
        "Keeps a clinician's calendar; sees nothing clinical.",
        *("day:read", "calendar:write", "caseload:read", "task:read", "profile:read"),
    ),
    _role(
        "organization",
        "owner",
        "Answers for the organization and everything in it.",
        *(each.name for each in ORGANIZATION),
    ),
    _role(
        "organization",
        "operations",
        "Keeps journeys and appointments moving.",
        *EVERYBODY_OF_CARE,
        *READING_PLANS,
        *("staff:read", "message:read", "task:coordinate", "delegation:give"),
    ),
    _role(
        "organization",
        "care-coordinator",
        "Looks after patients between their sessions.",
        *EVERYBODY_OF_CARE,
        *READING_PLANS,
        *("staff:read", "message:read", "task:coordinate", "appointment:cancel", "guardian:manage", "delegation:give"),
    ),
    _role(
        "organization",
        "clinical-lead",
        "Answers for the quality of care.",
        *EVERYBODY_OF_CARE,
        *READING_PLANS,
        *("journey:results", "task:clinical", "staff:read", "glass:break", "delegation:give"),
    ),
    _role(
        "organization",
        "finance",
        "Sees money, and nothing of care.",
        *("overview:read", "payment:read", "payment:settle", "staff:read", "specialist:read", "delegation:give"),
    ),
    _role(
        "organization",
        "marketing",
        "Sees numbers and what is offered, and no patients.",
        *("overview:read", "specialist:read", "definition:read"),
    ),
    _role(
        "organization",
        "compliance",
        "Sees who may do what and who did what, and no clinical record.",
        *("overview:read", "staff:read", "specialist:read", "definition:read", "form:read", "access:read"),
        *("audit:read", "audit:export", "glass:review", "role:approve"),
    ),
    _role(
        "organization",
        "support",
        "Answers patients' questions about their appointments and messages.",
        *("overview:read", "patient:read", "appointment:read", "message:read", "task:read"),
    ),
    _role("affiliate", "manager", "Runs a partner's account.", "home:read"),
    _role("affiliate", "viewer", "Reads a partner's numbers.", "home:read"),
)

AFFILIATES = {"affiliate": "manager", "affiliate-manager": "manager", "affiliate-viewer": "viewer"}
"""Role of a membership -> role at the affiliate portal; every other role is one of the organization portal."""

TICKS = {"care-coordinator": "task:coordinate", "clinical-lead": "task:clinical", "specialist": "task:clinical"}
"""Whom a task is for -> what lets operators tick it off; a specialist's own are ticked off in their portal, too."""

_BY_KEY = {(role.portal, role.key): role for role in ROLES}


def role(portal: Portal, key: str) -> Role | None:
    """One of the roles every organization has; None for one of its own."""
    return _BY_KEY.get((portal, key))


def permissions_of(portal: Portal, *keys: str) -> frozenset[str]:
    """What roles of these keys may do together; unknown keys add nothing."""
    found = (role(portal, key) for key in keys)
    return frozenset(name for each in found if each for name in each.permissions)
