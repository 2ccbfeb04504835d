"""Profile and preferences: checked, versioned, noted, in force at once."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from models import Patient as PatientRow
from models import PersonChange
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.patient.people import Newcomer, app_of, hidden, newcomer, signed_in
from usecases.patient.phones import as_e164

SENT = {
    "given_name": "Robin",
    "family_name": "Vale-Ortiz",
    "birth_date": "1990-02-03",
    "gender": "other",
    "jurisdiction": "US-MA",
    "time_zone": "America/Chicago",
    "emergency_name": "Sam Vale",
    "emergency_phone": "(617) 555-0123",
}


async def changes(house: RunningHouse, who: Newcomer) -> list[PersonChange]:
    async with house.database.transaction(who.patient) as session:
        mine = select(PersonChange).where(col(PersonChange.person_id) == who.patient.person_id)
        return list(await session.scalars(mine))


async def test_a_change_is_kept_versioned_and_noted_without_its_values(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        page = await visitor.get("/profile")
        saved = await visitor.post("/profile", **SENT, version=hidden(page, "version"))
        assert saved.headers["location"] == "/profile"
        shown = await visitor.get("/profile")
        assert 'value="Vale-Ortiz"' in shown.text
        assert 'value="+16175550123"' in shown.text
        assert hidden(shown, "version") == "2"
    (noted,) = await changes(house, who)
    assert set(noted.fields["fields"]) >= {"family_name", "birth_date", "emergency_phone", "time_zone"}
    assert "Ortiz" not in str(noted.fields)


async def test_what_was_changed_meanwhile_is_not_overwritten(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        page = await visitor.get("/profile")
        version = hidden(page, "version")
        await visitor.post("/profile", **SENT, version=version)
        late = await visitor.post("/profile", **SENT | {"given_name": "Late"}, version=version)
        assert late.status_code == 409
        assert 'value="Late"' in late.text
        assert 'id="h-given_name">Saved now: Robin</p>' in late.text
        assert late.text.count("Saved now:") == 2, "the phone is kept as it is dialled"
        assert hidden(late, "version") == "2"
        wrong = await visitor.post("/profile", **SENT | {"given_name": "Late", "birth_date": "tomorrow"}, version="1")
        assert (wrong.status_code, hidden(wrong, "version")) == (422, "1")
        decided = await visitor.post("/profile", **SENT | {"given_name": "Late"}, version=hidden(late, "version"))
        assert decided.headers["location"] == "/profile"
    assert len(await changes(house, who)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""),
        ("birth_date", "2999-01-01"),
        ("birth_date", "tomorrow"),
        ("jurisdiction", "US"),
        ("jurisdiction", "Atlantis"),
        ("time_zone", "Mars/Base"),
        ("emergency_phone", "call me"),
        ("gender", "x"),
    ],
)
async def test_bad_input_is_marked_and_nothing_is_written(house: RunningHouse, field: str, value: str) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        page = await visitor.get("/profile")
        answer = await visitor.post("/profile", **SENT | {field: value}, version=hidden(page, "version"))
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
    async with house.database.transaction(who.patient) as session:
        assert (await session.get_one(PatientRow, who.patient.patient_id)).version == 1
    assert await changes(house, who) == []


async def test_where_the_patient_is_decides_who_may_treat(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with app_of(house, who) as app:
        assert (await app.get("specialists")).json()["specialists"]
        moved = SENT | {"jurisdiction": "US-CA", "version": 1}
        assert (await app.put("profile", json=moved)).status_code == 200
        assert (await app.get("specialists")).json()["specialists"] == []


async def test_preferences_language_and_phone(house: RunningHouse) -> None:
    who = await newcomer(house, MARIGOLD)
    async with signed_in(house, who) as visitor:
        await visitor.get("/consents")
        await visitor.post("/consents", kinds="sms")
        await visitor.get("/preferences")
        wanted = {"locale": "en", "phone": "0151 55500199", "reminders": ["sms", "email"], "appointments": "email"}
        assert (await visitor.post("/preferences", **wanted)).status_code == 303
        assert 'lang="en"' in (await visitor.get("/")).text
    async with app_of(house, who) as app:
        kept = (await app.get("preferences")).json()
    assert kept["phone"] == "+4915155500199"
    assert kept["channels"] == {"appointments": ["email"], "reminders": ["email", "sms"], "next-steps": []}
    assert len(await changes(house, who)) == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"locale": "ar"}, "locale"),
        ({"locale": "en", "phone": "12"}, "phone"),
        ({"locale": "en", "reminders": ["sms"]}, "phone"),
        ({"locale": "en", "reminders": ["pigeon"]}, "reminders"),
        ({"locale": "en", "reminders": ["sms"], "phone": "+16175550123"}, "phone"),
    ],
)
async def test_wishes_that_cannot_be_met_are_refused(house: RunningHouse, sent: dict[str, object], field: str) -> None:
    who = await newcomer(house, AURORA)
    async with app_of(house, who) as app:
        answer = await app.put("preferences", json=sent)
        assert answer.status_code == 422
        assert any(name.startswith(field) for name in answer.json()["errors"])
        after = (await app.get("preferences")).json()
    assert all(channels == ["email"] for channels in after["channels"].values())
    assert await changes(house, who) == []


async def test_text_messages_end_with_their_consent(house: RunningHouse) -> None:
    async with app_of(house, await newcomer(house, AURORA)) as app:
        await app.post("consents", json={"kinds": ["sms"]})
        wanted = {"locale": "en", "phone": "+16175550123", "reminders": ["sms", "email"], "next_steps": ["sms"]}
        assert (await app.put("preferences", json=wanted)).status_code == 200
        assert (await app.post("consents/withdraw", json={"kind": "sms"})).status_code == 200
        kept = (await app.get("preferences")).json()["channels"]
    assert kept == {"appointments": [], "reminders": ["email"], "next-steps": ["email"]}


def test_numbers_are_read_as_they_are_typed_in_a_country() -> None:
    assert as_e164("(617) 555-0110", "US") == "+16175550110"
    assert as_e164("0151 55500112", "DE") == "+4915155500112"
    assert as_e164("+44 20 7946 0958", "US") == "+442079460958"
    assert as_e164("hello", "US") is None
    assert as_e164(uuid4().hex, "") is None
