"""Documents somebody pastes or loads: thirty that bite are refused with a sentence, soon, small, and nothing stays.

Journey drafts (pasted by operators), packs and FHIR files (loaded by engineers); and bodies and forms of any endpoint,
which have an end. Files that patients share are in `test_uploads.py`.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from api.codec import MOST_BYTES as MOST_HISTORY_BYTES
from domain.refusals import DocumentInvalid
from tests.access.specimens import DEFINITION
from tests.access.world import World
from tests.web.knocking import ask, fingerprint, strongest, unsafe
from threshold.bodies import MOST_BYTES, MOST_UPLOAD_BYTES
from usecases.fhir_import.reading import read_files
from usecases.organization.drafts import Draft, validate
from usecases.packs.reading import read_pack

COUNTED: Counter[str] = Counter()
SECONDS, MEGABYTES = 4.0, 150
MOST: dict[str, int] = {"/documents": MOST_UPLOAD_BYTES, "/api/documents": MOST_UPLOAD_BYTES} | {
    f"/codec/{way}": MOST_HISTORY_BYTES for way in ("decode", "encode")
}
"""What takes more than everything else."""


def branching(when: str) -> str:
    start = DEFINITION.split("  - {id: over")[0]
    return (
        f"{start}  - {{id: way, kind: branch, cases: [{{when: {json.dumps(when)}, goto: over}}], otherwise: over}}\n"
        "  - {id: over, kind: end, outcome: done}\n"
    )


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
LIST = "[" + ",".join(map(str, range(150))) + "]"
HOSTILE = {
    "billion laughs": LAUGHS,
    "an alias to itself": "a: &a [*a]",
    "a merge bomb": "a: &a {x: 1}\nb: {<<: [*a, *a]}",
    "deep flow": "[" * 90_000,
    "deep flow, closed": "[" * 9_000 + "]" * 9_000,
    "deep mappings": "{a: " * 20_000,
    "deep blocks": "\n".join(" " * n + "a:" for n in range(600)),
    "deep dashes": "- " * 60_000,
    "python object": "!!python/object/apply:os.system ['id']",
    "python name": "key: !!python/name:os.system",
    "python module": "key: !!python/module:subprocess",
    "unknown tag": "key: !exploit {a: 1}",
    "binary": "key: !!binary aGVsbG8=",
    "duplicate keys": DEFINITION + "version: 2\n",
    "duplicate keys deep": DEFINITION.replace("outcome: done", "outcome: done, outcome: done"),
    "a huge integer": DEFINITION.replace("version: 1", "version: " + "9" * 5_000),
    "a huge exponent": DEFINITION.replace("version: 1", "version: 1e999999999"),
    "not a number": DEFINITION.replace("version: 1", "version: .nan"),
    "infinity": DEFINITION.replace("version: 1", "version: -.inf"),
    "a sexagesimal": DEFINITION.replace("version: 1", "version: " + "1:" * 9_000 + "1"),
    "NUL": DEFINITION.replace("Specimen", "Spec\0imen"),
    "an escape character": DEFINITION.replace("Specimen", "Spec\x1bimen"),
    "half a surrogate": DEFINITION.replace("Specimen", "Spec\ud800imen"),
    "a mark within": DEFINITION.replace("version", "\ufeffversion"),
    "a long line": "key: " + "a" * 190_000,
    "many short lines": "a\n" * 90_000,
    "many keys": "\n".join(f"k{n}: 1" for n in range(15_000)),
    "many steps": DEFINITION.replace("steps:", "steps:\n" + "  - {id: over, kind: end, outcome: done}\n" * 4_000),
    "many errors": DEFINITION.replace("steps:", "steps:\n" + "  - {kind: none}\n" * 9_000),
    "an image": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a page": "<!doctype html><script>alert(1)</script>",
    "a PDF": "%PDF-1.7\n1 0 obj << /OpenAction 2 0 R >>",
    "an archive": "PK\x03\x04\x14\0\0\0",
    "an entity bomb": "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x>&b;</x>",
    "JSON bomb": '{"a":' * 15_000,
    "a date that is none": DEFINITION.replace("version: 1", "version: 9999-99-99"),
    "a bare list": "- 1\n" * 2_000,
    "documents within": "---\n" * 40_000,
    "directives": "%YAML 9.9\n---\na: 1",
    "CEL, deep": branching("(" * 400 + "true" + ")" * 400),
    "CEL, deep lists": branching("[" * 300 + "]" * 300),
    "CEL, long": branching(" && ".join(["true"] * 5_000)),
    "CEL, loops in loops": branching(f"{LIST}.all(a, {LIST}.all(b, {LIST}.all(c, {LIST}.all(d, true))))"),
    "CEL, three loops": branching("[1].all(a, [1].all(b, [1].exists(c, c == a)))"),
    "CEL, spaced loops": branching("[1] . map (a, [1] . map (b, [1] . map (c, c)))"),
    "CEL, no expression": branching("'; import os; os.system('id')"),
    "CEL, many signs": branching("!" * 990 + "tru e"),
}
FITS = {
    "CEL, that stops": branching('"aaaa".matches("(a+)+$") && [1, 2].all(x, x > 0)'),
    "plain": DEFINITION,
}


@pytest.fixture
async def small() -> AsyncIterator[None]:
    """Neither long nor large, whatever happens within."""
    process, began = psutil.Process(), time.perf_counter()
    before = process.memory_info().rss
    yield
    assert (process.memory_info().rss - before) / 1e6 < MEGABYTES
    COUNTED["measured"] += 1
    assert time.perf_counter() - began < 3 * SECONDS


def refused(read: Callable[[], object]) -> DocumentInvalid:
    """In its own thread, so that it is measured alone."""
    began = time.thread_time()
    with pytest.raises(DocumentInvalid) as told:
        read()
    assert time.thread_time() - began < SECONDS
    assert told.value.errors
    assert all(len(sentence) > 10 for sentence in told.value.errors)
    assert len(told.value.errors) <= 100
    return told.value


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_draft_that_bites(small: None, name: str) -> None:
    document = HOSTILE[name]
    if "\0" not in document and "\ud800" not in document:
        draft = Draft(document=document)
        found = refused(lambda: validate(draft))
        assert sum(map(len, found.errors)) < 50_000, "the answer itself is a bomb"
    else:
        with pytest.raises(ValueError, match="no text"):
            Draft(document=document)
    COUNTED["drafts"] += 1


@pytest.mark.parametrize("name", FITS)
def test_a_draft_that_does_not_bite(name: str) -> None:
    assert validate(Draft(document=FITS[name])).steps


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_pack_that_bites(small: None, name: str, tmp_path: Path) -> None:
    (tmp_path / "care.yaml").write_bytes(HOSTILE[name].encode("utf-8", "surrogatepass"))
    (tmp_path / "specialists.yaml").write_text("[]")
    assert "care" in " ".join(refused(lambda: read_pack(tmp_path)).errors)
    COUNTED["packs"] += 1


BYTES = {
    "UTF-16": '{"resourceType": "Bundle"}'.encode("utf-16"),
    "UTF-8 with a mark": b'\xef\xbb\xbf{"resourceType": "Patient"}',
    "Latin-1": '{"resourceType": "Pät"}'.encode("latin-1"),
    "overlong": b'{"a": "\xc0\xaf"}',
    "NUL": b'{"resourceType": "Patient", "id": "a\\u0000b"}',
    "raw NUL": b'{"resourceType": "Patient", "id": "a\0"}',
    "half a surrogate": b'{"resourceType": "Patient", "id": "\\ud800"}',
    "NaN": b'{"resourceType": "Patient", "id": "a", "x": NaN}',
    "Infinity": b'{"resourceType": "Patient", "id": "a", "x": -Infinity}',
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000,
    "a huge number": b'{"resourceType": "Patient", "id": ' + b"9" * 9_000 + b"}",
    "duplicate keys": b'{"resourceType": "Patient", "id": "a", "id": "b"}',
    "a long line": b'{"resourceType": "Nothing", "id": "' + b"a" * 10_000_000 + b'"}',
    "an image": b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    "an archive": b"\x1f\x8b\x08" + b"\0" * 99,
    "XML": b"<Patient xmlns='http://hl7.org/fhir'/>",
    "entries that are none": b'{"resourceType": "Bundle", "entry": [{"resource": 7}, {"resource": null}]}',
    "entry that is none": b'{"resourceType": "Bundle", "entry": 7}',
    "a long id": b'{"resourceType": "Patient", "id": "' + b"a" * 99 + b'"}',
    "another kind": b'{"resourceType": "Binary", "id": "a", "data": "PHN2Zz4="}',
    "nothing": b"",
}


@pytest.mark.parametrize("name", BYTES)
async def test_a_file_that_bites(small: None, name: str, tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_bytes(BYTES[name])
    assert "people.json" in refused(lambda: read_files([file])).errors[0]
    COUNTED["files"] += 1


async def test_the_doors_refuse_them_too_and_keep_nothing(world: World) -> None:
    before = await fingerprint(world.house)
    for endpoint in (each for each in (*unsafe(True), *unsafe(False)) if each.path.endswith("/definitions/draft")):
        for name, document in HOSTILE.items():
            if name == "half a surrogate":
                continue
            kind = {"json": {"document": document}} if endpoint.is_json else {"data": {"document": document}}
            answer = await ask(world, endpoint, strongest(world, endpoint), **kind)
            assert answer.status_code == 422, f"{endpoint}, {name}: {answer.status_code}"
            COUNTED["at doors"] += 1
    assert await fingerprint(world.house) == before


async def test_no_endpoint_takes_a_body_without_end(world: World) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 100_000 + 2):
            yield b"a" * 100_000
            await asyncio.sleep(0)

    for endpoint in (*unsafe(True), *unsafe(False)):
        caller = strongest(world, endpoint)
        kind = "application/json" if endpoint.is_json else "application/x-www-form-urlencoded"
        proofs = caller.request(endpoint.is_json, None, False)["headers"] | {"content-type": kind}
        most = MOST.get(endpoint.path, MOST_BYTES)
        told = await ask(world, endpoint, caller, headers=proofs, content=b"a" * (most + 1))
        assert told.status_code == 413, f"{endpoint}: {told.status_code}"
        assert "more than we can take" in told.text, endpoint
        assert "Send less, or in several parts." in told.text, endpoint
        COUNTED["bodies"] += 1
    for endpoint in [each for each in (*unsafe(True), *unsafe(False)) if each.path in ("/language", "/api/sign-in")]:
        kind = "application/json" if endpoint.is_json else "application/x-www-form-urlencoded"
        host = {"content-type": kind, "cookie": ""}
        untold = await ask(world, endpoint, strongest(world, endpoint), headers=host, content=endless())
        assert untold.status_code == 413, f"{endpoint}: {untold.status_code}"
        COUNTED["bodies"] += 1


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
FORMS = {
    "many fields": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(90_000))),
    "many of one": ("application/x-www-form-urlencoded", b"language=de&" * 60_000),
    "nothing but signs": ("application/x-www-form-urlencoded", b"&" * 900_000),
    "many parts": ("multipart/form-data; boundary=b", (PART + b"1\r\n") * 9_000),
    "a file": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="a.svg"\r\n\r\n<svg/>\r\n--b--\r\n',
    ),
    "many files": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="../../x"\r\n\r\nx\r\n' * 9_000,
    ),
    "endless headers": ("multipart/form-data; boundary=b", b"--b\r\n" + b"X-A: 1\r\n" * 90_000),
    "no boundary": ("multipart/form-data", b"--b\r\n"),
    "an endless boundary": ("multipart/form-data; boundary=" + "b" * 7_000, b"--b\r\n"),
    "no end": ("multipart/form-data; boundary=b", PART + b"a" * 9_000),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_that_bites(world: World, name: str) -> None:
    kind, content = FORMS[name]
    caller = world.callers["patient", "self"]
    endpoint = next(each for each in unsafe(False) if each.portal == "patient" and each.path == "/language")
    for proofs in ({}, {"x-csrf-token": caller.form_token}):
        cookie = caller.request(False, None, False)["headers"]["cookie"]
        began = time.perf_counter()
        headers = {"content-type": kind, "cookie": cookie, **proofs}
        answer = await ask(world, endpoint, caller, headers=headers, content=content)
        assert answer.status_code in (400, 403, 413, 422), f"{name}: {answer.status_code}"
        assert "<h1" in answer.text
        assert time.perf_counter() - began < 3 * SECONDS
        COUNTED["forms"] += 1


def test_how_many_documents(record_property: Callable[[str, object], None]) -> None:
    said = ", ".join(f"{count} {name}" for name, count in sorted(COUNTED.items()))
    record_property("documents", said)
    assert len(HOSTILE) + len(BYTES) + len(FORMS) >= 60
    assert COUNTED["drafts"] == COUNTED["packs"] == len(HOSTILE), said
    assert COUNTED["files"] == len(BYTES), said
    assert COUNTED["bodies"] >= 100, said
