"""Every component in every state: readable by everybody, within the window, asking nobody else, small."""

import gzip
from itertools import pairwise

import pytest
from playwright.async_api import Browser

from portals.core.static import ASSETS
from tests.fixtures.browser import KB, axe, faults, fresh_context, overflow
from tests.fixtures.http import http_client

PAGES = ("/styleguide", "/styleguide/refused", "/styleguide/week", "/styleguide/room", "/nowhere")
LOCALES = {
    "aurora": "en-US",
    "marigold": "de",
    "sana": "ar",
    "specialists": "en-US",
    "organizations": "en-US",
    "partners": "en-US",
}
SPACED = """() => {
  const spaced = new CSSStyleSheet();
  spaced.replaceSync('p { margin-block-end: 2em !important }'
    + '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
  document.adoptedStyleSheets = [spaced];
}"""
CUT = """() => [...document.querySelectorAll('main *')].filter(each => {
  if (!each.checkVisibility() || each.closest('.vh, svg, .scroll, input, select')) return false;
  const { display, overflowY } = getComputedStyle(each);
  const lower = ['hidden', 'clip'].includes(overflowY) && each.scrollHeight > each.clientHeight + 1;
  return display !== 'inline' && each.clientWidth && (lower || each.scrollWidth > each.clientWidth + 1);
}).map(each => each.outerHTML.slice(0, 100))"""
PATIENT_JS = ("js/app.js", "js/fragment.js", "js/live.js")


@pytest.mark.parametrize("host", LOCALES)
async def test_nobody_is_shut_out(browser: Browser, port: int, host: str) -> None:
    async with fresh_context(browser, locale=LOCALES[host]) as (context, _):
        page = await context.new_page()
        for path in PAGES:
            await page.goto(f"http://{host}.localhost:{port}{path}")
            assert await page.locator("html").get_attribute("dir") == ("rtl" if host == "sana" else "ltr")
            assert await faults(page) == [], path


@pytest.mark.parametrize("host", ["aurora", "organizations"])
async def test_open_menus_and_disclosures_are_as_good(browser: Browser, port: int, host: str) -> None:
    async with fresh_context(browser, 320) as (context, _):
        page = await context.new_page()
        await page.goto(f"http://{host}.localhost:{port}/styleguide")
        await page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
        assert await axe(page) == []
        assert await overflow(page) == 0


async def test_spaced_text_is_neither_cut_nor_wider_than_its_place(browser: Browser, port: int) -> None:
    """WCAG 1.4.12."""
    async with fresh_context(browser, 320) as (context, _):
        page = await context.new_page()
        for host, path in (("aurora", "/styleguide"), ("organizations", "/styleguide"), ("specialists", "/styleguide")):
            await page.goto(f"http://{host}.localhost:{port}{path}")
            await page.evaluate(SPACED)
            assert await page.evaluate(CUT) == [], host
            assert await overflow(page) == 0


async def test_what_is_chosen_is_told_by_more_than_the_brands_colours(browser: Browser, port: int) -> None:
    """A reader's own few colours take the place of ours."""
    async with fresh_context(browser, forced_colors="active") as (context, _):
        page = await context.new_page()
        await page.goto(f"http://aurora.localhost:{port}/styleguide")
        ground = "place => getComputedStyle(place).backgroundColor"
        for chosen, other in (
            (".nav [aria-current]", ".nav a:not([aria-current])"),
            (".slot :checked + span", ".slot :not(:checked) + span"),
            ("[data-state=current] .step-mark", "[data-state=next] .step-mark"),
        ):
            grounds = [await page.locator(each).first.evaluate(ground) for each in (chosen, other)]
            assert grounds[0] != grounds[1], chosen
        fills = "(chart, at) => getComputedStyle(chart.querySelector(at)).fill"
        chart = page.locator("figure", has=page.locator(".chart-bar")).first
        for series in ("series-1", "series-2"):
            bar = await chart.evaluate(fills, f".{series} .chart-bar, .{series}.chart-bar")
            assert bar == await chart.evaluate(fills, f".legend .{series} rect"), series


async def test_whoever_wants_more_contrast_gets_it(browser: Browser, port: int) -> None:
    seen: list[tuple[bool, str]] = []
    for wish in ("no-preference", "more"):
        async with fresh_context(browser, contrast=wish) as (context, _):
            page = await context.new_page()
            await page.goto(f"http://aurora.localhost:{port}/styleguide")
            seen.append(
                await page.evaluate("""() => {
                    const style = place => getComputedStyle(document.querySelector(place));
                    const { borderTopColor } = style('.card:not(.card-accent)');
                    return [style('.hint').color === style('main').color, borderTopColor];
                }""")
            )
    assert [plain for plain, _ in seen] == [False, True]
    assert seen[0][1] != seen[1][1]


async def test_the_navigation_scrolls_to_whatever_has_the_focus(browser: Browser, port: int) -> None:
    async with fresh_context(browser, 320) as (context, _):
        page = await context.new_page()
        await page.goto(f"http://organizations.localhost:{port}/styleguide")
        links = page.locator(".nav a")
        await links.first.focus()
        places = [*range(await links.count()), *reversed(range(await links.count() - 1))]
        for at, (here, there) in enumerate(pairwise(places)):
            await page.keyboard.press("Tab" if there > here else "Shift+Tab")
            box = await page.locator(".nav a:focus").bounding_box()
            assert box, at
            assert 0 <= box["x"] <= 320 - box["width"], (at, box)


async def test_what_is_folded_in_is_printed(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await page.goto(f"http://aurora.localhost:{port}/styleguide")
        folded = page.locator("details.disclosure:not([open]) > .stack").first
        assert not await folded.evaluate("part => part.checkVisibility()")
        await page.emulate_media(media="print")
        assert await folded.evaluate("part => part.checkVisibility()")


async def test_targets_are_large_enough_for_a_thumb(browser: Browser, port: int) -> None:
    async with fresh_context(browser, 390) as (context, _):
        page = await context.new_page()
        await page.goto(f"http://aurora.localhost:{port}/styleguide")
        small = await page.evaluate(
            "() => [...document.querySelectorAll('.btn, .nav a, summary, .choice, .slot, .segment, select')]"
            ".filter(each => each.checkVisibility() && !each.closest('td') && each.getBoundingClientRect().height < 44)"
            ".map(each => each.outerHTML.slice(0, 80))"
        )
        assert small == []


def test_style_and_scripts_keep_their_budgets() -> None:
    assert len(ASSETS["site.css"].zipped) <= 10 * KB
    assert sum(len(ASSETS[name].zipped) for name in PATIENT_JS) <= 8 * KB


async def test_a_whole_page_keeps_its_budget(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"http://aurora.localhost:{port}/styleguide", wait_until="load")
        await page.wait_for_timeout(300)
        html = gzip.compress((await page.content()).encode(), 5)
        assert len(asked) <= 8, asked
        assert len(html) + len(ASSETS["site.css"].zipped) + 8 * KB <= 30 * KB


async def test_static_files_never_change_under_their_address(port: int) -> None:
    async with http_client(base_url=f"http://127.0.0.1:{port}", headers={"host": "aurora.localhost"}) as client:
        html = (await client.get("/styleguide")).text
        address = html.split('rel="stylesheet" href="')[1].split('"')[0]
        style = await client.get(address)
        assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert style.headers["content-encoding"] == "gzip"
        assert (await client.get("/static/000000000000/site.css")).status_code == 404
        assert (await client.get(f"{address}/../../core/site.py")).status_code == 404
