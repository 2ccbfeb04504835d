"""What people do leaves its line: acts, reads of records, refusals, sign-ins; nothing is answered without it."""

import asyncio
from uuid import uuid4

import pytest

from domain.actors import Operator, Scribe
from domain.audit import HOUSE_CHAIN
from domain.refusals import NotAllowed, NotFound, WrongCredentials
from tests.audit.reading import acts, entries, faults, unable_to_write
from tests.fixtures.house import AURORA, RunningHouse
from tests.identity.people import PASSWORD, at_pages, at_sign_in, identity_of, member, patient
from tests.specialist.people import booked, new_specialist
from tests.specialist.test_notes import after_session
from tests.usecases.steps import new_patient
from usecases.identity.accounts import ChangePassword, change_password
from usecases.identity.endings import sign_out_everywhere
from usecases.identity.signing_in import SignIn, sign_in
from usecases.organization import patients
from usecases.organization.patients import PatientQuery
from usecases.specialist import brief, notes
from usecases.specialist.notes import Draft


async def test_reading_and_writing_a_record_leave_their_lines(house: RunningHouse) -> None:
    patient, colleague, appointment_id = await after_session(house)
    me = colleague.specialist
    await brief.brief(house.context, me, appointment_id, "en")
    await notes.sign(house.context, me, appointment_id, Draft(subjective="Sleeps better."))
    read, signed = (await entries(house, person_id=me.person_id))[-2:]
    assert (read.act, signed.act) == ("brief:read", "note:sign")
    for entry in (read, signed):
        assert (entry.organization_id, entry.patient_id) == (patient.organization_id, patient.patient_id)
        assert (entry.resource, entry.resource_id) == ("appointment", appointment_id)
        assert (entry.actor, entry.roles, entry.outcome, entry.door) == ("specialist", ("clinician",), "done", "worker")
    assert await faults(house) == []


async def test_refusals_leave_theirs_and_what_is_not_there_leaves_none(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, colleague)
    support = Operator(patient.organization_id, uuid4(), frozenset({"marketing"}))
    with pytest.raises(NotAllowed):
        await patients.patient(house.context, support, patient.patient_id, "en")
    assert await acts(house, support.person_id) == [("patient:read", "refused:NotAllowed")]
    stranger = (await new_specialist(house)).specialist
    with pytest.raises(NotFound):
        await brief.brief(house.context, stranger, appointment_id, "en")
    assert await acts(house, stranger.person_id) == []


async def test_lists_leave_none_but_one_patient_does(house: RunningHouse) -> None:
    patient, who = await new_patient(house, AURORA), uuid4()
    support = Operator(patient.organization_id, who, frozenset({"support"}))
    await patients.patients(house.context, support, PatientQuery())
    assert await acts(house, who) == []
    await patients.patient(house.context, support, patient.patient_id, "en")
    (entry,) = await entries(house, person_id=who)
    assert (entry.act, entry.patient_id, entry.roles) == ("patient:read", patient.patient_id, ("support",))


async def test_nothing_is_answered_without_its_line(house: RunningHouse) -> None:
    _, colleague, appointment_id = await after_session(house)
    with pytest.raises(OSError, match="No space"):
        await brief.brief(unable_to_write(house), colleague.specialist, appointment_id, "en")


async def test_a_foreign_thing_does_not_tell_whose_it_is(house: RunningHouse) -> None:
    patient, who = await new_patient(house, AURORA), uuid4()
    elsewhere = Operator(uuid4(), who, frozenset({"finance"}))
    with pytest.raises(NotAllowed):
        await patients.patient(house.context, elsewhere, patient.patient_id, "en")
    (entry,) = await entries(house, person_id=who)
    assert (entry.organization_id, entry.patient_id) == (elsewhere.organization_id, None)


async def test_sign_ins_are_told_of_with_their_door_and_session(house: RunningHouse) -> None:
    who = await member(house, "support")
    async with house.visitor(who.host) as visitor:
        await at_sign_in(visitor, who, "a wrong password, three herons")
        await at_sign_in(visitor, who)
        await visitor.get("/")
        await visitor.post("/sign-out")
    told = await entries(house, person_id=who.person_id)
    assert [(entry.act, entry.outcome) for entry in told] == [
        ("sign-in", "refused:WrongCredentials"),
        ("sign-in", "done"),
        ("sign-out", "done"),
    ]
    assert {entry.door for entry in told} == {"organization/pages"}
    assert told[1].session_id == told[2].session_id is not None
    assert all(entry.organization_id != HOUSE_CHAIN for entry in told)


async def test_an_unknown_address_is_not_kept(house: RunningHouse) -> None:
    who, address = await member(house, "support"), f"{uuid4().hex}@nobody.example"
    with pytest.raises(WrongCredentials):
        await sign_in(house.context, who.door, SignIn(email=address, password=PASSWORD), "10.0.0.9")
    told = (await entries(house, act="sign-in", outcome="refused:WrongCredentials", organization_id=HOUSE_CHAIN))[-1]
    assert (told.person_id, told.patient_id) == (None, None)
    assert address not in repr(told)


async def test_what_people_do_about_their_sign_in_is_told(house: RunningHouse) -> None:
    who = await patient(house)
    identity = await identity_of(house, who)
    await change_password(house.context, identity, ChangePassword(password="nine quiet lanterns by the sea"))
    await sign_out_everywhere(house.context, identity)
    told = await acts(house, who.person_id)
    assert told == [("sign-in", "done"), ("password:change", "done"), ("session:revoke-all", "done")]
    assert {entry.patient_id for entry in await entries(house, person_id=who.person_id)} != {None}


async def test_a_page_names_its_door_and_session(house: RunningHouse) -> None:
    record, who = await new_patient(house, AURORA), await member(house, "support")
    async with at_pages(house, who) as visitor:
        assert (await visitor.get(f"/patients/{record.patient_id}")).status_code == 200
    entry = (await entries(house, person_id=who.person_id, act="patient:read"))[-1]
    assert entry.door == "organization/pages"
    assert entry.session_id is not None


async def test_many_at_once_make_one_chain(house: RunningHouse) -> None:
    patient, who = await new_patient(house, AURORA), uuid4()
    support = Operator(patient.organization_id, who, frozenset({"support"}))
    reads = (patients.patient(house.context, support, patient.patient_id, "en") for _ in range(60))
    await asyncio.gather(*reads)
    assert len(await entries(house, person_id=who)) == 60
    assert await faults(house) == []
    async with house.database.bare(Scribe()) as connection:
        gaps = "select max(sequence) - count(*) from audit_entry group by organization_id"
        assert {row[0] for row in await connection.fetch(gaps)} == {0}
