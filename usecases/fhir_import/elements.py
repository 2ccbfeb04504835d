"""The parts of a well-shaped FHIR resource that are taken over. What is missing or means nothing is None or ""."""

from datetime import date
from typing import Any

from sqlmodel import SQLModel

from usecases.fhir_import.reading import Resource

STATES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "District of Columbia": "DC", "Florida": "FL", "Georgia": "GA",
    "Hawaii": "HI", "Idaho": "ID", "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY",
    "Louisiana": "LA", "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN",
    "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV", "New Hampshire": "NH",
    "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC", "North Dakota": "ND",
    "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA", "Rhode Island": "RI", "South Carolina": "SC",
    "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX", "Utah": "UT", "Vermont": "VT", "Virginia": "VA",
    "Washington": "WA", "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
}  # fmt: skip
"""FHIR writes a state as people do; a jurisdiction is a code (ISO 3166-2)."""


def first(resource: Resource, field: str) -> dict[str, Any]:
    """The first entry of a repeating element, {} when there is none."""
    return next(iter(resource.get(field, ())), {})


def names(resource: Resource) -> tuple[str, str]:
    """(given, family); the official name when there are several."""
    known = resource.get("name", [])
    name = next((each for each in known if each.get("use") == "official"), known[0] if known else {})
    return " ".join(name.get("given", ())).strip(), str(name.get("family", "")).strip()


def telecom(resource: Resource, system: str) -> str:
    points = resource.get("telecom", ())
    return next((str(point.get("value", "")) for point in points if point.get("system") == system), "")


def birth_date(resource: Resource) -> date | None:
    try:
        return date.fromisoformat(str(resource.get("birthDate", "")))
    except ValueError:
        return None


def has_died(resource: Resource) -> bool:
    return bool(resource.get("deceasedDateTime") or resource.get("deceasedBoolean"))


def address(resource: Resource) -> dict[str, str]:
    """Our shape: line, city, state, postal_code, country."""
    found = first(resource, "address")
    plain = {"city": "city", "state": "state", "postal_code": "postalCode", "country": "country"}
    taken = {ours: str(found[theirs]) for ours, theirs in plain.items() if found.get(theirs)}
    line = ", ".join(found.get("line", ()))
    return {"line": line, **taken} if line else taken


def jurisdiction(resource: Resource, otherwise: str) -> str:
    """ "US-MA" for Massachusetts; the country alone elsewhere; `otherwise` without an address."""
    found = address(resource)
    country = found.get("country", "").upper()
    if country != "US":
        return country if len(country) == 2 else otherwise
    state = STATES.get(found.get("state", ""), found.get("state", ""))
    return f"US-{state}" if state in STATES.values() else otherwise


def language(resource: Resource) -> str:
    """The language somebody is spoken to in: "en-US"; "" when it is not said."""
    coding = first(first(resource, "communication").get("language", {}), "coding")
    return str(coding.get("code", ""))


def identifier(resource: Resource, system: str) -> str:
    known = resource.get("identifier", ())
    return next((str(each.get("value", "")) for each in known if each.get("system") == system), "")


def differing(row: SQLModel, described: dict[str, Any]) -> list[str]:
    """The fields of a row which a file has otherwise."""
    return [field for field, value in described.items() if getattr(row, field) != value]
