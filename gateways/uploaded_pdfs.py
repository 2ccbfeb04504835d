"""PDFs: read strictly, refused when anything in them could act or unfold, and written anew from their pages."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from domain.refusals import (
    FileActive,
    FileCarriesFiles,
    FileEncrypted,
    FileUnfoldsTooFar,
    FileUnreadable,
    PictureTooLarge,
    Refusal,
    TooManyPages,
)
from gateways.uploaded_pictures import MOST_CLEAN_BYTES, MOST_POINTS

MOST_PAGES = 300
MOST_OBJECTS = 50_000
MOST_PARTS = 500_000
"""Values within objects that are looked at."""
MOST_UNFOLDED = 300_000_000
"""Bytes of all streams together; a page scanned in colour at 300 points to the inch has 26 million."""
pikepdf.settings.set_qpdf_limits(
    parser_max_nesting=100,
    parser_max_container_size=200_000,
    max_stream_filters=2,
    flate_max_memory=120_000_000,
    run_length_max_memory=120_000_000,
    png_max_memory=120_000_000,
    tiff_max_memory=120_000_000,
    dct_max_memory=120_000_000,
    doc_max_warnings=100,
)

ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"})
PLACES = frozenset({"/GoTo", "/URI", "/Named"})
"""Actions that lead a reader somewhere when clicked, and do nothing else."""
ACTS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE"}) | {
    *("/Thread", "/Sound", "/Movie", "/Hide", "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView"),
    "/RichMediaExecute",
}
SCHEMES = ("https:", "http:", "mailto:", "tel:")
ACTIVE_NOTES = frozenset({"/RichMedia", "/Movie", "/Screen", "/Sound", "/3D"})
CARRYING_KEYS = frozenset({"/EmbeddedFiles", "/EF", "/AF"})
KEPT_IN_ROOT = frozenset({"/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/OCProperties"})
DROPPED = ("/Metadata", "/PieceInfo", "/LastModified")
"""Who made it, with what, when: nobody has been asked to share that."""


def rewritten(content: bytes) -> bytes:
    """Raises one refusal for each cause; damaged files end in exceptions of every kind, which all mean the same."""
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False) as pdf:
            return _checked_and_written(pdf)
    except Refusal:
        raise
    except pikepdf.PasswordError as locked:
        raise FileEncrypted from locked
    except Exception as broken:
        raise (FileUnfoldsTooFar if "limit exceeded" in str(broken) else FileUnreadable) from broken


def _checked_and_written(pdf: Pdf) -> bytes:
    if pdf.is_encrypted:
        raise FileEncrypted
    if len(pdf.objects) > MOST_OBJECTS:
        raise FileUnfoldsTooFar
    _check_opening(pdf)
    _check_parts(pdf)
    if not 0 < len(pdf.pages) <= MOST_PAGES:
        raise TooManyPages if len(pdf.pages) else FileUnreadable
    for key in set(pdf.Root.keys()) - KEPT_IN_ROOT:
        del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    out = BytesIO()
    pdf.save(out, deterministic_id=True, fix_metadata_version=False)
    if out.tell() > MOST_CLEAN_BYTES:
        raise FileUnfoldsTooFar
    return out.getvalue()


def _check_opening(pdf: Pdf) -> None:
    """Many programs name the page to open at, which is dropped; any other act on opening is refused."""
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, Dictionary) and opening.get("/S") != Name.GoTo:
        raise FileActive


def _check_parts(pdf: Pdf) -> None:
    unfolded = 0
    for part in _parts(pdf):
        if isinstance(part, Dictionary | Stream):
            _check_keys(part)
            for key in DROPPED:
                if key in part:
                    del part[key]
        if isinstance(part, Stream):
            unfolded += _unfolded(part)
        if unfolded > MOST_UNFOLDED:
            raise FileUnfoldsTooFar


def _parts(pdf: Pdf) -> Iterator[Object]:
    """Every object, reachable from a page or not, and what stands in it; references are not followed."""
    seen = 0
    for top in pdf.objects:
        ahead = [top]
        while ahead:
            part = ahead.pop()
            seen += 1 + (len(part) if isinstance(part, Array | Dictionary) else 0)
            if seen > MOST_PARTS:
                raise FileUnfoldsTooFar
            yield part
            ahead += [each for each in _within(part) if isinstance(each, Object) and not each.is_indirect]


def _within(part: Object) -> list[Object]:
    if isinstance(part, Array):
        return list(part)
    return [part[key] for key in set(part.keys())] if isinstance(part, Dictionary | Stream) else []


def _check_keys(part: Object) -> None:
    keys = part.keys()
    if not CARRYING_KEYS.isdisjoint(keys) or part.get("/Subtype") == Name.FileAttachment:
        raise FileCarriesFiles
    if not ACTIVE_KEYS.isdisjoint(keys) or str(part.get("/Subtype", "")) in ACTIVE_NOTES:
        raise FileActive
    action, kind = part.get("/A"), str(part.get("/S", ""))
    if kind in ACTS or (kind == "/URI" and not str(part.get("/URI", "")).strip().lower().startswith(SCHEMES)):
        raise FileActive
    if isinstance(action, Dictionary) and str(action.get("/S", "/GoTo")) not in PLACES:
        raise FileActive


def _unfolded(part: Stream) -> int:
    """Bytes of the stream as a reader would have it in memory. Raises `PictureTooLarge`, `FileUnfoldsTooFar`."""
    width, height = int(part.get("/Width", 0)), int(part.get("/Height", 0))
    if width * height > MOST_POINTS:
        raise PictureTooLarge
    filters = part.get("/Filter", Array([]))
    named = [str(each) for each in (filters if isinstance(filters, Array) else [filters])]
    if "/LZWDecode" in named:
        raise FileUnfoldsTooFar
    if "/FlateDecode" not in named and "/RunLengthDecode" not in named:
        return 0
    return len(part.get_stream_buffer(pikepdf.StreamDecodeLevel.generalized))
