"""Files that hide something and show something: what they show is kept, what they hide is in none of them after."""

from collections.abc import Callable
from io import BytesIO

import pikepdf
from pikepdf import Array, Name, Pdf, Stream
from PIL import Image, ImageCms

from tests.fixtures.files import AS_IS, pdf, picture
from tests.web.hostile_files import HTML, archive, with_chunk

SECRET = b"GPS-52.5200-13.4050"
Make = Callable[[], bytes]


def exif() -> Image.Exif:
    """Where, with what and by whom it was taken, lying on its side."""
    made = Image.Exif()
    made[0x0112] = 6
    made[0x010E] = SECRET.decode()
    made[0x9286] = SECRET
    made.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 29: SECRET.decode()})
    return made


def profile() -> bytes:
    """A colour profile with more in it than colour."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + SECRET


def moving() -> bytes:
    out = BytesIO()
    first, second = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    first.save(out, "PNG", save_all=True, append_images=[second], duration=100)
    return out.getvalue() + SECRET


def two_in_one() -> bytes:
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))], exif=exif())
    return out.getvalue()


def written_by(made: Pdf) -> None:
    made.docinfo["/Author"] = SECRET.decode()
    with made.open_metadata() as told:
        told["dc:creator"] = [SECRET.decode()]
    made.pages[0].obj.PieceInfo = pikepdf.Dictionary(Private=pikepdf.String(SECRET))
    made.pages[0].obj.Metadata = Stream(made, SECRET)


def left_behind(made: Pdf) -> None:
    """A page of the web in an object that no page refers to."""
    made.Root.Hidden = made.make_indirect(Stream(made, HTML + SECRET))


def opens_at_a_page(made: Pdf) -> None:
    """As office programs do."""
    made.Root.OpenAction = Array([made.pages[0].obj, Name.Fit])


def revised() -> bytes:
    """What was there before is still in the file, after the newer version was put behind it."""
    first = pdf(left_behind, **AS_IS)
    root = first.index(b"/Type /Catalog")
    return first + b"\n% " + first[root : root + 9] + SECRET + b"\n"


CLEANED: dict[str, Make] = {
    "where a photo was taken": lambda: picture("JPEG", exif=exif()),
    "a profile in a JPEG": lambda: picture("JPEG", icc_profile=profile()),
    "a comment in a JPEG": lambda: picture("JPEG", comment=SECRET + HTML),
    "an archive behind a JPEG": lambda: picture("JPEG") + archive() + SECRET,
    "a script in a JPEG": lambda: picture("JPEG", comment=b"*/=1;alert(1);/*" + SECRET),
    "a page behind a JPEG": lambda: picture("JPEG") + HTML + SECRET,
    "two pictures in a JPEG": two_in_one,
    "CMYK with a profile": lambda: picture("JPEG", "CMYK", icc_profile=profile()),
    "a grey JPEG": lambda: picture("JPEG", "L", exif=exif()),
    "where a PNG was taken": lambda: picture("PNG", exif=exif()),
    "a profile in a PNG": lambda: picture("PNG", icc_profile=profile()),
    "words in a PNG": lambda: with_chunk(b"tEXt", b"Comment\0" + SECRET + HTML),
    "a chunk nobody knows": lambda: with_chunk(b"prVt", SECRET + HTML),
    "a page behind a PNG": lambda: picture() + HTML + SECRET,
    "an archive behind a PNG": lambda: picture() + archive() + SECRET,
    "a PDF behind a PNG": lambda: picture() + pdf() + SECRET,
    "a PNG that moves": moving,
    "sixteen bits": lambda: picture("PNG", "I;16") + SECRET,
    "one bit": lambda: picture("PNG", "1") + SECRET,
    "a palette that shines through": lambda: picture("PNG", "P", transparency=0) + SECRET,
    "grey that shines through": lambda: picture("PNG", "LA") + SECRET,
    "an author": lambda: pdf(written_by),
    "a page of the web in a PDF": lambda: pdf(left_behind, **AS_IS),
    "a page of the web behind a PDF": lambda: pdf() + HTML + SECRET,
    "an archive behind a PDF": lambda: pdf() + archive() + SECRET,
    "an earlier version": revised,
    "a page to open at": lambda: pdf(opens_at_a_page) + SECRET,
}
