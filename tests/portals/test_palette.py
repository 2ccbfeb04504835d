"""Whatever hue a brand has, it can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from playwright.async_api import Browser

from portals.core.brand_palette import Scheme, check_brand, colour, contrast, srgb
from portals.core.site import Site
from tests.fixtures.browser import fresh_context


@given(some.floats(0, 360), some.floats(0, 0.16))
def test_every_brand_can_be_read(hue: float, chroma: float) -> None:
    assert check_brand(hue, chroma) == []


def test_the_check_can_fail() -> None:
    assert contrast(srgb(0.8, 0, 0), srgb(1, 0, 0)) < 4.5
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)


@pytest.mark.parametrize("wrong", [{"hue": 361}, {"chroma": 0.2}, {"radius": "1rem}*{display:none"}, {"locale": "fr"}])
def test_a_brand_brings_nothing_else_into_the_style(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"hue|radius|locale"):
        Site("Brand", "patient", **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("token", ["accent", "ink-2", "accent-soft", "data-2", "ok"])
async def test_browsers_show_the_same_colours(browser: Browser, port: int, token: str, scheme: Scheme) -> None:
    async with fresh_context(browser, scheme=scheme) as (context, _):
        page = await context.new_page()
        await page.goto(f"http://aurora.localhost:{port}/styleguide")
        shown = await page.evaluate(
            """token => {
                const pen = new OffscreenCanvas(1, 1).getContext('2d');
                document.body.style.color = `var(--${token})`;
                pen.fillStyle = getComputedStyle(document.body).color;
                pen.fillRect(0, 0, 1, 1);
                return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
            }""",
            token,
        )
        computed = [255 * part for part in colour(token, scheme, 235, 0.13)]
        assert shown == pytest.approx(computed, abs=2)
