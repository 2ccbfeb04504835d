"""Somebody at a brand's door, as browsers and apps see it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import TypeVar
from uuid import uuid4

import httpx
from sqlalchemy import select
from sqlmodel import SQLModel, col

from domain.actors import House, Patient
from models import Brand, Person
from models import Patient as PatientRow
from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import RunningHouse, Visitor
from tests.fixtures.http import http_client
from usecases.identity.doors import Door
from usecases.identity.sessions import SignedIn, open_session

R = TypeVar("R", bound=SQLModel)
PHQ9 = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
NEVER, SOMETIMES, OFTEN = "LA6568-5", "LA6569-3", "LA6570-1"
CONSENTS = ["treatment", "telehealth", "privacy"]


@dataclass(frozen=True)
class Newcomer:
    host: str
    email: str
    patient: Patient


async def newcomer(house: RunningHouse, host: str) -> Newcomer:
    """A new patient of the brand at `host` who has done nothing yet."""
    email = f"{uuid4().hex}@patients.example"
    async with house.database.transaction(House()) as session:
        brand = (await session.scalars(select(Brand).where(col(Brand.host) == host))).one()
        person = Person(
            brand_id=brand.id,
            email=email,
            email_verified_at=house.context.now(),
            password_hash="!",
            given_name="Robin",
            family_name="Vale",
            locale=brand.locales[0],
            time_zone=brand.time_zone,
        )
        session.add(person)
        await session.flush()
        row = PatientRow(
            organization_id=brand.organization_id,
            brand_id=brand.id,
            person_id=person.id,
            jurisdiction=brand.jurisdiction,
        )
        session.add(row)
    return Newcomer(host, email, Patient(brand.organization_id, brand.id, person.id, row.id))


@asynccontextmanager
async def signed_in(house: RunningHouse, who: Newcomer) -> AsyncIterator[Visitor]:
    """At the pages, without JavaScript."""
    async with house.visitor(who.host) as visitor:
        visitor.cookies[SESSION_COOKIE] = (await session_of(house, who, "cookie")).token
        yield visitor


@asynccontextmanager
async def app_of(house: RunningHouse, who: Newcomer) -> AsyncIterator[httpx.AsyncClient]:
    """At the JSON door."""
    headers = {"host": f"{who.host}:{house.settings.port}"}
    headers["authorization"] = f"Bearer {(await session_of(house, who, 'bearer')).token}"
    base_url = f"http://127.0.0.1:{house.settings.port}/api/"
    async with http_client(base_url=base_url, headers=headers) as client:
        yield client


async def session_of(house: RunningHouse, who: Newcomer, kind: str) -> SignedIn:
    """Signed in without the form, whose tries are counted."""
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, who.patient.person_id)
    return await open_session(house.context, Door("patient", who.patient.brand_id), person, kind)


async def rows_of(house: RunningHouse, who: Newcomer, table: type[R]) -> list[R]:
    """Every row of `table` that is the patient's, as the patient may read it."""
    async with house.database.transaction(who.patient) as session:
        mine = select(table).where(table.patient_id == who.patient.patient_id)  # type: ignore[attr-defined]
        return list(await session.scalars(mine))


def hidden(page: httpx.Response, name: str) -> str:
    """The value of the page's first field `name`."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name} on {page.url}"
    return unescape(found[1])


def links(page: httpx.Response, beginning: str) -> list[str]:
    return [unescape(href) for href in re.findall(rf'href="({re.escape(beginning)}[^"]*)"', page.text)]


def answers(item9: str = NEVER, others: str = NEVER) -> dict[str, str]:
    return {link_id: item9 if link_id == PHQ9[-1] else others for link_id in PHQ9}


def as_fields(given: dict[str, str]) -> dict[str, str]:
    return {f"q-{link_id}": answer for link_id, answer in given.items()}
