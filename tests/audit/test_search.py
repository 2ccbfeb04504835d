"""Searching the audit, taking it out, and the command line that checks it."""

import csv
import io
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.actors import Operator
from domain.audit import Fault
from domain.refusals import NotAllowed
from preparation import audit_checked
from tests.audit.reading import entries
from tests.fixtures.house import AURORA, MARIGOLD, ORGANIZATIONS, RunningHouse
from tests.identity.people import PASSWORD, at_pages, long_ago, member
from tests.specialist.people import named
from tests.usecases.steps import new_patient
from usecases.audit.verifying import Checked
from usecases.organization import audit, patients
from usecases.organization.audit import AuditQuery, AuditSearch, ExportSearch


async def read_once(house: RunningHouse, given_name: str = "Robin") -> tuple[Operator, UUID]:
    """Compliance, and a patient whom support has looked at."""
    patient = await named(house, await new_patient(house, AURORA), given_name, f"Vale{uuid4().hex[:8]}")
    support = Operator(patient.organization_id, (await member(house, "support")).person_id, frozenset({"support"}))
    await patients.patient(house.context, support, patient.patient_id, "en")
    who = await member(house, "compliance")
    return Operator(patient.organization_id, who.person_id, frozenset({"compliance"})), patient.patient_id


async def test_it_is_found_by_whose_what_and_when(house: RunningHouse) -> None:
    compliance, patient_id = await read_once(house)
    yesterday = house.context.now().date() - timedelta(days=1)  # the organization's day may still be that
    family = (await audit.audit(house.context, compliance, AuditQuery(act="patient:read"))).rows[0].patient.split()[1]
    page = await audit.audit(house.context, compliance, AuditSearch(patient=family, outcome="done", since=yesterday))
    assert [(row.act, row.patient_id, row.person, row.roles) for row in page.rows] == [
        ("patient:read", patient_id, "Robin Vale", ("support",))
    ]
    assert page.chain.entries >= page.chain.sealed > 0
    nothing = await audit.audit(house.context, compliance, AuditSearch(patient=family, outcome="refused"))
    assert (nothing.rows, nothing.paging.total) == ((), 0)


async def test_it_ends_at_the_organization_and_looking_is_audited(house: RunningHouse) -> None:
    _, patient_id = await read_once(house)
    there = (await new_patient(house, MARIGOLD)).organization_id
    foreign = Operator(there, uuid4(), frozenset({"compliance"}))
    rows = (await audit.audit(house.context, foreign, AuditQuery())).rows
    assert patient_id not in {row.patient_id for row in rows}
    assert [entry.act for entry in await entries(house, person_id=foreign.person_id)] == ["audit:read"]
    for role in ("support", "clinical-lead"):
        with pytest.raises(NotAllowed):
            await audit.audit(house.context, Operator(there, uuid4(), frozenset({role})), AuditQuery())


async def test_what_is_taken_out_runs_in_no_spreadsheet(house: RunningHouse) -> None:
    compliance, patient_id = await read_once(house, "=cmd|' /C calc'!A0")
    made = await audit.export(house.context, compliance, ExportSearch(form="csv", act="patient:read"))
    rows = list(csv.DictReader(io.StringIO(made.content)))
    (mine,) = [row for row in rows if row["patient_id"] == str(patient_id)]
    assert mine["patient"].startswith("'=cmd")
    lines = (await audit.export(house.context, compliance, ExportSearch(form="jsonl"))).content.splitlines()
    assert {"hash", "previous_hash", "sequence"} <= json.loads(lines[0]).keys()
    assert ("audit:export", "done") in {
        (entry.act, entry.outcome) for entry in await entries(house, person_id=compliance.person_id)
    }


async def test_taking_it_out_asks_for_step_up(house: RunningHouse) -> None:
    who = await member(house, "compliance")
    async with at_pages(house, who) as visitor:
        taken = await visitor.get("/audit/export?form=jsonl")
        assert "attachment" in taken.headers["content-disposition"]
        await long_ago(house, who)
        late = await visitor.get("/audit/export?form=csv")
        assert late.headers["location"].startswith("/confirm-it-is-you")
    async with house.client(ORGANIZATIONS, who.email, PASSWORD) as client:
        found = (await client.get("audit", params={"door": "organization/pages", "act": "audit:export"})).json()
        assert found["rows"][0]["person"] == "Robin Vale"


async def test_the_command_line_says_whole_or_where(house: RunningHouse) -> None:
    await read_once(house)
    (checked,) = await audit_checked(house.settings, "northlight", [])
    assert checked.lines() == [f"northlight: {checked.entries:,} entries, {checked.seals:,} seals, whole"]
    (told,) = await entries(house, act="audit:verify", organization_id=checked.organization_id)
    assert (told.door, told.sequence) == ("cli", checked.entries + 1)
    torn = Checked("northlight", checked.organization_id, 7, 1, (Fault("missing", 3),))
    assert torn.lines() == ["northlight: 7 entries, 1 seals, 1 faults", "  missing at 3"]
