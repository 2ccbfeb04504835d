"""Every address our processes fetch is made by us: of settings, never of what anybody sends (SSRF)."""

import ast
import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from composition import context_of, mailer_of, payments_of, texter_of
from tests.access.world import World
from tests.web.knocking import ask, reading, specimen, strongest, unsafe
from tests.web.test_mass_assignment import every_command
from tests.web.test_queries import asked_for
from workflows.commands import Pay

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "workflows", "models", "gateways", "activities", "usecases", "threshold", "api", "portals")
ENTRANCES = ("app.py", "worker.py", "composition.py", "preparation.py", "welcome.py", "settings.py")
CLIENTS = {
    "httpx",
    "requests",
    "aiohttp",
    "urllib3",
    "socket",
    "http",
    "ftplib",
    "smtplib",
    "urllib.request",
    "websockets",
}
VENDORS = {"stripe", "twilio", "sendgrid", "python_http_client", "temporalio.client"}
FETCHING = {
    "gateways/stripe_payments.py": "Stripe: `base_url` of the settings",
    "gateways/stripe_outcomes.py": "Stripe's own types",
    "gateways/stripe_orders.py": "Stripe's own types",
    "gateways/stripe_errors.py": "Stripe's own types",
    "gateways/twilio_http.py": "Twilio: `base_url` of the settings",
    "gateways/twilio_text.py": "Twilio: `base_url` of the settings",
    "gateways/sendgrid_mail.py": "SendGrid: `base_url` of the settings",
    "gateways/sendgrid_errors.py": "SendGrid's own types",
    "gateways/errors.py": "the vendors' own errors",
    "gateways/temporal.py": "Temporal: `temporal_address` of the settings",
}
"""Every file that may reach out, and where its address comes from. There are no outgoing webhooks."""
SPELLINGS = ("http://127.0.0.1:{}/x", "//127.0.0.1:{}/x", "http://localhost:{}/x", "127.0.0.1:{}")
COUNTED: Counter[str] = Counter()


def sources() -> list[Path]:
    return [*(ROOT / name for name in ENTRANCES), *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def reaches_out(names: set[str]) -> set[str]:
    vendors = {name for name in names if name.split(".")[0] in VENDORS}
    return vendors | {name for name in names if name in CLIENTS or name.split(".")[0] in CLIENTS - {"http"}}


def test_only_gateways_reach_out() -> None:
    found = {path.relative_to(ROOT).as_posix(): reaches_out(imported(path)) for path in sources()}
    unknown = {path: names for path, names in found.items() if names and path not in FETCHING}
    assert not unknown, f"{unknown} may fetch something: say in FETCHING where the address comes from"
    COUNTED["files"] += len(found)
    COUNTED["fetching"] += sum(1 for path, names in found.items() if names)


def test_every_vendor_s_address_is_a_setting(world: World) -> None:
    settings = world.house.settings
    for vendor in (payments_of(settings), mailer_of(settings), texter_of(settings)):
        held = [value for value in vars(vendor).values() if hasattr(value, "base_url")]
        assert all(each.base_url == settings.sandbox_url for each in held)
        COUNTED["vendors"] += 1
    made = context_of(settings, world.house.database, world.house.temporal, world.house.context.keyring)
    assert made.payment_origins == (settings.sandbox_url,)


def test_no_command_has_room_for_an_address() -> None:
    words = ("url", "uri", "host", "domain", "callback", "webhook", "endpoint", "redirect", "href", "link")
    named = [
        f"{each.__name__}.{name}" for each in every_command() for name in each.model_fields if is_address(name, words)
    ]
    assert not named, f"{named}: an address somebody sends must never be fetched, nor lead anybody away"
    assert {"return_url", "cancel_url"} <= set(Pay.model_fields)  # which are made from the brand's host
    COUNTED["commands"] += len(every_command())


def is_address(name: str, words: tuple[str, ...]) -> bool:
    return any(part in words for part in name.lower().split("_"))


async def test_nothing_anybody_sends_is_fetched(world: World) -> None:
    """Everything that is text, everywhere, names a server that listens, in turn by each spelling. Nobody comes."""
    came: list[object] = []
    server = await asyncio.start_server(lambda _, writer: came.append(writer), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        addresses = cycle(spelling.format(port) for spelling in SPELLINGS)
        for endpoint in (*unsafe(True), *unsafe(False)):
            sent = specimen(endpoint, world.own.things)
            if sent is None or not is_harmless(sent):
                continue
            bent = {name: next(addresses) if isinstance(value, str) else value for name, value in sent.items()}
            body = {"json": bent} if endpoint.is_json else {"data": bent}
            answer = await ask(world, endpoint, strongest(world, endpoint), **body)
            assert answer.status_code < 500
            COUNTED["named"] += sum(isinstance(value, str) for value in sent.values())
        for endpoint in reading():
            for name in asked_for(endpoint):
                answer = await ask(world, endpoint, strongest(world, endpoint), params={name: next(addresses)})
                assert answer.status_code < 500
                COUNTED["named"] += 1
    assert came == []


def is_harmless(sent: dict[str, object]) -> bool:
    return any(isinstance(value, str) for value in sent.values())


def test_how_many_addresses(record_property: Callable[[str, object], None]) -> None:
    said = ", ".join(f"{count} {name}" for name, count in sorted(COUNTED.items()))
    record_property("addresses", said)
    assert COUNTED["files"] >= 250, said
    assert COUNTED["fetching"] >= 5, said
    assert COUNTED["named"] >= 150, said
