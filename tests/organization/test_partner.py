"""The partners' door: whom they work with, and nothing else."""

import httpx
import pytest

from tests.fixtures.house import AURORA, ORGANIZATIONS, PARTNERS, RunningHouse

PAUL = ("paul@partners.example", "partner-demo")


async def test_a_partner_sees_whom_he_works_with(house: RunningHouse) -> None:
    async with house.client(PARTNERS, *PAUL) as client:
        view = (await client.get("home")).json()
        assert (view["organization"], view["organizations"]) == ("Northlight Health", ["Northlight Health"])
        for path in ("journeys", "patients", "appointments", "messages", "overview"):
            assert (await client.get(path)).status_code == 404


async def test_the_page_links_to_nothing_that_is_not_there(house: RunningHouse) -> None:
    async with house.visitor(PARTNERS) as paul:
        page = await paul.sign_in(*PAUL)
        assert "Northlight Health" in page.text
        assert "Account since" in page.text
        for path in ("/journeys", "/patients", "/people"):
            assert (await paul.get(path)).status_code == 404
        await paul.get("/")
        left = await paul.follow(await paul.post("/sign-out"))
        assert "Sign in" in left.text


@pytest.mark.parametrize("host", [ORGANIZATIONS, AURORA])
async def test_a_partner_comes_in_by_no_other_door(house: RunningHouse, host: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        async with house.client(host, *PAUL):
            pass
    assert refused.value.response.status_code == 401
