"""Files to import, and what became of them."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import SQLModel

from domain import npi
from domain.actors import House
from models.session import Database
from tests.fixtures.house import RunningHouse
from usecases.fhir_import.importing import import_fhir
from usecases.fhir_import.report import Report
from usecases.identity.passwords import Passwords

DATA = Path(__file__).parents[3] / "shared" / "data"
PATIENTS, PRACTITIONERS, ORGANIZATIONS = (
    DATA / f"{name}_fhir_r4.json" for name in ("patients", "practitioners", "organizations")
)
TODAY = date(2026, 11, 22)
VALID_NPI = "1234567893"
OTHER_NPI = "1679576722"


async def run(database: Database, *paths: Path) -> list[Report]:
    return await import_fhir(database, Passwords(19), paths, "lindenhof", "marigold", TODAY)


def counts(report: Report) -> tuple[int, int, int]:
    """New, known, refused."""
    return report.count("new"), report.count("known"), report.count("refused")


async def rows(house: RunningHouse, table: type[SQLModel], **known: Any) -> int:
    async with house.database.transaction(House()) as session:
        counted = select(func.count()).select_from(select(table).filter_by(**known).subquery())
        return int(await session.scalar(counted) or 0)


def patient(number: int = 1, **fields: Any) -> dict[str, Any]:
    plain = {"resourceType": "Patient", "id": f"p{number}-{uuid4().hex}", "gender": "female"}
    return {**plain, "name": [{"family": "Doe", "given": ["Jane", "Q."]}], **fields}


def practitioner(number: str, **fields: Any) -> dict[str, Any]:
    known = [{"system": npi.SYSTEM, "value": number}]
    return {**patient(), "resourceType": "Practitioner", "identifier": known, **fields}


def written(folder: Path, *resources: Any, name: str = "some.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"resources": list(resources)}))
    return path
