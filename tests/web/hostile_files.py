"""Files that bite, each made here when it is wanted; and what is said about each."""

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from domain.refusals import (
    FileActive,
    FileCarriesFiles,
    FileEncrypted,
    FileKindRefused,
    FileTooLarge,
    FileUnfoldsTooFar,
    FileUnreadable,
    InvalidInput,
    PictureTooLarge,
    Refusal,
    TooManyPages,
)
from domain.shared_documents import MOST_BYTES
from tests.fixtures.files import AS_IS, pdf, picture, raw

HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00" + b"\0" * 60 + b"This program cannot be run in DOS mode."
SIGNATURE = b"\x89PNG\r\n\x1a\n"
Make = Callable[[], bytes]


def archive(size: int = 100) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("page.html", HTML + b" " * size)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, packed: bytes, depth: int = 8, *more: bytes) -> bytes:
    """Grey, with chunks before its points."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))
    return SIGNATURE + head + b"".join(more) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_chunk(kind: bytes, data: bytes) -> bytes:
    """A good picture with one more chunk after its head."""
    good = picture()
    return good[:33] + chunk(kind, data) + good[33:]


def jpeg_claiming(width: int, height: int) -> bytes:
    good = picture("JPEG")
    at = good.index(b"\xff\xc0") + 5
    return good[:at] + struct.pack(">HH", height, width) + good[at + 4 :]


def many_scans() -> bytes:
    good = picture("JPEG", progressive=True)
    at = good.rindex(b"\xff\xda")
    return good[:at] + good[at:-2] * 5_000 + b"\xff\xd9"


def acting(**action: object) -> Make:
    """A PDF with a link that does this when it is clicked."""

    def change(made: Pdf) -> None:
        act = Dictionary({f"/{name}": value for name, value in action.items()})
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=act)
        made.pages[0].Annots = Array([made.make_indirect(link)])

    return lambda: pdf(change)


def noting(subtype: str, **more: object) -> Make:
    """A PDF with an annotation of this kind."""

    def change(made: Pdf) -> None:
        note = Dictionary({"/Type": Name.Annot, "/Subtype": Name(subtype), "/Rect": Array([0, 0, 9, 9]), **more})
        made.pages[0].Annots = Array([made.make_indirect(note)])

    return lambda: pdf(change)


def rooted(key: str, value: Callable[[Pdf], object]) -> Make:
    def change(made: Pdf) -> None:
        made.Root[key] = value(made)

    return lambda: pdf(change)


def carrying(made: Pdf) -> pikepdf.Object:
    made.attachments["virus.exe"] = EXE
    return made.Root.Names


def unfolding(times: int, *filters: str, streams: int = 1, size: int = 200_000_000) -> Make:
    """`streams` streams of zeros, packed `times` times over."""

    def change(made: Pdf) -> None:
        packed = b"\0" * size
        for _ in range(times):
            packed = zlib.compress(packed, 6)
        made.Root.X = Array([raw(made, packed, *filters) for _ in range(streams)])

    return lambda: pdf(change, **AS_IS)


def packed_objects() -> bytes:
    """Its one object stream, which is needed to find anything, unfolds to 300 MB."""
    stream = zlib.compress(b"5 0 " + b" " * 300_000_000, 6)
    head = b"%PDF-1.5\n"
    first = b"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(stream)
    first += stream + b"\nendstream\nendobj\n"
    place = len(head) + len(first)
    entries = [(0, 0, 65535), (2, 4, 0), (2, 4, 0), (2, 4, 0), (1, len(head), 0), (2, 4, 0), (1, place, 0)]
    table = b"".join(struct.pack(">BIH", *each) for each in entries)
    last = b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 5 0 R/Length %d>>\nstream\n" % len(table)
    return head + first + last + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % place


def by_hand(*objects: bytes) -> bytes:
    """A PDF of these objects, the first its root, with a table that fits."""
    out, places = b"%PDF-1.4\n", list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(out))


def picture_within(made: Pdf) -> pikepdf.Object:
    stream = raw(made, picture("JPEG"), "/DCTDecode")
    stream.Subtype, stream.Width, stream.Height = Name.Image, 60_000, 60_000
    return stream


PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))

PICTURES: dict[str, tuple[Make, type[Refusal]]] = {
    "nothing": (lambda: b"", InvalidInput),
    "a page as .jpg": (lambda: HTML, FileKindRefused),
    "SVG with a script": (lambda: SVG, FileKindRefused),
    "XML before SVG": (lambda: b'<?xml version="1.0"?>' + SVG, FileKindRefused),
    "a program for Linux": (lambda: b"\x7fELF" + b"\0" * 90, FileKindRefused),
    "GIF": (lambda: picture("GIF", "L"), FileKindRefused),
    "GIF and archive": (lambda: picture("GIF", "L") + archive(), FileKindRefused),
    "TIFF": (lambda: picture("TIFF"), FileKindRefused),
    "WebP": (lambda: picture("WEBP"), FileKindRefused),
    "BMP": (lambda: picture("BMP"), FileKindRefused),
    "a gzip bomb": (lambda: gzip.compress(b"\0" * 50_000_000), FileKindRefused),
    "a page before the picture": (lambda: HTML + picture(), FileKindRefused),
    "a PNG whose line ends were changed": (lambda: picture().replace(b"\r\n", b"\n", 1), FileKindRefused),
    "only the beginning of a PNG": (lambda: SIGNATURE, FileUnreadable),
    "half a PNG": (lambda: picture()[: len(picture()) // 2], FileUnreadable),
    "a PNG with a wrong sum": (lambda: picture()[:29] + b"\0\0\0\0" + picture()[33:], FileUnreadable),
    "a PNG without points": (lambda: png_of(9, 0, b""), FileUnreadable),
    "only the beginning of a JPEG": (lambda: b"\xff\xd8\xff\xe0", FileUnreadable),
    "half a JPEG": (lambda: picture("JPEG")[: len(picture("JPEG")) // 2], FileUnreadable),
    "a page that begins like a JPEG": (lambda: b"\xff\xd8\xff" + HTML, FileUnreadable),
    "a page that begins like a PNG": (lambda: SIGNATURE + HTML, FileUnreadable),
    "a small PNG that claims much": (lambda: png_of(60_000, 60_000, zlib.compress(b"\0" * 99)), PictureTooLarge),
    "a PNG of the most there can be": (lambda: png_of(2**31 - 1, 2**31 - 1, b""), PictureTooLarge),
    "a small PNG that is much": (lambda: png_of(9_000, 9_000, zlib.compress(b"\0" * 10_134_000), 1), PictureTooLarge),
    "a small JPEG that claims much": (lambda: jpeg_claiming(65_000, 65_000), PictureTooLarge),
    "a JPEG of 5,000 passes": (many_scans, FileUnfoldsTooFar),
    "a PNG with a text bomb": (
        lambda: with_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 90_000_000)),
        FileUnreadable,
    ),
    "one byte too many": (lambda: picture() + b"\0" * (MOST_BYTES + 1 - len(picture())), FileTooLarge),
}
PDFS: dict[str, tuple[Make, type[Refusal]]] = {
    "a program as .pdf": (lambda: EXE, FileKindRefused),
    "a page as .pdf": (lambda: HTML, FileKindRefused),
    "an archive bomb as .pdf": (lambda: archive(80_000_000), FileKindRefused),
    "a page before the PDF": (lambda: HTML + pdf(), FileKindRefused),
    "a program before the PDF": (lambda: EXE + pdf(), FileKindRefused),
    "a mark before the PDF": (lambda: b"\xef\xbb\xbf" + pdf(), FileKindRefused),
    "a page that begins like a PDF": (lambda: b"%PDF-1.7\n" + HTML, FileUnreadable),
    "half a PDF": (lambda: pdf()[: len(pdf()) // 2], FileUnreadable),
    "a PDF without its table": (lambda: pdf().replace(b"startxref", b"startxxxx"), FileUnreadable),
    "a PDF whose table lies": (
        lambda: by_hand(CATALOG, PAGES, PAGE).replace(b"%PDF-1.4\n", b"%PDF-1.4\n %\n"),
        FileUnreadable,
    ),
    "lists without end": (lambda: by_hand(b"[" * 90_000 + b"]" * 90_000), FileUnreadable),
    "pages in a circle": (lambda: by_hand(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), FileUnreadable),
    "no page": (lambda: pdf(pages=0), FileUnreadable),
    "a password": (lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="u")), FileEncrypted),
    "an owner's password": (lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="")), FileEncrypted),
    "a script on opening": (rooted("/OpenAction", lambda _: SCRIPT), FileActive),
    "a script by name": (
        rooted("/Names", lambda _: Dictionary(JavaScript=Dictionary(Names=Array([String("a"), SCRIPT])))),
        FileActive,
    ),
    "a script nobody refers to": (
        lambda: by_hand(CATALOG, PAGES, PAGE, b"<</S/JavaScript/JS(app.alert(1))>>"),
        FileActive,
    ),
    "a script by another spelling": (
        lambda: by_hand(b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/J#61vaScript/J#53(x)>>>>", PAGES, PAGE),
        FileActive,
    ),
    "a script on click": (acting(S=Name.JavaScript, JS=String("app.alert(1)")), FileActive),
    "a script after a link": (acting(S=Name.URI, URI=String("https://a.example"), Next=SCRIPT), FileActive),
    "a script as a link": (acting(S=Name.URI, URI=String("javascript:alert(1)")), FileActive),
    "a link to a file": (acting(S=Name.URI, URI=String("file:///etc/passwd")), FileActive),
    "a program on click": (acting(S=Name.Launch, F=String("cmd.exe")), FileActive),
    "a program on opening": (
        rooted("/OpenAction", lambda _: Dictionary(S=Name.Launch, F=String("cmd.exe"))),
        FileActive,
    ),
    "sending a form": (acting(S=Name.SubmitForm, F=String("https://a.example")), FileActive),
    "reading a form in": (acting(S=Name.ImportData, F=String("a.fdf")), FileActive),
    "going to another file": (acting(S=Name.GoToR, F=String("\\\\a.example\\x.pdf")), FileActive),
    "an act nobody knows": (acting(S=Name("/Whatever")), FileActive),
    "acts of a page": (rooted("/AA", lambda _: Dictionary(WC=SCRIPT)), FileActive),
    "an XFA form": (rooted("/AcroForm", lambda _: Dictionary(XFA=String("<xdp/>"))), FileActive),
    "a film": (noting("/Movie"), FileActive),
    "rich media": (noting("/RichMedia"), FileActive),
    "a file in it": (rooted("/Names", carrying), FileCarriesFiles),
    "a file on a page": (noting("/FileAttachment"), FileCarriesFiles),
    "a stream that unfolds": (unfolding(1, "/FlateDecode"), FileUnfoldsTooFar),
    "a stream that unfolds twice": (unfolding(2, "/FlateDecode", "/FlateDecode"), FileUnfoldsTooFar),
    "many streams that unfold": (unfolding(1, "/FlateDecode", streams=9, size=50_000_000), FileUnfoldsTooFar),
    "packed with what nobody uses": (unfolding(1, "/LZWDecode", size=99), FileUnfoldsTooFar),
    "packed three times": (unfolding(3, *["/FlateDecode"] * 3, size=99), FileUnreadable),
    "objects that unfold": (packed_objects, FileUnreadable),
    "50,000 objects": (lambda: by_hand(CATALOG, PAGES, PAGE, *[b"null"] * 50_000), FileUnfoldsTooFar),
    "a list of a million": (lambda: by_hand(CATALOG, PAGES, PAGE, b"[" + b"[]" * 600_000 + b"]"), FileUnfoldsTooFar),
    "a picture that claims much": (rooted("/X", picture_within), PictureTooLarge),
    "301 pages": (lambda: pdf(pages=301), TooManyPages),
}
REFUSED = {**PICTURES, **PDFS}
