"""Forms with scripts, without scripts, without a connection, and with an impatient finger."""

import asyncio

import pytest
from playwright.async_api import Browser, Page

from tests.fixtures.browser import axe, fresh_context
from tests.portals.news import ADDRESS, Slow
from tests.portals.oddities import booked

BOOK = "#slots button:has-text('Book')"


async def open_form(page: Page, port: int) -> None:
    booked.clear()
    await page.goto(f"http://aurora.localhost:{port}/styleguide")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_form_books_with_and_without_scripts(browser: Browser, port: int, scripts: bool) -> None:
    async with fresh_context(browser, java_script_enabled=scripts) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        await page.get_by_label("Thursday, November 26, 2026, 9:30").check(force=True)
        await page.locator(BOOK).click()
        await page.get_by_text("It is done").wait_for()
        assert booked == ["2026-11-26T08:30:00+00:00"]


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_mistake_takes_the_focus_and_keeps_what_was_typed(browser: Browser, port: int, scripts: bool) -> None:
    async with fresh_context(browser, java_script_enabled=scripts) as (context, _):
        page = await context.new_page()
        await page.goto(f"http://aurora.localhost:{port}/styleguide/refused")
        await page.locator(".summary:focus").wait_for()
        await page.locator(".summary a").first.click()
        await page.locator("#f-email:focus").wait_for()
        assert await page.locator("#f-email").input_value() == "ada@"
        assert await page.locator("#f-email").get_attribute("aria-invalid") == "true"


async def test_the_title_says_that_something_is_wrong_and_that_it_is_mended(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        right = await page.title()
        await page.locator("[name=slot]").evaluate_all("slots => slots.forEach(each => { each.checked = false })")
        await page.locator(BOOK).click()
        await page.locator(".summary:focus").wait_for()
        assert await page.title() == f"Error: {right}"
        await page.get_by_label("Thursday, November 26, 2026, 9:30").press("Space")
        await page.locator(BOOK).click()
        await page.get_by_text("It is done").first.wait_for()
        assert await page.title() == right


async def test_the_focus_goes_to_the_answer_when_what_had_it_is_gone(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        answer = Slow("POST", "<section id='slots'>Booked.</section>")
        answer.arrive()
        await page.route(ADDRESS, answer)
        await page.locator(BOOK).click()
        await page.locator("#slots:focus").wait_for(timeout=3000)


async def test_the_focus_stays_on_the_way_to_the_next_page_of_a_list(browser: Browser, port: int) -> None:
    """Its address is another one each time."""
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        following = page.locator("a[rel=next]").first
        await following.evaluate(
            "link => { Object.assign(link, { href: '/styleguide' }).dataset.fragment = link.closest('[id]').id }"
        )
        await following.press("Enter")
        await page.locator("a[rel=next]:not([data-fragment]):focus").wait_for(timeout=3000)


async def test_a_double_click_books_once(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        await page.locator(BOOK).dblclick()
        await page.get_by_text("It is done").first.wait_for()
        await asyncio.sleep(0.3)
        assert len(booked) == 1


@pytest.mark.parametrize(("address", "said"), [("bug", "went wrong on our side"), (None, "No connection")])
async def test_a_failure_is_said_and_nothing_typed_is_lost(
    browser: Browser, port: int, address: str | None, said: str
) -> None:
    async with fresh_context(browser) as (context, notes):
        page = await context.new_page()
        await page.clock.install()
        await open_form(page, port)
        await page.locator("#profile form").evaluate("form => { form.dataset.fragment = 'profile' }")
        await page.locator("#f-email").fill(address or "ada@example.org")
        await context.set_offline(address is None)
        await page.locator("#profile button:has-text('Save')").click()
        await page.locator("#announcer.toast", has_text=said).wait_for()
        assert await page.locator("#f-email").input_value() == (address or "ada@example.org")
        assert await axe(page) == []
        assert booked == []
        assert notes.foreign == []
        await page.clock.fast_forward(60_000)
        assert await page.locator("#announcer.toast").count() == 1, "whoever looked away has not read it"
        await page.keyboard.press("Tab")
        assert await page.locator("#announcer.toast").count() == 0


async def test_no_form_is_lost_without_a_connection(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        await page.locator("#profile form").evaluate("form => { delete form.dataset.fragment }")
        await page.locator("#f-email").fill("ada@example.org")
        await context.set_offline(True)
        await page.locator("#profile button:has-text('Save')").click()
        await page.locator("#announcer.toast", has_text="no connection").wait_for()
        assert await page.locator("#f-email").input_value() == "ada@example.org"
        await context.set_offline(False)
        await page.locator("#profile button:has-text('Save')").click()
        await page.wait_for_load_state()
        assert await page.locator("#announcer.toast").count() == 0


async def test_no_page_is_lost_on_the_way_to_the_next_one_of_a_list(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        await page.locator("#f-email").fill("ada@example.org")
        following = page.locator("a[rel=next]").first
        await following.evaluate("link => { Object.assign(link, { href: '/styleguide' }).dataset.fragment = 'slots' }")
        await context.set_offline(True)
        await following.press("Enter")
        await page.locator("#announcer.toast", has_text="No connection").wait_for()
        assert await page.locator("#f-email").input_value() == "ada@example.org"


async def test_a_form_may_lead_to_another_page(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        await page.locator("#profile form").evaluate("form => { form.dataset.fragment = 'profile' }")
        await page.locator("#f-email").fill("leave")
        await page.locator("#profile button:has-text('Save')").click()
        await page.wait_for_url("**/styleguide/week")
        assert await page.locator(".flash").inner_text() == "It is done"


async def test_an_expired_session_leads_to_a_real_page(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        await page.locator("#slots [name=csrf]").evaluate("field => { field.value = 'of another session' }")
        await page.locator(BOOK).click()
        await page.get_by_role("heading", name="This form is no longer valid.").wait_for()
        assert booked == []


async def test_the_language_switch_and_the_menu_work_without_scripts(browser: Browser, port: int) -> None:
    async with fresh_context(browser, 390, java_script_enabled=False) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        await page.get_by_role("button", name="العربية").click()
        assert await page.locator("html").get_attribute("dir") == "rtl"
        await page.locator(".menu summary").click()
        assert await page.get_by_role("button", name="تسجيل الخروج").is_visible()


async def test_what_is_open_stays_open_when_the_page_renews_itself(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        opened = page.locator("details.confirm").first
        await opened.locator("summary").click()
        renewed = """async () => {
            const source = [...document.scripts].find(each => each.src.endsWith('/js/app.js')).src;
            const { swap } = await import(source.replace('app.js', 'fragment.js'));
            document.querySelector('details.confirm').dataset.old = 'yes';
            await swap('main', location.href, {}, false, true);
        }"""
        await page.evaluate(renewed)
        assert await opened.get_attribute("data-old") is None
        assert await opened.get_attribute("open") is not None
        assert await page.locator("details[open]").count() == 1


async def test_what_is_filled_in_stays_when_the_page_renews_itself(browser: Browser, port: int) -> None:
    """Between choosing and pressing the button the focus is nowhere, and news may come."""
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        profile = page.locator("#profile")
        await profile.locator("#f-email").fill("ada@example.org")
        await profile.locator("#f-language").select_option("de")
        renewed = """async () => {
            const source = [...document.scripts].find(each => each.src.endsWith('/js/app.js')).src;
            const { swap } = await import(source.replace('app.js', 'fragment.js'));
            document.querySelector('#f-email').dataset.old = 'yes';
            await swap('main', location.href, {}, false, true);
        }"""
        await page.evaluate(renewed)
        assert await profile.locator("#f-email").get_attribute("data-old") is None
        assert await profile.locator("#f-email").input_value() == "ada@example.org"
        assert await profile.locator("#f-language").input_value() == "de"


async def test_only_what_somebody_asked_for_fades_in(browser: Browser, port: int) -> None:
    """While a page fades, it takes no click."""
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_form(page, port)
        faded = """async live => {
            const source = [...document.scripts].find(each => each.src.endsWith('/js/app.js')).src;
            const { swap } = await import(source.replace('app.js', 'fragment.js'));
            const fade = document.startViewTransition.bind(document);
            let fades = 0;
            document.startViewTransition = update => { fades++; return fade(update); };
            await swap('main', location.href, {}, false, live);
            return fades;
        }"""
        assert await page.evaluate(faded, True) == 0
        assert await page.evaluate(faded, False) == 1
