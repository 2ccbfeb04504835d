"""One patient with unmistakable values in every field, from registration to the second factor after the session."""

import re
from functools import partial
from uuid import uuid4

import asyncpg
import pytest
from pikepdf import Name, Pdf
from sqlalchemy import select
from sqlmodel import col

from domain.actors import House, Patient
from models import Patient as PatientRow
from models import Person
from portals.core.door import SESSION_COOKIE
from portals.core.sign_in import PENDING_COOKIE
from tests.canaries import words
from tests.canaries.colleagues import operate
from tests.canaries.sessions import journey_of, meet
from tests.canaries.words import EMAIL, FREE_TEXT, PASSWORD, Record
from tests.fixtures.files import pdf
from tests.fixtures.house import AURORA, RunningHouse, Visitor
from tests.fixtures.http import http_client
from tests.fixtures.mailbox import link_for
from tests.identity.people import Somebody, code_at, half_a_minute_later, with_passkey
from tests.patient import way
from tests.patient.people import CONSENTS, hidden
from tests.specialist.people import noon_somewhere
from tests.usecases.steps import until
from usecases.identity.doors import Door


async def live(house: RunningHouse) -> Record:
    record = Record()
    async with house.visitor(AURORA) as visitor:
        record.follow(visitor.client)
        visitor.client.headers["user-agent"] = words.BROWSER
        patient = await _register(house, visitor, record)
        await _stumble(house)
        await way.to_booking(visitor)
        await _consent_to_texts(visitor)
        await _tell_about_oneself(house, visitor)
        await _share(visitor)
        await meet(house, visitor, patient, record)
        await _answer(house, visitor, patient)
        await _err(visitor, record)
    await operate(house, record, patient)
    await _machines_err(house, record)
    await until(partial(_texted, house), 20)
    for said in (words.TEXTED, "STOP"):
        await house.sandbox.reply(words.PHONE, said)
    await _protect(house, record, patient)
    await until(partial(_silenced, house), 20)
    return record


async def _register(house: RunningHouse, visitor: Visitor, record: Record) -> Patient:
    await visitor.get("/register")
    names = {"given_name": words.GIVEN, "family_name": words.FAMILY, "email": EMAIL, "password": PASSWORD}
    assert "alert" not in (await visitor.post("/register", **names)).text
    token = (await link_for(house, EMAIL)).partition("token=")[2]
    record.plant("link in an e-mail", "link", token)
    await visitor.get(f"/verify?token={token}")
    assert (await visitor.post("/verify", token=token)).status_code == 303
    record.plant("session of the patient", "secret", visitor.cookies[SESSION_COOKIE])
    async with house.database.transaction(House()) as session:
        person = (await session.scalars(select(Person).where(col(Person.email) == EMAIL))).one()
        row = (await session.scalars(select(PatientRow).where(col(PatientRow.person_id) == person.id))).one()
    return Patient(row.organization_id, row.brand_id, person.id, row.id)


async def _stumble(house: RunningHouse) -> None:
    """What parts log is seen only when something goes wrong: a vendor once, and a line that is there already."""
    await house.sandbox.fault("stripe", "error_before", "POST /v1/checkout")
    again = (
        "insert into person (id, brand_id, email, password_hash, given_name, family_name, locale, time_zone, phone,"
        " status, created_at) select gen_random_uuid(), brand_id, email, password_hash, given_name, family_name,"
        " locale, time_zone, phone, status, created_at from person where email = $1"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await house.sql(again, EMAIL)


async def _consent_to_texts(visitor: Visitor) -> None:
    await visitor.get("/consents")
    assert (await visitor.post("/consents", kinds=[*CONSENTS, "sms"])).status_code == 303


async def _tell_about_oneself(house: RunningHouse, visitor: Visitor) -> None:
    """From where nobody is asleep: text messages come at once. A street comes with an import only."""
    page = await visitor.get("/profile")
    told = {"given_name": words.GIVEN, "family_name": words.FAMILY, "birth_date": words.BORN, "gender": "other"}
    told |= {"jurisdiction": "US-MA", "time_zone": noon_somewhere(house.context.now())}
    told |= {"emergency_name": words.EMERGENCY_NAME, "emergency_phone": words.EMERGENCY_PHONE}
    assert (await visitor.post("/profile", **told, version=hidden(page, "version"))).status_code == 303
    await visitor.get("/preferences")
    wishes = {name: ["email", "sms"] for name in ("appointments", "reminders", "next_steps")}
    assert (await visitor.post("/preferences", locale="en", phone=words.PHONE, **wishes)).status_code == 303
    street = "update patient set address = jsonb_build_object('line', $2::text) from person"
    await house.sql(f"{street} where person.id = patient.person_id and person.email = $1", EMAIL, words.STREET)


async def _share(visitor: Visitor) -> None:
    for title in (words.LETTER, ""):
        page = await visitor.get("/documents")
        told = {"csrf": visitor.token, "key": hidden(page, "key"), "title": title}
        file = {"file": (f"{words.FILE_NAME}.pdf", pdf(_written), "application/pdf")}
        assert (await visitor.send("POST", "/documents", data=told, files=file)).status_code == 303


def _written(letter: Pdf) -> None:
    letter.pages[0].Contents = letter.make_stream(f"BT ({words.FILE_TEXT}) Tj ET".encode())
    letter.docinfo[Name.Subject] = words.FILE_TEXT


async def _answer(house: RunningHouse, visitor: Visitor, patient: Patient) -> None:
    async def asked() -> bool:
        return (await journey_of(house, patient)).step == "feedback"

    await until(asked, 20)
    form = await way.form_of(visitor)
    sheet = await visitor.get(form)
    choices = dict(re.findall(r'name="(q-\w+)" value="(\w+)"', sheet.text))
    assert (await visitor.post(form, then="send", **choices, **{"q-more": FREE_TEXT})).status_code == 303


async def _err(visitor: Visitor, record: Record) -> None:
    for path in (f"/journeys/{uuid4()}/form", "/nowhere", f"/appointments/{uuid4()}"):
        record.pages.append((await visitor.get(path)).text)


async def _machines_err(house: RunningHouse, record: Record) -> None:
    """Problem documents to people's own words; only a page shows what somebody typed, to whoever typed it."""
    headers = {"host": f"{AURORA}:{house.settings.port}"}
    base_url = f"http://127.0.0.1:{house.settings.port}/api/"
    async with http_client(base_url=base_url, headers=headers) as app:
        record.follow(app)
        unread = {"email": FREE_TEXT, "password": {words.SUBJECTIVE: PASSWORD}}
        for body in ({"email": EMAIL, "password": PASSWORD + "?"}, unread):
            answer = await app.post("sign-in", json=body)
            assert answer.status_code in (401, 422)
            record.problems.append(answer.text)
        signed = (await app.post("sign-in", json={"email": EMAIL, "password": PASSWORD})).json()["access_token"]
        record.plant("bearer token", "secret", signed)
        app.headers["authorization"] = f"Bearer {signed}"
        wrong = {"given_name": 7, "birth_date": FREE_TEXT}
        for path, sent in (("profile", wrong), ("appointments", {"key": words.SUBJECTIVE})):
            answer = await app.request("PUT" if path == "profile" else "POST", path, json=sent)
            assert answer.status_code >= 400
            record.problems.append(answer.text)


async def _protect(house: RunningHouse, record: Record, patient: Patient) -> None:
    """An authenticator app, codes on paper, a passkey with a name; then a sign-in in two steps."""
    who = Somebody(AURORA, EMAIL, Door("patient", patient.brand_id), patient.person_id)
    async with house.visitor(AURORA) as visitor:
        record.follow(visitor.client)
        await visitor.sign_in(EMAIL, PASSWORD)
        secret = await _enrol(house, visitor, record)
        passkey = f"/security/passkeys/{await with_passkey(house, who)}"
        await visitor.get(passkey)
        assert (await visitor.post(passkey, name=words.PASSKEY)).status_code == 303
        await half_a_minute_later(house, who)
    async with house.visitor(AURORA) as again:
        record.follow(again.client)
        await again.get("/sign-in")
        await again.follow(await again.post("/sign-in", email=EMAIL, password=PASSWORD))
        record.plant("sign-in half done", "secret", again.cookies[PENDING_COOKIE])
        code = code_at(secret, house.context.now())
        assert (await again.post("/sign-in/second-step", code=code)).status_code == 303


async def _enrol(house: RunningHouse, visitor: Visitor, record: Record) -> str:
    page = await visitor.get("/security/app")
    (secret,) = re.findall(r'class="secret">([A-Z2-7]{32})<', page.text)
    record.plant("secret of an app", "secret", secret)
    code = code_at(secret, house.context.now())
    done = await visitor.post("/security/app", sealed=hidden(page, "sealed"), code=code)
    codes = re.findall(r"<code>([A-Z2-7-]{29})</code>", done.text)
    record.plant("recovery code", "secret", codes[0])
    return str(secret)


async def _texted(house: RunningHouse) -> bool:
    return bool(await house.sandbox.seen("messages"))


async def _silenced(house: RunningHouse) -> bool:
    return bool(await house.sql("select from suppression where address = $1", words.PHONE))
