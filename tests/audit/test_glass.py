"""Breaking the glass: who may, what it opens, for how long, who hears of it and who reviews it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import uuid5

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client

from domain.actors import Operator, Patient
from domain.refusals import GlassClosed, NotAllowed, NotFound, SecondPersonNeeded
from models import BrokenGlass, Note
from tests.audit.reading import entries
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.fixtures.mailbox import link_for
from tests.identity.people import at_pages, long_ago, member
from tests.specialist.test_notes import after_session
from tests.usecases.steps import new_patient
from usecases.organization import glass, overview
from usecases.organization.glass import BreakGlass
from usecases.organization.overview import OverviewQuery
from usecases.specialist import notes
from usecases.specialist.notes import Draft

WHY = BreakGlass(reason="The patient cannot be reached, and their specialist is ill.")
WORDS = "Nobody but the specialist reads this."


async def noted(house: RunningHouse) -> Patient:
    patient, colleague, appointment_id = await after_session(house)
    await notes.sign(house.context, colleague.specialist, appointment_id, Draft(text=WORDS))
    return patient


async def lead(house: RunningHouse, patient: Patient, *roles: str) -> Operator:
    who = await member(house, *(roles or ("clinical-lead",)))
    return Operator(patient.organization_id, who.person_id, frozenset(roles or ("clinical-lead",)))


async def seen(house: RunningHouse, operator: Operator, patient: Patient) -> int:
    """Notes the database shows."""
    async with house.database.transaction(operator) as session:
        return len((await session.scalars(select(Note).where(col(Note.patient_id) == patient.patient_id))).all())


async def test_it_opens_the_record_for_an_hour_and_keeps_every_look(house: RunningHouse) -> None:
    patient = await noted(house)
    me, colleague = await lead(house, patient), await lead(house, patient)
    with pytest.raises(GlassClosed):
        await glass.record(house.context, me, patient.patient_id, "en")
    assert await seen(house, me, patient) == 0
    await glass.break_glass(house.context, me, patient.patient_id, WHY)
    found = await glass.record(house.context, me, patient.patient_id, "en")
    assert [note.body["text"] for note in found.notes] == [WORDS]
    assert found.until - house.context.now() < timedelta(hours=1)
    assert (await seen(house, me, patient), await seen(house, colleague, patient)) == (1, 0)
    told = await entries(house, person_id=me.person_id, patient_id=patient.patient_id)
    assert [(entry.act, entry.reason) for entry in told] == [("glass:break", WHY.reason), ("glass:read", WHY.reason)]


async def test_broken_twice_it_is_one_and_closes_for_good(house: RunningHouse) -> None:
    patient = await noted(house)
    me = await lead(house, patient)
    tries = [glass.break_glass(house.context, me, patient.patient_id, WHY) for _ in range(3)]
    (glass_id,) = set(await asyncio.gather(*tries))
    assert len(await entries(house, person_id=me.person_id, act="glass:break")) == 1
    await glass.close_glass(house.context, me, glass_id)
    with pytest.raises(GlassClosed):
        await glass.record(house.context, me, patient.patient_id, "en")


async def test_who_it_is_comes_before_the_reason(house: RunningHouse) -> None:
    patient, who = await noted(house), await member(house, "clinical-lead")
    path = f"/patients/{patient.patient_id}/record"
    async with at_pages(house, who) as visitor:
        assert 'name="reason"' in (await visitor.get(path)).text
        await long_ago(house, who)
        asked = (await visitor.get(path)).text
        assert 'name="reason"' not in asked
        assert f"/confirm-it-is-you?next={path}" in asked


async def test_it_ends_by_itself_and_when_it_is_closed(house: RunningHouse) -> None:
    patient = await noted(house)
    me = await lead(house, patient)
    glass_id = await glass.break_glass(house.context, me, patient.patient_id, WHY)
    later = replace(house.context, now=lambda: house.context.now() + timedelta(minutes=61))
    with pytest.raises(GlassClosed):
        await glass.record(later, me, patient.patient_id, "en")
    await glass.close_glass(house.context, me, glass_id)
    with pytest.raises(GlassClosed):
        await glass.record(house.context, me, patient.patient_id, "en")
    assert await seen(house, me, patient) == 0


async def test_who_may_not(house: RunningHouse) -> None:
    patient, foreign = await new_patient(house, AURORA), await new_patient(house, MARIGOLD)
    for role in ("support", "compliance", "care-coordinator"):
        with pytest.raises(NotAllowed):
            await glass.break_glass(house.context, await lead(house, patient, role), patient.patient_id, WHY)
    me = await lead(house, patient)
    with pytest.raises(NotFound):
        await glass.break_glass(house.context, me, foreign.patient_id, WHY)
    async with house.database.transaction(await lead(house, patient, "owner")) as session:
        mine = col(BrokenGlass.patient_id).in_([patient.patient_id, foreign.patient_id])
        assert (await session.scalars(select(BrokenGlass).where(mine))).all() == []


async def test_owners_and_compliance_hear_of_it_without_a_name(house: RunningHouse) -> None:
    patient, compliance = await noted(house), await member(house, "compliance")
    await glass.break_glass(house.context, await lead(house, patient), patient.patient_id, WHY)
    assert (await link_for(house, compliance.email)).endswith("/glass")
    (mail,) = [mail for mail in await house.sandbox.seen("mails") if mail["to"] == compliance.email]
    assert str(patient.patient_id) not in str(mail)
    assert WHY.reason not in str(mail)


class EngineAway:
    async def start_workflow(self, *_: Any, **__: Any) -> None:
        raise OSError("the engine is away")


async def alarms_to(house: RunningHouse, email: str) -> int:
    return len([mail for mail in await house.sandbox.seen("mails") if mail["to"] == email])


async def test_an_alarm_that_failed_comes_before_anything_is_shown(house: RunningHouse) -> None:
    """Broken while the engine was away; reading it is trying again, and so is breaking it."""
    patient, compliance = await noted(house), await member(house, "compliance")
    me = await lead(house, patient)
    away = replace(house.context, temporal=cast(Client, EngineAway()))
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            await glass.break_glass(away, me, patient.patient_id, WHY)
    with pytest.raises(OSError, match="away"):
        await glass.record(away, me, patient.patient_id, "en")
    assert await alarms_to(house, compliance.email) == 0
    assert await entries(house, person_id=me.person_id, act="glass:read") == []
    await glass.record(house.context, me, patient.patient_id, "en")
    assert (await link_for(house, compliance.email)).endswith("/glass")
    assert len(await entries(house, person_id=me.person_id, act="glass:break")) == 1


async def test_the_alarm_comes_once_however_often_the_glass_is_broken(house: RunningHouse) -> None:
    patient, compliance = await noted(house), await member(house, "compliance")
    me = await lead(house, patient)
    away = replace(house.context, temporal=cast(Client, EngineAway()))
    with pytest.raises(OSError, match="away"):
        await glass.break_glass(away, me, patient.patient_id, WHY)
    tries = [glass.break_glass(house.context, me, patient.patient_id, WHY) for _ in range(3)]
    (glass_id,) = set(await asyncio.gather(*tries))
    async with house.database.transaction(me) as session:
        row = await session.get_one(BrokenGlass, glass_id)
        assert row.alarmed_at is not None
        row.alarmed_at = None
    await glass.break_glass(house.context, me, patient.patient_id, WHY)
    alarm = f"account-message/{uuid5(glass_id, str(compliance.person_id))}"
    await house.temporal.get_workflow_handle(alarm).result()
    assert await alarms_to(house, compliance.email) == 1


async def test_somebody_else_reviews_it_and_the_alarm_ends(house: RunningHouse) -> None:
    patient = await noted(house)
    me, compliance = await lead(house, patient, "owner"), await lead(house, patient, "compliance")
    glass_id = await glass.break_glass(house.context, me, patient.patient_id, WHY)
    before = (await overview.overview(house.context, compliance, OverviewQuery(), "en")).opened
    with pytest.raises(SecondPersonNeeded):
        await glass.review(house.context, me, glass_id)
    await glass.review(house.context, compliance, glass_id)
    (row,) = [row for row in await glass.glasses(house.context, compliance) if row.id == glass_id]
    assert (row.reviewer, row.own, row.open) == ("Robin Vale", False, True)
    assert (await overview.overview(house.context, compliance, OverviewQuery(), "en")).opened == before - 1
    assert await seen(house, compliance, patient) == 0


async def test_the_page_asks_for_a_reason_and_for_step_up(house: RunningHouse) -> None:
    patient, who = await noted(house), await member(house, "clinical-lead")
    at = f"/patients/{patient.patient_id}/record"
    async with at_pages(house, who) as visitor:
        assert "This record is closed." in (await visitor.get(at)).text
        short = await visitor.post(f"/patients/{patient.patient_id}/glass", reason="because")
        assert (short.status_code, "This is too short." in short.text) == (422, True)
        await long_ago(house, who)
        late = await visitor.post(f"/patients/{patient.patient_id}/glass", reason=WHY.reason)
        assert late.headers["location"].startswith("/confirm-it-is-you")
    async with at_pages(house, who) as visitor:
        await visitor.get(at)
        opened = await visitor.follow(await visitor.post(f"/patients/{patient.patient_id}/glass", reason=WHY.reason))
        assert WORDS in opened.text
        assert "Every look at this record is kept with your reason." in opened.text
        closed = await visitor.post(f"/glass/{opened.text.split('/glass/')[1][:36]}/close")
        assert closed.status_code == 303
        assert WORDS not in (await visitor.get(at)).text
    assert ("step-up:ask", "refused:StepUpNeeded") in {
        (entry.act, entry.outcome) for entry in await entries(house, person_id=who.person_id)
    }


def test_a_reason_has_ten_characters() -> None:
    with pytest.raises(ValueError, match="at least 10"):
        BreakGlass(reason="Too short")
