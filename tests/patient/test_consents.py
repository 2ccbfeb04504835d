"""Giving, reading and withdrawing consents, at the pages and at the JSON door."""

import re
from hashlib import sha256

from sqlalchemy import select

from domain.actors import House
from domain.refusals import ConsentMissing
from models import Appointment, Consent, ConsentText, Journey
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from tests.patient import way
from tests.patient.people import CONSENTS, Newcomer, app_of, newcomer, rows_of, signed_in


async def test_each_consent_pins_text_version_hash_time_channel_and_language(house: RunningHouse) -> None:
    who = await newcomer(house, MARIGOLD)
    async with signed_in(house, who) as visitor:
        await way.begin(visitor)
        await way.consent(visitor)
    rows = await rows_of(house, who, Consent)
    assert {row.kind for row in rows} == set(CONSENTS)
    async with house.database.transaction(who.patient) as session:
        texts = {text.kind: text for text in await session.scalars(select(ConsentText)) if text.locale == "de"}
    for row in rows:
        assert (row.version, row.channel, row.locale, row.status) == (1, "portal", "de", "active")
        assert row.given_by == who.patient.person_id
        assert row.body_hash == sha256(texts[row.kind].body.encode()).hexdigest()
        assert abs((row.given_at - house.context.now()).total_seconds()) < 60


async def test_the_journey_waits_until_every_required_one_is_given(house: RunningHouse) -> None:
    async with signed_in(house, await newcomer(house, AURORA)) as visitor:
        await way.begin(visitor)
        await visitor.get("/consents")
        await visitor.post("/consents", kinds=["treatment"])
        assert 'href="/consents"' in (await visitor.get("/")).text
        await visitor.get("/consents")
        answer = await visitor.post("/consents", kinds=["telehealth", "privacy"])
        assert answer.headers["location"] == "/"
        assert "/form" in (await visitor.get("/")).text


async def test_what_was_given_before_a_journey_began_counts(house: RunningHouse) -> None:
    """Nothing is left to tick on the page of consents, so nothing there could let the journey go on."""
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await visitor.get("/consents")
        await visitor.post("/consents", kinds=CONSENTS)
        await way.begin(visitor)
    assert [row.step_kind for row in await rows_of(house, who, Journey)] == ["form"]


async def test_a_journey_that_was_never_told_goes_on_when_the_page_is_read(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.begin(visitor)
        async with house.database.transaction(House()) as session:
            session.add_all(given(who, kind) for kind in CONSENTS)
        await visitor.get("/consents")
    assert [row.step_kind for row in await rows_of(house, who, Journey)] == ["form"]


def given(who: Newcomer, kind: str) -> Consent:
    return Consent(
        organization_id=who.patient.organization_id,
        patient_id=who.patient.patient_id,
        kind=kind,
        locale="en",
        version=1,
        body_hash="",
        channel="portal",
        given_by=who.patient.person_id,
    )


async def test_nothing_ticked_and_unknown_kinds_are_refused_and_nothing_is_given(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await visitor.get("/consents")
        assert (await visitor.post("/consents")).status_code == 422
        await visitor.get("/consents")
        assert (await visitor.post("/consents", kinds=["treatment", "everything"])).status_code == 422
    assert await rows_of(house, who, Consent) == []


async def test_nothing_ticked_names_and_marks_what_has_to_be(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await visitor.get("/consents")
        page = await visitor.post("/consents")
        named = re.findall(r'<a href="#f-kinds-(\w+)">([^<]+)</a>', page.text)
        assert named == [
            ("treatment", "Treatment: Tick the box if you agree."),
            ("telehealth", "Sessions by video: Tick the box if you agree."),
            ("privacy", "Privacy notice: Tick the box if you agree."),
        ]
        marked = re.findall(r'value="(\w+)" aria-describedby="e-kinds-\1" aria-invalid', page.text)
        assert marked == CONSENTS
        assert 'id="f-kinds-sms"' in page.text
    assert await rows_of(house, who, Consent) == []


async def test_giving_twice_gives_once_and_withdrawing_stops_booking(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.to_booking(visitor)
        await visitor.get("/consents")
        for _ in range(2):
            await visitor.post("/consents", kinds=CONSENTS)
        assert len(await rows_of(house, who, Consent)) == len(CONSENTS)

        assert (await visitor.post("/consents/withdraw", kind="telehealth")).status_code == 303
        refused = await way.hold(visitor)
        assert refused.status_code == 409
        assert ConsentMissing.title in refused.text
        assert (await visitor.post("/consents/withdraw", kind="telehealth")).status_code == 404
    assert await rows_of(house, who, Appointment) == []


async def test_the_history_keeps_what_was_withdrawn(house: RunningHouse) -> None:
    async with app_of(house, await newcomer(house, SANA)) as app:
        given = (await app.post("consents", json={"kinds": CONSENTS})).raise_for_status().json()
        assert {each["status"] for each in given["consents"] if each["required"]} == {"active"}
        assert {each["locale"] for each in given["consents"]} == {"ar"}
        after = (await app.post("consents/withdraw", json={"kind": "privacy"})).raise_for_status().json()
        again = (await app.post("consents", json={"kinds": ["privacy"]})).raise_for_status().json()
    withdrawn = next(each for each in after["consents"] if each["kind"] == "privacy")
    assert withdrawn["status"] == "withdrawn"
    privacy = [line for line in again["history"] if line["kind"] == "privacy"]
    assert [line["status"] for line in privacy] == ["active", "inactive"]
    assert {line["channel"] for line in privacy} == {"api"}
    assert privacy[1]["withdrawn_at"] is not None


async def test_texts_come_in_the_reader_s_language_and_fall_back(house: RunningHouse) -> None:
    async with app_of(house, await newcomer(house, AURORA)) as app:
        for asked, said in (("de-AT", "Behandlung"), ("en", "Treatment"), ("ar", "Treatment"), ("zz", "Treatment")):
            found = (await app.get("consents", headers={"accept-language": asked})).json()
            assert found["consents"][0]["title"] == said, asked
