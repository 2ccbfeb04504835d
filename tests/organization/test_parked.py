"""A refund that the engine could not give is somebody's: whoever may read payments finds it, with what to do, and says
at the door or on the page how it was given."""

import re
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser

from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.identity.people import at_pages, long_ago, member, opened
from tests.organization.test_look import LANGUAGE, looked_at, speaking
from tests.payments.parked import parked
from tests.payments.till import PRICE
from usecases.organization.parked import REFUSED

TITLE, NEXT_ACTION = REFUSED
TRANSFER = {"way": "transfer", "reference": "2026-0417"}


async def count(client: httpx.AsyncClient) -> int:
    return int((await client.get("overview")).raise_for_status().json()["parked"])


async def test_it_is_counted_and_listed_with_what_to_do(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor
) -> None:
    before = await count(owner)
    it = await parked(house)
    assert await count(owner) == before + 1
    rows = (await owner.get("payments", params={"kind": "charge"})).raise_for_status().json()["parked"]
    assert len(rows) == before + 1
    (mine,) = [row for row in rows if row["id"] == str(it.refund_id)]
    assert (mine["title"], mine["next_action"], mine["returned"]) == (TITLE, NEXT_ACTION, False)
    assert (mine["amount"]["amount"], mine["reason"]) == (PRICE.amount, "charge_already_refunded")
    assert 'href="/payments"' in (await olivia.get("/")).text
    page = (await olivia.get("/payments")).text
    assert TITLE in page
    assert NEXT_ACTION in page
    assert f'href="/payments/{it.refund_id}"' in page


async def test_nobody_else_hears_of_it(
    house: RunningHouse, stranger: httpx.AsyncClient, coordinator: httpx.AsyncClient, carlos: Visitor
) -> None:
    before = await count(stranger)
    it = await parked(house)
    assert (await count(stranger), await count(coordinator)) == (before, 0)
    assert "not reached the" not in (await carlos.get("/")).text
    assert (await stranger.get(f"payments/{it.refund_id}")).status_code == 404
    assert (await stranger.post(f"payments/{it.refund_id}/settlement", json=TRANSFER)).status_code == 404
    assert (await coordinator.post(f"payments/{it.refund_id}/settlement", json=TRANSFER)).status_code == 403
    await it.check_untouched()


async def test_settled_at_the_door_it_counts_no_longer(
    house: RunningHouse, owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    it = await parked(house)
    before, at = await count(owner), f"payments/{it.refund_id}"
    unnamed = await owner.post(f"{at}/settlement", json={"way": "transfer"})
    assert (unnamed.status_code, set(unnamed.json()["errors"])) == (422, {"reference"})
    for _ in range(2):
        assert (await owner.post(f"{at}/settlement", json=TRANSFER)).status_code == 204
    other = await owner.post(f"{at}/settlement", json={"way": "desk"})
    assert (other.status_code, other.json()["type"]) == (409, "RefundSettled")
    assert await count(owner) == before - 1
    shown = (await owner.get(at)).json()
    assert (shown["waits"], shown["way"], shown["reference"]) == (False, "transfer", "2026-0417")
    assert shown["settled_by"]
    assert len(await it.entries()) == 1


async def test_on_the_page_what_was_typed_stays_until_it_is_right(house: RunningHouse, olivia: Visitor) -> None:
    it = await parked(house)
    at = f"/payments/{it.refund_id}"
    assert NEXT_ACTION in (await olivia.get(at)).text
    wrong = await olivia.post(f"{at}/settlement", way="transfer", reference="")
    assert (wrong.status_code, set(re.findall(r'id="e-([\w-]+)"', wrong.text))) == (422, {"reference"})
    assert re.search(r'value="transfer" checked', wrong.text)
    nothing = await olivia.post(f"{at}/settlement", reference="2026-0417")
    assert (nothing.status_code, set(re.findall(r'id="e-([\w-]+)"', nothing.text))) == (422, {"way"})
    assert 'value="2026-0417"' in nothing.text
    forged = await olivia.send("POST", f"{at}/settlement", data=TRANSFER | {"csrf": "forged"})
    assert forged.status_code in (403, 409)
    await it.check_untouched()
    done = await olivia.follow(await olivia.post(f"{at}/settlement", **TRANSFER))
    assert "the patient has the money back" in done.text
    assert f'href="{at}"' not in done.text
    assert "Refund by bank transfer" in done.text


async def test_whoever_comes_second_reads_who_was_first(house: RunningHouse, olivia: Visitor) -> None:
    it = await parked(house)
    at = f"/payments/{it.refund_id}"
    async with at_pages(house, await member(house, "finance")) as colleague:
        await colleague.get(at)
        assert (await colleague.post(f"{at}/settlement", way="desk")).status_code == 303
    await olivia.get("/payments")
    page = await olivia.post(f"{at}/settlement", **TRANSFER)
    assert (page.status_code, 'class="summary" role="alert"' in page.text) == (409, True)
    assert "Robin Vale" in page.text
    assert 'id="settle"' not in page.text
    assert [kind for kind, _ in await it.entries()] == ["refund-desk"]


async def test_who_has_been_away_shows_who_they_are_first(house: RunningHouse) -> None:
    it, who = await parked(house), await member(house, "finance")
    at = f"/payments/{it.refund_id}"
    async with at_pages(house, who) as colleague:
        await long_ago(house, who)
        page = (await colleague.get(at)).text
        assert "/settlement" not in page
        assert "/confirm-it-is-you?next=" in page
        asked = await colleague.post(f"{at}/settlement", **TRANSFER)
        assert asked.headers["location"].startswith("/confirm-it-is-you")
    await it.check_untouched()


async def test_there_is_no_page_of_what_waits_for_nobody(olivia: Visitor) -> None:
    assert (await olivia.get(f"/payments/{uuid4()}")).status_code == 404


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_axe_finds_nothing(house: RunningHouse, browser: Browser, lang: str) -> None:
    at, token = house.address(ORGANIZATIONS), (await opened(house, await member(house, "finance"))).token
    paths = [f"/payments/{(await parked(house)).refund_id}", "/payments"]
    async with fresh_context(browser, 320, locale=LANGUAGE[lang]) as (context, _):
        kept = {"url": at.replace("http://", "https://"), "secure": True}
        await context.add_cookies([{"name": SESSION_COOKIE, "value": token, **kept}])  # type: ignore[typeddict-item]
        page = await speaking(context, at + "/payments", lang)
        for path in paths:
            await looked_at(page, at + path, lang)
