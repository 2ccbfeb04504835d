"""A second import: what came in once belongs to the people here."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from models import Patient, Person, Specialist
from tests.fixtures.house import RunningHouse
from tests.organization.importing import patient, practitioner, run, written


async def test_what_the_patient_has_changed_since_stays(house: RunningHouse, tmp_path: Path) -> None:
    fields: dict[str, Any] = {"telecom": [{"system": "phone", "value": "555-1"}], "birthDate": "1990-02-03"}
    same, moved = patient(1, **fields), patient(2, **fields)
    await run(house.database, written(tmp_path, same, moved))
    async with house.database.transaction(House()) as session:
        found = select(Patient, Person).join(Person, col(Person.id) == col(Patient.person_id))
        mine = col(Person.email) == f"{moved['id']}@import.invalid"
        row, person = (await session.execute(found.where(mine))).one()
        person.family_name, person.phone, row.birth_date = "Married", "+15550002", date(1990, 3, 2)
        row.version += 1
    (report,) = await run(house.database, tmp_path / "some.json")
    assert (report.those("known")[0].id, report.count("new")) == (same["id"], 0)
    (differing,) = report.those("differs")
    assert (differing.id, differing.why) == (
        moved["id"],
        "the file has another family name, phone, birth date; left as it is",
    )
    assert report.lines()[0].endswith("0 new, 2 known, 0 refused")
    async with house.database.transaction(House()) as session:
        kept, whose = (await session.execute(found.where(mine))).one()
    assert (whose.family_name, whose.phone, kept.birth_date) == ("Married", "+15550002", date(1990, 3, 2))
    assert kept.version == row.version


async def test_a_specialist_keeps_the_name_they_go_by(house: RunningHouse, tmp_path: Path) -> None:
    resource = practitioner("1987654328")
    await run(house.database, written(tmp_path, resource))
    resource["name"][0]["family"] = "Changed"
    (report,) = await run(house.database, written(tmp_path, resource))
    assert [each.why for each in report.those("differs")] == ["the file has another display name; left as it is"]
    async with house.database.transaction(House()) as session:
        query = select(col(Specialist.display_name)).where(col(Specialist.npi) == "1987654328")
        assert await session.scalar(query) == "Jane Q. Doe"
