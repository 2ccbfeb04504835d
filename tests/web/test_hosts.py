"""Hosts: served only where exactly a known host is named, and nothing of one brand is worth anything at another."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable

import pytest

from domain.actors import House
from models import Person
from portals.core.door import SESSION_COOKIE
from tests.access.callers import HOSTS
from tests.access.world import World
from tests.fixtures.house import AURORA, MARIGOLD, ORGANIZATIONS, PARTNERS, SANA, SPECIALISTS
from tests.fixtures.mailbox import link_for
from tests.patient.people import newcomer, session_of
from usecases.identity.accounts import AskForLink, ask_for_link
from usecases.identity.doors import Door

COUNTED: Counter[str] = Counter()
SERVED = [AURORA, AURORA.upper(), "AuRoRa.LocalHost", f"{AURORA}:80", f"{AURORA}:65535", f"{AURORA}:0"]
NAMES = [
    f"{AURORA}.", f"{AURORA}..", f".{AURORA}", f"a{AURORA}", f"{AURORA}a", f"x.{AURORA}", f"{AURORA}.evil.example",
    f"evil.example.{AURORA}", f"{AURORA}-", f"-{AURORA}", AURORA.replace(".", "..",), AURORA.replace(".", "%2e"),
    AURORA.replace(".", "。"), AURORA.replace(".", "．"), AURORA.replace("a", "а", 1), AURORA.replace("o", "ο"),
    AURORA.replace("o", "0"), "xn--urora-3ve.localhost", "xn--aurra-jye.localhost", "ａurora.localhost",
    f"{AURORA}%00", f"{AURORA}%0d%0a", f"{AURORA}%20", "aurora", "aurora.localhost.localdomain",
    "*.localhost", "*", "..", ".", "-", "_", "aurora_.localhost", "evil.example", "127.0.0.1", "127.1", "2130706433",
    "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::1%25lo]", "::1", f"[{AURORA}]", "[v1.x]",
]  # fmt: skip
SHAPES = [
    f"{AURORA}:", f"{AURORA}:x", f"{AURORA}:-1", f"{AURORA}:80:80", f"{AURORA}:999999", f"{AURORA}:8o",
    f"{AURORA}:８０", f"evil.example@{AURORA}", f"{AURORA}@evil.example", f"{AURORA}:80@{MARIGOLD}",
    f"{AURORA}:pw@{MARIGOLD}:80", f"@{AURORA}", f"{AURORA}@", f"{AURORA}/", f"{AURORA}/../{MARIGOLD}",
    f"{AURORA}#{MARIGOLD}", f"{AURORA}?{MARIGOLD}", f"{AURORA}\\{MARIGOLD}", f"{AURORA};{MARIGOLD}",
    f"{AURORA},{MARIGOLD}", f"{AURORA}, {MARIGOLD}", f"{AURORA} {MARIGOLD}", f"{MARIGOLD}\t{AURORA}", f'"{AURORA}"',
    f"<{AURORA}>", f"{AURORA}'--", f"http://{AURORA}", f"//{AURORA}", f"{AURORA}|{MARIGOLD}",
    f"${{jndi:ldap://{AURORA}}}", "{{7*7}}.localhost", "", " ", "a" * 300, ("a" * 60 + ".") * 5 + "localhost",
    "a." * 2000 + "localhost", f"{'a' * 70}.localhost",
]  # fmt: skip
REFUSED = [*NAMES, *SHAPES]


async def raw(world: World, request: str) -> tuple[int, str]:
    """Bytes as they are; the status (0: the connection was closed) and the rest."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.house.settings.port)
    writer.write(request.encode())
    await writer.drain()
    answer = (await asyncio.wait_for(reader.read(), 15)).decode(errors="replace")
    writer.close()
    found = re.match(r"HTTP/1\.1 (\d+)", answer)
    COUNTED["requests"] += 1
    return int(found[1]) if found else 0, answer


def get(*lines: str, target: str = "/sign-in") -> str:
    return "\r\n".join([f"GET {target} HTTP/1.1", *lines, "Connection: close", "", ""])


@pytest.mark.parametrize("host", SERVED)
async def test_a_host_and_its_port_are_served(world: World, host: str) -> None:
    status, said = await raw(world, get(f"Host: {host}"))
    assert status == 200
    assert "Aurora" in said


@pytest.mark.parametrize("host", REFUSED, ids=range(len(REFUSED)))
async def test_no_other_host_is_served(world: World, host: str) -> None:
    status, said = await raw(world, get(f"Host: {host}"))
    assert status in (0, 400, 421), f"{host!r}: {status}"
    assert "Set-Cookie: __Host-session" not in said
    assert not any(name in said for name in ("Aurora", "Marigold"))


CONFUSIONS = [
    get(f"Host: {AURORA}", f"Host: {MARIGOLD}"),
    get(f"Host: {MARIGOLD}", f"Host: {AURORA}"),
    get(f"Host: {AURORA}", f"host: {AURORA}"),
    get(f"Host: {AURORA}", target=f"http://{MARIGOLD}/sign-in"),
    get(f"Host: {AURORA}", target=f"https://{MARIGOLD}:1/sign-in"),
    get(f"Host: {AURORA}", target=f"//{MARIGOLD}/sign-in"),
    get(f"Host: {AURORA}\r\n {MARIGOLD}"),
    get(f"Host : {MARIGOLD}"),
    get(),
    get(f"Host: {AURORA}", target=f"{MARIGOLD}/sign-in"),
    get(f"Host: {AURORA}", target="*"),
    f"GET /sign-in HTTP/1.0\r\nX-Host: {MARIGOLD}\r\n\r\n",
]
FORWARDED = [
    f"X-Forwarded-Host: {MARIGOLD}", f"X-Host: {MARIGOLD}", f"Forwarded: host={MARIGOLD}",
    f"X-Original-Host: {MARIGOLD}", f"X-Forwarded-Server: {MARIGOLD}", f"X-HTTP-Host-Override: {MARIGOLD}",
    f"X-Original-URL: //{MARIGOLD}/", f"X-Rewrite-URL: http://{MARIGOLD}/", f"X-Forwarded-Prefix: //{MARIGOLD}",
    "X-Forwarded-Port: 1",
]  # fmt: skip


@pytest.mark.parametrize("request_text", CONFUSIONS, ids=range(len(CONFUSIONS)))
async def test_two_hosts_are_none(world: World, request_text: str) -> None:
    status, said = await raw(world, request_text)
    assert status != 200 or "Marigold" not in said
    assert status in (0, 400, 404, 421), said[:300]


@pytest.mark.parametrize("line", FORWARDED)
async def test_nothing_forwarded_is_believed(world: World, line: str) -> None:
    status, said = await raw(world, get(f"Host: {AURORA}", line))
    assert (status, "Aurora" in said, "arigold" in said) == (200, True, False)


async def test_a_link_in_a_mail_is_never_made_of_the_request(world: World) -> None:
    who = await newcomer(world.house, AURORA)
    await ask_for_link(world.house.context, Door("patient", who.patient.brand_id), AskForLink(email=who.email), "test")
    assert (await link_for(world.house, who.email)).startswith(f"{world.house.address(AURORA)}/")
    spoofed = await newcomer(world.house, AURORA)
    async with world.house.visitor(AURORA) as visitor:
        visitor.client.headers["host"] = f"{AURORA}:1"
        visitor.client.headers["x-forwarded-host"] = "evil.example"
        await visitor.get("/forgot-password")
        await visitor.post("/forgot-password", email=spoofed.email)
    assert (await link_for(world.house, spoofed.email)).startswith(f"{world.house.address(AURORA)}/")


async def test_a_session_of_one_place_is_worth_nothing_at_any_other(world: World) -> None:
    """Every pair of brands and portals, as cookie and as bearer, each also in the other's place."""
    house, held = world.house, {}
    for host in (AURORA, MARIGOLD, SANA):
        who = await newcomer(house, host)
        held[host] = {kind: (await session_of(house, who, kind)).token for kind in ("cookie", "bearer")}
    for portal, host in HOSTS.items():
        if portal != "patient":
            caller = next(each for (name, _), each in world.callers.items() if name == portal)
            held[host] = {"cookie": caller.cookie, "bearer": caller.bearer}
    assert set(held) == {AURORA, MARIGOLD, SANA, SPECIALISTS, ORGANIZATIONS, PARTNERS}
    for home, tokens in held.items():
        for host in held:
            port = house.settings.port
            for kind, token in tokens.items():
                base = {"host": f"{host}:{port}"}
                page = await world.client.get("/security", headers=base | {"cookie": f"{SESSION_COOKIE}={token}"})
                seats = await world.client.get("/api/seats", headers=base | {"authorization": f"Bearer {token}"})
                at_home = home == host
                assert (page.status_code == 200) == (at_home and kind == "cookie"), (home, host, kind)
                assert (seats.status_code == 200) == (at_home and kind == "bearer"), (home, host, kind)
                COUNTED["pairs"] += 2
    async with house.database.transaction(House()) as session:
        assert await session.get(Person, world.own.patient.person_id) is not None


def test_how_many_hosts(record_property: Callable[[str, object], None]) -> None:
    said = f"{COUNTED['requests']} Host headers, {COUNTED['pairs']} pairs of a session and a place"
    record_property("hosts", said)
    assert COUNTED["requests"] >= 100, said
    assert COUNTED["pairs"] == 6 * 6 * 2 * 2, said
