"""News that comes in while somebody is at the page: none is lost, nobody is disturbed."""

import pytest
from playwright.async_api import Browser, Page

from tests.fixtures.browser import SETTLED_MS, fresh_context
from tests.portals.news import ADDRESS, PATH, Slow, hub, looks, tell, watching

BOOK = "#slots button:has-text('Book')"
SHOWN = ("<section id='slots'>As it was before the news.</section>", 200)
REFUSED = ("<section class='refusal'><h1>No.</h1></section>", 403)
BROKEN = ("", 500)
FRESH = "#slots:not([data-old]):has(form)"


async def mark(page: Page) -> None:
    await page.locator("#slots").evaluate("slots => { slots.dataset.old = 'yes' }")


@pytest.mark.parametrize("answer", [SHOWN, REFUSED, BROKEN])
async def test_news_during_an_answer_is_fetched_after_it(browser: Browser, port: int, answer: tuple[str, int]) -> None:
    """What was asked for may have been read before the news, and a refusal shows nothing anew."""
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        await mark(page)
        seen, slow = looks(page, "slots"), Slow("POST", *answer)
        await page.route(ADDRESS, slow)
        await page.locator(BOOK).click()
        await slow.under_way()
        await tell(page)
        await tell(page)
        slow.arrive()
        await page.locator(FRESH).wait_for(timeout=3000)
        await page.wait_for_timeout(SETTLED_MS)
        assert len(seen) == 1


async def test_news_that_a_refused_form_interrupts_is_fetched_after_it(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        await mark(page)
        interrupted, slow = Slow("GET", *SHOWN), Slow("POST", *REFUSED)
        await page.route(ADDRESS, interrupted)
        await tell(page)
        await interrupted.under_way()
        await page.route(ADDRESS, slow)
        await page.locator(BOOK).click()
        await slow.under_way()
        slow.arrive()
        await page.locator("#slots .refusal, #slots:not([data-old])").first.wait_for()
        await page.locator(FRESH).wait_for(timeout=3000)
        interrupted.arrive()


async def test_the_last_of_several_news_is_shown(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        await mark(page)
        earlier = Slow("GET", *SHOWN)
        await page.route(ADDRESS, earlier)
        await tell(page)
        await earlier.under_way()
        await tell(page)
        earlier.arrive()
        await page.locator(FRESH).wait_for(timeout=3000)


async def test_news_does_not_stop_a_form_that_leads_elsewhere(browser: Browser, port: int) -> None:
    """As of a session that has just been finished: its page is gone, and its note is on the way."""
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        gone = Slow("GET", *REFUSED)
        gone.arrive()
        await page.route(ADDRESS, gone)
        await page.locator("#f-email").fill("leave")
        async with page.expect_request(lambda asked: asked.method == "POST"):
            await page.locator("#profile button:has-text('Save')").click(no_wait_after=True)
        hub.publish(PATH)
        await page.wait_for_url("**/styleguide/week", timeout=3000)


async def test_news_that_could_not_be_fetched_is_fetched_a_little_later(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        await mark(page)
        broken = Slow("GET", *BROKEN)
        broken.arrive()
        await page.route(ADDRESS, broken)
        await tell(page)
        await page.locator(FRESH).wait_for(timeout=3000)


async def test_news_during_a_form_that_was_stopped_is_fetched_at_once(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        await mark(page)
        stopped = """async form => {
            delete form.dataset.fragment;
            form.requestSubmit();
            document.querySelector('live-region').changed();
            await new Promise(sent => setTimeout(sent, 100));
            window.stop();
        }"""
        await page.locator("#profile form").evaluate(stopped)
        await page.locator(FRESH).wait_for(timeout=3000)
        assert await page.locator("form[aria-busy]").count() == 0


async def test_news_leaves_the_focus_where_it_is(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        await mark(page)
        await page.locator("#slots button:has-text('Not now')").focus()
        await tell(page)
        await page.locator(FRESH).wait_for(timeout=3000)
        assert await page.evaluate("document.activeElement.textContent.trim()") == "Not now"


async def test_news_says_again_only_what_is_new(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        await page.locator("#slots").evaluate("slots => { slots.dataset.announce = 'Nine times' }")
        for said in ("Nine times", "Ten times"):
            answer = Slow("GET", f"<section id='slots' data-announce='{said}'>{said}</section>")
            answer.arrive()
            await page.route(ADDRESS, answer)
            await tell(page)
            await page.locator("#slots").get_by_text(said).wait_for(timeout=3000)
            await page.wait_for_timeout(SETTLED_MS)
            assert await page.locator("#announcer").inner_text() == ("" if said == "Nine times" else said)


async def test_news_of_a_part_is_said(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await watching(context, port, "slots")
        answer = Slow("GET", "<section id='slots'><p data-announce='Ten times'>Ten</p></section>")
        answer.arrive()
        await page.route(ADDRESS, answer)
        await tell(page)
        await page.locator("#announcer", has_text="Ten times").wait_for(timeout=3000)
