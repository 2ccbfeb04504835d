"""Photos and scans: decoded within bounds and drawn anew, so that only the points they show are left."""

from io import BytesIO
from typing import Literal

from PIL import Image, ImageOps

from domain.refusals import FileUnfoldsTooFar, FileUnreadable, PictureTooLarge, Refusal

MOST_POINTS = 40_000_000
"""A page of A4 at 600 points to the inch has 35 million."""
MOST_SCANS = 100
"""Passes of a progressive JPEG: a few in a photo, thousands in one that is made to be slow."""
MOST_CLEAN_BYTES = 12_000_000
QUALITY = 90
SCAN = b"\xff\xda"


def jpeg(content: bytes) -> bytes:
    """Raises `PictureTooLarge`, `FileUnfoldsTooFar`, `FileUnreadable`."""
    if content.count(SCAN) > MOST_SCANS:
        raise FileUnfoldsTooFar
    return _drawn_anew(content, "JPEG")


def png(content: bytes) -> bytes:
    """The first picture, when it moves. Raises like `jpeg`."""
    return _drawn_anew(content, "PNG")


def _drawn_anew(content: bytes, kind: Literal["JPEG", "PNG"]) -> bytes:
    """Damaged files end in exceptions of every kind; all of them mean the same."""
    try:
        return _drawn(content, kind)
    except Refusal:
        raise
    except Image.DecompressionBombError as bomb:
        raise PictureTooLarge from bomb
    except Exception as broken:
        raise FileUnreadable from broken


def _drawn(content: bytes, kind: Literal["JPEG", "PNG"]) -> bytes:
    with Image.open(BytesIO(content), formats=[kind]) as picture:
        width, height = picture.size
        if width * height > MOST_POINTS:
            raise PictureTooLarge
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        plain = _eight_bits(upright).convert(_mode(upright, kind))
    plain.info = {}
    out = BytesIO()
    plain.save(out, kind, quality=QUALITY)
    if out.tell() > MOST_CLEAN_BYTES:
        raise FileUnfoldsTooFar
    return out.getvalue()


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A medical scan may have sixteen; converting alone would cut off all but the darkest."""
    return picture.point(lambda grey: grey * (1 / 256)).convert("L") if picture.mode == "I;16" else picture


def _mode(picture: Image.Image, kind: Literal["JPEG", "PNG"]) -> str:
    """Grey, colour, or colour with what shines through."""
    if kind == "PNG" and picture.has_transparency_data:
        return "RGBA"
    return "L" if picture.mode in ("1", "L", "I;16") else "RGB"
