"""45 CFR 164.312, the technical safeguards: one test for each of its lines, on the whole house."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col
from temporalio.api.common.v1 import Payload

from domain.actors import House
from domain.refusals import NotSignedIn, WrongCredentials
from gateways.payload_codec import EncryptingCodec, NotEncrypted, OfAnotherWorkflow, is_encrypted
from models import DataKey, Note, Person, WebhookEvent
from models import Patient as PatientRow
from portals.core.door import SESSION_COOKIE
from settings import Settings
from tests.audit.reading import entries, faults
from tests.fixtures.histories import history, payloads_in
from tests.fixtures.house import AURORA, ORGANIZATIONS, RunningHouse
from tests.fixtures.http import http_client
from tests.identity.people import (
    LINDENHOF,
    PASSWORD,
    Somebody,
    as_if,
    at_pages,
    code_at,
    identity_of,
    member,
    opened,
    patient,
    with_app,
)
from tests.patient.people import newcomer
from tests.payments.test_webhooks import signed
from tests.security.test_transport import addresses, live
from tests.specialist.test_notes import BODY, after_session, stored
from tests.usecases.steps import journey_at_booking, new_patient
from usecases.identity.sessions import SignedIn, identify
from usecases.identity.signing_in import SecondStep, SecondStepDue, SignIn, second_step, sign_in
from usecases.specialist import notes
from workflows.ids import journey_workflow_id

EMERGENCY = "The patient collapsed and their specialist is ill."


async def asked(house: RunningHouse, who: Somebody, path: str) -> int:
    """What the JSON door answers."""
    bearer = (await opened(house, who, "bearer")).token
    headers = {"host": f"{who.host}:{house.settings.port}", "authorization": f"Bearer {bearer}"}
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}/api/", headers=headers) as client:
        return (await client.get(path)).status_code


async def engine_payloads(house: RunningHouse) -> tuple[str, list[Payload]]:
    """What Temporal stores of a new patient's journey, as it stores it."""
    workflow_id = journey_workflow_id(await journey_at_booking(house, await new_patient(house, AURORA)))
    found = [one for event in await history(house.temporal, workflow_id) for one in payloads_in(event)]
    assert found
    return workflow_id, found


def codec_of(house: RunningHouse, workflow_id: str) -> EncryptingCodec:
    return EncryptingCodec(house.context.keyring, house.settings.temporal_namespace, workflow_id)


async def test_access_is_only_for_those_who_were_granted_it(house: RunningHouse) -> None:
    """(a)(1) The rights of a role decide, within one organization; the database agrees with the door."""
    record = (await newcomer(house, AURORA)).patient
    path = f"patients/{record.patient_id}"
    assert await asked(house, await member(house, "care-coordinator"), path) == 200
    assert await asked(house, await member(house, "finance"), path) == 403
    foreign = await member(house, "owner", organizations=(LINDENHOF,))
    assert await asked(house, foreign, path) == 404
    seen = select(func.count()).select_from(PatientRow).where(col(PatientRow.id) == record.patient_id)
    for who, rows in ((record, 1), ((await identity_of(house, foreign)).actor, 0)):
        async with house.database.transaction(who) as session:
            assert await session.scalar(seen) == rows


async def test_everybody_is_somebody_of_their_own(house: RunningHouse) -> None:
    """(a)(2)(i) One address is one person; each session and each word to the database names that person."""
    one, other = await member(house, "owner"), await member(house, "owner")
    identities = [await identity_of(house, who) for who in (one, other)]
    assert [each.person_id for each in identities] == [one.person_id, other.person_id]
    assert all(str(each.person_id) in map(str, each.actor.claims) for each in identities)
    twin = Person(email=one.email.upper(), password_hash="!", given_name="Robin", family_name="Vale")
    with pytest.raises(IntegrityError):
        async with house.database.transaction(House()) as session:
            session.add(twin)


async def test_an_emergency_opens_a_record_and_is_kept(house: RunningHouse) -> None:
    """(a)(2)(ii) The glass: for one patient, with a reason, by roles that may, and each look is on the record."""
    record, colleague, appointment_id = await after_session(house)
    await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    lead, coordinator = await member(house, "clinical-lead"), await member(house, "care-coordinator")
    at, glass = f"/patients/{record.patient_id}/record", f"/patients/{record.patient_id}/glass"
    async with at_pages(house, coordinator) as visitor:
        await visitor.get("/")
        assert (await visitor.post(glass, reason=EMERGENCY)).status_code == 403
        assert BODY.plan not in (await visitor.get(at)).text
    async with at_pages(house, lead) as visitor:
        assert BODY.plan not in (await visitor.get(at)).text
        assert BODY.plan in (await visitor.follow(await visitor.post(glass, reason=EMERGENCY))).text
    told = await entries(house, person_id=lead.person_id, patient_id=record.patient_id, reason=EMERGENCY)
    assert {entry.act for entry in told} == {"glass:break", "glass:read"}


async def test_whoever_goes_away_is_logged_off(house: RunningHouse) -> None:
    """(a)(2)(iii) After an hour or two without use, by itself, on our side, at both kinds of door."""
    for role, hours in (("owner", 1), ("care-coordinator", 2)):
        who = await member(house, role)
        async with at_pages(house, who) as visitor:
            assert (await visitor.get("/security")).status_code == 200
            await as_if(house, who, seen_at=house.context.now() - timedelta(hours=hours, seconds=1))
            gone = await visitor.get("/security")
            assert (gone.status_code, gone.headers["location"].split("?")[0]) == (303, "/sign-in")
            with pytest.raises(NotSignedIn):
                await identify(house.context, who.door, visitor.cookies[SESSION_COOKIE])


async def test_what_the_engine_keeps_is_encrypted_and_opens_with_the_persons_key(house: RunningHouse) -> None:
    """(a)(2)(iv) AES-256-GCM; the key itself lies wrapped."""
    workflow_id, found = await engine_payloads(house)
    assert all(is_encrypted(one) for one in found)
    opened_again = await codec_of(house, workflow_id).decode(found)
    for sealed, plain in zip(found, opened_again, strict=True):
        assert len(plain.data) < 12 or plain.data not in sealed.data
    assert any(b"patient" in plain.data or b"consent" in plain.data for plain in opened_again)
    async with house.database.transaction(House()) as session:
        row = await session.get_one(DataKey, UUID(found[0].metadata["key"].decode()))
    assert len(row.wrapped) == 12 + 32 + 16


async def test_who_looked_at_a_record_can_be_examined(house: RunningHouse) -> None:
    """(b) Reading, refusals and sign-ins are on a signed chain; who may search it finds them there."""
    record, path = (await newcomer(house, AURORA)).patient, "patients/"
    reader, refused = await member(house, "care-coordinator"), await member(house, "finance")
    assert [await asked(house, who, path + str(record.patient_id)) for who in (reader, refused)] == [200, 403]
    (read,) = await entries(house, person_id=reader.person_id, act="patient:read")
    assert (read.patient_id, read.outcome, read.door) == (record.patient_id, "done", "organization/json")
    (denied,) = await entries(house, person_id=refused.person_id, act="patient:read")
    assert denied.outcome == "refused:NotAllowed"
    assert await entries(house, person_id=reader.person_id, act="sign-in", outcome="done")
    assert await faults(house) == []
    assert await asked(house, await member(house, "compliance"), "audit?act=patient:read") == 200
    assert await asked(house, reader, "audit") == 403


async def test_a_signed_note_can_neither_be_altered_nor_destroyed(house: RunningHouse) -> None:
    """(c)(1) Not even by SQL in its own author's name."""
    _, colleague, appointment_id = await after_session(house)
    await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    mine = col(Note.appointment_id) == appointment_id
    for attack in (update(Note).where(mine).values(body={"plan": "None."}), delete(Note).where(mine)):
        with pytest.raises(DBAPIError):
            async with house.database.transaction(colleague.specialist) as session:
                await session.execute(attack)
    assert [note.body for note in await stored(house, colleague, appointment_id)] == [BODY.body]


async def test_what_was_altered_is_known_by_its_seal(house: RunningHouse) -> None:
    """(c)(2) A note carries the hash of its words; what the engine keeps carries a tag, bound to its place."""
    _, colleague, appointment_id = await after_session(house)
    await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    (note,) = await stored(house, colleague, appointment_id)
    assert note.body_hash == notes.fingerprint(appointment_id, 1, note.body, "")
    assert note.body_hash != notes.fingerprint(appointment_id, 1, note.body | {"plan": "None."}, "")
    workflow_id, found = await engine_payloads(house)
    bent = Payload(metadata=found[0].metadata, data=found[0].data[:-1] + bytes([found[0].data[-1] ^ 1]))
    codec = codec_of(house, workflow_id)
    with pytest.raises(InvalidTag):
        await codec.decode([bent])
    with pytest.raises(OfAnotherWorkflow):
        await codec_of(house, "journey/another").decode([found[0]])
    with pytest.raises(NotEncrypted):
        await codec.decode([Payload(metadata={"encoding": b"json/plain"}, data=b"{}")])


async def test_a_person_shows_who_they_are(house: RunningHouse) -> None:
    """(d) By a password, and by a second factor where there is one; nothing less opens a session."""
    who = await member(house, "owner")
    held = await with_app(house, who)
    with pytest.raises(WrongCredentials):
        await sign_in(house.context, who.door, SignIn(email=who.email, password="not this one"), "a")
    due = await sign_in(house.context, who.door, SignIn(email=who.email, password=PASSWORD), "a")
    assert isinstance(due, SecondStepDue)
    with pytest.raises(NotSignedIn):
        await identify(house.context, who.door, due.pending_token)
    code = code_at(held.secret, house.context.now())
    entered = await second_step(house.context, who.door, due.pending_token, SecondStep(code=code))
    assert isinstance(entered, SignedIn)
    assert (await identify(house.context, who.door, entered.token)).person_id == who.person_id


async def test_nothing_of_a_session_travels_in_clear(house: RunningHouse) -> None:
    """(e)(1) Cookies travel over TLS only, answers are kept by nobody on the way, addresses hold no session."""
    who = await patient(house)
    async with house.visitor(AURORA) as visitor:
        await visitor.get("/sign-in")
        entered = await visitor.post("/sign-in", email=who.email, password=PASSWORD)
        for cookie in entered.headers.get_list("set-cookie"):
            assert cookie.startswith("__Host-")
            assert "; secure" in cookie.lower()
        page = await visitor.follow(entered)
        assert page.headers["cache-control"] == "no-store"
        token = visitor.cookies[SESSION_COOKIE]
        assert token not in str(page.url) + page.text
        by_address = await house_answer(house, f"/api/seats?access_token={token}&token={token}")
        assert by_address == 401


async def house_answer(house: RunningHouse, path: str) -> int:
    headers = {"host": f"{AURORA}:{house.settings.port}"}
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}", headers=headers) as client:
        return (await client.get(path)).status_code


async def test_what_was_altered_on_its_way_is_refused(house: RunningHouse) -> None:
    """(e)(2)(i) A vendor's word with one letter changed leaves nothing; as it was sent it is taken."""
    event = {"id": f"evt_{uuid4().hex}", "object": "event", "type": "payment_intent.succeeded", "created": 1}
    body = json.dumps(event | {"data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {}}}}).encode()
    signature = signed(body, house.sandbox.options.stripe_webhook_secret)
    headers = {"host": f"{ORGANIZATIONS}:{house.settings.port}", "stripe-signature": signature}
    kept = select(func.count()).select_from(WebhookEvent).where(col(WebhookEvent.event_id) == event["id"])
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}", headers=headers) as client:
        for sent, status, rows in ((body.replace(b"pi_1", b"pi_2"), 400, 0), (body, 204, 1)):
            assert (await client.post("/webhooks/stripe", content=sent)).status_code == status
            async with house.database.transaction(House()) as session:
                assert await session.scalar(kept) == rows


async def test_what_leaves_the_house_is_encrypted(house: RunningHouse) -> None:
    """(e)(2)(ii) Links and vendors' addresses are TLS in production; what goes to the engine is encrypted before."""
    assert all(address.startswith("https://") for address in addresses(live()))
    assert Settings(scheme="https", public_port=443).address("a.example") == "https://a.example"
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"Robin Vale"')
    (sent,) = await codec_of(house, f"journey/{uuid4()}").encode([plain])
    assert is_encrypted(sent)
    assert b"Robin" not in sent.SerializeToString()
