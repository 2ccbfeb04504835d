"""What a pack may say, as tables made from its documents: `docs/packs.md` carries them between marks."""

from typing import Any

from pydantic import BaseModel

from domain.packs.care import ConsentDocument, MaterialDocument, TemplateDocument
from domain.packs.organizations import (
    AppointmentTypeDocument,
    BrandDocument,
    LocationDocument,
    OrganizationDocument,
    ProgramDocument,
    TermsDocument,
)
from domain.packs.people import (
    EngagementDocument,
    HoursDocument,
    LicenceDocument,
    MemberDocument,
    PatientDocument,
    SpecialistDocument,
)

DOCUMENTS: dict[str, type[BaseModel]] = {
    "organization": OrganizationDocument,
    "brand": BrandDocument,
    "location": LocationDocument,
    "program": ProgramDocument,
    "appointment type": AppointmentTypeDocument,
    "terms": TermsDocument,
    "member": MemberDocument,
    "specialist": SpecialistDocument,
    "licence": LicenceDocument,
    "engagement": EngagementDocument,
    "hours": HoursDocument,
    "patient": PatientDocument,
    "material": MaterialDocument,
    "consent": ConsentDocument,
    "template": TemplateDocument,
}


def table(document: type[BaseModel]) -> str:
    """Markdown: each field, what it is when it is left out, and what it takes."""
    schema = document.model_json_schema(by_alias=True)
    known, needed = schema.get("$defs", {}), schema.get("required", [])
    rows = [
        f"| `{name}` | {_left_out(each, name in needed)} | {_takes(each, known)} |"
        for name, each in schema["properties"].items()
    ]
    return "\n".join(["| field | left out | takes |", "|---|---|---|", *rows])


def _left_out(field: dict[str, Any], needed: bool) -> str:
    default = field.get("default")
    if needed:
        return "has to be there"
    return "nothing" if default in (None, "", [], {}) or isinstance(default, dict) else f"`{_plain(default)}`"


def _plain(value: Any) -> str:
    """As YAML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _takes(field: dict[str, Any], known: dict[str, Any]) -> str:
    if "description" in field and "$ref" not in field:
        return str(field["description"])
    if "$ref" in field:
        return _named(field["$ref"].rpartition("/")[2], known)
    if "anyOf" in field:
        return _takes(next(each for each in field["anyOf"] if each.get("type") != "null"), known)
    match field.get("type"):
        case "array":
            return f"list of: {_takes(field['items'], known)}"
        case "integer" | "number":
            return _number(field)
        case "boolean":
            return "`true` or `false`"
        case "object":
            return _mapping(field, known)
        case _:
            return _text(field)


def _named(name: str, known: dict[str, Any]) -> str:
    if "enum" in known[name]:
        return _text(known[name])
    return name.removesuffix("Document").lower().replace("appointmenttype", "appointment type")


def _text(field: dict[str, Any]) -> str:
    if "enum" in field:
        return "one of: " + ", ".join(f"`{each}`" for each in field["enum"])
    formats = {"email": "e-mail address", "date": "day, as `2027-01-31`"}
    return "key" if "pattern" in field else formats.get(str(field.get("format")), "text")


def _number(field: dict[str, Any]) -> str:
    kind = "whole number" if field["type"] == "integer" else "number"
    bounds = [f"{field['minimum']}" if "minimum" in field else "", f"{field['maximum']}" if "maximum" in field else ""]
    match bounds:
        case ["", ""]:
            return kind
        case [least, ""]:
            return f"{kind} from {least}"
        case [least, most]:
            return f"{kind}, {least} to {most}"
    return kind


def _mapping(field: dict[str, Any], known: dict[str, Any]) -> str:
    values = field.get("additionalProperties")
    names = next(iter(field.get("patternProperties", {}).values()), None) or values
    return f"names with: {_takes(names, known)}" if isinstance(names, dict) else "names with values"
