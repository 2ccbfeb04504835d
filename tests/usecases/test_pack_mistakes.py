"""Whatever is wrong in a pack is refused by file and place, with how to mend it; nothing is loaded."""

import json
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
PORTALS = ("localhost", "specialists.localhost")
NORTH, CARE, SPECIALISTS = "northlight.yaml", "care.yaml", "specialists.yaml"
VALUES: dict[str, tuple[str, Spoil, str]] = {
    "a time zone": (NORTH, put("time_zone", value="Europe/Berlinn"), "time_zone: there is no time zone"),
    "a clock": (
        SPECIALISTS,
        put(0, "hours", 0, "to", value="25:00"),
        "0.hours.0.to: '25:00' is no time of day. Write it as",
    ),
    "reversed hours": (SPECIALISTS, put(1, "hours", 0, "to", value="07:00"), "1.hours.0: 08:00 to 07:00 is no span"),
    "hours of no day": (SPECIALISTS, put(2, "hours", 0, "days", value=[]), "2.hours.0.days: Write at least 1 of them."),
    "a price": (NORTH, put("appointment_types", 0, "prices", "sana", value=-1), "appointment_types.0.prices.sana: "),
    "a birth that is to come": (
        NORTH,
        put("patients", 0, "birth_date", value="2199-01-31"),
        "patients.0.birth_date: Enter a date in the past.",
    ),
    "a role": (NORTH, put("members", 0, "roles", value=["boss"]), "there is no role 'boss'. Use one of: affiliate,"),
    "no role": (NORTH, put("members", 1, "roles", value=[]), "members.1.roles: Write at least 1 of them."),
    "a language": (NORTH, put("brands", 0, "locales", 1, value="german"), "brands.0.locales.1: there is no language"),
    "a jurisdiction": (NORTH, put("brands", 0, "jurisdiction", value="US"), "jurisdiction: there is no jurisdiction"),
    "a licence": (
        SPECIALISTS,
        put(3, "licences", 0, "jurisdiction", value="Bavaria"),
        "3.licences.0.jurisdiction: there is no jurisdiction 'Bavaria'. Write a country",
    ),
    "a currency": (NORTH, put("brands", 1, "currency", value="EURO"), "brands.1.currency: there is no currency"),
    "a host": (
        NORTH,
        put("brands", 1, "host", value="https://sana"),
        "brands.1.host: 'https://sana' is no host. Write its name",
    ),
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
    "a version": (CARE, put("templates", 0, "version", value=0), "templates.0.version: Write 1 or more."),
    "a phone": (
        NORTH,
        put("members", 0, "phone", value="at home"),
        "members.0.phone: 'at home' is no phone number. Write",
    ),
    "a misspelt term": (
        NORTH,
        put("appointment_types", 0, "terms", "late_fee_percnt", value=0),
        "appointment_types.0.terms.late_fee_percnt: There is no field of this name",
    ),
    "a radius no page takes": (NORTH, put("brands", 0, "radius", value="2rem"), "radius: '2rem' is no radius. Write"),
    "a font": (NORTH, put("brands", 0, "font", value="Comic"), "brands.0.font: Choose one of: 'sans', 'humanist'"),
    "a host of two dots": (NORTH, put("brands", 0, "host", value="a..b"), "brands.0.host: 'a..b' is no host. Write"),
    "a currency of the past": (NORTH, put("brands", 1, "currency", value="DEM"), "there is no currency 'DEM'"),
    "a price no card pays": (
        NORTH,
        put("appointment_types", 0, "prices", "sana", value=10**9),
        "appointment_types.0.prices.sana: Write 99999999 or less.",
    ),
    "an empty name": (NORTH, put("name", value=" "), "name: nothing is written here. Write it, or take it out."),
    "a long name": (NORTH, put("brands", 0, "name", value="x" * 201), "brands.0.name: Write at most 200 characters."),
    "words in no language": (NORTH, put("brands", 0, "tagline", value={}), "tagline: Write at least 1 of them."),
    "words in a language there is not": (
        NORTH,
        put("brands", 1, "tagline", value={"jp": "x"}),
        "brands.1.tagline.jp: there is no language 'jp'. Write its code",
    ),
    "a number for a text": (NORTH, put("legal_name", value=7), "legal_name: Write this as text, in quotes."),
    "a short password": (NORTH, put("members", 0, "password", value="1234"), "a password has 10 to 200 characters."),
    "a wrong NPI": (SPECIALISTS, put(0, "npi", value="1234567890"), "0.npi: the NPI '1234567890' has a wrong check"),
    "a licence without a number": (SPECIALISTS, put(0, "licences", 0, "number", value=""), "number: nothing is writ"),
    "a day twice": (SPECIALISTS, put(0, "hours", 1, "days", value=["mon", "mon"]), "0.hours.1: a day is there twice"),
    "hours that overlap": (
        SPECIALISTS,
        again(3, "hours", days=["fri"], to="11:00"),
        "3.hours: 08:00 to 12:00 and 08:00 to 11:00 overlap on the same day. Write each span once",
    ),
    "a misspelt field": (NORTH, put("colour", value="red"), "colour: There is no field of this name. Take it out"),
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
    "a price in dollars": (
        NORTH,
        put("appointment_types", 0, "prices", "aurora", value=40),
        "appointment_types.0.prices.aurora: no card is charged 40 USD in its minor units, and prices are in those. "
        "Write 0 or 50 at least",
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
    "one language twice": (
        NORTH,
        put("brands", 0, "locales", value=["en", "en"]),
        "brands.0.locales: 2 have the language 'en'",
    ),
    "one reminder twice": (
        NORTH,
        put("appointment_types", 0, "reminders", value=[24, 24]),
        "appointment_types.0.reminders: 2 have the hours '24'",
    ),
    "one licence twice": (SPECIALISTS, again(0, "licences"), "0.licences: 2 have the jurisdiction and number"),
    "one engagement twice": (SPECIALISTS, again(2, "engagements"), "2.engagements: 2 have the organization and first"),
    "a portal's host": (
        NORTH,
        put("brands", 0, "host", value="specialists.localhost"),
        "brands.0.host: 'specialists.localhost' leads to a portal. Give the brand a host of its own.",
    ),
    "a way on that is left out": (
        CARE,
        put("templates", 0, "body", "en", value="Hello from {brand}"),
        "templates.0: 'verification' (email, en), body: without {link} whoever gets it cannot go on. Write it in.",
    ),
    "a variable that is formed": (
        CARE,
        put("templates", 3, "body", "en", value="{name:>9999} {link}"),
        "templates.3: 'confirmation' (email, en), body: a variable stands alone in its braces.",
    ),
    "a subject of two lines": (
        CARE,
        put("templates", 3, "subject", "de", value="One\nTwo"),
        "templates.3: 'confirmation' (email, de), subject: it goes over several lines.",
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
        read_pack(folder, PORTALS)
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


FILES: dict[str, tuple[str, bytes, str]] = {
    "a language that is not said": ("forms/phq-9.yaml", b"{}", "forms/phq-9.yaml: its name says no language. Call it"),
    "another language": ("forms/mood.nowhere.yaml", b"{}", "forms/mood.nowhere: there is no language 'nowhere'"),
    "a folder": ("journey/short.yaml", b"key: x", "journey: nothing reads this folder. A pack has 'journeys' and"),
    "another ending": ("care.yml", b"{}", "care.yml: nothing reads it under this name. Call it care.yaml."),
    "an empty plan": ("journeys/empty.yaml", b"", "journeys/empty.yaml: Enter this as names with values."),
    "a broken plan in JSON": ("journeys/plan.json", b'{"key', "journeys/plan.json: Line 1, column 6: this cannot be"),
    "a plan that is a list": ("journeys/list.yml", b"- a\n- b", "journeys/list.yml: Enter this as names with values."),
    "Latin-1": ("north.yaml", "name: Öko".encode("latin-1"), "north.yaml: this is no text in UTF-8. Save it anew"),
    "UTF-16": ("north.yaml", "name: x".encode("utf-16"), "north.yaml: this is no text in UTF-8. Save it anew"),
    "NUL": ("north.yaml", b'name: "a\\0b"', "north.yaml: Line 1, column 7: this cannot be read as YAML or JSON (a NUL"),
    "a form twice": ("forms/phq-9.en.json", b"{}", "forms/phq-9.en.yaml: the form is there twice in this language."),
    "no form": ("forms/mood.en.yaml", b"- a", "forms/mood.en: Enter this as names with values."),
    "a form of no key": ("forms/My Mood.en.yaml", b"{}", "forms/My Mood.[key]: This is no key. Use lower-case letters"),
    "a plan twice": (
        "journeys/copy.yaml",
        (PACK / "journeys" / "first-steps.yaml").read_bytes(),
        "journeys: 2 have the key and version 'first-steps 1'. Give each its own.",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_no_file_lies_in_a_pack_unread(tmp_path: Path, name: str) -> None:
    file, content, said = FILES[name]
    spoilt(tmp_path)
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_bytes(content)
    found = errors(tmp_path)
    assert found[0].startswith(said), found
    assert found[0].endswith(".")


def test_what_is_not_there_or_no_file_is_said_by_name(tmp_path: Path) -> None:
    (spoilt(tmp_path) / "specialists.yaml").unlink()
    (tmp_path / "x.yaml").mkdir()
    assert errors(tmp_path) == [
        "x.yaml: it cannot be read (Is a directory). Put a file there that can be.",
        "specialists.yaml: there is no such file. Write it; an empty list is written [].",
    ]
    assert errors(tmp_path / "nowhere")[0].endswith("there is no care.yaml in it. Name a pack's folder.")


def test_plans_and_forms_may_be_json(tmp_path: Path) -> None:
    for source in sorted(spoilt(tmp_path).glob("*/*.yaml")):
        source.with_suffix(".json").write_text(json.dumps(yaml.safe_load(source.read_text())))
        source.unlink()
    assert read_pack(tmp_path) == read_pack(PACK)
