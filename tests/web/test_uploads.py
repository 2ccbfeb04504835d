"""Files from strangers: those that bite are refused with their reason and leave nothing; of the others nothing is kept
but what they show. Each goes through the page and the JSON door.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4

import httpx
import pikepdf
import pytest
from PIL import Image

from domain.refusals import InvalidInput
from models import SharedDocument
from tests.fixtures.files import pdf, picture
from tests.fixtures.house import AURORA, RunningHouse, Visitor
from tests.patient.people import Newcomer, app_of, newcomer, rows_of, signed_in
from tests.web.harmless_files import CLEANED, SECRET
from tests.web.hostile_files import HTML, REFUSED
from threshold.bodies import MOST_UPLOAD_BYTES
from threshold.statuses import STATUS

COUNTED: Counter[str] = Counter()


@dataclass(frozen=True)
class Sender:
    """A patient at the page and at the JSON door."""

    house: RunningHouse
    who: Newcomer
    visitor: Visitor
    app: httpx.AsyncClient

    async def kept(self) -> list[SharedDocument]:
        return await rows_of(self.house, self.who, SharedDocument)

    async def by_page(self, content: bytes, name: str = "a.pdf", kind: str = "application/pdf") -> httpx.Response:
        return await self.visitor.upload("/documents", ("file", (name, content, kind)), key=uuid4().hex)

    async def by_json(self, content: bytes) -> httpx.Response:
        return await self.app.post("documents", json={"key": uuid4().hex, "file": b64encode(content).decode()})

    async def with_body(self, body: bytes, **headers: str) -> httpx.Response:
        """A form as nobody's browser would write it."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())
        told = {"content-type": "multipart/form-data; boundary=b", "cookie": cookie, **headers}
        return await self.visitor.client.post("/documents", content=body, headers=told)


@pytest.fixture
async def sender(house: RunningHouse) -> AsyncIterator[Sender]:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor, app_of(house, who) as app:
        await visitor.get("/documents")
        yield Sender(house, who, visitor, app)


@pytest.mark.parametrize("name", REFUSED)
async def test_a_file_that_bites_is_refused_and_leaves_nothing(sender: Sender, name: str) -> None:
    make, refusal = REFUSED[name]
    content = make()
    said = await sender.by_page(content), await sender.by_json(content)
    assert [answer.status_code for answer in said] == [STATUS[refusal.kind]] * 2
    assert refusal.title in said[0].text
    assert (said[1].json()["type"], said[1].json()["title"]) == (refusal.__name__, refusal.title)
    assert await sender.kept() == []
    COUNTED["refused"] += 1


@pytest.mark.parametrize("name", CLEANED)
async def test_only_what_a_file_shows_is_kept(sender: Sender, name: str) -> None:
    content = CLEANED[name]()
    assert SECRET in content or b"iCCP" in content, "nothing is hidden here"
    assert (await sender.by_page(content)).status_code == 303
    assert (await sender.by_json(content)).status_code == 201
    rows = await sender.kept()
    assert len(rows) == 2
    for row in rows:
        served = await sender.app.get(f"documents/{row.id}/file")
        assert served.headers["content-type"] == row.media_type
        check_clean(served.content)
    COUNTED["cleaned"] += 1


def check_clean(content: bytes) -> None:
    for hidden in (SECRET, SECRET.decode().encode("utf-16-be"), HTML[:20], b"PK\x03\x04", b"Exif", b"ICC", b"iCCP"):
        assert hidden not in content
    if content.startswith(b"%PDF"):
        with pikepdf.open(BytesIO(content)) as kept:
            assert set(kept.Root.keys()) <= {"/Type", "/Pages"}
            assert "/Info" not in kept.trailer
            assert len(kept.pages) == 1
            streams = [each.read_bytes() for each in kept.objects if isinstance(each, pikepdf.Stream)]
            assert not [each for each in streams if SECRET in each]
        return
    with Image.open(BytesIO(content)) as shown:
        shown.load()
        assert shown.getexif() == {}
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert getattr(shown, "n_frames", 1) == 1
        assert shown.mode in ("L", "RGB", "RGBA")


async def test_a_picture_stands_upright_and_keeps_its_greys(sender: Sender) -> None:
    await sender.by_json(CLEANED["where a photo was taken"]())
    out = BytesIO()
    Image.frombytes("I;16", (256, 1), b"".join(bytes((0, grey)) for grey in range(256))).save(out, "PNG")
    await sender.by_json(out.getvalue())
    lying, grey = [await sender.app.get(f"documents/{row.id}/file") for row in await sender.kept()]
    if lying.headers["content-type"] == "image/png":
        lying, grey = grey, lying
    assert Image.open(BytesIO(lying.content)).size == (16, 24)
    assert len(Image.open(BytesIO(grey.content)).getcolors() or ()) == 256


NAMES = {
    "../../etc/passwd.pdf": "passwd",
    "C:\\Users\\me\\blood test.pdf": "blood test",
    "/etc/cron.d/job.png": "job",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "\u2066hidden\u2069.jpeg": "hidden",
    "a\u200bb\ufeff.pdf": "ab",
    "a%0D%0ASet-Cookie: x=1.pdf": "a%0D%0ASet-Cookie: x=1",
    "x" * 3_000 + ".pdf": "x" * 120,
    "bell\x07and\x1bescape.pdf": "bell and escape",
    "<script>alert(1)</script>.pdf": "script>",
    "....": "",
    ".pdf": "",
    "befund müller.PDF": "befund müller",
    "نتائج الفحص.pdf": "نتائج الفحص",
    "می\u200cخواهم.pdf": "می\u200cخواهم",
    "con.pdf": "con",
    "'; drop table shared_document; --.pdf": "'; drop table shared_document; --",
    "=cmd|' /C calc'!A0.pdf": "C calc'!A0",
}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
async def test_a_name_is_only_a_title(sender: Sender, name: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{sender.visitor.token}\r\n'
    head += f'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n{uuid4().hex}\r\n'
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    file = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
    answer = await sender.with_body((head + file).encode() + pdf() + b"\r\n--b--\r\n")
    assert answer.status_code == 303, answer.text
    (row,) = await sender.kept()
    assert row.title == NAMES[name]
    page = await sender.visitor.get("/documents")
    assert "<script>" not in page.text
    served = await sender.visitor.get(f"/documents/{row.id}/file")
    assert served.headers["content-disposition"] == f'attachment; filename="document-{row.shared_at:%Y-%m-%d}.pdf"'
    COUNTED["names"] += 1


def part(name: str, value: bytes = b"x", file: str | None = None) -> bytes:
    named = f'; filename="{file}"' if file is not None else ""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + value + b"\r\n"


FORMS: dict[str, tuple[Callable[[], bytes], tuple[int, ...]]] = {
    "two files": (lambda: part("file", pdf(), "a.pdf") + part("file", pdf(), "b.pdf"), (400,)),
    "a second file elsewhere": (lambda: part("file", pdf(), "a.pdf") + part("other", pdf(), "b.pdf"), (400,)),
    "a thousand files": (lambda: part("file", b"x", "a.pdf") * 1_000, (400,)),
    "no file": (lambda: part("title"), (422,)),
    "a file that is a field": (lambda: part("file", pdf()), (422,)),
    "a file in the title": (lambda: part("title", pdf(), "a.pdf"), (422,)),
    "a file for a key": (lambda: part("key", b"x" * 20, "a.pdf"), (422,)),
    "a name with NUL": (lambda: part("file", pdf(), "a\0.pdf"), (303, 400)),
    "a name without end": (lambda: part("file", pdf(), "x" * 5_000 + ".pdf"), (400,)),
    "a name over two lines": (lambda: part("file", pdf(), "a\r\nX-A: 1.pdf"), (303, 400)),
    "many fields": (lambda: part("file", pdf(), "a.pdf") + part("title") * 500, (400, 413)),
    "an unknown field": (lambda: part("file", pdf(), "a.pdf") + part("patient_id"), (422,)),
    "too long a title": (lambda: part("file", pdf(), "a.pdf") + part("title", b"x" * 121), (422,)),
    "a title with NUL": (lambda: part("file", pdf(), "a.pdf") + part("title", b"a\0b"), (422,)),
    "no day": (lambda: part("file", pdf(), "a.pdf") + part("until", b"soon"), (422,)),
    "yesterday": (lambda: part("file", pdf(), "a.pdf") + part("until", b"2020-01-01"), (422,)),
    "for nobody there is": (lambda: part("file", pdf(), "a.pdf") + part("specialist_id", b"0" * 32), (422,)),
    "no end": (lambda: part("file", pdf(), "a.pdf")[:-2], (303, 400, 422)),
    "endless headers": (lambda: b"--b\r\n" + b"X-A: 1\r\n" * 90_000, (400,)),
    "more than a body may hold": (lambda: part("file", b"\0" * (MOST_UPLOAD_BYTES + 1), "a.pdf"), (413,)),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_that_bites(sender: Sender, name: str) -> None:
    make, expected = FORMS[name]
    proof = part("csrf", sender.visitor.token.encode()) + part("key", uuid4().hex.encode())
    answer = await sender.with_body(proof + make() + b"--b--\r\n", **{"x-csrf-token": sender.visitor.token})
    assert answer.status_code in expected
    if answer.status_code != 303:
        assert "<h1" in answer.text
        assert await sender.kept() == []
    COUNTED["forms"] += 1


async def test_a_form_from_elsewhere_shares_nothing(sender: Sender) -> None:
    forged = part("key", uuid4().hex.encode()) + part("file", pdf(), "a.pdf") + b"--b--\r\n"
    for headers in ({}, {"x-csrf-token": sender.visitor.token, "origin": "https://evil.example"}):
        assert (await sender.with_body(forged, **headers)).status_code == 403
    assert await sender.kept() == []


@pytest.mark.parametrize(
    "body",
    [
        {"file": "not base64!"},
        {"file": ""},
        {"file": 7},
        {"file": None},
        {"file": ["JVBERg=="]},
        {"file": "JVBERg==", "media_type": "text/html"},
        {"file": "JVBERg==\n"},
        {"file": "JVBERg"},
    ],
)
async def test_json_that_bites(sender: Sender, body: dict[str, object]) -> None:
    answer = await sender.app.post("documents", json={"key": uuid4().hex, **body})
    assert answer.status_code == 422
    assert answer.json()["type"] in (InvalidInput.__name__, "FileUnreadable")
    assert await sender.kept() == []
    COUNTED["json"] += 1


async def test_only_that_address_takes_more_than_a_million_bytes(sender: Sender) -> None:
    large = picture("JPEG") + b"\0" * 2_000_000
    assert (await sender.by_page(large)).status_code == 303
    assert (await sender.by_json(large)).status_code == 201
    assert len(await sender.kept()) == 2
    for path in ("/language", "/consents", "/documents/", "//documents"):
        answer = await sender.visitor.upload(path, ("file", ("a.jpg", large, "image/jpeg")))
        assert answer.status_code in (404, 413), path
    assert (await sender.app.post("consents", json={"kinds": ["x" * 2_000_000]})).status_code == 413
    assert (await sender.app.put("documents", json={"file": "x" * 2_000_000})).status_code in (405, 413)


async def test_what_is_served_is_kept_and_never_shown_as_ours(sender: Sender) -> None:
    await sender.by_json(picture("JPEG"))
    (row,) = await sender.kept()
    for answer in (
        await sender.visitor.get(f"/documents/{row.id}/file"),
        await sender.app.get(f"documents/{row.id}/file"),
    ):
        said = answer.headers
        assert said["content-type"] == "image/jpeg"
        assert said["content-disposition"].startswith("attachment; filename=")
        assert said["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert (said["x-content-type-options"], said["cache-control"]) == ("nosniff", "no-store")
        assert len(answer.content) == row.size


async def test_many_at_once_are_read_in_turn(sender: Sender) -> None:
    """While bombs are read, a page still comes."""
    bomb = REFUSED["many streams that unfold"][0]()
    assert (await sender.by_json(bomb)).status_code == 413
    assert (await sender.visitor.get("/documents")).status_code == 200


def test_how_many_files(record_property: Callable[[str, object], None]) -> None:
    said = ", ".join(f"{count} {name}" for name, count in sorted(COUNTED.items()))
    record_property("uploads", said)
    assert COUNTED["refused"] == len(REFUSED) >= 70, said
    assert COUNTED["cleaned"] == len(CLEANED) >= 25, said
    assert COUNTED["names"] == len(NAMES) >= 15, said
    assert COUNTED["forms"] == len(FORMS) >= 15, said
