"""A brand's accent as a plain colour, for places that know no `oklch()`: e-mail and PDF."""

import math

LIGHTNESS, CHROMA = 0.46, 0.12


def accent_hex(hue: int) -> str:
    """#rrggbb of the light scheme's accent for a hue in degrees."""
    angle = math.radians(hue)
    a, b = CHROMA * math.cos(angle), CHROMA * math.sin(angle)
    long = (LIGHTNESS + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (LIGHTNESS - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (LIGHTNESS - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(channel)):02x}" for channel in linear)


def _gamma(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)
