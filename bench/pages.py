"""How long the first byte of the portals' busiest pages takes: for one reader, and for eight at once."""

from bench.portal_read import portal
from bench.served import asked, served
from bench.simulation.clinic import Clinic
from bench.visits import visits
from domain.actors import Patient

HEADING = "Pages: the first byte"
ONE, EIGHT = (120, 1), (640, 8)
HTTP = "GET {0.path} HTTP/1.1\r\nHost: {0.host}\r\nCookie: {0.cookie}\r\nAccept-Encoding: gzip\r\n\r\n"


async def measure(clinic: Clinic, patients: list[Patient]) -> list[str]:
    lines = []
    async with served(portal(clinic)) as port:
        for visit in await visits(clinic, patients):
            request = HTTP.format(visit).encode()
            await asked(port, request, *ONE)
            one, eight = await asked(port, request, *ONE), await asked(port, request, *EIGHT)
            at_once = f"of eight at once 95 % in {eight.p95:.0f} ms (budget 100)"
            lines.append(f"- {visit.name}: {one.median:.1f} ms (budget 15); {at_once}")
    return ["Behind uvicorn, one process, asked by another.", "", *lines]
