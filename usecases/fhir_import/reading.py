"""FHIR R4 files: a Bundle, one resource, or {"resources": […]}, sorted by kind. Everything is read before anything is
written."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from domain.refusals import DocumentInvalid

Resource = dict[str, Any]
KINDS = ("Organization", "Practitioner", "Patient")
LARGEST = 200_000_000


def read_files(paths: Iterable[Path]) -> dict[str, list[Resource]]:
    """Kind -> resources. Raises `DocumentInvalid` when a file cannot be read or holds other kinds."""
    found: dict[str, list[Resource]] = {kind: [] for kind in KINDS}
    errors: list[str] = []
    for path in paths:
        try:
            resources = read_file(path)
        except DocumentInvalid as invalid:
            errors += invalid.errors
            continue
        if not resources:
            errors.append(f"{path.name}: it holds nothing. Give a file with {', '.join(KINDS)}.")
        for place, resource in enumerate(resources, 1):
            if problem := wrong(resource):
                errors.append(f"{path.name}, resource {place}: {problem}")
            else:
                found[resource["resourceType"]].append(resource)
    if errors:
        raise DocumentInvalid(errors)
    return found


def read_file(path: Path) -> list[Any]:
    """The resources of one file."""
    try:
        if path.stat().st_size > LARGEST:
            raise DocumentInvalid([f"{path.name}: the file is larger than {LARGEST} bytes. Split it."])
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise DocumentInvalid([f"{path.name}: {error}. Give the path of a FHIR R4 file in JSON."]) from None
    if isinstance(document, dict) and isinstance(document.get("resources"), list):
        return list(document["resources"])
    if isinstance(document, dict) and document.get("resourceType") == "Bundle":
        entries = document.get("entry", [])
        if isinstance(entries, list):
            return [entry.get("resource") if isinstance(entry, dict) else entry for entry in entries]
    if isinstance(document, dict) and "resourceType" in document:
        return [document]
    raise DocumentInvalid([f"{path.name}: this is no FHIR. It holds a Bundle, one resource, or a list 'resources'."])


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice in one object")
    return found


def wrong(resource: Any) -> str | None:
    if not isinstance(resource, dict):
        return "it is no resource."
    kind = resource.get("resourceType")
    if kind not in KINDS:
        return f"resources of type '{kind}' are not imported, only {', '.join(KINDS)}."
    if not isinstance(resource.get("id"), str) or not 1 <= len(resource["id"]) <= 64:
        return "it has no 'id'."
    return None if storable(resource) else "it holds characters that are no text."


def storable(resource: Resource) -> bool:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    text = json.dumps(resource, ensure_ascii=False)
    return "\\u0000" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
