"""Whatever stands in a resource, it is taken or refused; nothing else happens."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import npi
from domain.refusals import DocumentInvalid
from models import Location, Patient, Person, Specialist
from tests.fixtures.house import RunningHouse
from tests.organization.importing import ORGANIZATIONS, PATIENTS, PRACTITIONERS, counts, patient, rows, run, written
from usecases.fhir_import.reading import wrong

SYNTHEA: list[dict[str, Any]] = [
    json.loads(path.read_text())["resources"][0] for path in (PATIENTS, PRACTITIONERS, ORGANIZATIONS)
]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=600),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=4,
)


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value within is."""
    if here:
        yield here
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield from places(part, (*here, step))


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A real resource in which one value is another."""
    resource: dict[str, Any] = {**deepcopy(draw(st.sampled_from(SYNTHEA))), "id": uuid4().hex}
    if resource["resourceType"] == "Practitioner":
        resource["identifier"] = [{"system": npi.SYSTEM, "value": "1003000126"}]
    *way, last = draw(st.sampled_from(list(places(resource))))
    inside: Any = resource
    for step in way:
        inside = inside[step]
    inside[last] = draw(ODD)
    return resource


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(spoiled(), min_size=1, max_size=8))
async def test_whatever_stands_in_a_resource_it_is_taken_or_refused(
    house: RunningHouse, tmp_path: Path, resources: list[dict[str, Any]]
) -> None:
    tables = (Location, Specialist, Person, Patient)
    before = [await rows(house, table) for table in tables]
    path = written(tmp_path, *resources)
    if any(wrong(resource) for resource in resources):
        with pytest.raises(DocumentInvalid):
            await run(house.database, path)
        assert [await rows(house, table) for table in tables] == before
        return
    reports = await run(house.database, path)
    assert sum(len(report.became) for report in reports) == len(resources)
    assert all(each.why for report in reports for each in report.those("refused"))


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": None}, "name"),
        ({"name": [{"family": "Doe", "given": "Jane"}]}, "name.0.given"),
        ({"telecom": None}, "telecom"),
        ({"telecom": [{"system": "email", "value": "nobody"}]}, "telecom.0"),
        ({"communication": [{"language": None}]}, "communication.0"),
        ({"address": [{"line": ["x" * 501]}]}, "address.0.line.0"),
    ],
)
async def test_a_misshapen_resource_is_refused_by_place_and_the_others_are_taken(
    house: RunningHouse, tmp_path: Path, fields: dict[str, Any], place: str
) -> None:
    bad = patient(**fields)
    (report,) = await run(house.database, written(tmp_path, bad, patient()))
    assert counts(report) == (1, 0, 1)
    (turned,) = report.those("refused")
    assert (turned.id, turned.why.startswith(f"its '{place}")) == (bad["id"], True), turned.why
