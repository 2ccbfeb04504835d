"""Whether a brand's colours can be read: the tokens of `tokens.css`, worked out for a hue and chroma.

Every token is an `oklch()` of fixed lightness, so a brand cannot spoil contrast; this is the proof, and the check a
brand passes before it is taken up. Contrast is WCAG 2.2's ratio; text needs at least 4.5, lines of controls 3.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from portals.core.static import STATIC_DIR

Scheme = Literal["light", "dark"]
Rgb = tuple[float, float, float]
TEXT, CONTROL = 4.5, 3.0
MOST_CHROMA = 0.16

TEXT_PAIRS = (
    *((ink, ground) for ink in ("ink", "ink-2", "accent") for ground in ("bg", "bg-2", "surface", "raised")),
    *((ink, "accent-soft") for ink in ("ink", "ink-2", "accent", "accent-strong")),
    *(("accent-ink", ground) for ground in ("accent", "accent-strong")),
    *(("accent-strong", ground) for ground in ("bg", "surface")),
    *((tone, ground) for tone in ("ok", "warn", "bad", "info") for ground in ("surface", "bg", f"{tone}-soft")),
    *(("ink", f"{tone}-soft") for tone in ("ok", "warn", "bad", "info")),
)
CONTROL_PAIRS = (
    *(("control", ground) for ground in ("bg", "surface")),
    *(("focus", ground) for ground in ("bg", "surface", "accent-soft")),
    *((series, "surface") for series in ("data-2", "data-3")),
)

_TOKEN = re.compile(r"--([\w-]+): light-dark\((oklch\(.+?\)), (oklch\(.+?\))\);")
_PART = r"(calc\(\S+ [*+] [\d.]+\)|var\(--[ch]\)|[\d.]+)"
_COLOUR = re.compile(rf"oklch\(([\d.]+) {_PART} {_PART}\)")
_SCALED = re.compile(r"calc\(var\(--[ch]\) ([*+]) ([\d.]+)\)")


@dataclass(frozen=True)
class Unreadable:
    """A pair that falls short: `ink` on `ground` reaches only `contrast` of `needed`."""

    scheme: Scheme
    ink: str
    ground: str
    contrast: float
    needed: float


def check_brand(hue: float, chroma: float) -> list[Unreadable]:
    """What a brand of this `hue` (0-360) and `chroma` (0-0.16) would make unreadable; empty when it may be used."""
    return [
        Unreadable(scheme, ink, ground, round(reached, 2), needed)
        for scheme, ink, ground, reached, needed in contrasts(hue, chroma)
        if reached < needed
    ]


def contrasts(hue: float, chroma: float) -> Iterator[tuple[Scheme, str, str, float, float]]:
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        for pairs, needed in ((TEXT_PAIRS, TEXT), (CONTROL_PAIRS, CONTROL)):
            for ink, ground in pairs:
                colours = (colour(name, scheme, hue, chroma) for name in (ink, ground))
                yield scheme, ink, ground, contrast(*colours), needed


def colour(token: str, scheme: Scheme, hue: float, chroma: float) -> Rgb:
    """The sRGB colour (0-1 each) of a token as browsers show it. Raises KeyError for an unknown token."""
    match = _COLOUR.fullmatch(_tokens()[token][0 if scheme == "light" else 1])
    if match is None:
        raise KeyError(f"--{token} is not a plain oklch() colour")
    lightness, c, h = match.groups()
    return srgb(float(lightness), _value(c, min(chroma, MOST_CHROMA)), _value(h, hue))


def contrast(one: Rgb, other: Rgb) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(rgb: Rgb) -> float:
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def srgb(lightness: float, chroma: float, hue: float) -> Rgb:
    """OKLCH to sRGB, clipped to the gamut."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _encoded(linear: float) -> float:
    clipped = min(max(linear, 0.0), 1.0)
    return 12.92 * clipped if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055


def _value(text: str, own: float) -> float:
    """ "0.13", "var(--h)" or "calc(var(--c) * .75)" for the brand's `own` chroma or hue."""
    scaled = _SCALED.fullmatch(text)
    if scaled:
        factor = float(scaled[2])
        return own * factor if scaled[1] == "*" else own + factor
    return own if text.startswith("var(") else float(text)


@cache
def _tokens() -> dict[str, tuple[str, str]]:
    css = (STATIC_DIR / "css" / "tokens.css").read_text()
    return {name: (light, dark) for name, light, dark in _TOKEN.findall(css)}
