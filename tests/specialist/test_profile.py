"""The specialist's own page at the pages' door: what it takes from its form, and what it says of licences."""

from typing import Any

import pytest

from tests.fixtures.house import RunningHouse
from tests.specialist.people import at_pages, new_specialist


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"languages": ["en"], "zone": "Europe/Berlin", "biography_en": "Calm."}, 303),
        ({"languages": ["en"], "zone": "Mars/Base", "biography_en": "Calm."}, 422),
        ({"languages": ["xx-nonsense"], "zone": "Europe/Berlin"}, 422),
        ({"zone": "Europe/Berlin"}, 422),
        ({"languages": ["en"], "zone": "Europe/Berlin", "biography_en": "x" * 2001}, 422),
    ],
)
async def test_the_profile_form(house: RunningHouse, fields: dict[str, Any], status: int) -> None:
    async with at_pages(house, await new_specialist(house)) as visitor:
        await visitor.get("/profile")
        assert (await visitor.post("/profile", **fields)).status_code == status
        assert ("Calm." in (await visitor.get("/profile")).text) is (status == 303)


async def test_the_profile_says_licences_in_words(house: RunningHouse) -> None:
    async with at_pages(house, await new_specialist(house)) as visitor:
        licences = (await visitor.get("/profile")).text.split('id="licences"')[1].split("</ul>")[0]
    assert all(place in licences for place in ("United States: Massachusetts", "Germany"))
    assert "US-MA" not in licences
