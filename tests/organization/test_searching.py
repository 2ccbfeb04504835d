"""Looking for somebody by name: the name is in no address, and another's address does not tell it."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.async_api import Browser, expect

from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.organization.cases import LINDA, MODERATE, assessed
from tests.specialist.people import at_pages, new_specialist

LISTS = ("/patients", "/journeys", "/tasks", "/appointments", "/messages", "/payments", "/audit")


@pytest.mark.parametrize("at", LISTS)
async def test_the_address_of_a_search_names_nobody(olivia: Visitor, at: str) -> None:
    answer = await olivia.post("/search", at=at, search="Quaxolotl Ibarra", page="1")
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert (address.path, set(parse_qs(address.query))) == (at, {"by", "page"})
    assert "quax" not in answer.headers["location"].lower()
    page = await olivia.follow(answer)
    assert page.status_code == 200
    assert 'value="Quaxolotl Ibarra"' in page.text
    assert "quax" not in "".join(str(each.url) for each in (page, answer)).lower()


async def test_a_name_in_the_address_is_refused(olivia: Visitor, owner: httpx.AsyncClient) -> None:
    page = await olivia.get("/patients?search=Quaxolotl")
    assert page.status_code == 422
    assert "A name does not belong in an address." in page.text
    for path in ("patients", "journeys", "audit"):
        assert (await owner.get(path, params={"search": "Quaxolotl"})).status_code == 422


async def test_another_organization_cannot_open_it(house: RunningHouse, olivia: Visitor) -> None:
    case = await assessed(house, MODERATE)
    address = (await olivia.post("/search", at="/patients", search=case.name)).headers["location"]
    async with house.visitor(ORGANIZATIONS) as stranger:
        await stranger.sign_in(*LINDA)
        page = await stranger.get(address)
    assert page.status_code == 422
    assert case.name not in page.text
    assert "Diese Adresse gehört zur Suche von jemand anderem." in page.text
    assert case.name in (await olivia.get(address)).text


@pytest.mark.parametrize("by", ["x", "AAAA", "é", "A" * 4000])
async def test_what_nobody_sealed_is_refused(olivia: Visitor, by: str) -> None:
    assert (await olivia.get(f"/patients?by={by}")).status_code == 422


async def test_a_name_that_is_too_long_and_an_address_elsewhere(olivia: Visitor) -> None:
    answer = await olivia.post("/search", at="/patients", search="x" * 81)
    assert (await olivia.follow(answer)).status_code == 422
    away = await olivia.post("/search", at="//evil.example/patients", search="x")
    assert urlsplit(away.headers["location"]).netloc == ""


async def test_a_specialist_looks_for_a_patient(house: RunningHouse) -> None:
    async with at_pages(house, await new_specialist(house)) as visitor:
        await visitor.get("/patients")
        page = await visitor.look_for("/patients", "Quaxolotl")
    assert "Nobody of that name" in page.text
    assert "Quaxolotl" not in str(page.url)


async def test_a_browser_searches_without_a_new_page_and_goes_back(
    house: RunningHouse, browser: Browser, olivia: Visitor
) -> None:
    case = await assessed(house, MODERATE)
    async with fresh_context(browser) as (context, _):
        kept = {"url": house.address(ORGANIZATIONS).replace("http://", "https://"), "secure": True}
        await context.add_cookies([{"name": SESSION_COOKIE, "value": olivia.cookies[SESSION_COOKIE], **kept}])  # type: ignore[typeddict-item]
        page = await context.new_page()
        await page.goto(house.address(ORGANIZATIONS) + "/patients")
        await page.evaluate("window.same = true")
        await page.fill("#f-search", case.name)
        await page.press("#f-search", "Enter")
        await page.wait_for_url("**/patients?*by=*")
        await expect(page.locator("#results tbody tr")).to_have_count(1)
        assert case.name.split()[1].lower() not in page.url.lower()
        assert await page.evaluate("window.same")
        await page.reload()
        assert await page.input_value("#f-search") == case.name
        await page.go_back()
        await expect(page.locator("#f-search")).to_have_value("")
        assert page.url == house.address(ORGANIZATIONS) + "/patients"
