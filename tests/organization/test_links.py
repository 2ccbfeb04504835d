"""What each role is shown: no names and no money beyond its lists, and no link to where it may not go."""

import re

import pytest

from tests.fixtures.house import ORGANIZATIONS, RunningHouse
from tests.identity.people import PASSWORD, at_pages, member
from tests.organization.cases import SEVERE, assessed, booked

ROLES = ("support", "finance", "marketing", "compliance", "care-coordinator", "clinical-lead", "operations", "owner")
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def ways_on(html: str) -> dict[str, str]:
    """Links of a page: the shape of an address -> the first address of that shape."""
    found: dict[str, str] = {}
    for href in re.findall(r'href="(/[^"#]*)', html):
        if not href.startswith("/static/"):
            found.setdefault(re.sub(UUID, "{id}", href.split("?")[0]), href.replace("&amp;", "&"))
    return found


@pytest.mark.parametrize("role", ROLES)
async def test_every_link_leads_where_its_reader_may_go(house: RunningHouse, role: str) -> None:
    await assessed(house, SEVERE)
    await booked(house, skip=20 + ROLES.index(role))
    who = await member(house, role)
    async with at_pages(house, who) as visitor:
        open_, known = {"/": "/"}, dict[str, str]()
        while open_:
            shape, href = open_.popitem()
            known[shape] = href
            page = await visitor.get(href)
            assert page.status_code in (200, 303), f"{role}: {href} is shown and answers {page.status_code}"
            open_ |= {each: way for each, way in ways_on(page.text).items() if each not in known}
    assert len(known) > 5


@pytest.mark.parametrize("role", ROLES)
async def test_names_and_money_are_for_who_may_read_their_lists(house: RunningHouse, role: str) -> None:
    await assessed(house, SEVERE)
    await booked(house, skip=40 + ROLES.index(role))
    who = await member(house, role)
    async with house.client(ORGANIZATIONS, who.email, PASSWORD) as app:
        view = (await app.get("overview", params={"days": "90"})).raise_for_status().json()
        may = {path: (await app.get(path)).status_code == 200 for path in ("tasks", "journeys", "payments")}
    assert bool(view["urgent"]) == may["tasks"]
    assert may["journeys"] or view["late"] == []
    assert (bool(view["takings"]), bool(view["takings_weeks"])) == (may["payments"], may["payments"])
    assert view["tasks"]["urgent"] > 0
