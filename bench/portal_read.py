"""B1: one secured read of a portal (session, permission, row-level security, 20 rows), against its SQL alone.

Three ASGI applications: ours whole, from the host to the JSON; the floor, a function that runs the same list by bare
asyncpg as a superuser, whom no policy concerns; and the floor behind the last wall, as the application's role with a
signed actor, which says what the wall alone costs. Each is asked behind a server, and called without one.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import app
import composition
from bench.booking_race import free_slots
from bench.served import rate as served_rate
from bench.served import served
from bench.simulation.clinic import Clinic
from domain.actors import Engine, House, Operator, Patient
from models import Appointment, AppointmentType, Membership, Person
from models.policies import ROLES
from models.session import ActorSigner
from usecases.identity.doors import Door
from usecases.identity.sessions import open_session
from usecases.listing import COUNTED
from usecases.listing import ROWS as ON_A_PAGE
from usecases.organization.appointment_rows import PAGE_OF, Wanted, parts

HEADING = "B1: a secured portal read"
ROUNDS, REQUESTS, AT_ONCE, ROWS = 6, 400, 8, 20
HTTP = b"GET /api/appointments HTTP/1.1\r\nHost: organizations.localhost\r\nAuthorization: Bearer %s\r\n\r\n"
TAKE = "select set_config('role', $1, true), set_config('fourdoors.actor', $2, true)"


async def measure(clinic: Clinic, patients: list[Patient]) -> list[str]:
    organization_id = patients[0].organization_id
    await fill(clinic, patients[:ROWS])
    token = await signed_in(clinic, organization_id)
    actor = Operator(organization_id, uuid4(), frozenset({"owner"}))
    pools = [await pool_of(clinic.superuser_url), await pool_of(composition.listening_url(clinic.settings))]
    bare, walled, ours = floor(pools[0], actor), floor(pools[1], actor, signer_of(clinic)), portal(clinic)
    request = scope("organizations.localhost", "/api/appointments", token)
    inside = await in_turn([partial(rate, each, request) for each in (bare, walled, ours)])
    async with served(bare) as one, served(walled) as other, served(ours) as third:
        asked = [partial(served_rate, port, HTTP % token.encode()) for port in (one, other, third)]
        outside = await in_turn(asked)
    for pool in pools:
        await pool.close()
    return [
        "Behind uvicorn, asked by another process:",
        "",
        *lines(outside, " (target at least 0.40)"),
        "",
        "Called as ASGI applications within one process, so that no server's own cost is in either side:",
        "",
        *lines(inside, ""),
    ]


def lines(rates: list[list[float]], target: str) -> list[str]:
    return [
        f"- the same SQL by bare asyncpg behind bare ASGI: {median(rates[0]):,.0f} requests/s",
        f"- the same behind the last wall: {median(rates[1]):,.0f} requests/s, {said(rates[1], rates[0])}",
        f"- the organization's appointments, {ROWS} rows, from host to JSON: {median(rates[2]):,.0f} requests/s, "
        f"{said(rates[2], rates[0])}{target}",
    ]


async def in_turn(measures: Sequence[Callable[[], Awaitable[float]]]) -> list[list[float]]:
    """Rates of each, A B C C B A …; a first round warms all and counts for none."""
    found: list[list[float]] = [[] for _ in measures]
    for number in range(ROUNDS + 1):
        order = list(enumerate(measures))
        for place, measure in order if number % 2 else reversed(order):
            measured = await measure()
            if number:
                found[place].append(measured)
    return found


def said(rates: list[float], floor: list[float]) -> str:
    ratios = [ours / bare for ours, bare in zip(rates, floor, strict=True)]
    return f"ratio {median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f} in {ROUNDS} rounds"


async def pool_of(url: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(url, min_size=AT_ONCE, max_size=AT_ONCE)


def signer_of(clinic: Clinic) -> ActorSigner:
    assert clinic.settings.actor_key
    return ActorSigner(bytes.fromhex(clinic.settings.actor_key.get_secret_value()))


async def fill(clinic: Clinic, patients: list[Patient]) -> None:
    """An appointment of each patient, at times that could be booked; once, whoever else asks for it."""
    times = await free_slots(clinic, patients[0])
    async with clinic.context.database.transaction(Engine(patients[0].organization_id)) as session:
        theirs = col(Appointment.patient_id) == patients[0].patient_id
        if await session.scalar(select(col(Appointment.id)).where(theirs).limit(1)):
            return
        kind = (await session.scalars(select(AppointmentType).limit(1))).one()
        for patient, (specialist_id, slot) in zip(patients, times, strict=False):
            session.add(
                Appointment(
                    organization_id=patient.organization_id,
                    brand_id=patient.brand_id,
                    patient_id=patient.patient_id,
                    specialist_id=specialist_id,
                    appointment_type_id=kind.id,
                    status="confirmed",
                    starts_at=slot.start,
                    ends_at=slot.end,
                    blocked=Range(slot.start, slot.end),
                    amount=100,
                    currency="USD",
                    terms=kind.terms,
                    modality=kind.modality,
                    hold_until=slot.start,
                    booked_at=slot.start,
                )
            )
    connection = await asyncpg.connect(clinic.superuser_url)
    await connection.execute("analyze")  # as any database has been that is a minute old
    await connection.close()


async def signed_in(clinic: Clinic, organization_id: Any) -> str:
    person = Person(email=f"{uuid4().hex}@bench.example", password_hash="!", given_name="B", family_name="One")
    async with clinic.context.database.transaction(House()) as session:
        session.add(person)
        await session.flush()
        session.add(Membership(organization_id=organization_id, person_id=person.id, role="owner"))
    return (await open_session(clinic.context, Door("organization"), person, "bearer")).token


def scope(host: str, path: str, token: str) -> dict[str, Any]:
    headers = [(b"host", host.encode()), (b"authorization", f"Bearer {token}".encode())]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": (host, 80),
    }


def portal(clinic: Clinic) -> ASGIApp:
    house = app.house(clinic.settings)

    async def ours(scope: Scope, receive: Receive, send: Send) -> None:
        await house({**scope, "state": {"context": clinic.context}}, receive, send)

    return ours


def floor(pool: asyncpg.Pool, actor: Operator, signer: ActorSigner | None = None) -> ASGIApp:
    """With a `signer` each request is a transaction of the signed actor."""

    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        matching, listed, asked = parts(Wanted(ends_from=datetime.now(UTC)), "starts")
        query = f"{PAGE_OF.format(matching=matching)} {listed}"
        own = re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) - 1}", query)  # $1 is the actor's token
        values = (["en"], actor.organization_id, COUNTED, ON_A_PAGE, 0, *asked)
        async with pool.acquire() as connection:
            if signer:
                async with connection.transaction():
                    await connection.fetchval(TAKE, ROLES[actor.kind], signer.token(actor))
                    rows = await connection.fetch(own, *values)
            else:
                rows = await connection.fetch(own, *values)
        body = json.dumps({"rows": [dict(row) for row in rows]}, default=str).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return bare


async def rate(application: ASGIApp, request: dict[str, Any]) -> float:
    """Requests a second, `AT_ONCE` at a time; every answer is looked at."""
    began = time.perf_counter()
    await asyncio.gather(*(several(application, request, REQUESTS // AT_ONCE) for _ in range(AT_ONCE)))
    return REQUESTS / (time.perf_counter() - began)


async def several(application: ASGIApp, request: dict[str, Any], count: int) -> None:
    for _ in range(count):
        status, body = await called(application, dict(request))
        assert status == 200, body
        assert body.count(b"confirmed") == ROWS


async def called(application: Callable[[Any, Any, Any], Awaitable[None]], request: dict[str, Any]) -> tuple[int, bytes]:
    status, body = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await application(request, receive, send)
    return status, body
