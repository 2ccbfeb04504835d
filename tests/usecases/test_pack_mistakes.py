"""Whatever is wrong in a pack is refused by file and place, with how to mend it; nothing is loaded."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.refusals import DocumentInvalid
from tests.fixtures.house import PACK
from usecases.packs.reading import read_pack

Spoil = Callable[[Any], None]


def put(*way: Any, value: Any) -> Spoil:
    """One value of the pack is another."""

    def spoil(document: Any) -> None:
        *before, last = way
        for step in before:
            document = document[step]
        document[last] = value

    return spoil


def again(*way: Any, **changes: Any) -> Spoil:
    """The first of a list is there a second time."""

    def spoil(document: Any) -> None:
        for step in way:
            document = document[step]
        document.append({**deepcopy(document[0]), **changes})

    return spoil


def untitled(care: Any) -> None:
    del care["consents"][0]["title"]["de"]


def priceless(organization: Any) -> None:
    del organization["appointment_types"][0]["prices"]["sana"]


def fraction(organization: Any) -> None:
    organization["brands"][1]["currency"] = "KWD"
    organization["appointment_types"][1]["prices"]["sana"] = 10555


NOWHERE = {
    "key": "online",
    "name": "Worcester",
    "kind": "physical",
    "time_zone": "America/New_York",
    "address": {"line": "1 Main Street", "city": "Worcester", "state": "Massachusetts", "country": "US"},
}
NORTH, CARE, SPECIALISTS = "northlight.yaml", "care.yaml", "specialists.yaml"
VALUES: dict[str, tuple[str, Spoil, str]] = {
    "a time zone": (NORTH, put("time_zone", value="Europe/Berlinn"), "time_zone: there is no time zone"),
    "a clock": (SPECIALISTS, put(0, "hours", 0, "to", value="25:00"), "0.hours.0.to: String should match"),
    "reversed hours": (SPECIALISTS, put(1, "hours", 0, "to", value="07:00"), "1.hours.0: 08:00 to 07:00 is no span"),
    "hours of no day": (SPECIALISTS, put(2, "hours", 0, "days", value=[]), "2.hours.0.days: Tuple should have at"),
    "a price": (NORTH, put("appointment_types", 0, "prices", "sana", value=-1), "appointment_types.0.prices.sana: "),
    "a role": (NORTH, put("members", 0, "roles", value=["boss"]), "there is no role 'boss'. Use one of: affiliate,"),
    "no role": (NORTH, put("members", 1, "roles", value=[]), "members.1.roles: Tuple should have at least 1 item"),
    "a language": (NORTH, put("brands", 0, "locales", 1, value="german"), "brands.0.locales.1: there is no language"),
    "a jurisdiction": (NORTH, put("brands", 0, "jurisdiction", value="US"), "jurisdiction: there is no jurisdiction"),
    "a licence": (
        SPECIALISTS,
        put(3, "licences", 0, "jurisdiction", value="Bavaria"),
        "3.licences.0.jurisdiction: there is no jurisdiction 'Bavaria'. Write a country",
    ),
    "a currency": (NORTH, put("brands", 1, "currency", value="EURO"), "brands.1.currency: there is no currency"),
    "a host": (NORTH, put("brands", 1, "host", value="https://sana"), "brands.1.host: String should match"),
    "a reminder": (
        NORTH,
        put("appointment_types", 0, "reminders", value=[24, -1]),
        "appointment_types.0.reminders.1: ",
    ),
    "notice beyond the horizon": (
        NORTH,
        put("appointment_types", 1, "notice", value=60 * 24 * 60),
        "appointment_types.1: 'notice' (minutes) reaches beyond 'horizon_days': nothing could be booked. Shorten it",
    ),
    "a session in person, nowhere": (
        NORTH,
        put("appointment_types", 3, "location", value=None),
        "appointment_types.3: nobody would know where to come. Write 'location', the key of a physical location",
    ),
    "a call at a place": (
        NORTH,
        put("appointment_types", 2, "location", value="boston"),
        "appointment_types.2: nobody comes to a location by phone. Leave 'location' out",
    ),
    "a place without an address": (
        NORTH,
        put("locations", 1, "address", value={"city": "Boston"}),
        "locations.1: nobody would find it. Write its 'address' with 'line' and 'city'",
    ),
    "a place in no state": (
        NORTH,
        put("locations", 0, value=NOWHERE),
        "locations.0: nobody would know who may treat there. Write its address's 'country' as in DE, in the United",
    ),
    "a consent without a title": (CARE, untitled, "consents.0: the text in de has no title. Write one"),
    "a version": (CARE, put("templates", 0, "version", value=0), "templates.0.version: Input should be greater"),
    "a phone": (NORTH, put("members", 0, "phone", value="at home"), "members.0.phone: String should match"),
    "a misspelt field": (NORTH, put("colour", value="red"), "colour: Extra inputs are not permitted"),
}
NAMES: dict[str, tuple[str, Spoil, str]] = {
    "a journey": (NORTH, put("programs", 0, "journey", value="none"), "programs.0.journey: there is no journey 'none'"),
    "a brand of a program": (NORTH, put("programs", 0, "brands", value=["x"]), "programs.0.brands: there is no brand"),
    "a brand of a price": (
        NORTH,
        put("appointment_types", 1, "prices", "marigold", value=1),
        "appointment_types.1.prices: there is no brand 'marigold'. Use one of: aurora, sana",
    ),
    "a place to come to": (
        NORTH,
        put("appointment_types", 3, "location", value="online"),
        "appointment_types.3.location: there is no physical location 'online'. Use one of: boston",
    ),
    "a price that is missing": (NORTH, priceless, "appointment_types.0.prices: there is no price for 'sana'"),
    "a price no card can be charged": (
        NORTH,
        fraction,
        "appointment_types.1.prices.sana: a card is charged multiples of 10 in KWD, never 10555. Write 10550 or 10560",
    ),
    "a patient's brand": (NORTH, put("patients", 0, "brand", value="x"), "patients.0.brand: there is no brand 'x'"),
    "a template's brand": (CARE, put("templates", 0, "brand", value="x"), "templates.0.brand: there is no brand 'x'"),
    "an organization": (
        SPECIALISTS,
        put(0, "engagements", 0, "organization", value="x"),
        "0.engagements.0.organization: there is no organization 'x'. Use one of: lindenhof, northlight",
    ),
    "a kind of session": (
        SPECIALISTS,
        put(1, "engagements", 0, "appointment_types", value=["x"]),
        "1.engagements.0.appointment_types: there is no kind of session 'x'",
    ),
    "one host twice": (NORTH, put("brands", 1, "host", value="marigold.localhost"), "2 have the host 'marigold."),
    "one brand twice": (NORTH, again("brands", host="a.localhost"), "organizations.brands: 2 have the key 'aurora'"),
    "one program twice": (NORTH, again("programs"), "programs: 2 have the key 'therapy'. Give each its own"),
    "one kind twice": (NORTH, again("appointment_types"), "appointment_types: 2 have the key 'intake'"),
    "one place twice": (NORTH, again("locations"), "locations: 2 have the key 'online'"),
    "one member twice": (NORTH, again("members", email="OLIVIA@northlight.example"), "members: 2 have the e-mail"),
    "one patient twice": (NORTH, again("patients"), "patients: 2 have the brand and e-mail address"),
    "one specialist twice": (SPECIALISTS, again(), "specialists.yaml: 2 have the e-mail address 'maya@"),
    "two people of one address": (
        NORTH,
        put("members", 1, "email", value="jonas@specialists.example"),
        "members: 'jonas@specialists.example' is Carlos Mendes and Jonas Weber. Staff have one account",
    ),
    "one consent twice": (CARE, again("consents"), "consents: 2 have the kind and version 'treatment 1'"),
    "one material twice": (CARE, again("materials"), "materials: 2 have the key 'first-session'"),
}
KINDS = {**VALUES, **NAMES}


def spoilt(folder: Path, *mistakes: tuple[str, Spoil, str]) -> Path:
    """A copy of the demo's pack with these mistakes in it."""
    for source in PACK.rglob("*.yaml"):
        target = folder / source.relative_to(PACK)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text())
    for file, spoil, _ in mistakes:
        document = yaml.safe_load((folder / file).read_text())
        spoil(document)
        (folder / file).write_text(yaml.safe_dump(document, allow_unicode=True))
    return folder


def errors(folder: Path) -> list[str]:
    with pytest.raises(DocumentInvalid) as refused:
        read_pack(folder)
    return refused.value.errors


@pytest.mark.parametrize("name", KINDS)
def test_each_mistake_is_said_by_file_and_place(tmp_path: Path, name: str) -> None:
    file, _, said = KINDS[name]
    found = errors(spoilt(tmp_path, KINDS[name]))
    assert said in found[0], found
    assert found[0].startswith(file) or found[0].startswith("organizations."), found
    assert found[0].endswith(".")


@pytest.mark.parametrize("kind", [VALUES, NAMES])
def test_all_mistakes_are_said_at_once(tmp_path: Path, kind: dict[str, tuple[str, Spoil, str]]) -> None:
    found = errors(spoilt(tmp_path, *kind.values()))
    missed = [name for name, (_, _, said) in kind.items() if not any(said in error for error in found)]
    assert missed == [], found


def test_the_copy_without_a_mistake_is_read(tmp_path: Path) -> None:
    assert read_pack(spoilt(tmp_path)) == read_pack(PACK)
