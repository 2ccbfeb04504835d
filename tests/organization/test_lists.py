"""A list never contradicts itself: a page after the last is the last, one before the first is the first; and days
in the wrong order are said to be."""

import re

import httpx
import pytest
from playwright.async_api import Browser, expect

from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.organization.cases import MODERATE, assessed, booked
from tests.specialist.people import at_pages, new_specialist

LISTS = ("/journeys", "/tasks", "/appointments?when=all", "/patients", "/messages", "/payments", "/audit")
TURNED = "since=2026-05-02&until=2026-05-01"
MISTAKE = "Choose a day that is not before the first one."


@pytest.mark.parametrize("at", LISTS)
async def test_a_page_after_the_last_is_the_last(owner: httpx.AsyncClient, at: str) -> None:
    path, _, query = at.removeprefix("/").partition("?")
    wanted = dict(each.split("=") for each in query.split("&") if each)
    last = (await owner.get(path, params=wanted | {"page": 9_000})).json()
    total, shown = last["paging"]["total"], last["paging"]["page"]
    assert shown == max(1, -(-total // last["paging"]["per_page"]))
    assert bool(last["rows"]) == bool(total)
    assert (await owner.get(path, params={"page": 0})).status_code == 422


async def test_rows_are_shown_and_no_page_before_them(house: RunningHouse, olivia: Visitor) -> None:
    case = await assessed(house, MODERATE)
    address = (await olivia.post("/search", at="/journeys", search=case.name, page="2")).headers["location"]
    page = (await olivia.get(address)).text
    assert "1 journey<" in page
    assert case.name in page
    assert "No journey fits" not in page


async def test_the_audit_calls_nobody_a_person(olivia: Visitor) -> None:
    """Signing in is noted of a person, and their name says that already."""
    page = await olivia.get("/audit?act=sign-in")
    assert "<code>sign-in</code>" in page.text
    assert "<bdi>person</bdi>" not in page.text


async def test_a_specialist_s_list_too(house: RunningHouse) -> None:
    colleague = await new_specialist(house)
    async with at_pages(house, colleague) as visitor:
        for number in ("0", "2", "99999", "x"):
            assert (await visitor.get(f"/patients?page={number}")).status_code == 200


@pytest.mark.parametrize("at", LISTS)
@pytest.mark.parametrize("number", ["0", "-3", "99999", "two"])
async def test_a_page_there_cannot_be_is_the_first(olivia: Visitor, at: str, number: str) -> None:
    page = await olivia.get(f"{at}{'&' if '?' in at else '?'}page={number}")
    assert page.status_code == 200
    assert 'class="summary"' not in page.text
    assert 'rel="prev"' not in page.text


@pytest.mark.parametrize("at", ["/appointments", "/payments", "/audit"])
async def test_days_in_the_wrong_order_are_a_mistake_of_the_second(
    owner: httpx.AsyncClient, olivia: Visitor, at: str
) -> None:
    page = await olivia.get(f"{at}?{TURNED}")
    assert page.status_code == 422
    assert set(re.findall(r'id="e-([\w-]+)"', page.text)) == {"until"}
    assert page.text.count(MISTAKE) == 2
    assert 'value="2026-05-02"' in page.text
    assert 'value="2026-05-01"' in page.text
    assert 'id="results"' in page.text
    answer = await owner.get(f"{at.removeprefix('/')}?{TURNED}")
    assert answer.status_code == 422
    assert MISTAKE in answer.text
    assert (await olivia.get(f"{at}?since=2026-05-01&until=2026-05-01")).status_code == 200


async def test_with_scripts_the_mistake_comes_and_goes(house: RunningHouse, browser: Browser, olivia: Visitor) -> None:
    await booked(house, skip=11)
    async with fresh_context(browser) as (context, _):
        kept = {"url": house.address(ORGANIZATIONS).replace("http://", "https://"), "secure": True}
        await context.add_cookies([{"name": SESSION_COOKIE, "value": olivia.cookies[SESSION_COOKIE], **kept}])  # type: ignore[typeddict-item]
        page = await context.new_page()
        await page.goto(house.address(ORGANIZATIONS) + "/appointments?when=all&since=2026-05-02")
        await page.evaluate("window.same = true")
        await page.fill("#f-until", "2026-05-01")
        await expect(page.locator("#e-until")).to_contain_text(MISTAKE)
        await expect(page.locator(".summary")).to_be_visible()
        await page.fill("#f-until", "2126-05-01")
        await expect(page.locator("#e-until")).to_have_count(0)
        await expect(page.locator(".summary")).to_have_count(0)
        assert await page.evaluate("window.same")


async def test_a_currency_may_be_written_small(owner: httpx.AsyncClient) -> None:
    assert (await owner.get("payments?currency=usd")).json() == (await owner.get("payments?currency=USD")).json()
    assert (await owner.get("payments?currency=us")).status_code == 422
