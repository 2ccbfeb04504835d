"""Recording a journey's moves that no person asked for."""

from temporalio import activity

from domain.actors import Engine
from models.journey_records import keep_journey
from models.session import Database
from workflows.steps import JourneySteps, RecordJourney


class Journeys(JourneySteps):
    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="record_journey")
    async def record_journey(self, record: RecordJourney) -> None:
        async with self.database.transaction(Engine(record.organization_id)) as session:
            await keep_journey(session, record)
