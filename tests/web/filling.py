"""The places where texts get in otherwise than by a command of a JSON door: registering, passkeys, free answers."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import update
from sqlmodel import SQLModel, col

from domain.actors import Engine, House
from models import Appointment, Brand, Journey, Membership, Passkey, QuestionnaireResponse
from tests.access.world import World
from tests.web.keeping import lengths_of, rounds, taken
from tests.web.knocking import STRONGEST, ask, reading, strongest, unsafe
from tests.web.payloads import storable
from usecases.brands import BrandView
from usecases.identity.passkeys import RenamePasskey
from usecases.identity.registering import Register, _keep

SURVEY, QUESTION = "feedback", "more"


async def register(world: World) -> int:
    """As the page does behind its measure, without a hash and a mail for each; how many people."""
    async with world.house.database.transaction(House()) as session:
        brand = BrandView.model_validate(await session.get_one(Brand, world.own.patient.brand_id))
    made = rounds({name: size for name, size in lengths_of(Register).items() if name.endswith("_name")})
    for texts in made:
        known = {"email": f"{uuid4().hex}@patients.example", "password": uuid4().hex, "locale": "en"}
        command = Register.model_validate(taken(Register, known | {"given_name": "A", "family_name": "B"}, texts))
        await _keep(world.house.context, brand, command, "!")
    return len(made)


async def accept_invitations(world: World) -> None:
    """All that were sent: only then can the invited be chosen."""
    async with world.house.database.transaction(House()) as session:
        invited = update(Membership).where(col(Membership.status) == "invited")
        await session.execute(invited.values(status="active"))


async def name_passkeys(world: World) -> int:
    """Of somebody at every portal, each with a share of the names; how many."""
    callers = [world.callers[portal, key] for portal, key in STRONGEST.items()]
    people = [each.person_id for each in callers if each.person_id]
    names = [RenamePasskey(**texts).name for texts in rounds(lengths_of(RenamePasskey))]
    rows: list[SQLModel] = [
        Passkey(
            person_id=people[n % len(people)],
            credential_id=uuid4().hex,
            public_key=b"-",
            sign_count=0,
            name=name,
            host="x.example",
        )
        for n, name in enumerate(names)
    ]
    async with world.house.database.transaction(House()) as session:
        session.add_all(rows)
    return len(rows)


async def answer_freely(world: World) -> list[str]:
    """Every text as the free answer of a survey, as if the patient's journey had come to it; its pages meanwhile."""
    patient, things, now = world.own.patient, world.own.things, world.house.context.now()
    form = next(each for each in unsafe(json=True) if each.method == "PUT" and each.path.endswith("/form"))
    page = next(each for each in reading() if each.path.endswith("/form") and not each.is_json)
    caller, pages = strongest(world, form), []
    async with world.house.database.transaction(patient) as session:
        before = await session.get_one(Journey, things.journey_id)
    for place, part in enumerate((storable()[0::2], storable()[1::2])):
        await _move(world, SURVEY, now + timedelta(seconds=place))
        headers = caller.request(True, None, False)["headers"]
        kept = await ask(world, form, caller, headers=headers, json={"answers": {QUESTION: "\n".join(part)}})
        assert kept.status_code == 200, kept.text
        pages.append((await ask(world, page, caller)).text)
    async with world.house.database.transaction(patient) as session:
        mine = update(QuestionnaireResponse).where(col(QuestionnaireResponse.journey_id) == things.journey_id)
        await session.execute(mine.values(status="completed", completed_at=now))
    await _move(world, before.step, before.since)
    return pages


async def treat(world: World) -> None:
    """The patient has an appointment with their specialist, whatever became of it in other tests."""
    async with world.house.database.transaction(Engine(world.own.patient.organization_id)) as session:
        row = await session.get_one(Appointment, world.own.things.appointment_id)
        row.status = "confirmed"


async def _move(world: World, step: str, since: datetime | None) -> None:
    async with world.house.database.transaction(Engine(world.own.patient.organization_id)) as session:
        row = await session.get_one(Journey, world.own.things.journey_id)
        row.step, row.since = step, since or row.since
