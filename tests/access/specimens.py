"""A valid body for every command there is, so that what is refused is refused for who asks and not for how."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from pydantic import BaseModel

from handbook.endpoints import Endpoint
from tests.access.things import Things
from tests.fixtures.files import picture

Made = Callable[[Things], dict[str, Any]]
SOON, LATER = "2030-01-01T10:00:00Z", "2030-01-01T11:00:00Z"
WITHIN_A_LOAN = (datetime.now(UTC) + timedelta(days=10)).isoformat()
DEFINITION = """
key: specimen
version: 1
title: {en: Specimen}
steps:
  - {id: over, kind: end, outcome: done}
"""

BODIES: dict[str, Made] = {
    "patient.CancelAppointment": lambda _: {"key": uuid4().hex, "fee": 0},
    "patient.MoveAppointment": lambda _: {"key": uuid4().hex, "start": SOON},
    "patient.GiveConsents": lambda _: {"kinds": ["treatment"]},
    "patient.WithdrawConsent": lambda _: {"kind": "research"},
    "patient.Answers": lambda _: {"answers": {}},
    "patient.BeginJourney": lambda it: {"program_id": str(it.program_id)},
    "patient.ShareDocument": lambda _: {"key": uuid4().hex, "file": b64encode(picture()).decode(), "title": "Specimen"},
    "patient.PayAppointment": lambda _: {"key": uuid4().hex},
    "patient.SavePreferences": lambda _: {"locale": "en"},
    "patient.SaveProfile": lambda _: {
        "given_name": "Robin",
        "family_name": "Vale",
        "jurisdiction": "US-MA",
        "time_zone": "UTC",
        "version": 1,
    },
    "patient.Hold": lambda it: {
        "specialist_id": str(it.specialist_id),
        "appointment_type": "intake",
        "start": SOON,
        "key": uuid4().hex,
    },
    "patient.StatePlace": lambda _: {"jurisdiction": "US-MA"},
    "patient.Signal": lambda _: {"bye": True},
    "specialist.Signal": lambda _: {"bye": True},
    "specialist.LetAssist": lambda _: {"email": "nobody@staff.example", "role": "assistant", "until": WITHIN_A_LOAN},
    "specialist.PutHours": lambda _: {"day": 6, "start": 100, "end": 200, "kind": "any"},
    "specialist.AddException": lambda _: {"kind": "extra", "starts": SOON, "ends": LATER, "key": uuid4().hex},
    "specialist.Draft": lambda _: {"text": "Specimen."},
    "specialist.Amendment": lambda _: {"text": "Specimen.", "version": 1, "reason": "Because."},
    "specialist.SaveProfile": lambda _: {"languages": ["en"], "zone": "UTC"},
    "specialist.BeginSession": lambda _: {"jurisdiction": "US-MA"},
    "specialist.CancelSession": lambda _: {},
    "organization.CancelAppointment": lambda _: {"key": uuid4().hex},
    "organization.BreakGlass": lambda _: {"reason": "Nobody else could be reached."},
    "organization.Draft": lambda _: {"document": DEFINITION},
    "organization.NameGuardian": lambda _: {"email": "nobody@patients.example", "relation": "parent"},
    "organization.ProposeRole": lambda _: {"title": f"Specimen {uuid4().hex[:6]}", "permissions": ["form:read"]},
    "organization.ChangeRole": lambda it: {"person_id": str(it.person_id), "role": "support"},
    "organization.Invite": lambda _: {
        "email": f"{uuid4().hex}@staff.example",
        "given_name": "Kim",
        "family_name": "Staff",
        "roles": ["support"],
    },
    "organization.JourneySearch": lambda _: {},
    "organization.TaskSearch": lambda _: {},
    "organization.AppointmentSearch": lambda _: {},
    "organization.PatientSearch": lambda _: {},
    "organization.SpecialistSearch": lambda _: {},
    "organization.StaffSearch": lambda _: {},
    "organization.MessageSearch": lambda _: {},
    "organization.PaymentSearch": lambda _: {},
    "organization.SettleRefund": lambda _: {"way": "desk"},
    "organization.AuditSearch": lambda _: {},
    "organization.ExportSearch": lambda _: {},
    "specialist.CaseloadSearch": lambda _: {},
    "organization.LendRole": lambda it: {
        "to_person_id": str(it.person_id),
        "role": "support",
        "until": WITHIN_A_LOAN,
        "reason": "Specimen",
    },
}


def body(portal: str, command: type[BaseModel], things: Things) -> dict[str, Any]:
    """Raises with a sentence that teaches when a command has no specimen yet."""
    name = f"{portal}.{command.__name__}"
    assert name in BODIES, f"{name} has no specimen: add a valid body of it to BODIES in tests/access/specimens.py"
    made = BODIES[name](things)
    return made


def also_needed(endpoint: Endpoint) -> frozenset[str]:
    """What hangs on the thing itself: the task among `Things` is one of care coordination."""
    is_task = endpoint.portal == "organization" and endpoint.path.endswith("/tasks/{task_id}/done")
    return frozenset({"task:coordinate"}) if is_task else frozenset()
