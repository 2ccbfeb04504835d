"""One patient with unmistakable values in every field, from registration to the answers after the session."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import House, Patient
from domain.journeys.state import AppointmentHeld
from models import Journey, Person
from models import Patient as PatientRow
from portals.core.door import SESSION_COOKIE
from tests.canaries.search import Canary
from tests.fixtures.files import pdf
from tests.fixtures.house import AURORA, ORGANIZATIONS, RunningHouse, Visitor
from tests.fixtures.http import http_client
from tests.organization.cases import OLIVIA
from tests.patient import way
from tests.patient.people import CONSENTS, SOMETIMES, hidden
from tests.room.people import come
from tests.specialist.people import PAID, Colleague, new_specialist, soon
from tests.usecases.steps import until
from usecases.journeys import tell
from usecases.scheduling.holding import Hold, hold
from usecases.specialist import notes, sessions
from usecases.specialist.notes import NoteBody

GIVEN, FAMILY = "Zephyrine", "Quaxolotl-Ibarra"
PHONE, EMERGENCY_PHONE = "+16175550142", "+16175550179"
EMAIL, PASSWORD = "xylophon.4417@patients.example", "pw-Xylorimba-93175"
BORN, EMERGENCY_NAME = "1957-02-23", "Barnabas Plimsollow"
NOTE = "Vexillology dreams return after the bereavement"
FREE_TEXT = "The Glockenspiel question moved me"
PLAN = "Titrate flumazepiquine weekly"
LETTER, FILE_NAME = "Referral about dromedary fever", "dromedary-fever-5528"
CARD = "4242424242424242"
PAGES = ("/", "/tasks", "/journeys", "/appointments", "/patients", "/people", "/messages", "/payments", "/forms")


@dataclass
class Record:
    """What a life leaves: `urls` asked for, `pages` and `problems` that refused, `canaries` planted."""

    urls: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    canaries: list[Canary] = field(default_factory=list)

    def follow(self, client: httpx.AsyncClient) -> None:
        async def asked(request: httpx.Request) -> None:
            self.urls.append(str(request.url))

        async def answered(response: httpx.Response) -> None:
            self.urls.append(response.headers.get("location", ""))

        client.event_hooks = {"request": [asked], "response": [answered]}

    def plant(self, what: str, kind: str, value: str) -> None:
        self.canaries.append(Canary(what, kind, value))  # type: ignore[arg-type]


async def live(house: RunningHouse) -> Record:
    record = Record()
    _plant(record)
    async with house.visitor(AURORA) as visitor:
        record.follow(visitor.client)
        patient = await _register(house, visitor, record)
        await _stumble(house)
        await way.to_booking(visitor)
        await _consent_to_texts(visitor)
        await _tell_about_oneself(visitor, noon_somewhere(house.context.now()))
        await _share(visitor)
        await _meet(house, visitor, patient, record)
        await _answer(house, visitor, patient)
        await _err(visitor, record)
    await _operate(house, record, patient)
    await _machines_err(house, record)
    await until(partial(_texted, house), 20)
    return record


def _plant(record: Record) -> None:
    record.plant("given name", "given name", GIVEN)
    record.plant("family name", "family name", FAMILY)
    for what, value in (("emergency contact", EMERGENCY_NAME), ("date of birth", BORN)):
        record.plant(what, "about them", value)
    record.plant("e-mail", "contact", EMAIL)
    record.plant("phone", "contact", PHONE)
    record.plant("emergency phone", "about them", EMERGENCY_PHONE)
    for what, value in (("free text", FREE_TEXT), ("note", NOTE), ("plan", PLAN), ("answer", f'"{SOMETIMES}"')):
        record.plant(what, "clinical", value)
    record.plant("title of a document", "clinical", LETTER)
    record.plant("name of a file", "clinical", FILE_NAME)
    record.plant("password", "secret", PASSWORD)
    record.plant("staff password", "demo", OLIVIA[1])
    record.plant("card number", "card", CARD)


async def _register(house: RunningHouse, visitor: Visitor, record: Record) -> Patient:
    await visitor.get("/register")
    names = {"given_name": GIVEN, "family_name": FAMILY, "email": EMAIL, "password": PASSWORD}
    assert "alert" not in (await visitor.post("/register", **names)).text
    token = await _token_mailed(house)
    record.plant("link in an e-mail", "link", token)
    await visitor.get(f"/verify?token={token}")
    assert (await visitor.post("/verify", token=token)).status_code == 303
    record.plant("session of the patient", "secret", visitor.cookies[SESSION_COOKIE])
    async with house.database.transaction(House()) as session:
        person = (await session.scalars(select(Person).where(col(Person.email) == EMAIL))).one()
        row = (await session.scalars(select(PatientRow).where(col(PatientRow.person_id) == person.id))).one()
    return Patient(row.organization_id, row.brand_id, person.id, row.id)


async def _token_mailed(house: RunningHouse) -> str:
    found: list[str] = []

    async def came() -> bool:
        mails = [mail for mail in await house.sandbox.seen("mails") if mail["to"] == EMAIL]
        found.extend(re.findall(r"token=([\w-]+)", "".join(mail["text"] for mail in mails)))
        return bool(found)

    await until(came, 20)
    return found[0]


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


def noon_somewhere(now: datetime) -> str:
    """A zone where nobody is asleep: text messages come at once."""
    return f"Etc/GMT{now.hour - 12:+d}"


async def _tell_about_oneself(visitor: Visitor, zone: str) -> None:
    page = await visitor.get("/profile")
    told = {"given_name": GIVEN, "family_name": FAMILY, "birth_date": BORN, "gender": "other", "jurisdiction": "US-MA"}
    told |= {"time_zone": zone, "emergency_name": EMERGENCY_NAME, "emergency_phone": EMERGENCY_PHONE}
    assert (await visitor.post("/profile", **told, version=hidden(page, "version"))).status_code == 303
    await visitor.get("/preferences")
    wishes = {name: ["email", "sms"] for name in ("appointments", "reminders", "next_steps")}
    assert (await visitor.post("/preferences", locale="en", phone=PHONE, **wishes)).status_code == 303


async def _share(visitor: Visitor) -> None:
    for title in (LETTER, ""):
        page = await visitor.get("/documents")
        told = {"csrf": visitor.token, "key": hidden(page, "key"), "title": title}
        file = {"file": (f"{FILE_NAME}.pdf", pdf(), "application/pdf")}
        assert (await visitor.send("POST", "/documents", data=told, files=file)).status_code == 303


async def _meet(house: RunningHouse, visitor: Visitor, patient: Patient, record: Record) -> None:
    """Booked for within minutes, paid on the vendor's page, met, written about."""
    colleague = await new_specialist(house)
    journey = await _journey(house, patient)
    wish = {"specialist_id": colleague.specialist.specialist_id, "appointment_type": PAID, "start": soon(house)}
    command = Hold(**wish, key=uuid4().hex, journey_id=journey.id)
    appointment_id = await hold(house.context, patient, command)
    await tell(house.context, journey.id, AppointmentHeld(appointment_id=appointment_id), uuid4().hex)
    page = await visitor.get(f"/appointments/{appointment_id}/pay")
    assert (await way.pay(house, visitor, page)).status_code == 200
    await _session(house, patient, colleague, appointment_id)


async def _session(house: RunningHouse, patient: Patient, colleague: Colleague, appointment_id: UUID) -> None:
    async def confirmed() -> bool:
        rows = await house.database.value(patient, "(select status from appointment where id = $2)", appointment_id)
        return bool(rows == "confirmed")

    await until(confirmed, 20)
    await come(house.context, patient, appointment_id)
    await sessions.admit(house.context, colleague.specialist, appointment_id)
    await sessions.finish(house.context, colleague.specialist, appointment_id)
    await notes.sign(house.context, colleague.specialist, appointment_id, NoteBody(subjective=NOTE, plan=PLAN))


async def _answer(house: RunningHouse, visitor: Visitor, patient: Patient) -> None:
    async def asked() -> bool:
        return (await _journey(house, patient)).step == "feedback"

    await until(asked, 20)
    form = await way.form_of(visitor)
    sheet = await visitor.get(form)
    choices = dict(re.findall(r'name="(q-\w+)" value="(\w+)"', sheet.text))
    assert (await visitor.post(form, then="send", **choices, **{"q-more": FREE_TEXT})).status_code == 303


async def _journey(house: RunningHouse, patient: Patient) -> Journey:
    async with house.database.transaction(patient) as session:
        return (await session.scalars(select(Journey))).one()


async def _err(visitor: Visitor, record: Record) -> None:
    for path in (f"/journeys/{uuid4()}/form", "/nowhere", f"/appointments/{uuid4()}"):
        record.pages.append((await visitor.get(path)).text)


async def _operate(house: RunningHouse, record: Record, patient: Patient) -> None:
    async with house.visitor(ORGANIZATIONS) as operator:
        record.follow(operator.client)
        await operator.sign_in(*OLIVIA)
        record.plant("session of the operator", "secret", operator.cookies[SESSION_COOKIE])
        for path in (*PAGES, f"/patients/{patient.patient_id}"):
            assert (await operator.get(path)).status_code == 200, path
        record.pages.append((await operator.get(f"/patients/{uuid4()}")).text)


async def _texted(house: RunningHouse) -> bool:
    return bool(await house.sandbox.seen("messages"))


async def _machines_err(house: RunningHouse, record: Record) -> None:
    """Problem documents to people's own words; only a page shows what somebody typed, to whoever typed it."""
    headers = {"host": f"{AURORA}:{house.settings.port}"}
    base_url = f"http://127.0.0.1:{house.settings.port}/api/"
    async with http_client(base_url=base_url, headers=headers) as app:
        record.follow(app)
        for body in ({"email": EMAIL, "password": PASSWORD + "?"}, {"email": FREE_TEXT, "password": {NOTE: PASSWORD}}):
            answer = await app.post("sign-in", json=body)
            assert answer.status_code in (401, 422)
            record.problems.append(answer.text)
        signed = (await app.post("sign-in", json={"email": EMAIL, "password": PASSWORD})).json()["access_token"]
        record.plant("bearer token", "secret", signed)
        app.headers["authorization"] = f"Bearer {signed}"
        for path, sent in (("profile", {"given_name": 7, "birth_date": FREE_TEXT}), ("appointments", {"key": NOTE})):
            answer = await app.request("PUT" if path == "profile" else "POST", path, json=sent)
            assert answer.status_code >= 400
            record.problems.append(answer.text)
