"""Recording a journey's moves that no person asked for, and finding what people did without the journey's knowing."""

from temporalio import activity

from domain.actors import Engine
from models.journey_deeds import kept_deed
from models.journey_records import keep_journey
from models.session import Database
from workflows.commands import Act
from workflows.steps import FindDeed, JourneySteps, RecordJourney


class Journeys(JourneySteps):
    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="record_journey")
    async def record_journey(self, record: RecordJourney) -> None:
        async with self.database.transaction(Engine(record.organization_id)) as session:
            await keep_journey(session, record)

    @activity.defn(name="find_deed")
    async def find_deed(self, asked: FindDeed) -> Act | None:
        async with self.database.transaction(Engine(asked.organization_id)) as session:
            event = await kept_deed(session, asked)
        return Act(event=event) if event else None
