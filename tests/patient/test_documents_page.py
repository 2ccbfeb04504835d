"""The page of shared documents in a real browser, and the same with the specialist who treats."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser

from tests.fixtures.browser import axe, overflow
from tests.fixtures.files import pdf, picture
from tests.fixtures.house import AURORA, SANA, RunningHouse
from tests.patient.browsing import address, browsing
from tests.patient.people import Newcomer, newcomer
from tests.specialist.people import Colleague, at_pages, booked, new_specialist
from tests.usecases.steps import new_patient
from usecases.patient.documents import ShareDocument, share


async def treated(house: RunningHouse) -> tuple[Newcomer, Colleague]:
    who, colleague = Newcomer(AURORA, "", await new_patient(house, AURORA)), await new_specialist(house)
    await booked(house, who.patient, colleague)
    return who, colleague


@pytest.mark.parametrize("script", [True, False])
async def test_a_letter_goes_to_the_specialist_and_comes_back(
    house: RunningHouse, browser: Browser, tmp_path: Path, script: bool
) -> None:
    who, colleague = await treated(house)
    letter = tmp_path / "Überweisung.pdf"
    letter.write_bytes(pdf())
    async with browsing(house, browser, who, java_script_enabled=script) as page:
        await page.goto(address(house, who, "/documents"))
        await page.get_by_label("File").set_input_files(letter)
        await page.get_by_label("Only Dr. Toni Berg").check()
        await page.get_by_role("button", name="Share").click()
        await page.get_by_text("Your document is shared.").wait_for()
        shared = page.locator("#shared li")
        assert "Only Dr. Toni Berg sees it" in await shared.inner_text()
        async with page.expect_download() as coming, at_pages(house, colleague) as specialist:
            await shared.get_by_role("link", name="Download: Überweisung").click()
            seen = (await specialist.get(f"/patients/{who.patient.patient_id}")).text
            assert "Überweisung" in seen
        download = await coming.value
        assert download.suggested_filename.startswith("document-")
        await download.save_as(tmp_path / "kept")
        assert (tmp_path / "kept").read_bytes().startswith(b"%PDF-")
        await shared.get_by_text("Take back").click()
        await shared.get_by_role("button", name="Yes, take it back").click()
        await page.get_by_text("You share nothing yet").wait_for()


async def test_a_refusal_is_said_where_it_can_be_mended(house: RunningHouse, browser: Browser, tmp_path: Path) -> None:
    who = await newcomer(house, AURORA)
    wrong = tmp_path / "photo.jpg"
    wrong.write_bytes(b"<script>alert(1)</script>")
    async with browsing(house, browser, who) as page:
        await page.goto(address(house, who, "/documents"))
        await page.get_by_label("What it is").fill("A photo")
        await page.get_by_label("File").set_input_files(wrong)
        await page.get_by_role("button", name="Share").click()
        await page.get_by_text("This file is no PDF, JPEG or PNG.").wait_for()
        assert await page.get_by_label("What it is").input_value() == "A photo"
        assert await axe(page) == []


@pytest.mark.parametrize(
    ("lang", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 390), ("de", "light", 320)]
)
async def test_the_page_is_accessible(
    house: RunningHouse, browser: Browser, lang: str, scheme: str, width: int
) -> None:
    who = await newcomer(house, SANA)
    for file, title in ((pdf(), "Überweisung"), (picture("JPEG"), "نتائج الفحص"), (picture(), "")):
        await share(house.context, who.patient, ShareDocument(key=uuid4().hex, file=file, title=title))
    async with browsing(house, browser, who, lang, width=width, scheme=scheme) as page:
        await page.goto(address(house, who, "/documents"))
        await page.locator("#shared summary").first.click()
        assert await axe(page) == []
        assert await overflow(page) == 0
