"""Whoever confirms an address holds its password: a stranger who registered it first keeps no key."""

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from domain.actors import House
from domain.refusals import LinkExpired, WrongCredentials
from models import Patient, Person
from tests.fixtures.house import AURORA, RunningHouse
from tests.fixtures.mailbox import link_for
from tests.identity.people import OTHER, PASSWORD
from tests.usecases.steps import until
from usecases.brands import BrandView, brand_of
from usecases.identity import registering
from usecases.identity.accounts import AskForLink, NewPassword, ask_for_link, reset_password
from usecases.identity.doors import Door
from usecases.identity.registering import ConfirmAddress, Register, RegisteredElsewhere
from usecases.identity.signing_in import SignIn, sign_in

OWN = "lantern-orchard-velvet-93"


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@patients.example"


async def aurora(house: RunningHouse) -> BrandView:
    brand = await brand_of(house.context, AURORA)
    assert brand is not None
    return brand


async def registers(house: RunningHouse, email: str, name: str, password: str) -> str:
    known = {"given_name": name, "family_name": "Vale", "email": email, "password": password, "locale": "en"}
    wanted = Register.model_validate(known)
    return await registering.register(house.context, await aurora(house), wanted, uuid4().hex)


async def mailed(house: RunningHouse, email: str, but: str = "") -> str:
    """The token in the newest link that is not `but`."""

    async def came() -> bool:
        return token_in(await link_for(house, email)) != but

    await until(came)
    return token_in(await link_for(house, email))


def token_in(link: str) -> str:
    return link.split("token=")[1]


async def confirms(house: RunningHouse, token: str, proof: str = "", password: str = "") -> None:
    door = Door("patient", (await aurora(house)).id)
    await registering.confirm(house.context, door, ConfirmAddress(token=token, password=password), proof)


async def opens(house: RunningHouse, email: str, password: str) -> bool:
    door = Door("patient", (await aurora(house)).id)
    try:
        await sign_in(house.context, door, SignIn(email=email, password=password), uuid4().hex)
    except WrongCredentials:
        return False
    return True


async def person(house: RunningHouse, email: str) -> Person:
    async with house.database.transaction(House()) as session:
        return (await session.scalars(select(Person).filter_by(email=email))).one()


async def test_the_browser_that_registered_confirms_with_one_click(house: RunningHouse, email: str) -> None:
    proof = await registers(house, email, "Vera", PASSWORD)
    await confirms(house, await mailed(house, email), proof)
    assert await opens(house, email, PASSWORD)


async def test_no_stranger_writes_to_a_mailbox_by_the_name_they_give(house: RunningHouse, email: str) -> None:
    """Neither with the link that confirms an address nor with the one for a new password."""
    await registers(house, email, "Win now: https://lure.example", PASSWORD)
    first = await mailed(house, email)
    await ask_for_link(house.context, Door("patient", (await aurora(house)).id), AskForLink(email=email), uuid4().hex)
    await mailed(house, email, but=first)
    mails = [mail for mail in await house.sandbox.seen("mails") if mail["to"] == email]
    assert len(mails) == 2
    assert "lure.example" not in str(mails)


async def test_another_browser_asks_for_the_password(house: RunningHouse, email: str) -> None:
    await registers(house, email, "Vera", PASSWORD)
    token = await mailed(house, email)
    async with house.visitor(AURORA) as visitor:
        shown = await visitor.get(f"/verify?token={token}")
        assert 'name="password"' in shown.text
        for wrong in ("", OTHER):
            refused = await visitor.post("/verify", token=token, password=wrong)
            assert (refused.status_code, 'href="/forgot-password"' in refused.text) == (401, True)
            assert (await person(house, email)).email_verified_at is None
        assert (await visitor.post("/verify", token=token, password=PASSWORD)).status_code == 303
        assert (await visitor.get("/")).status_code == 200


async def test_a_link_that_one_has_used_leads_home_and_asks_for_nothing(house: RunningHouse, email: str) -> None:
    await registers(house, email, "Vera", PASSWORD)
    token = await mailed(house, email)
    async with house.visitor(AURORA) as visitor, house.visitor(AURORA) as stranger:
        await visitor.get(f"/verify?token={token}")
        await visitor.post("/verify", token=token, password=PASSWORD)
        again = await visitor.get(f"/verify?token={token}")
        assert (again.status_code, "Your address is confirmed already." in again.text) == (200, True)
        assert 'name="password"' not in again.text
        assert "Your address is confirmed already." not in (await visitor.get("/verify?token=" + "t" * 30)).text
        assert "Your address is confirmed already." not in (await stranger.get(f"/verify?token={token}")).text


@pytest.mark.parametrize("path", ["/verify", "/verify?token=" + "t" * 30])
async def test_a_link_that_opens_nothing_says_how_to_go_on(house: RunningHouse, path: str) -> None:
    async with house.visitor(AURORA) as visitor:
        shown = await visitor.get(path)
        if "token" in path:
            shown = await visitor.post("/verify", token=path.partition("=")[2], password=PASSWORD)
        assert (shown.status_code, 'href="/forgot-password"' in shown.text) == (410, True)


async def test_who_registers_an_address_first_keeps_no_key_to_it(house: RunningHouse, email: str) -> None:
    await registers(house, email, "Mallory", OTHER)
    strangers = await mailed(house, email)
    proof = await registers(house, email, "Vera", PASSWORD)
    newest = await mailed(house, email, but=strangers)
    with pytest.raises(LinkExpired):
        await confirms(house, strangers, proof, OTHER)
    await confirms(house, newest, proof)
    assert (await person(house, email)).given_name == "Vera"
    assert (await opens(house, email, PASSWORD), await opens(house, email, OTHER)) == (True, False)


async def test_who_registers_it_last_keeps_none_either(house: RunningHouse, email: str) -> None:
    proof = await registers(house, email, "Vera", PASSWORD)
    hers = await mailed(house, email)
    await registers(house, email, "Mallory", OTHER)
    newest = await mailed(house, email, but=hers)
    with pytest.raises(RegisteredElsewhere):
        await confirms(house, newest, proof, PASSWORD)
    assert (await person(house, email)).email_verified_at is None
    door = Door("patient", (await aurora(house)).id)
    await ask_for_link(house.context, door, AskForLink(email=email), uuid4().hex)
    reset = await mailed(house, email, but=newest)
    await reset_password(house.context, door, NewPassword(token=reset, password=OWN), uuid4().hex)
    assert (await opens(house, email, OWN), await opens(house, email, OTHER)) == (True, False)


async def test_nobody_renames_whom_the_organization_has_imported(house: RunningHouse, email: str) -> None:
    await registers(house, email, "Vera", PASSWORD)
    before = await person(house, email)
    async with house.database.transaction(House()) as session:
        await session.execute(update(Patient).filter_by(person_id=before.id).values(source="fhir-import"))
    await registers(house, email, "Mallory", OTHER)
    after = await person(house, email)
    assert (after.given_name, after.password_hash) == ("Vera", before.password_hash)


async def test_a_confirmed_account_is_nobody_s_to_register_again(house: RunningHouse, email: str) -> None:
    proof = await registers(house, email, "Vera", PASSWORD)
    token = await mailed(house, email)
    await confirms(house, token, proof)
    await registers(house, email, "Mallory", OTHER)
    assert "/new-password" in await link_for(house, email) or await mailed(house, email, but=token)
    assert (await person(house, email)).given_name == "Vera"
    assert (await opens(house, email, PASSWORD), await opens(house, email, OTHER)) == (True, False)
