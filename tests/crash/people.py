"""Patients at the JSON door who do what people do when a site does not answer: the same again, until it does."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from domain.actors import Engine
from models import PaymentCustomer
from tests.crash.running import OwnHouse
from tests.fixtures.house import AURORA, RunningHouse
from tests.fixtures.http import http_client
from tests.patient.people import Newcomer, app_of
from tests.usecases.steps import journey_at_booking, new_patient

GOOD, BAD = "4242424242424242", "4000000000000002"
PLANS = (
    ("saved card", "page, declined at first", "cancels what is paid", "abandons"),
    ("page", "declined, then another card", "cancels unpaid", "cancels what is paid"),
)
PAUSE_S, ONE_KEY_S, WHOLE_WAY_S = 0.4, 25, 150
AWAY = (httpx.TransportError,)
TOO_LATE = (409, 410)


@dataclass
class Patient:
    """`told` is what the house has acknowledged: "paid", "declined", "cancelled", "too late"."""

    plan: str
    newcomer: Newcomer
    house: RunningHouse
    app: httpx.AsyncClient
    journey_id: UUID
    cards: dict[str, str]
    chance: random.Random
    appointment_id: UUID | None = None
    told: list[str] = field(default_factory=list)

    async def go(self) -> None:
        async with asyncio.timeout(WHOLE_WAY_S):
            await asyncio.sleep(self.chance.uniform(0, 4))
            await self.book()
            match self.plan:
                case "saved card":
                    await self.pay(self.cards[GOOD])
                case "declined, then another card":
                    await self.pay(self.cards[BAD])
                    await self.pay(self.cards[GOOD])
                case "page":
                    await self.pay(None)
                case "page, declined at first":
                    await self.pay(None, BAD, GOOD)
                case "cancels what is paid":
                    await self.pay(self.cards[GOOD])
                    await self.cancel()
                case "cancels unpaid":
                    await self.cancel()

    async def book(self) -> None:
        while self.appointment_id is None:
            start, specialist_id = await self._choose()
            wish = {"specialist_id": specialist_id, "appointment_type": "intake", "start": start}
            asked = {**wish, "key": uuid4().hex, "journey_id": str(self.journey_id)}
            answer = await self._insist("POST", "appointments", asked, WHOLE_WAY_S)
            if answer is not None and answer.status_code == 201:
                self.appointment_id = UUID(answer.json()["id"])
            elif answer is not None:
                assert answer.status_code in TOO_LATE, answer.text

    async def pay(self, card: str | None, *typed: str) -> None:
        """Under one key for as long as a person has patience, then from a fresh page with a new one."""
        while not {"paid", "too late"} & set(self.told):
            asked = {"key": uuid4().hex, "payment_method": card}
            said = self._heard(await self._insist("POST", f"{self._mine}/pay", asked, ONE_KEY_S))
            if said.get("status") == "open":
                for number in typed or (GOOD,):
                    await self._type(said["action_url"], number)
                said = self._heard(await self._insist("POST", f"{self._mine}/settle", {}, ONE_KEY_S))
            if said.get("status") == "succeeded":
                self.told.append("paid")
            if said.get("status") == "declined" and card == self.cards[BAD]:
                self.told.append("declined")
                return

    async def cancel(self) -> None:
        if "too late" in self.told:
            return
        asked = {"key": uuid4().hex, "fee": 0}
        if self._heard(await self._insist("POST", f"{self._mine}/cancel", asked, WHOLE_WAY_S)):
            self.told.append("cancelled")

    def _heard(self, answer: httpx.Response | None) -> dict[str, Any]:
        """What the house says; nothing when it went on being silent."""
        if answer is None:
            return {}
        if answer.status_code in TOO_LATE:
            self.told.append("too late")
            return {}
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def _choose(self) -> tuple[str, str]:
        found = await self._insist("GET", "specialists", None, WHOLE_WAY_S)
        assert found is not None
        specialist_id = self.chance.choice(found.json()["specialists"])["id"]
        week = self.chance.randrange(1, 4)
        times = await self._insist("GET", f"specialists/{specialist_id}/slots?week={week}", None, WHOLE_WAY_S)
        assert times is not None
        free = times.json()["times"]
        return (self.chance.choice(free), specialist_id) if free else await self._choose()

    async def _type(self, url: str, number: str) -> None:
        while True:
            try:
                await self.house.sandbox.pay(url, number)
            except AWAY:
                await asyncio.sleep(PAUSE_S)
            else:
                return

    async def _insist(self, method: str, path: str, body: Any, seconds: float) -> httpx.Response | None:
        """The same request until it is answered; None after so many seconds."""
        ends = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < ends:
            try:
                answer = await self.app.request(method, path, json=body)
            except AWAY:
                await asyncio.sleep(PAUSE_S)
                continue
            if answer.status_code < 500:
                return answer
            await asyncio.sleep(PAUSE_S)
        return None

    @property
    def _mine(self) -> str:
        return f"appointments/{self.appointment_id}"


@asynccontextmanager
async def a_patient(own: OwnHouse, plan: str, chance: random.Random) -> AsyncIterator[Patient]:
    """Signed in, on a journey that waits for a booking, with one good and one bad card saved."""
    house = own.house
    who = await new_patient(house, AURORA)
    newcomer = Newcomer(AURORA, "", who)
    journey_id = await journey_at_booking(house, who)
    customer = await house.context.payments.ensure_customer(who.patient_id, uuid4().hex)
    async with house.database.transaction(Engine(who.organization_id)) as session:
        row = PaymentCustomer(organization_id=who.organization_id, patient_id=who.patient_id, vendor_customer=customer)
        session.add(row)
    cards = {GOOD: await _save(house, customer, "pm_card_visa")}
    cards[BAD] = await _save(house, customer, "pm_card_chargeCustomerFail")
    async with app_of(house, newcomer) as app:
        yield Patient(plan, newcomer, house, app, journey_id, cards, random.Random(chance.random()))


async def _save(house: RunningHouse, customer: str, token: str) -> str:
    headers = {"authorization": f"Bearer {house.sandbox.options.stripe_key}"}
    url = f"{house.sandbox.base_url}/v1/payment_methods/{token}/attach"
    async with http_client(headers=headers) as vendor:
        answer = await vendor.post(url, data={"customer": customer})
    return str(answer.raise_for_status().json()["id"])
