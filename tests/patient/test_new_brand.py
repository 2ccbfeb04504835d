"""A new organization with a brand of its own is configuration: a pack, loaded while the house runs."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import yaml

from preparation import loaded
from tests.fixtures.house import PACK, RunningHouse, Visitor
from tests.fixtures.mailbox import link_for
from tests.patient import way

KEY = f"alpen-{uuid4().hex[:8]}"
HOST = f"{KEY}.localhost"
PASSWORD = "four quiet doors"
ZURICH = "Europe/Zurich"
BRAND: dict[str, Any] = {
    "key": KEY,
    "name": "Alpenrose",
    "host": HOST,
    "hue": 310,
    "chroma": 0.1,
    "radius": "0.7rem",
    "locales": ["de", "en"],
    "currency": "CHF",
    "jurisdiction": "CH",
    "time_zone": ZURICH,
    "tagline": {"de": "Ruhe finden, auch unten im Tal.", "en": "Find calm, down in the valley too."},
    "support_email": "hallo@alpenrose.example",
    "emergency": {"de": "Rufen Sie im Notfall 144.", "en": "In an emergency, call 144."},
}
ORGANIZATION: dict[str, Any] = {
    "key": KEY,
    "name": "Alpenrose Praxis",
    "legal_name": "Alpenrose AG",
    "time_zone": ZURICH,
    "brands": [BRAND],
    "programs": [
        {
            "key": "therapie",
            "brands": [KEY],
            "name": {"de": "Gespräche online", "en": "Talks online"},
            "summary": {"de": "In wenigen Tagen zur ersten Sitzung.", "en": "Your first session within days."},
            "journey": "first-steps",
        }
    ],
    "appointment_types": [
        {
            "key": key,
            "name": {"de": name, "en": key},
            "length": 50,
            "slot_class": key,
            "prices": {KEY: price},
        }
        for key, name, price in (("intake", "Erste Sitzung", 18050), ("follow-up", "Folgesitzung", 16000))
    ],
    "members": [],
}
SPECIALIST: dict[str, Any] = {
    "email": f"{KEY}@specialists.example",
    "password": "specialist-demo",
    "given_name": "Reto",
    "family_name": "Caduff",
    "time_zone": ZURICH,
    "display_name": "Dr. Reto Caduff",
    "title": {"de": "Psychotherapeut", "en": "Psychotherapist"},
    "profession": "psychologist",
    "specialities": ["psychotherapy", "psychiatry"],
    "languages": ["de"],
    "biography": {"de": "Hört zu.", "en": "Listens."},
    "licences": [{"jurisdiction": "CH", "number": "CH-1", "expires_on": "2035-12-31"}],
    "engagements": [{"organization": KEY, "effective_from": "2025-01-01"}],
    "hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00"}],
}


def pack(folder: Path) -> Path:
    """Care, forms and journeys of the demo; everything else is new."""
    for part in ("forms", "journeys"):
        shutil.copytree(PACK / part, folder / part)
    shutil.copy(PACK / "care.yaml", folder)
    written = {KEY: ORGANIZATION, "specialists": [SPECIALIST]}
    for name, document in written.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(document, allow_unicode=True))
    return folder


async def test_a_brand_nobody_has_programmed_for(house: RunningHouse, tmp_path: Path) -> None:
    async with house.visitor(HOST) as visitor:
        assert (await visitor.get("/register")).status_code == 421
        await loaded(house.settings, pack(tmp_path))
        await looks_like_itself(visitor)
        await registers(house, visitor)
        await way.to_booking(visitor)
        held = await way.hold(visitor, place=0, week=1)
        assert "180,50\u00a0CHF" in held.text
        booked = await way.pay(house, visitor, held)
    assert "Dr. Reto Caduff" in booked.text
    mine = "where organization_id = (select id from organization where key = $1)"
    kept = await house.sql(f"select kind, amount, currency from ledger_intent {mine}", KEY)
    assert [tuple(row) for row in kept] == [("charge", 18050, "CHF")]


async def looks_like_itself(visitor: Visitor) -> None:
    """Its name, colour and words, in the first of its languages or in the one that is asked for."""
    page = await visitor.get("/register")
    assert page.status_code == 200
    for word in ('lang="de"', "Alpenrose", "310", "Konto"):
        assert word in page.text, word
    english = await visitor.client.get("/register", headers={"accept-language": "en"})
    assert 'lang="en"' in english.text


async def registers(house: RunningHouse, visitor: Visitor) -> None:
    email = f"{uuid4().hex}@patients.example"
    sent = await visitor.post("/register", given_name="Ursina", family_name="Vale", email=email, password=PASSWORD)
    assert "Alpenrose" in (await visitor.follow(sent)).text
    link = urlsplit(await link_for(house, email))
    assert link.hostname == HOST
    await visitor.get(f"{link.path}?{link.query}")
    home = await visitor.follow(await visitor.post(link.path, token=link.query.removeprefix("token=")))
    for word in ("/journeys", "Ruhe finden, auch unten im Tal.", "Gespräche online"):
        assert word in home.text, word
