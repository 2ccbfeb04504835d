"""What is sent has to be what was asked for: known fields, once, and nothing that means more further on."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import ValidationError

from domain.actors import Patient
from domain.refusals import NotFound, Refusal, TooManyRequests
from handbook.endpoints import endpoints
from portals.core.static import ASSETS
from tests.fixtures.house import AURORA, RunningHouse
from tests.fixtures.http import http_client
from tests.identity.people import PASSWORD, identity_of, patient
from usecases.identity.accounts import AskForLink
from usecases.identity.invitations import Invite
from usecases.identity.registering import Register
from usecases.pace import Buckets, Pace
from usecases.room import signals
from usecases.room.signals import Signal
from usecases.views import Command

KNOWN = {"given_name": "Robin", "family_name": "Vale", "password": PASSWORD, "locale": "en"}


def commands(of: type[Command] = Command) -> Iterator[type[Command]]:
    for each in of.__subclasses__():
        yield each
        yield from commands(each)


def test_no_command_takes_unknown_fields() -> None:
    assert endpoints()
    known = set(commands())
    assert len(known) > 25
    assert not [each.__name__ for each in known if each.model_config.get("extra") not in ("forbid", "ignore")]


@pytest.mark.parametrize("field", ["organization_id", "status", "email_verified_at", "password_hash", "role", "id"])
def test_nobody_registers_as_more_than_a_patient(field: str) -> None:
    assert Register(email="robin@patients.example", **KNOWN)
    with pytest.raises(ValidationError, match=field):
        Register(email="robin@patients.example", **KNOWN, **{field: "x"})


@pytest.mark.parametrize("field", ["given_name", "family_name"])
def test_a_name_can_be_seen_and_turns_nothing_around(field: str) -> None:
    with pytest.raises(ValidationError, match="no text"):
        Register(email="robin@patients.example", **KNOWN | {field: "\u200b\u202e"})
    made = Register(email="robin@patients.example", **KNOWN | {field: "Rob\u202ein\nVale"})
    assert getattr(made, field) == "Robin Vale"


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\nBcc: c@d.example",
        "a@b.example\r\nSubject: x",
        "a@b.example, c@d.example",
        "<a@b.example>\0",
        "a b@c.example",
        "a@b.example%0ABcc: c@d.example",
    ],
)
def test_a_mail_address_is_one_address(address: str) -> None:
    for ask in (
        lambda: AskForLink(email=address),
        lambda: Register(email=address, **KNOWN),
        lambda: Invite(email=address, given_name="R", family_name="V", roles=("owner",)),
    ):
        with pytest.raises(ValidationError, match="email"):
            ask()


async def test_a_field_sent_twice_is_refused(house: RunningHouse) -> None:
    who, other = await patient(house), await patient(house)
    async with house.visitor(AURORA) as visitor:
        await visitor.get("/sign-in")
        refused = await visitor.post("/sign-in", email=[who.email, other.email], password=PASSWORD)
        assert refused.status_code == 422
        from_the_address = await visitor.post(f"/sign-in?email={who.email}", password=PASSWORD)
        assert from_the_address.status_code == 422
        assert set(visitor.cookies) == {"__Host-visitor"}


async def test_what_is_served_says_what_it_is(house: RunningHouse) -> None:
    who = {"host": f"{AURORA}:{house.settings.port}"}
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}", headers=who) as client:
        page, door = await client.get("/sign-in"), await client.get("/api/seats")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert door.headers["content-type"] == "application/problem+json"
    types = {name.rpartition(".")[2]: each.media_type for name, each in ASSETS.items()}
    assert types["js"] == "text/javascript"
    assert types["svg"] == "image/svg+xml; charset=utf-8"
    assert set(types) <= {"js", "svg", "css", "woff2"}


async def test_a_flood_of_signals_ends_and_another_is_heard(house: RunningHouse) -> None:
    """Of one person's words in rooms; who stays below the measure is answered as ever: there is no such room."""
    flooder, other = await patient(house), await patient(house)
    measured = replace(house.context, pace=Pace(signals=Buckets(3, lambda: 0.0)))
    bye = Signal(bye=True)
    answers = []
    for who in (flooder, flooder, flooder, flooder, other):
        actor = (await identity_of(house, who)).actor
        assert isinstance(actor, Patient)
        with pytest.raises(Refusal) as refused:
            await signals.post(measured, actor, uuid4(), "t" * 30, "peer", bye)
        answers.append(refused.type)
    assert answers == [NotFound, NotFound, NotFound, TooManyRequests, NotFound]
