"""Sharing documents: who sees what, until when, what is kept, and what is left when one is taken back."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col

from domain.actors import Actor, Operator, Patient
from domain.refusals import DocumentsFull, GlassClosed, InvalidInput, NotAllowed, NotFound, Refusal, TooManyRequests
from domain.shared_documents import DEFAULT_LIFE, LONGEST_LIFE, MOST_OF_ONE
from models import SharedDocument
from tests.audit.reading import entries, unable_to_write
from tests.fixtures.files import pdf, picture
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.identity.people import at_pages, member
from tests.patient.people import newcomer, rows_of, signed_in
from tests.specialist.people import Colleague, booked, new_specialist, soon
from tests.usecases.steps import new_patient
from usecases.keys import forget_subject_key
from usecases.organization import glass
from usecases.organization.glass import BreakGlass
from usecases.pace import Buckets, Pace
from usecases.patient import documents
from usecases.patient.documents import ShareDocument
from usecases.specialist import documents as theirs
from usecases.specialist.caseload import patient_history

WHY = BreakGlass(reason="The patient cannot be reached, and their specialist is ill.")


def letter(**more: object) -> ShareDocument:
    return ShareDocument.model_validate({"key": uuid4().hex, "file": pdf(), "title": "Referral letter"} | more)


async def treated(house: RunningHouse, host: str = AURORA) -> tuple[Patient, Colleague]:
    patient, colleague = await new_patient(house, host), await new_specialist(house)
    await booked(house, patient, colleague)
    return patient, colleague


async def opens(house: RunningHouse, who: Patient | Colleague, document_id: UUID, later: timedelta) -> bool:
    """Whether the file comes, `later` than now by the use case's clock."""
    context = replace(house.context, now=lambda: house.context.now() + later)
    try:
        if isinstance(who, Patient):
            return bool((await documents.document_file(context, who, document_id)).content)
        return bool((await theirs.document_file(context, who.specialist, document_id)).content)
    except NotFound:
        return False


async def visible(house: RunningHouse, actor: Actor, document_id: UUID) -> bool:
    """To a query that forgets every filter."""
    async with house.database.transaction(actor) as session:
        found = await session.scalars(select(SharedDocument).where(col(SharedDocument.id) == document_id))
        return found.one_or_none() is not None


async def test_the_care_team_sees_it_and_nobody_else(house: RunningHouse) -> None:
    (patient, treating), (other, stranger) = await treated(house), await treated(house)
    document_id = await documents.share(house.context, patient, letter())
    history = await patient_history(house.context, treating.specialist, patient.patient_id, "en")
    assert [(each.id, each.title, each.specialist) for each in history.documents] == [
        (document_id, "Referral letter", "")
    ]
    assert (await theirs.document_file(house.context, treating.specialist, document_id)).content.startswith(b"%PDF")
    for outsider in (other, stranger):
        assert not await opens(house, outsider, document_id, timedelta())
    elsewhere = await new_patient(house, MARIGOLD)
    operator = Operator(patient.organization_id, patient.person_id, frozenset({"owner"}))
    seen = [await visible(house, who, document_id) for who in (other, elsewhere, stranger.specialist, operator)]
    assert seen == [False] * 4
    assert await visible(house, treating.specialist, document_id)


async def test_one_for_a_single_specialist_stays_with_that_one(house: RunningHouse) -> None:
    patient, chosen = await treated(house)
    second = await new_specialist(house)
    await booked(house, patient, second, start=soon(house, later=300))
    only = chosen.specialist.specialist_id
    document_id = await documents.share(house.context, patient, letter(specialist_id=only))
    assert [await opens(house, who, document_id, timedelta()) for who in (chosen, second)] == [True, False]
    assert not await visible(house, second.specialist, document_id)
    assert (await documents.documents(house.context, patient)).documents[0].specialist == "Dr. Toni Berg"
    history = await patient_history(house.context, second.specialist, patient.patient_id, "en")
    assert history.documents == ()


async def test_whoever_does_not_treat_the_patient_cannot_be_chosen(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    stranger = (await new_specialist(house)).specialist.specialist_id
    with pytest.raises(InvalidInput) as told:
        await documents.share(house.context, who.patient, letter(specialist_id=stranger))
    assert set(told.value.errors) == {"specialist_id"}
    assert await rows_of(house, who, SharedDocument) == []


async def test_after_its_end_only_the_patient_sees_it(house: RunningHouse) -> None:
    patient, treating = await treated(house)
    now = house.context.now()
    document_id = await documents.share(house.context, patient, letter(until=now + timedelta(days=3)))
    for later, seen in ((timedelta(days=2), True), (timedelta(days=4), False)):
        assert await opens(house, treating, document_id, later) == seen
        assert await opens(house, patient, document_id, later)
    after = replace(house.context, now=lambda: now + timedelta(days=4))
    assert (await documents.documents(after, patient)).documents[0].expired
    history = await patient_history(after, treating.specialist, patient.patient_id, "en")
    assert history.documents == ()


async def test_the_database_itself_hides_what_has_expired(house: RunningHouse) -> None:
    patient, treating = await treated(house)
    long_ago = replace(house.context, now=lambda: house.context.now() - timedelta(days=30))
    until = house.context.now() - timedelta(days=1)
    document_id = await documents.share(long_ago, patient, letter(until=until))
    assert not await visible(house, treating.specialist, document_id)
    assert await visible(house, patient, document_id)


async def test_it_lasts_twelve_months_unless_a_day_is_named(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    await documents.share(house.context, who.patient, letter())
    (row,) = await rows_of(house, who, SharedDocument)
    assert abs(row.expires_at - row.shared_at - DEFAULT_LIFE) < timedelta(minutes=1)
    now = house.context.now()
    for wrong in (now - timedelta(days=1), now + LONGEST_LIFE + timedelta(days=2)):
        with pytest.raises(InvalidInput):
            await documents.share(house.context, who.patient, letter(until=wrong))
    assert len(await rows_of(house, who, SharedDocument)) == 1


async def test_a_day_ends_when_it_ends_for_the_patient(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    day = house.context.now().date() + timedelta(days=9)
    async with signed_in(house, who) as visitor:
        await visitor.get("/documents")
        sent = ("file", ("a.pdf", pdf(), "application/pdf"))
        assert (await visitor.upload("/documents", sent, key=uuid4().hex, until=day.isoformat())).status_code == 303
    (row,) = await rows_of(house, who, SharedDocument)
    assert row.expires_at == datetime.combine(day, time(23, 59, 59), ZoneInfo("America/New_York"))


async def test_what_is_taken_back_is_gone(house: RunningHouse) -> None:
    patient, treating = await treated(house)
    document_id = await documents.share(house.context, patient, letter())
    assert await opens(house, treating, document_id, timedelta())
    await documents.withdraw(house.context, patient, document_id)
    assert [await opens(house, who, document_id, timedelta()) for who in (patient, treating)] == [False, False]
    assert not await visible(house, patient, document_id)
    with pytest.raises(NotFound):
        await documents.withdraw(house.context, patient, document_id)
    told = [(each.act, each.actor) for each in await entries(house, resource_id=document_id)]
    assert told == [
        ("document:share", "patient"),
        ("document:read", "specialist"),
        ("document:withdraw", "patient"),
    ]
    assert {each.patient_id for each in await entries(house, resource_id=document_id)} == {patient.patient_id}


async def test_nobody_takes_back_what_is_not_theirs(house: RunningHouse) -> None:
    mine, other = await newcomer(house, AURORA), await newcomer(house, AURORA)
    document_id = await documents.share(house.context, mine.patient, letter())
    with pytest.raises(NotFound):
        await documents.withdraw(house.context, other.patient, document_id)
    assert len(await rows_of(house, mine, SharedDocument)) == 1


async def test_nobody_puts_one_into_another_s_record(house: RunningHouse) -> None:
    mine, other = await newcomer(house, AURORA), await newcomer(house, AURORA)
    await documents.share(house.context, mine.patient, letter())
    (row,) = await rows_of(house, mine, SharedDocument)
    forged = SharedDocument(**row.model_dump(exclude={"id", "patient_id"}), patient_id=other.patient.patient_id)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with house.database.transaction(mine.patient) as session:
            session.add(forged)
    assert await rows_of(house, other, SharedDocument) == []


async def test_the_same_file_under_the_same_key_is_shared_once(house: RunningHouse) -> None:
    who, twice = await newcomer(house, AURORA), letter()
    ids = {await documents.share(house.context, who.patient, twice) for _ in range(2)}
    assert {row.id for row in await rows_of(house, who, SharedDocument)} == ids
    assert len(ids) == 1
    await documents.share(house.context, who.patient, twice.model_copy(update={"file": picture()}))
    assert len(await rows_of(house, who, SharedDocument)) == 2


async def test_it_is_encrypted_with_the_patient_s_key_and_gone_with_it(house: RunningHouse) -> None:
    patient, treating = await treated(house)
    command = letter(file=picture("JPEG"))
    document_id = await documents.share(house.context, patient, command)
    async with house.database.transaction(patient) as session:
        kept = await session.get_one(SharedDocument, document_id)
    plain = (await documents.document_file(house.context, patient, document_id)).content
    assert len(plain) == kept.size
    assert b"JFIF" in plain
    assert plain[:64] not in kept.content
    await forget_subject_key(house.context, patient.person_id)
    for who in (patient, treating):
        assert not await opens(house, who, document_id, timedelta())


async def test_there_is_an_end_to_how_many_and_how_fast(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    await documents.share(house.context, who.patient, letter())
    (row,) = await rows_of(house, who, SharedDocument)
    same = row.model_dump(exclude={"id"})
    async with house.database.transaction(who.patient) as session:
        session.add_all(SharedDocument(**same) for _ in range(MOST_OF_ONE - 1))
    with pytest.raises(DocumentsFull):
        await documents.share(house.context, who.patient, letter())
    quick = replace(house.context, pace=Pace(files=Buckets(1)))
    other = await newcomer(house, AURORA)
    await documents.share(quick, other.patient, letter())
    with pytest.raises(TooManyRequests):
        await documents.share(quick, other.patient, letter())
    assert len(await rows_of(house, other, SharedDocument)) == 1


async def test_nothing_is_opened_without_its_line_in_the_audit(house: RunningHouse) -> None:
    patient, treating = await treated(house)
    document_id = await documents.share(house.context, patient, letter())
    with pytest.raises(OSError, match="space"):
        await theirs.document_file(unable_to_write(house), treating.specialist, document_id)


async def test_an_assistant_sees_none(house: RunningHouse) -> None:
    patient, treating = await treated(house)
    document_id = await documents.share(house.context, patient, letter())
    helper = replace(treating.specialist, role="assistant")
    with pytest.raises(NotAllowed):
        await theirs.document_file(house.context, helper, document_id)
    assert not await visible(house, helper, document_id)
    supervisor = replace(treating.specialist, role="supervisor")
    assert (await theirs.document_file(house.context, supervisor, document_id)).content


async def test_broken_glass_opens_what_the_team_sees_and_nothing_given_to_one(house: RunningHouse) -> None:
    patient, treating = await treated(house)
    only = treating.specialist.specialist_id
    ids = [await documents.share(house.context, patient, letter(**more)) for more in ({}, {"specialist_id": only})]
    lead = Operator(
        patient.organization_id, (await member(house, "clinical-lead")).person_id, frozenset({"clinical-lead"})
    )
    assert await refusals(house, lead, patient, ids) == [GlassClosed, GlassClosed]
    assert [await visible(house, lead, each) for each in ids] == [False, False]
    await glass.break_glass(house.context, lead, patient.patient_id, WHY)
    assert await refusals(house, lead, patient, ids) == [None, NotFound]
    assert [await visible(house, lead, each) for each in ids] == [True, False]
    record = await glass.record(house.context, lead, patient.patient_id, "en")
    assert [each.id for each in record.documents] == [ids[0]]
    (read,) = await entries(house, resource_id=ids[0], actor="operator")
    assert (read.act, read.reason, read.patient_id) == ("glass:read", WHY.reason, patient.patient_id)


async def test_the_record_s_page_lists_and_opens_it_while_the_glass_is_broken(house: RunningHouse) -> None:
    patient, who = await new_patient(house, AURORA), await member(house, "clinical-lead")
    document_id = await documents.share(house.context, patient, letter())
    at = f"/patients/{patient.patient_id}"
    async with at_pages(house, who) as visitor:
        assert (await visitor.get(f"{at}/documents/{document_id}/file")).status_code == 409
        await visitor.get(f"{at}/record")
        opened = await visitor.follow(await visitor.post(f"{at}/glass", reason=WHY.reason))
        assert "Referral letter" in opened.text
        assert f'href="{at}/documents/{document_id}/file"' in opened.text
        kept = await visitor.get(f"{at}/documents/{document_id}/file")
        assert kept.content.startswith(b"%PDF")
        assert kept.headers["content-disposition"].startswith("attachment")


async def refusals(
    house: RunningHouse, lead: Operator, patient: Patient, ids: list[UUID]
) -> list[type[Refusal] | None]:
    found: list[type[Refusal] | None] = []
    for document_id in ids:
        try:
            await glass.document_file(house.context, lead, patient.patient_id, document_id)
            found.append(None)
        except Refusal as no:
            found.append(type(no))
    return found
