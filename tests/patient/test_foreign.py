"""What belongs to somebody else is as absent as what does not exist, at both doors; and nobody unsigned comes in."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

import api.patient
import portals.patient.portal
from domain.refusals import NotFound
from models import Appointment, Journey, LedgerIntent, OfferedMaterial, QuestionnaireResponse
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.patient import way
from tests.patient.people import app_of, newcomer, rows_of, signed_in

BANNED = (
    "payout",
    "commission",
    "engagement",
    "contract",
    "licence",
    "npi",
    "approval",
    "margin",
    "vendor",
    "percent_",
)
OPEN = {"/sign-in", "/sign-out", "/forgot-password", "/new-password", "/register", "/verify", "/language"}
OPEN |= {"/sign-in/passkey", "/sign-in/second-step", "/invitation"}


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path) of every route of an application's routers."""
    ahead = list(app.router.routes)
    while ahead:
        route = ahead.pop()
        ahead += getattr(getattr(route, "original_router", None) or getattr(route, "router", None), "routes", [])
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in sorted((route.methods or set()) - {"HEAD"}))


async def test_foreign_and_absent_answer_alike(house: RunningHouse) -> None:
    owner, stranger = await newcomer(house, AURORA), await newcomer(house, AURORA)
    other_brand = await newcomer(house, MARIGOLD)
    async with signed_in(house, owner) as visitor:
        await way.booked(house, visitor, place=50)
    (appointment,), (journey,) = await rows_of(house, owner, Appointment), await rows_of(house, owner, Journey)
    (payment,), (material,) = await rows_of(house, owner, LedgerIntent), await rows_of(house, owner, OfferedMaterial)
    for who in (stranger, other_brand):
        async with signed_in(house, who) as visitor, app_of(house, who) as app:
            await visitor.get("/")
            for sub in ("", "/pay", "/paid", "/move", "/room", "/events", "/calendar.ics"):
                foreign, absent = [await visitor.get(f"/appointments/{i}{sub}") for i in (appointment.id, uuid4())]
                assert foreign.status_code == absent.status_code == 404, sub
                assert NotFound.title in foreign.text or who is other_brand, sub
            posts = {
                f"appointments/{appointment.id}/cancel": {"key": uuid4().hex, "fee": 0},
                f"appointments/{appointment.id}/move": {"key": uuid4().hex, "start": "2030-01-01T10:00:00Z"},
                f"appointments/{appointment.id}/pay": {"key": uuid4().hex},
                f"appointments/{appointment.id}/settle": {},
                f"materials/{material.id}/read": {},
                f"journeys/{journey.id}/form/complete": {"answers": {}},
            }
            for path, sent in posts.items():
                assert (await app.post(path, json=sent)).status_code == 404, path
            for path in (f"journeys/{journey.id}/why", f"journeys/{journey.id}/form", f"payments/{payment.id}"):
                assert (await app.get(path)).status_code == 404, path
            assert (await visitor.get(f"/payments/{payment.id}")).status_code == 404
            assert (await visitor.get(f"/journeys/{journey.id}/form")).status_code == 404
            assert (await app.get("appointments")).json() == (await app.get("payments")).json() == []
        assert await rows_of(house, who, QuestionnaireResponse) == []
    assert await rows_of(house, owner, Appointment) == [appointment]
    assert (await rows_of(house, owner, OfferedMaterial))[0].read_at is None


async def test_nobody_books_for_another_person_s_journey(house: RunningHouse) -> None:
    owner, stranger = await newcomer(house, AURORA), await newcomer(house, AURORA)
    async with signed_in(house, owner) as visitor:
        await way.to_booking(visitor)
    (journey,) = await rows_of(house, owner, Journey)
    async with app_of(house, stranger) as app:
        await app.post("consents", json={"kinds": ["treatment", "telehealth", "privacy"]})
        found = (await app.get("specialists", params={"type": "intake"})).json()["specialists"][0]
        free = (await app.get(f"specialists/{found['id']}/slots", params={"type": "intake", "week": 4})).json()
        wanted = {"specialist_id": found["id"], "appointment_type": "intake", "start": free["times"][0]}
        answer = await app.post("appointments", json={**wanted, "key": uuid4().hex, "journey_id": str(journey.id)})
    assert answer.status_code == 404
    assert await rows_of(house, stranger, Appointment) == []
    assert [row.step for row in await rows_of(house, owner, Journey)] == ["book-first"]


async def test_without_signing_in_every_page_and_every_address_of_the_door_stays_shut(house: RunningHouse) -> None:
    async with house.visitor(AURORA) as visitor:
        await visitor.get("/sign-in")
        for method, path in routes(portals.patient.portal.create()):
            if path in OPEN:
                continue
            address = fill(path)
            answer = await (visitor.get(address) if method == "GET" else visitor.post(address))
            shut = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
            assert shut or answer.status_code == 404, (method, path, answer.status_code)
        for method, path in routes(api.patient.create()):
            if path in OPEN:
                continue
            answer = await visitor.client.request(method, f"/api{fill(path)}", json={})
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize("word", BANNED)
def test_the_patients_door_says_nothing_of_payouts_and_contracts(word: str) -> None:
    schemas = api.patient.create().openapi()["components"]["schemas"]
    names = [f"{title}.{name}" for title, schema in schemas.items() for name in schema.get("properties", {})]
    assert len(names) > 100
    assert [name for name in names if word in name.lower()] == []


def fill(path: str) -> str:
    """The path with something in every place, a new id where one is wanted."""
    for name in ("specialist_id", "appointment_id", "journey_id", "payment_id", "offered_id"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    return path.replace("{payment_method}", "pm_x").replace("{token}", "t" * 20)
