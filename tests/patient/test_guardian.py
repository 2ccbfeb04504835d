"""A guardian acts for a ward: what is the ward's stays the ward's, and what is the guardian's own is left alone."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from domain.actors import House, Patient
from domain.refusals import NotFound
from models import Consent, Guardianship, Person, Preference, SignInSession
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.people import SOMETIMES, Newcomer, signed_in
from tests.usecases.steps import held, new_patient, offered
from usecases.patient.consents import WithdrawConsent, withdraw
from usecases.patient.home import home
from usecases.processes import appointment_handle, ask
from workflows.appointment import Appointment


@dataclass(frozen=True)
class Family:
    """`acting` is the guardian on the ward's seat."""

    ward: Patient
    guardian: Patient
    acting: Patient


async def family(house: RunningHouse) -> Family:
    ward, guardian = await new_patient(house, AURORA), await new_patient(house, AURORA)
    named = Guardianship(
        organization_id=ward.organization_id,
        patient_id=ward.patient_id,
        person_id=guardian.person_id,
        relation="mother",
        made_by=guardian.person_id,
        starts_at=house.context.now(),
    )
    async with house.database.transaction(House()) as session:
        session.add(named)
    return Family(ward, guardian, replace(ward, person_id=guardian.person_id, role="guardian"))


async def wants_texts(house: RunningHouse, patient: Patient) -> None:
    async with house.database.transaction(House()) as session:
        session.add(Preference(person_id=patient.person_id, category="reminders", channels=["sms"]))


async def channels(house: RunningHouse, patient: Patient) -> list[str]:
    async with house.database.transaction(House()) as session:
        mine = select(Preference).where(col(Preference.person_id) == patient.person_id)
        return (await session.scalars(mine)).one().channels


async def texts_agreed(house: RunningHouse, patient: Patient) -> str:
    async with house.database.transaction(House()) as session:
        mine = select(Consent).where(col(Consent.patient_id) == patient.patient_id, col(Consent.kind) == "sms")
        return (await session.scalars(mine)).one().status


async def test_withdrawing_the_wards_consent_ends_the_wards_texts_alone(house: RunningHouse) -> None:
    one = await family(house)
    for who in (one.ward, one.guardian):
        await wants_texts(house, who)
    await withdraw(house.context, one.acting, WithdrawConsent(kind="sms"))
    assert (await channels(house, one.ward), await texts_agreed(house, one.ward)) == (["email"], "inactive")
    assert (await channels(house, one.guardian), await texts_agreed(house, one.guardian)) == (["sms"], "active")


async def test_what_is_withdrawn_already_switches_nothing_off(house: RunningHouse) -> None:
    one, wanted = await family(house), WithdrawConsent(kind="sms")
    await withdraw(house.context, one.acting, wanted)
    await wants_texts(house, one.ward)
    with pytest.raises(NotFound):
        await withdraw(house.context, one.acting, wanted)
    assert await channels(house, one.ward) == ["sms"]


async def test_reminders_keep_to_the_wards_night(house: RunningHouse) -> None:
    one = await family(house)
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, one.acting.person_id)).time_zone = "Asia/Tokyo"
        zone = (await session.get_one(Person, one.ward.person_id)).time_zone
    appointment_id = await held(house, one.acting, await offered(house, one.acting))
    state = await ask(appointment_handle(house.temporal, appointment_id).query(Appointment.state))
    assert state.patient_zone == zone != "Asia/Tokyo"


async def test_whether_we_can_call_is_asked_of_the_wards_phone(house: RunningHouse) -> None:
    one = await family(house)

    async def has_phone(patient: Patient, phone: str) -> None:
        async with house.database.transaction(House()) as session:
            (await session.get_one(Person, patient.person_id)).phone = phone

    await has_phone(one.acting, "+16175550199")
    assert not (await home(house.context, one.acting, "en")).reachable
    await has_phone(one.acting, "")
    await has_phone(one.ward, "+16175550198")
    assert (await home(house.context, one.acting, "en")).reachable


async def test_a_guardian_is_led_to_the_care_team_and_not_to_a_page_that_is_closed(house: RunningHouse) -> None:
    one = await family(house)
    async with signed_in(house, Newcomer(AURORA, "", one.guardian)) as visitor:
        async with house.database.transaction(House()) as session:
            mine = update(SignInSession).where(col(SignInSession.person_id) == one.acting.person_id)
            await session.execute(mine.values(seat_id=one.ward.patient_id))
        await way.begin(visitor)
        page = await way.answer(visitor, item9=SOMETIMES)
        assert "We do not have a phone number for" in page.text
        assert 'href="mailto:' in page.text
        assert "/preferences" not in page.text
        assert (await visitor.get("/preferences")).status_code == 403
