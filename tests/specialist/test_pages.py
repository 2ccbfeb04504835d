"""How the pages look and behave in a real browser: with axe, in both directions, light and dark, narrow and wide."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from domain.actors import Patient
from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import faults, fresh_context
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.fixtures.pictures import picture
from tests.room.people import come
from tests.specialist.people import Colleague, booked, named, new_specialist, session_of, soon
from tests.specialist.test_day import answered
from tests.usecases.steps import journey_at_booking, new_patient, until
from usecases.specialist import hours, notes, sessions
from usecases.specialist.hours import AddException, PutHours
from usecases.specialist.notes import Draft
from usecases.specialist.week import week

LANGUAGE = {"en": "en-US", "ar": "ar"}


@pytest.fixture(scope="module")
async def practice(house: RunningHouse) -> tuple[Colleague, Patient, UUID, UUID]:
    """A day with a session to come and one whose note is signed."""
    me = await new_specialist(house, "northlight", "lindenhof")
    patient = await named(house, await new_patient(house, AURORA), "Ada", "Lowell")
    other = await named(house, await new_patient(house, AURORA), "Emil", "Brandt")
    await answered(house, patient)
    over = await booked(house, other, me)
    await come(house.context, other, over)
    await sessions.admit(house.context, me.specialist, over)
    await sessions.finish(house.context, me.specialist, over)
    body = Draft(subjective="Sleeps better.", objective="Calm.", assessment="Recovering.", plan="Weekly.")
    await notes.sign(house.context, me.specialist, over, body)
    journey_id = await journey_at_booking(house, patient)
    now = await booked(house, patient, me, soon(house, 30), journey_id=journey_id)
    return me, patient, now, over


def paths(patient: Patient, now: UUID, over: UUID) -> list[str]:
    return [
        "/",
        "/week",
        "/patients",
        f"/patients/{patient.patient_id}",
        "/profile",
        f"/appointments/{now}",
        f"/appointments/{now}/note",
        f"/appointments/{over}/note",
        f"/appointments/{over}/note/amend",
        "/appointments/nothing",
    ]


async def signed_in(house: RunningHouse, context: BrowserContext, me: Colleague, lang: str = "en") -> Page:
    token = (await session_of(house, me, "cookie")).token
    for name, value in ((SESSION_COOKIE, token), ("__Host-language", lang)):
        await context.add_cookies([{"name": name, "value": value, "url": f"https://{SPECIALISTS}"}])
    return await context.new_page()


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_axe_finds_nothing(
    house: RunningHouse, browser: Browser, practice: tuple[Colleague, Patient, UUID, UUID], lang: str
) -> None:
    me, patient, now, over = practice
    async with fresh_context(browser, locale=LANGUAGE[lang]) as (context, _):
        page = await signed_in(house, context, me, lang)
        for path in paths(patient, now, over):
            await page.goto(house.address(SPECIALISTS) + path)
            assert await page.locator("html").get_attribute("lang") == lang
            assert await faults(page) == [], path


async def test_the_week_by_drag_and_keyboard_is_kept(house: RunningHouse, browser: Browser) -> None:
    me = await new_specialist(house, hours=False)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(house.address(SPECIALISTS) + "/week")
        await page.locator(".wk-day").nth(6).wait_for()
        box = await page.locator(".wk-day").nth(3).bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 30, box["y"] + box["height"] * 10 / 24)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 30, box["y"] + box["height"] * 12 / 24, steps=5)
        await page.mouse.up()
        await page.locator(".wk-status", has_text="Thursday").wait_for()
        await page.locator(".wk-day").nth(1).focus()
        await page.keyboard.press("Enter")
        await page.locator(".wk-status", has_text="Tuesday").wait_for()
        await page.reload()
        assert await page.locator(".wk-day").nth(1).locator(".wk-block").count() == 1
        dragged = page.locator(".wk-day").nth(3).locator(".wk-block")
        assert "10:00" in (await dragged.get_attribute("aria-label") or "")
        await dragged.focus()
        await page.keyboard.press("Delete")
        await page.locator(".wk-status", has_text="Removed").wait_for()
        await page.reload()
        assert await page.locator(".wk-block").count() == 1


async def test_two_blocks_moved_at_one_breath_are_both_kept(house: RunningHouse, browser: Browser) -> None:
    me = await new_specialist(house, hours=False)
    for day in (1, 3):
        wish = PutHours.model_validate({"day": day, "start": "10:00", "end": "11:00"})
        await hours.put_hours(house.context, me.specialist, wish)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(house.address(SPECIALISTS) + "/week")
        for day in (1, 3):
            await page.locator(".wk-day").nth(day).locator(".wk-block").focus()
            await page.keyboard.press("ArrowDown")
        await page.locator(".wk-status", has_text="Thursday").wait_for()
        blocks = (await week(house.context, me.specialist, None, "en")).blocks
        assert {(block.day, block.start) for block in blocks} == {(1, 615), (3, 615)}


async def test_a_block_that_is_moved_on_leaving_is_kept(house: RunningHouse, browser: Browser) -> None:
    """A move by keyboard waits for the next key; a page that is left does not."""
    me = await new_specialist(house, hours=False)
    wish = PutHours.model_validate({"day": 1, "start": "10:00", "end": "11:00"})
    await hours.put_hours(house.context, me.specialist, wish)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(house.address(SPECIALISTS) + "/week")
        await page.locator(".wk-day").nth(1).locator(".wk-block").focus()
        await page.keyboard.press("ArrowDown")
        await page.goto(house.address(SPECIALISTS) + "/profile")
        await until(lambda: starts(house, me, 615))


async def starts(house: RunningHouse, me: Colleague, minute: int) -> bool:
    return [block.start for block in (await week(house.context, me.specialist, None, "en")).blocks] == [minute]


async def test_the_week_says_at_once_what_is_booked_outside(house: RunningHouse, browser: Browser) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house, zone="UTC")
    start = soon(house) + timedelta(days=2)
    await booked(house, patient, me, start)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(f"{house.address(SPECIALISTS)}/week?of={start.date()}")
        await page.locator("#conflicts", has_text="Every appointment lies within your hours.").wait_for()
        await page.locator(".wk-day").nth(start.weekday()).locator("button.wk-block").focus()
        await page.keyboard.press("Delete")
        await page.locator(".wk-status", has_text="1 appointment is booked outside your hours.").wait_for()
        await page.locator("#conflicts", has_text="Robin Vale").wait_for()
        await page.locator(".wk-day").nth(start.weekday()).focus()
        await page.keyboard.press("Enter")
        await page.locator(".wk-status", has_text="Saved").wait_for()


async def test_hours_are_offered_to_one_organization(house: RunningHouse, browser: Browser) -> None:
    me = await new_specialist(house, "northlight", "lindenhof", hours=False)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(house.address(SPECIALISTS) + "/week")
        await page.locator("[data-role=offer]").select_option(label="Northlight Health")
        await page.locator(".wk-day").nth(1).focus()
        await page.keyboard.press("Enter")
        await page.locator(".wk-status", has_text="Tuesday").wait_for()
        await page.reload()
        block = page.locator(".wk-block")
        assert "Northlight Health" in await block.inner_text()
        await block.focus()
        await page.locator("[data-role=offer]").select_option("all")
        await page.locator(".wk-status", has_text="Tuesday").wait_for()
        await page.reload()
        assert "Northlight Health" not in await block.inner_text()
        assert await faults(page) == []


async def test_who_comes_into_the_waiting_room_appears_by_itself(house: RunningHouse, browser: Browser) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(house.address(SPECIALISTS) + "/")
        assert await page.locator("#now").count() == 0
        await come(house.context, patient, appointment_id)
        await page.locator("#now").get_by_role("link", name="Robin Vale", exact=True).wait_for(timeout=15_000)


async def typical_week(house: RunningHouse, me: Colleague) -> date:
    """Hours, breaks and appointments of the week that begins on the Monday answered."""
    for day, kind in enumerate(("any", "intake", "any", "follow-up", "any")):
        for span in (
            {"start": "09:00", "end": "17:00", "kind": kind},
            {"start": "12:00", "end": "13:00", "kind": "break"},
        ):
            await hours.put_hours(house.context, me.specialist, PutHours.model_validate({"day": day, **span}))
    today = house.context.now().date()
    monday = today + timedelta(days=7 - today.weekday())
    people = (("Ada", "Lowell", 0, 9), ("Noor", "Haddad", 0, 14), ("Emil", "Brandt", 1, 10), ("Ida", "Moreau", 2, 15))
    for given, family, day, hour in people:
        patient = await named(house, await new_patient(house, AURORA), given, family)
        start = datetime.combine(monday + timedelta(days=day), time(hour), UTC)
        await booked(house, patient, me, start)
    off = {"kind": "closed", "label": "Conference", "key": uuid4().hex}
    friday = datetime.combine(monday + timedelta(days=4), time(13), UTC)
    away = AddException.model_validate(off | {"starts": friday, "ends": friday + timedelta(hours=4)})
    await hours.add_exception(house.context, me.specialist, away)
    return monday


async def test_screenshots_for_the_readme(
    house: RunningHouse, browser: Browser, practice: tuple[Colleague, Patient, UUID, UUID]
) -> None:
    me, _, now, over = practice
    keeper = await new_specialist(house, zone="Europe/London", hours=False)
    monday = await typical_week(house, keeper)
    async with fresh_context(browser) as (context, _notes):
        page = await signed_in(house, context, me)
        shown = {"today": "/", "brief": f"/appointments/{now}", "note": f"/appointments/{over}/note"}
        for name, path in shown.items():
            await page.goto(house.address(SPECIALISTS) + path)
            await picture(page, f"specialist-{name}")
        page = await signed_in(house, context, keeper)
        await page.goto(f"{house.address(SPECIALISTS)}/week?of={monday}")
        await page.locator(".wk-block", has_text="Conference").wait_for()
        assert await page.locator("a.wk-block").count() == 4
        await page.set_viewport_size({"width": 1280, "height": 1080})
        await picture(page, "specialist-week")


async def test_typing_into_a_note_that_was_signed_elsewhere_says_so(house: RunningHouse, browser: Browser) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    await come(house.context, patient, appointment_id)
    await sessions.admit(house.context, me.specialist, appointment_id)
    await sessions.finish(house.context, me.specialist, appointment_id)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(f"{house.address(SPECIALISTS)}/appointments/{appointment_id}/note")
        await page.get_by_label("Plan").fill("Weekly.")
        await page.get_by_text("Draft saved at").wait_for()
        known = notes.revision_of(Draft(plan="Weekly.").body)
        await notes.sign(house.context, me.specialist, appointment_id, Draft(plan="Monthly.", revision=known))
        await page.get_by_label("Plan").fill("Daily.")
        await page.locator(".toast", has_text="A signed note cannot be changed.").wait_for()
        assert await page.get_by_label("Plan").input_value() == "Daily."
    kept = await notes.note_page(house.context, me.specialist, appointment_id, "en")
    assert [version.body["plan"] for version in kept.versions] == ["Monthly."]


async def test_the_parts_of_a_note_are_roomy_and_two_beside_two(
    house: RunningHouse, browser: Browser, practice: tuple[Colleague, Patient, UUID, UUID]
) -> None:
    me, _, now, _ = practice
    async with fresh_context(browser) as (context, _notes):
        page = await signed_in(house, context, me)
        await page.goto(f"{house.address(SPECIALISTS)}/appointments/{now}/note")
        boxes = [await page.locator(f"#f-{part}").bounding_box() for part in ("subjective", "objective", "assessment")]
        first, second, third = (box for box in boxes if box)
        assert min(first["height"], second["height"], third["height"]) > 4 * 24
        assert (first["x"], second["x"] > first["x"] + first["width"]) == (third["x"], True)


async def saved_as(page: Page, part: str, text: str) -> None:
    """`text` typed into `part`, and answered."""
    async with page.expect_response("**/note"):
        await page.get_by_label(part).fill(text)
    await page.locator("#saved").wait_for()


async def test_two_windows_do_not_overwrite_each_others_note(house: RunningHouse, browser: Browser) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    async with fresh_context(browser) as (context, _):
        first = await signed_in(house, context, me)
        second = await context.new_page()
        for page in (first, second):
            await page.goto(f"{house.address(SPECIALISTS)}/appointments/{appointment_id}/note")
        await saved_as(second, "Objective", "Calm.")
        await saved_as(second, "Objective", "Calm, rested.")
        await second.get_by_text("Draft saved at").wait_for()
        await saved_as(first, "Assessment", "Recovering.")
        await first.locator(".toast", has_text="This note has been changed since you opened it.").wait_for()
        assert await first.get_by_label("Assessment").input_value() == "Recovering."
        assert await first.locator("#saved", has_text="Calm, rested.").is_visible()
        assert await faults(first) == []
        await saved_as(first, "Objective", "Calm, rested.")
        await first.get_by_role("button", name="Save my text over it").click()
        await first.get_by_text("Your draft is saved.").wait_for()
    [kept] = (await notes.note_page(house.context, me.specialist, appointment_id, "en")).versions
    assert (kept.body["objective"], kept.body["assessment"]) == ("Calm, rested.", "Recovering.")


async def test_the_open_brief_follows_the_appointment(house: RunningHouse, browser: Browser) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(f"{house.address(SPECIALISTS)}/appointments/{appointment_id}")
        await page.locator("#state", has_text="Booked").wait_for()
        await come(house.context, patient, appointment_id)
        await page.locator("#state", has_text="In the waiting room").wait_for(timeout=15_000)
