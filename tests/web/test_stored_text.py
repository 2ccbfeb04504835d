"""Two hundred texts that try to be more, through every field that keeps text, to every page, mail and file."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from playwright.async_api import Browser

from activities.mail_layout import mail_html
from endpoints import Endpoint
from portals.core.door import SESSION_COOKIE
from tests.access.callers import Caller
from tests.access.world import World, command_of
from tests.fixtures.browser import fresh_context
from tests.web.knocking import STRONGEST, ask, reading, specimen, strongest, unsafe
from tests.web.markup import parsed
from tests.web.payloads import payloads, storable
from usecases.patient.calendar import _event

COUNTED: Counter[str] = Counter()
LENGTH = re.compile(r"max_length=(\d{2,})")
SEEN: set[str] = set()
CHOSEN = {
    "key", "document", "password", "email", "role", "kind", "kinds", "program_id", "appointment_type", "jurisdiction",
    "time_zone", "zone", "locale", "phone",
}  # fmt: skip
"""Fields that choose something there is, or are kept nowhere; `emergency_phone` is what anybody typed."""
LONG, TOGETHER = 500, 8
"""Fields that take so many characters take so many texts at once."""


def texts_of(endpoint: Endpoint) -> dict[str, int]:
    """The fields of the endpoint's command that keep what somebody typed, and how many characters they take."""
    command, _ = command_of(endpoint)
    if command is None or endpoint.path.startswith(("/api/sign-in", "/api/step-up")):
        return {}
    kept = {name: info for name, info in command.model_fields.items() if name not in CHOSEN}
    lengths = {name: int(found[1]) for name, info in kept.items() if (found := LENGTH.search(repr(info)))}
    return {name: size for name, size in lengths.items() if kept[name].annotation is str or name == "biography"}


KEEPING = [(each, texts_of(each)) for each in unsafe(json=True) if texts_of(each)]
SHORT = [(each, fields) for each, fields in KEEPING if min(fields.values()) < LONG]
ROOMY = [(each, fields) for each, fields in KEEPING if min(fields.values()) >= LONG]


async def keep(world: World, endpoint: Endpoint, fields: list[str], payload: str) -> bool:
    """Send the payload in every field of the endpoint that takes it; whether anything was kept."""
    known = specimen(endpoint, world.own.things) or {}
    sent: dict[str, Any] = known | {name: {"en": payload} if name == "biography" else payload for name in fields}
    if "version" in known:
        sent["version"] = await version_of(world, endpoint)
    answer = await send(world, endpoint, sent)
    COUNTED["sent"] += 1
    if answer.status_code == 422:  # what it does not take is left as the specimen has it
        wrong = {name.split(".")[0] for name in answer.json().get("errors", {})} & set(fields)
        fields = [name for name in fields if name not in wrong]
        sent = {name: value for name, value in sent.items() if name not in wrong} | {
            name: known[name] for name in wrong if name in known
        }
        answer = await send(world, endpoint, sent)
    assert answer.status_code < 500, f"{endpoint} broke on {payload!r}"
    return answer.status_code < 300 and bool(fields)


async def send(world: World, endpoint: Endpoint, sent: dict[str, Any]) -> httpx.Response:
    caller = strongest(world, endpoint)
    headers = caller.request(True, None, False)["headers"] | {"content-type": "application/json"}
    return await ask(world, endpoint, caller, headers=headers, content=json.dumps(sent))


async def version_of(world: World, endpoint: Endpoint) -> int:
    """The newest, wherever in the answer it stands."""
    there = replace(endpoint, method="GET", path=endpoint.path.removesuffix("/amend"))
    answer = await ask(world, there, strongest(world, endpoint))
    return max(map(int, re.findall(r'"version":(\d+)', answer.text)), default=1)


PAGES = [each for each in reading() if not each.is_json and not each.open_because]
TURNS = 30


def check(text: str, said: str) -> None:
    page = parsed(text)
    assert page.live == [], f"{said}: {page.live}"
    assert "9801547" not in text, f"{said}: a template was worked out"
    shown = "\n".join(page.texts)
    SEEN.update(each for each in storable() if len(each) > 3 and each.strip() in shown)
    COUNTED["pages"] += 1


@pytest.mark.parametrize("place", range(len(storable())))
async def test_a_text_stays_a_text(world: World, place: int) -> None:
    """Into every field that keeps text; then a few pages, others for each text, so that all have their turn."""
    payload, together = storable()[place], storable()[place : place + TOGETHER]
    for endpoint, fields in SHORT:
        COUNTED[f"kept by {endpoint}"] += await keep(world, endpoint, list(fields), payload)
    if place % TOGETHER == 0:
        for endpoint, fields in ROOMY:
            COUNTED[f"kept by {endpoint}"] += await keep(world, endpoint, list(fields), "\n".join(together))
            COUNTED["together"] += len(together)
    always = [each for each in PAGES if each.path == "/profile" and each.portal == "patient"]
    for endpoint in [*always, *(each for n, each in enumerate(PAGES) if n % TURNS == place % TURNS)]:
        answer = await ask(world, endpoint, strongest(world, endpoint))
        assert answer.status_code < 500, f"{endpoint} after {payload!r}"
        if answer.headers.get("content-type", "").startswith("text/html"):
            check(answer.text, f"{endpoint} after {payload!r}")


async def test_what_cannot_be_kept_is_refused(world: World) -> None:
    for payload in set(payloads()) - set(storable()):
        for endpoint, fields in KEEPING:
            refused = await send(world, endpoint, dict.fromkeys(fields, payload))
            assert refused.status_code == 422, f"{endpoint} took {payload!r}"


async def test_no_browser_runs_any_of_it(world: World, browser: Browser) -> None:
    """The main pages as they are now, full of what was kept, in a real browser that would notice a call."""
    fired: list[str] = []
    for portal, key in STRONGEST.items():
        caller = world.callers[portal, key]
        async with fresh_context(browser) as (context, _):
            await context.add_cookies([cookie(world, caller)])
            tab = await context.new_page()
            await tab.expose_function("xssfire", lambda text="": fired.append(str(text)))
            tab.on("dialog", lambda dialog: fired.append(dialog.message))
            for endpoint in (each for each in reading() if each.portal == portal and not each.is_json):
                if "{" not in endpoint.path and endpoint.path.count("/") == 1:
                    await tab.goto(world.house.address(caller.host) + endpoint.path)
                    assert await tab.evaluate("document.querySelector('xss, [onerror], [onload], iframe')") is None
                    COUNTED["browser pages"] += 1
    assert fired == []


def cookie(world: World, caller: Caller) -> Any:
    address = world.house.address(caller.host).replace("http:", "https:")  # a Secure cookie is set by no other
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
    through = f"{COUNTED['sent']} times through {len(KEEPING)} commands, {sum(map(bool, kept.values()))} kept some"
    shown = f"{COUNTED['pages']} pages, {COUNTED['browser pages']} in a browser, {COUNTED['mails']} mails"
    files = f"{COUNTED['calendars']} calendar files; {len(SEEN)} were read again as text"
    said = f"{len(payloads())} texts, {through}; {shown}, {files}"
    record_property("stored text", said)
    assert len(payloads()) >= 200, said
    assert COUNTED["sent"] >= 200 * len(SHORT), said
    assert COUNTED["together"] >= 200 * len(ROOMY), said
    assert sum(1 for count in kept.values() if count) >= 6, f"{said}: {kept}"
    assert len(SEEN) >= 120, said
    assert COUNTED["mails"] >= 200, said
    assert COUNTED["calendars"] >= 200, said
    assert COUNTED["browser pages"] >= 15, said
