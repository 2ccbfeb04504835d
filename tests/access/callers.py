"""Everybody who may knock: one caller for each role of each portal, and the ways they send a request."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import col, update

from domain.access.permissions import Portal
from domain.access.roles import ROLES, Role
from domain.actors import House
from models import Assistance, Guardianship, Person, SignInSession
from portals.core import csrf
from portals.core.door import SESSION_COOKIE
from tests.access.things import Owned, staff_person
from tests.fixtures.house import AURORA, ORGANIZATIONS, PARTNERS, SPECIALISTS, RunningHouse
from tests.fixtures.http import http_client
from tests.patient.people import newcomer
from usecases.identity.doors import Door
from usecases.identity.sessions import identify, open_session

HOSTS: dict[Portal, str] = {
    "patient": AURORA,
    "specialist": SPECIALISTS,
    "organization": ORGANIZATIONS,
    "affiliate": PARTNERS,
}


@dataclass(frozen=True)
class Caller:
    """`bearer`, `cookie` and `form_token` are "" for somebody who has not signed in."""

    role: Role
    person_id: UUID | None = None
    bearer: str = ""
    cookie: str = ""
    form_token: str = ""

    @property
    def host(self) -> str:
        return HOSTS[self.role.portal]

    def request(self, with_bearer: bool, sent: dict[str, Any] | None, as_json: bool) -> dict[str, Any]:
        """Headers and body as httpx takes them."""
        headers = {"x-csrf-token": self.form_token}
        if with_bearer and self.bearer:
            headers = {"authorization": f"Bearer {self.bearer}"}
        elif self.cookie:
            headers["cookie"] = f"{SESSION_COOKIE}={self.cookie}"
        if sent is None:
            return {"headers": headers}
        return {"headers": headers, "json": sent} if as_json else {"headers": headers, "data": flat(sent)}


def flat(sent: dict[str, Any]) -> dict[str, Any]:
    """As a form's fields: a day where JSON has a moment."""
    plain = {name: value for name, value in sent.items() if not isinstance(value, dict)}
    return plain | ({"until": plain["until"][:10]} if "until" in plain else {})


async def callers(house: RunningHouse, own: Owned) -> dict[tuple[Portal, str], Caller]:
    """One for every role, acting for `own`'s patient, specialist and organization."""
    return {(each.portal, each.key): await caller_of(house, each, own) for each in ROLES}


async def suspended(house: RunningHouse, caller: Caller) -> Caller:
    """Somebody of the same role whose account was closed after signing in."""
    async with house.database.transaction(House()) as session:
        mine = update(Person).where(col(Person.id) == caller.person_id)
        await session.execute(mine.values(status="suspended"))
    return caller


def anonymous(caller: Caller) -> Caller:
    return replace(caller, bearer="", cookie="", form_token="")


async def caller_of(house: RunningHouse, wanted: Role, own: Owned) -> Caller:
    person, seat = await _person(house, wanted, own)
    door = Door(wanted.portal, own.patient.brand_id if wanted.portal == "patient" else None)
    tokens = {kind: (await open_session(house.context, door, person, kind)).token for kind in ("bearer", "cookie")}
    async with house.database.transaction(House()) as session:
        theirs = update(SignInSession).where(col(SignInSession.person_id) == person.id)
        await session.execute(theirs.values(seat_id=seat, confirmed_at=house.context.now() + timedelta(days=1)))
    identity = await identify(house.context, door, tokens["cookie"])
    form_token = csrf.issue(csrf.owner(str(identity.session_id), str(identity.seat_id)), house.context.secret_key)
    return Caller(wanted, person.id, tokens["bearer"], tokens["cookie"], form_token)


async def _person(house: RunningHouse, wanted: Role, own: Owned) -> tuple[Person, UUID | None]:
    """Somebody who holds the role, and the seat they take."""
    patient, specialist = own.patient, own.colleague.specialist
    match wanted.portal, wanted.key:
        case "patient", "self":
            return await _row(house, patient.person_id), None
        case "patient", "guardian":
            guardian = await _row(house, (await newcomer(house, AURORA)).patient.person_id)
            ward = Guardianship(
                organization_id=patient.organization_id,
                patient_id=patient.patient_id,
                person_id=guardian.id,
                relation="parent",
                made_by=guardian.id,
            )
            await _add(house, ward)
            return guardian, patient.patient_id
        case "specialist", "clinician":
            return await _row(house, specialist.person_id), None
        case "specialist", key:
            helper = await staff_person(house, patient.organization_id)
            until = house.context.now().replace(year=2099)
            await _add(
                house, Assistance(specialist_id=specialist.specialist_id, person_id=helper.id, role=key, until=until)
            )
            return helper, specialist.specialist_id
        case "affiliate", key:
            return await staff_person(house, patient.organization_id, f"affiliate-{key}"), None
        case _, key:
            return await staff_person(house, patient.organization_id, key), None


async def _row(house: RunningHouse, person_id: UUID) -> Person:
    async with house.database.transaction(House()) as session:
        return await session.get_one(Person, person_id)


async def _add(house: RunningHouse, row: Any) -> None:
    async with house.database.transaction(House()) as session:
        session.add(row)


@asynccontextmanager
async def knocking(house: RunningHouse) -> AsyncIterator[httpx.AsyncClient]:
    base_url = f"http://127.0.0.1:{house.settings.port}"
    async with http_client(base_url=base_url) as client:
        yield client


def roles_of(portal: Portal) -> Iterator[str]:
    yield from (each.key for each in ROLES if each.portal == portal)
