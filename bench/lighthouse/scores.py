"""What Lighthouse says of the portals' busiest pages, as a slow phone on a slow line opens them.

Lighthouse comes from npm by the lock file beside this and stays out of the house; Node must be there.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import app
from bench.served import served
from bench.simulation.clinic import Clinic
from bench.visits import Visit, visits
from domain.actors import Patient
from tests.fixtures.browser import chromium

HEADING = "Lighthouse"
BUDGETS = {"performance": 98, "accessibility": 100, "best-practices": 100}
INSTALLED = Path(sys.prefix) / "lighthouse"
COMMAND = INSTALLED / "node_modules" / "lighthouse" / "cli" / "index.js"
FLAGS = "--headless --disable-gpu" + (" --no-sandbox" if os.geteuid() == 0 else "")


def lacks() -> str:
    """What has to be installed first, "" when nothing."""
    return "" if shutil.which("npm") else "Lighthouse needs Node: install npm (Debian: apt-get install npm)."


async def measure(clinic: Clinic, patients: list[Patient]) -> list[str]:
    await asyncio.to_thread(install)
    seen = await visits(clinic, patients)
    host = seen[0].host
    open_to_all = [Visit("signing in", host, "/sign-in", ""), Visit("registering", host, "/register", "")]
    async with served(app.build(clinic.settings), "on") as port:
        found = [(visit.name, await report(visit, port)) for visit in (*open_to_all, *seen)]
    return ["As a phone, by its own slow line and slow processor.", "", *(line(name, of) for name, of in found)]


def install() -> None:
    """As locked, beside the Python packages."""
    INSTALLED.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(Path(__file__).with_name(name), INSTALLED)
    if status := os.spawnlp(os.P_WAIT, "npm", "npm", "ci", "--silent", "--prefix", str(INSTALLED)):
        sys.exit(f"npm could not install Lighthouse (it ended with {status}). Is its registry reachable?")


async def report(visit: Visit, port: int) -> dict[str, Any]:
    """Of Lighthouse's own, as JSON; the browser it starts is as signed in as the visit is."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as headers:
        json.dump({"Cookie": visit.cookie} if visit.token else {}, headers)
        headers.flush()
        process = await asyncio.create_subprocess_exec(
            *("node", str(COMMAND), f"http://{visit.host}:{port}{visit.path}", "--quiet", "--output=json"),
            *(f"--only-categories={','.join(BUDGETS)}", f"--extra-headers={headers.name}", f"--chrome-flags={FLAGS}"),
            env={**os.environ, "CHROME_PATH": chromium() or ""},
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
    found: dict[str, Any] = json.loads(told)
    assert found["finalDisplayedUrl"].endswith(visit.path), found["finalDisplayedUrl"]
    return found


def line(name: str, found: dict[str, Any]) -> str:
    scores = {key: round(found["categories"][key]["score"] * 100) for key in BUDGETS}
    said = ", ".join(f"{key.replace('-', ' ')} {score} (budget {BUDGETS[key]})" for key, score in scores.items())
    return f"- {name}: {said}"
