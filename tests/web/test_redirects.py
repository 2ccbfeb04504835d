"""Whatever an address says about where to go next, it goes nowhere else."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit

import pytest

from portals.core.door import SESSION_COOKIE
from portals.core.way_back import LONGEST_PATH, same_site
from tests.access.callers import HOSTS
from tests.access.world import World
from tests.fixtures.house import AURORA
from tests.web.markup import parsed

COUNTED: Counter[str] = Counter()
EVIL = "evil.example"
PAYLOADS = [
    f"//{EVIL}", f"///{EVIL}", f"////{EVIL}", f"https://{EVIL}", f"http://{EVIL}", f"https:{EVIL}", f"https:/{EVIL}",
    f"http:///{EVIL}", f"HTTPS://{EVIL}", f"ftp://{EVIL}", f"\\\\{EVIL}", f"\\/{EVIL}", f"/\\{EVIL}", f"/\\/{EVIL}",
    f"//\\{EVIL}", f"\\//{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}", f"/\r/{EVIL}", f"\t//{EVIL}", f" //{EVIL}",
    f"\u00a0//{EVIL}", f"/\u2028/{EVIL}", f"/\u200b/{EVIL}", f"\u3000//{EVIL}", f"／／{EVIL}", f"/／{EVIL}",
    f"〳{EVIL}",
    f"/⁄{EVIL}", f"/∕{EVIL}", f"/%2f{EVIL}", f"/%2f%2f{EVIL}", f"%2f%2f{EVIL}", f"/%5c{EVIL}", f"/%09/{EVIL}",
    f"/%0d%0aLocation:%20//{EVIL}", f"/x\r\nLocation: //{EVIL}", "/x\nSet-Cookie: a=b", f"@{EVIL}", f"/@{EVIL}",
    f"//user:pw@{EVIL}", f"//{AURORA}@{EVIL}", f"//{EVIL}#{AURORA}", f"//{EVIL}?{AURORA}", f"//{AURORA}.{EVIL}",
    f"/.//{EVIL}", f"/..//{EVIL}", f"/;//{EVIL}", f"//{EVIL}/%2e%2e", "//evil。example", "//evil．example",
    "//evil%E3%80%82example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd",
    "blob:x", "about:blank", "//[::1]", "//127.0.0.1", "//2130706433", f"//{EVIL}:80", "", "?", "#", "..", "../..",
    "/" + "a" * 9_000, "/" + "%61" * 4_000, f"/\x00/{EVIL}", f"/\ud7ff{EVIL}", f"/​{EVIL}",
]  # fmt: skip


def stays(location: str, host: str) -> bool:
    """As a browser resolves it: tabs and line breaks are dropped, backslashes are slashes."""
    heard = "".join(letter for letter in location.strip() if letter not in "\t\r\n").replace("\\", "/")
    there = urlsplit(urljoin(f"http://{host}/sign-in", heard))
    return (there.scheme, there.hostname) == ("http", host)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_same_site_says_so_only_of_this_site(payload: str) -> None:
    found = same_site(payload)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert found.isprintable()
    assert len(found) <= LONGEST_PATH
    assert stays(found, AURORA)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
async def test_every_way_on(world: World, payload: str) -> None:
    caller = world.callers["patient", "self"]
    base = {"host": f"{AURORA}:{world.house.settings.port}"}
    signed = base | {"cookie": f"{SESSION_COOKIE}={caller.cookie}", "x-csrf-token": caller.form_token}
    for path in ("/sign-in", "/sign-in/second-step", "/confirm-it-is-you"):
        for headers in (base, signed):
            answer = await world.client.get(f"{path}?next={quote(payload, safe='')}", headers=headers)
            if "\x00" in payload:
                assert answer.status_code == 400
                continue
            check(answer.headers.get("location"), answer.text)
    chosen = await world.client.post("/language", data={"language": "en", "next": payload}, headers=signed)
    check(chosen.headers.get("location"), chosen.text)


def check(location: str | None, text: str) -> None:
    if location is not None:
        assert stays(location, AURORA), location
        assert location.isprintable()
    for address in parsed(text).addresses:
        assert stays(address, AURORA) or not address.startswith(("/", "\\")), address
        assert EVIL not in (urlsplit(address).hostname or ""), address
    COUNTED["ways"] += 1


AWAY = ["//evil.example/%2f..", "/\\evil.example", "/%09/evil.example", "//evil.example/x?y"]


@pytest.mark.parametrize("portal", HOSTS)
@pytest.mark.parametrize("target", AWAY)
async def test_the_way_back_after_signing_in_is_here(world: World, portal: str, target: str) -> None:
    host = HOSTS[portal]  # type: ignore[index]
    answer = await world.client.get(target, headers={"host": f"{host}:{world.house.settings.port}"})
    location = answer.headers.get("location")
    assert location is None or stays(location, host)
    for referrer in (f"http://{EVIL}/x", f"http://{host}.{EVIL}/", f"http://{host}@{EVIL}/", "javascript:x"):
        headers = {"host": f"{host}:{world.house.settings.port}", "referer": referrer}
        sent = await world.client.post("/seats", headers=headers)
        assert sent.status_code == 403 or stays(sent.headers["location"], host)
        COUNTED["ways"] += 1


def test_how_many_ways(record_property: Callable[[str, object], None]) -> None:
    said = f"{len(PAYLOADS)} addresses, {COUNTED['ways']} ways on"
    record_property("redirects", said)
    assert len(PAYLOADS) >= 40
    assert COUNTED["ways"] >= 40 * 7, said
