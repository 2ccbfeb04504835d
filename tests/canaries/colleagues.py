"""What the organization does about one patient: it looks for them, opens the record, invites, lends, takes out."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from domain.actors import Patient
from portals.core.door import SESSION_COOKIE
from tests.canaries import words
from tests.canaries.words import Record
from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.fixtures.mailbox import link_for
from tests.organization.cases import CARLOS, OLIVIA
from tests.payments.parked import parked

PAGES = (
    "/",
    "/tasks",
    "/journeys",
    "/appointments",
    "/patients",
    "/people",
    "/messages",
    "/payments",
    "/forms",
    "/roles",
)
LISTS = ("/tasks", "/journeys", "/appointments", "/patients", "/messages", "/payments", "/audit")


async def operate(house: RunningHouse, record: Record, patient: Patient) -> None:
    async with house.visitor(ORGANIZATIONS) as operator:
        record.follow(operator.client)
        await operator.sign_in(*OLIVIA)
        record.plant("session of the operator", "secret", operator.cookies[SESSION_COOKIE])
        for path in (*PAGES, f"/patients/{patient.patient_id}"):
            assert (await operator.get(path)).status_code == 200, path
        await _look_for(operator)
        await _open_record(operator, patient.patient_id)
        await _settle(house, operator)
        await _lend(house, operator)
        await _invite(house, operator, record)
        record.pages.append((await operator.get(f"/patients/{uuid4()}")).text)


async def _look_for(operator: Visitor) -> None:
    for at in LISTS:
        assert (await operator.look_for(at, words.FAMILY)).status_code == 200, at
    audit = await operator.follow(await operator.post("/search", at="/audit", patient=words.FAMILY))
    (taken_out, *_) = re.findall(r'href="(/audit/export\?[^"]+)"', audit.text)
    assert words.FAMILY in (await operator.get(taken_out.replace("&amp;", "&"))).text


async def _open_record(operator: Visitor, patient_id: UUID) -> None:
    record = f"/patients/{patient_id}/record"
    await operator.get(record)
    opened = await operator.post(f"/patients/{patient_id}/glass", reason=words.WHY_OPENED)
    assert opened.status_code == 303, opened.text
    assert words.OBJECTIVE in (await operator.get(record)).text


async def _settle(house: RunningHouse, operator: Visitor) -> None:
    at = f"/payments/{(await parked(house)).refund_id}"
    await operator.get(at)
    assert (await operator.post(f"{at}/settlement", way="transfer", reference=words.TRANSFER)).status_code == 303
    assert words.TRANSFER in (await operator.get(at)).text


async def _lend(house: RunningHouse, operator: Visitor) -> None:
    (to,) = await house.sql("select id from person where email = $1", CARLOS[0])
    day = (house.context.now().date() + timedelta(days=20)).isoformat()
    loan = {"to_person_id": str(to["id"]), "role": "owner", "until": day, "reason": words.WHY_LENT}
    await operator.get("/roles")
    assert (await operator.post("/loans", **loan)).status_code == 303


async def _invite(house: RunningHouse, operator: Visitor, record: Record) -> None:
    names = {"given_name": words.COLLEAGUE_GIVEN, "family_name": words.COLLEAGUE_FAMILY}
    invited = {"email": words.COLLEAGUE_EMAIL, **names, "roles": "support"}
    assert (await operator.post("/staff/invitations", **invited)).status_code == 303
    token = (await link_for(house, words.COLLEAGUE_EMAIL)).partition("token=")[2]
    record.plant("invitation", "link", token)
    async with house.visitor(ORGANIZATIONS) as colleague:
        record.follow(colleague.client)
        await colleague.get(f"/invitation?token={token}")
        accepted = await colleague.post("/invitation", token=token, password=words.COLLEAGUE_PASSWORD)
        assert accepted.status_code == 303, accepted.text
        await colleague.sign_in(words.COLLEAGUE_EMAIL, words.COLLEAGUE_PASSWORD)
