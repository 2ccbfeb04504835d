"""Two hundred texts that try to be more, through every field that keeps text, to every page, mail and file."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from icalendar import Calendar
from playwright.async_api import Browser

from activities.mail_layout import mail_html
from domain.money import Money
from handbook.endpoints import Endpoint
from portals.core.door import SESSION_COOKIE
from tests.access.callers import Caller
from tests.access.world import World
from tests.fixtures.browser import fresh_context
from tests.web import filling
from tests.web.keeping import KEEPING, keep, packed, rounds, send
from tests.web.knocking import STRONGEST, ask, reading, strongest
from tests.web.markup import parsed
from tests.web.payloads import payloads, storable
from threshold.receipts import receipt_pdf
from usecases.listing import ROWS
from usecases.patient.calendar import _event
from usecases.patient.receipts import PaymentView, Receipt

COUNTED: Counter[str] = Counter()
SEEN: set[str] = set()
PAGES = [each for each in reading() if not each.is_json and not each.open_because]
SECURITY = [each for each in reading() if each.path == "/security"]
CLINICAL = {("specialist", "/patients/{patient_id}"), ("organization", "/patients/{patient_id}/record")}
TURNS = 3


def check(text: str, said: str) -> set[str]:
    """Which of the texts the page shows; none of them as more than text."""
    page = parsed(text)
    assert page.live == [], f"{said}: {page.live}"
    assert "9801547" not in text, f"{said}: a template was worked out"
    shown = "\n".join(page.texts)
    COUNTED["pages"] += 1
    return {each for each in storable() if len(each) > 3 and each.strip() in shown}


async def look(world: World, pages: list[Endpoint], said: object) -> set[str]:
    seen: set[str] = set()
    for endpoint in pages:
        answer = await ask(world, endpoint, strongest(world, endpoint))
        assert answer.status_code < 500, f"{endpoint} after {said!r}"
        if answer.headers.get("content-type", "").startswith("text/html"):
            seen |= check(answer.text, f"{endpoint} after {said!r}")
    SEEN.update(seen)
    return seen


async def fill(world: World, endpoint: Endpoint, fields: dict[str, int]) -> None:
    """What is kept over what was there before is looked at each time, and now and then another page."""
    own = [each for each in PAGES if endpoint.method == "PUT" and f"/api{each.path}" == endpoint.path]
    own = [each for each in own if each.portal == endpoint.portal]
    for place, texts in enumerate(rounds(fields)):
        await keep(world, endpoint, texts, COUNTED)
        await look(world, own, texts)
        if place % TURNS == 0 and own:
            await look(world, [PAGES[place // TURNS % len(PAGES)]], texts)
    COUNTED["fields"] += len(fields)
    COUNTED["texts"] += sum(len(each) <= size for size in fields.values() for each in storable())


async def test_texts_of_commands_stay_texts(world: World) -> None:
    """Every command of a JSON door that keeps what somebody typed, as many texts at once as its fields take."""
    await asyncio.gather(*(fill(world, endpoint, fields) for endpoint, fields in KEEPING))


async def test_texts_of_forms_stay_texts(world: World) -> None:
    """Names given when registering and when invited, names of passkeys, free answers of questionnaires."""
    for page in await filling.answer_freely(world):
        assert len(check(page, "the form")) >= 90
    COUNTED["registered"] = await filling.register(world)
    COUNTED["passkeys"] = await filling.name_passkeys(world)
    await filling.accept_invitations(world)
    await filling.treat(world)
    await look(world, PAGES, "everything")
    assert len(await look(world, SECURITY, "passkeys")) >= 150
    for clinical in (each for each in PAGES if (each.portal, each.path) in CLINICAL):
        assert len(await look(world, [clinical], "free answers")) >= 190, clinical
    patients = next(each for each in PAGES if each.path == "/patients" and each.portal == "organization")
    for number in range(1, COUNTED["registered"] // ROWS + 2):
        shown = await ask(world, patients, strongest(world, patients), target=f"/patients?page={number}")
        check(shown.text, f"page {number} of the patients")


async def test_what_cannot_be_kept_is_refused(world: World) -> None:
    for payload in set(payloads()) - set(storable()):
        for endpoint, fields in KEEPING:
            refused = await send(world, endpoint, dict.fromkeys(fields, payload))
            assert refused.status_code == 422, f"{endpoint} took {payload!r}"


async def test_no_browser_runs_any_of_it(world: World, browser: Browser) -> None:
    """The main pages as they are now, full of what was kept, in a real browser that would notice a call."""
    fired: list[str] = []

    async def browse(portal: str, caller: Caller) -> None:
        async with fresh_context(browser) as (context, _):
            await context.add_cookies([cookie(world, caller)])
            tab = await context.new_page()
            await tab.expose_function("xssfire", lambda text="": fired.append(str(text)))
            tab.on("dialog", lambda dialog: fired.append(dialog.message))
            for endpoint in (each for each in (*PAGES, *SECURITY) if each.portal == portal):
                if "{" not in endpoint.path and endpoint.path.count("/") == 1:
                    await tab.goto(world.house.address(caller.host) + endpoint.path)
                    assert await tab.evaluate("document.querySelector('xss, [onerror], [onload], iframe')") is None
                    COUNTED["browser pages"] += 1

    await asyncio.gather(*(browse(portal, world.callers[portal, key]) for portal, key in STRONGEST.items()))
    assert fired == []


def cookie(world: World, caller: Caller) -> Any:
    address = world.house.address(caller.host).replace("http:", "https:")  # a Secure cookie is set by no other
    return {"name": SESSION_COOKIE, "value": caller.cookie, "url": address, "secure": True, "httpOnly": True}


def test_no_mail_comes_to_life() -> None:
    """Nor asks anybody for anything while it is read."""
    plain = parsed(mail_html("Aurora", "#123456", "en", "Hello.\n\nhttps://x.example/1", "https://x.example/1", "Open"))
    assert {each for each in plain.addresses if each.startswith("http")} == {"https://x.example/1"}
    assert "fonts.g" not in mail_html("Aurora", "#123456", "en", "Hello.", "", "Open")
    for payload in storable():
        body = f"Hello {payload}\n\n{payload}\n\nhttps://x.example/1"
        mail = parsed(mail_html(payload, "#123456", "en", body, "https://x.example/1", "Open"))
        bad = [each for each in mail.live if "style=" not in each]
        assert bad == [], f"{payload!r}: {bad}"
        assert {tag for tag in mail.tags if tag not in plain.tags} == set(), payload
        assert [each for each in mail.addresses if "xss" in each] == [], payload
        COUNTED["mails"] += 1


def test_no_calendar_file_gets_a_line_of_its_own(world: World) -> None:
    now = world.house.context.now()
    for payload in storable():
        event = _event(world.own.things.appointment_id, now, now, 0, payload, "https://x.example/1", now)
        file = Calendar()
        file.add_component(event)
        read = Calendar.from_ical(file.to_ical())
        assert [part.name for part in read.walk()] == ["VCALENDAR", "VEVENT"], payload
        expected = {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL", "CLASS"}
        assert set(read.walk("VEVENT")[0]) == expected, payload
        COUNTED["calendars"] += 1


async def test_no_document_comes_to_life(world: World) -> None:
    """By its structure: a heading, a link or an emphasis that came to life would be one element more."""
    plain = await receipt_pdf(receipt_of(world, "plain"), "en")
    for part in packed(200):
        made = await receipt_pdf(receipt_of(world, part), "en")
        for element in (b"/StructElem", b"/Annot"):
            assert made.count(element) == plain.count(element), part
        COUNTED["documents"] += 1


def receipt_of(world: World, text: str) -> Receipt:
    """With `text` wherever there are words."""
    at, things = world.house.context.now(), world.own.things
    payment = PaymentView(
        id=things.payment_id,
        appointment_id=things.appointment_id,
        kind="charge",
        status="succeeded",
        reason="",
        way="",
        amount=Money(14000, "USD"),
        title=text,
        specialist_name=text,
        starts_at=at,
        at=at,
    )
    words = dict.fromkeys(("number", "payer", "seller", "brand", "support_email"), text)
    return Receipt(**words, payment=payment, brand_colour="#006874", issued_at=at, time_zone="UTC")


def test_how_many_texts(record_property: Callable[[str, object], None]) -> None:
    kept = {name: count for name, count in COUNTED.items() if name.startswith("kept by")}
    through = f"{COUNTED['texts']} through {COUNTED['fields']} fields of {len(KEEPING)} commands"
    rows = f"{COUNTED['sent']} requests, {COUNTED['registered']} people, {COUNTED['passkeys']} passkeys"
    shown = f"{COUNTED['pages']} pages, {COUNTED['browser pages']} in a browser, {COUNTED['mails']} mails"
    files = f"{COUNTED['documents']} PDF files, {COUNTED['calendars']} calendar files"
    said = f"{len(payloads())} texts, {through} ({rows}); {shown}, {files}; {len(SEEN)} were read again as text"
    record_property("stored text", said)
    assert len(payloads()) >= 200, said
    assert COUNTED["texts"] >= 180 * COUNTED["fields"], said
    assert COUNTED["fields"] >= 25, said
    assert sum(1 for count in kept.values() if count) >= 6, f"{said}: {kept}"
    assert len(SEEN) >= 200, said
    assert COUNTED["pages"] >= 200, said
    for each in ("mails", "calendars"):
        assert COUNTED[each] >= 200, said
    assert COUNTED["browser pages"] >= 15, said
    assert min(COUNTED["registered"], COUNTED["passkeys"], COUNTED["documents"]) >= 30, said
