"""Two hundred texts that try to be more, through every field that keeps text, to every page, mail and file."""

import html
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from icalendar import Calendar
from playwright.async_api import Browser

from activities.mail_layout import mail_html
from endpoints import Endpoint
from portals.core.door import SESSION_COOKIE
from tests.access.callers import Caller
from tests.access.test_matrix import World, command_of
from tests.fixtures.browser import fresh_context
from tests.web.knocking import STRONGEST, ask, path, reading, specimen, strongest, unsafe
from tests.web.markup import parsed
from tests.web.payloads import payloads, storable
from usecases.patient.calendar import _event

COUNTED: Counter[str] = Counter()
SEEN: set[str] = set()
NOT_KEPT = {"key", "document", "password", "email", "role", "kind", "kinds", "program_id", "appointment_type"}
"""Fields that choose something, or are kept nowhere."""


def texts_of(endpoint: Endpoint) -> list[str]:
    """The fields of the endpoint's command that keep what somebody typed."""
    command, _ = command_of(endpoint)
    if command is None or endpoint.path in ("/api/sign-in", "/api/sign-in/second-step", "/api/step-up"):
        return []
    plain = [name for name, info in command.model_fields.items() if info.annotation is str or name == "biography"]
    return [name for name in plain if name not in NOT_KEPT]


KEEPING = [(each, texts_of(each)) for each in unsafe(json=True) if each.path.startswith("/api/") and texts_of(each)]


async def keep(world: World, endpoint: Endpoint, fields: list[str], payload: str) -> bool:
    """Send the payload in every field of the endpoint that takes it; whether anything was kept."""
    things, caller = world.own.things, strongest(world, endpoint)
    command, _ = command_of(endpoint)
    assert command is not None
    sent: dict[str, Any] = (specimen(endpoint, things) or {}) | {
        name: {"en": payload} if name == "biography" else payload for name in fields
    }
    if "version" in command.model_fields:
        kept = await ask(world, _reading(endpoint), caller, target=path(endpoint, things).removesuffix("/amend"))
        found = kept.json()
        sent["version"] = found.get("version", 1) if isinstance(found, dict) else 1
    answer = await ask(world, endpoint, caller, json=sent)
    while answer.status_code == 422:  # the specimen's own value where the field wants something else
        wrong = {name.split(".")[0] for name in answer.json().get("errors", {})} & set(fields)
        if not wrong:
            break
        fields = [name for name in fields if name not in wrong]
        known = specimen(endpoint, things) or {}
        sent = {name: value for name, value in sent.items() if name not in wrong or name in known}
        sent |= {name: known[name] for name in wrong if name in known}
        answer = await ask(world, endpoint, caller, json=sent)
    assert answer.status_code < 500, f"{endpoint} broke on {payload!r}"
    COUNTED["sent"] += 1
    return answer.status_code < 300 and bool(fields)


def _reading(endpoint: Endpoint) -> Endpoint:
    return Endpoint(endpoint.portal, "GET", endpoint.path, endpoint.call, endpoint.permissions)


def check(text: str, said: str) -> None:
    page = parsed(text)
    assert page.live == [], f"{said}: {page.live}"
    assert "9801547" not in text, f"{said}: a template was worked out"
    assert "__subclasses__()" not in text or "subclasses" in html.escape(text), said
    shown = "\n".join(page.texts)
    SEEN.update(each for each in storable() if len(each) > 3 and each.strip() in shown)
    COUNTED["pages"] += 1


@pytest.mark.parametrize("place", range(len(storable())))
async def test_a_text_stays_a_text(world: World, place: int) -> None:
    """Into every field that keeps text; then a few pages, others for each text, so that all have their turn."""
    payload = storable()[place]
    for endpoint, fields in KEEPING:
        if await keep(world, endpoint, fields, payload):
            COUNTED[f"kept by {endpoint}"] += 1
    every = [each for each in reading() if not each.is_json and "GET /sign-in" not in str(each)]
    always = [each for each in every if each.path in ("/profile", "/patients/{patient_id}", "/roles")]
    for endpoint in [*always, *(each for n, each in enumerate(every) if n % 12 == place % 12)]:
        answer = await ask(world, endpoint, strongest(world, endpoint))
        assert answer.status_code < 500, f"{endpoint} after {payload!r}"
        if answer.headers.get("content-type", "").startswith("text/html"):
            check(answer.text, f"{endpoint} after {payload!r}")


async def test_what_cannot_be_kept_is_refused(world: World) -> None:
    for payload in set(payloads()) - set(storable()):
        for endpoint, fields in KEEPING:
            assert not await keep(world, endpoint, fields, payload) or "\ud800" in payload


async def test_no_browser_runs_any_of_it(world: World, browser: Browser) -> None:
    """The main pages as they are now, full of what was kept, in a real browser that would notice a call."""
    fired: list[str] = []
    for portal, key in STRONGEST.items():
        caller = world.callers[portal, key]
        async with fresh_context(browser) as (context, _):
            await context.add_cookies([cookie(world, caller)])
            tab = await context.new_page()
            await tab.expose_function("xssfire", fired.append)
            tab.on("dialog", lambda dialog: fired.append(dialog.message))
            for endpoint in (each for each in reading() if each.portal == portal and not each.is_json):
                if "{" not in endpoint.path and endpoint.path.count("/") == 1:
                    await tab.goto(world.house.address(caller.host) + endpoint.path)
                    assert await tab.evaluate("document.querySelector('xss, [onerror], [onload], iframe')") is None
                    COUNTED["browser pages"] += 1
    assert fired == []


def cookie(world: World, caller: Caller) -> Any:
    address = world.house.address(caller.host)
    return {"name": SESSION_COOKIE, "value": caller.cookie, "url": address, "secure": True, "httpOnly": True}


def test_no_mail_comes_to_life() -> None:
    plain = parsed(mail_html("Aurora", "#123456", "en", "Hello.\n\nhttps://x.example/1", "https://x.example/1", "Open"))
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


def test_how_many_texts(record_property: Callable[[str, object], None]) -> None:
    kept = {name: count for name, count in COUNTED.items() if name.startswith("kept by")}
    said = (
        f"{len(payloads())} texts, {COUNTED['sent']} times through {len(KEEPING)} commands, {len(kept)} of which kept "
        f"some; {COUNTED['pages']} pages, {COUNTED['browser pages']} in a browser, {COUNTED['mails']} mails, "
        f"{COUNTED['calendars']} calendar files; {len(SEEN)} texts were read again as text"
    )
    record_property("stored text", said)
    assert len(payloads()) >= 200, said
    assert COUNTED["sent"] >= 200 * len(KEEPING), said
    assert len(kept) >= 4, f"{said}: {kept}"
    assert len(SEEN) >= 120, said
    assert COUNTED["mails"] >= 200, said
    assert COUNTED["calendars"] >= 200, said
    assert COUNTED["browser pages"] >= 15, said
