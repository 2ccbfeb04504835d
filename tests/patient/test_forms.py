"""PHQ-9 at the pages and at the JSON door: saved in parts, completed once, scored; the urgent path."""

import httpx
import pytest

from models import Journey, JourneyEntry, QuestionnaireResponse
from tests.fixtures.house import AURORA, SANA, RunningHouse
from tests.patient import way
from tests.patient.people import (
    CONSENTS,
    NEVER,
    OFTEN,
    PHQ9,
    SOMETIMES,
    answers,
    app_of,
    as_fields,
    newcomer,
    rows_of,
    signed_in,
)


async def test_what_was_saved_is_there_the_next_time(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.begin(visitor)
        await way.consent(visitor)
        form = await way.form_of(visitor)
        await visitor.get(form)
        part = {f"q-{PHQ9[0]}": OFTEN, f"q-{PHQ9[1]}": SOMETIMES}
        assert (await visitor.post(form, then="later", **part)).headers["location"] == "/"
        again = await visitor.get(form)
        assert again.text.count('" checked') == 2
        assert "2 / 10" in again.text
    rows = await rows_of(house, who, QuestionnaireResponse)
    assert [(row.status, row.questionnaire_version, row.score) for row in rows] == [("in-progress", 1, None)]


async def test_an_incomplete_form_names_what_is_missing_and_loses_nothing(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.begin(visitor)
        await way.consent(visitor)
        form = await way.form_of(visitor)
        await visitor.get(form)
        answer = await visitor.post(form, then="send", **{f"q-{PHQ9[4]}": OFTEN})
        assert answer.status_code == 422
        assert answer.text.count('href="#f-q-') == len(PHQ9) - 1
        assert answer.text.count('" checked') == 1
        wrong = await visitor.post(form, then="later", **{f"q-{PHQ9[4]}": OFTEN, f"q-{PHQ9[5]}": "LA0", "q-zz": "1"})
        assert wrong.status_code == 422
        assert (await visitor.get(form)).text.count('" checked') == 1
    assert [row.step for row in await rows_of(house, who, Journey)] == ["phq-9"]


@pytest.mark.parametrize(
    ("given", "score", "band", "triage"),
    [
        (answers(others=NEVER), 0, "minimal", "support"),
        (answers(others=SOMETIMES), 8, "mild", "support"),
        (answers(others=OFTEN), 16, "moderately-severe", "therapy"),
        (answers(item9=SOMETIMES), 1, "minimal", "urgent"),
    ],
)
async def test_the_score_decides_the_way(
    house: RunningHouse, given: dict[str, str], score: int, band: str, triage: str
) -> None:
    who = await newcomer(house, AURORA)
    async with app_of(house, who) as app:
        journey_id = await at_the_form(app)
        await app.put(f"journeys/{journey_id}/form", json={"answers": given})
        done = await app.post(f"journeys/{journey_id}/form/complete", json={"answers": given})
        assert done.status_code == 204, done.text
        home = (await app.get("home")).json()
    (row,) = await rows_of(house, who, QuestionnaireResponse)
    assert (row.status, row.score, row.band) == ("completed", score, band)
    (journey,) = await rows_of(house, who, Journey)
    assert journey.facts["triage"] == triage
    assert "answers" not in str(journey.facts)
    assert home["urgent"] is (triage == "urgent")
    assert home["journey"]["step"] == ("urgent-call" if triage == "urgent" else "book-first")


async def test_the_urgent_path_shows_whom_to_call_at_once(house: RunningHouse) -> None:
    async with signed_in(house, await newcomer(house, AURORA)) as visitor:
        await way.begin(visitor)
        await way.consent(visitor)
        form = await way.form_of(visitor)
        await visitor.get(form)
        await visitor.post(form, then="later", **{f"q-{PHQ9[8]}": SOMETIMES})
        assert '<a href="tel:988"' in (await visitor.get(form)).text
        home = await way.answer(visitor, item9=SOMETIMES)
        assert '<a href="tel:911"' in home.text
        assert "somebody of our team calls you" in home.text
        assert "We do not have your phone number." in home.text
        assert "can call you as soon as it knows the number" in home.text
        assert "You need not do anything" not in home.text
        await visitor.get("/preferences")
        assert (await visitor.post("/preferences", locale="en", phone="(617) 555-0110")).status_code == 303
        home = await visitor.get("/")
        assert "We do not have your phone number." not in home.text
        assert "Your care team gets in touch with you. You need not do anything." in home.text


async def test_completing_twice_is_one_answer(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.begin(visitor)
        await way.consent(visitor)
        form = await way.form_of(visitor)
        await visitor.get(form)
        sent = as_fields(answers())
        first = await visitor.post(form, then="send", **sent)
        second = await visitor.post(form, then="send", **sent)
        assert first.headers["location"] == second.headers["location"] == "/"
    assert [row.status for row in await rows_of(house, who, QuestionnaireResponse)] == ["completed"]
    told = [(line.step, line.what) for line in await rows_of(house, who, JourneyEntry)]
    assert told.count(("phq-9", "done")) == 1


async def test_the_form_comes_in_the_reader_s_language_and_falls_back(house: RunningHouse) -> None:
    async with app_of(house, await newcomer(house, SANA)) as app:
        journey_id = await at_the_form(app)
        for asked, locale in (("ar", "ar"), ("en-GB", "en"), ("de", "ar"), ("", "ar")):
            found = (await app.get(f"journeys/{journey_id}/form", headers={"accept-language": asked})).json()
            assert found["locale"] == locale, asked
            assert len(found["questions"]) == 11


async def at_the_form(app: httpx.AsyncClient) -> str:
    """The id of a journey that waits for PHQ-9."""
    home = (await app.get("home")).json()
    wanted = {"program_id": home["programs"][0]["id"]}
    journey_id: str = (await app.post("journeys", json=wanted)).raise_for_status().json()["id"]
    (await app.post("consents", json={"kinds": CONSENTS})).raise_for_status()
    return journey_id
