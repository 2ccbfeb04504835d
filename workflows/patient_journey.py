"""One patient's way through a journey definition, from the first consent to the last follow-up."""

import asyncio
from collections import deque
from collections.abc import Callable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from temporalio import workflow

from domain.journeys.engine import Move, apply, begin
from domain.journeys.language import Definition, stage_of
from domain.journeys.patience import next_due, on_time, waiting
from domain.journeys.state import (
    AppointmentChanged,
    Event,
    JourneyState,
    Notify,
    OfferMaterials,
    OpenTask,
)
from domain.refusals import Refusal, StepNotOpen
from workflows.alarm import Alarm
from workflows.calls import RECORD
from workflows.delivery import deliver
from workflows.search_attributes import show
from workflows.steps import JourneySteps, RecordJourney, SendMessage


class JourneyStart(BaseModel):
    """`definition` is pinned: a run keeps the version it started with, however long it lives.

    `state` is None at the very beginning, and what continue-as-new carries on later.
    """

    model_config = ConfigDict(frozen=True)

    journey_id: UUID
    organization_id: UUID
    brand_id: UUID
    patient_id: UUID
    program_id: UUID
    definition: Definition
    state: JourneyState | None = None


class Act(BaseModel):
    """Something a person did that the journey may have waited for."""

    model_config = ConfigDict(frozen=True)

    event: Event = Field(discriminator="event")


@workflow.defn(failure_exception_types=[Refusal])
class PatientJourney:
    @workflow.init
    def __init__(self, start: JourneyStart) -> None:
        self.start = start
        self.definition = start.definition
        self.opening = begin(
            start.definition,
            start.journey_id,
            start.organization_id,
            start.brand_id,
            start.patient_id,
            workflow.now(),
        )
        self.current = start.state or self.opening.state
        self.begun = start.state is not None
        self.turn = asyncio.Lock()
        self.alarm = Alarm()
        self.heard: deque[AppointmentChanged] = deque()
        self.messages: list[Notify] = []
        self.under_way: set[asyncio.Task[None]] = set()

    @workflow.run
    async def run(self, start: JourneyStart) -> JourneyState:
        if not self.begun:
            await self._take(self.opening)
            self.begun = True
        while not self.current.ended:
            self._show()
            self._send_messages()
            self.alarm.set(next_due(self.definition, self.current), f"patience at {self.current.step}", lazy=True)
            await workflow.wait_condition(self._something_new(self.current.version))
            await self._move_on()
            if workflow.info().is_continue_as_new_suggested() and not self.current.ended:
                await self._begin_anew()
        self._send_messages()
        await workflow.wait_condition(lambda: not self.under_way and workflow.all_handlers_finished())
        return self.current

    def _something_new(self, seen: int) -> Callable[[], bool]:
        return lambda: self.alarm.rang or bool(self.heard) or self.current.version != seen

    async def _move_on(self) -> None:
        async with self.turn:
            while self.heard:
                await self._hear(self.heard.popleft())
            if self.alarm.rang:
                self.alarm.clear()
                while move := on_time(self.definition, self.current, workflow.now()):
                    await self._take(move)

    async def _hear(self, change: AppointmentChanged) -> None:
        """An appointment's word that fits nowhere any more is no error: the journey has gone another way."""
        try:
            await self._take(apply(self.definition, self.current, change, workflow.now()))
        except StepNotOpen:
            workflow.logger.info("an appointment's word came too late", extra={"change": change.change})

    async def _begin_anew(self) -> None:
        await workflow.wait_condition(lambda: not self.under_way and workflow.all_handlers_finished())
        if not self.heard:
            workflow.continue_as_new(self.start.model_copy(update={"state": self.current}))

    @workflow.update
    async def began(self) -> JourneyState:
        """Answers as soon as the journey stands where pages read it; sent together with the start."""
        await workflow.wait_condition(lambda: self.begun)
        return self.current

    @workflow.update
    async def act(self, command: Act) -> JourneyState:
        await workflow.wait_condition(lambda: self.begun)
        async with self.turn:
            await self._take(apply(self.definition, self.current, command.event, workflow.now()))
            return self.current

    @act.validator
    def may_act(self, command: Act) -> None:
        apply(self.definition, self.current, command.event, workflow.now())

    @workflow.signal
    def appointment_changed(self, change: AppointmentChanged) -> None:
        self.heard.append(change)

    @workflow.query
    def state(self) -> JourneyState:
        return self.current

    async def _take(self, move: Move) -> None:
        """The one way to a new state: recorded before anybody is told."""
        record = record_of(self.start, move)
        await workflow.execute_local_activity_method(JourneySteps.record_journey, record, **RECORD)
        self.current = move.state
        self.messages.extend(effect for effect in move.effects if isinstance(effect, Notify))

    def _send_messages(self) -> None:
        for message in self.messages:
            task = asyncio.create_task(self._send(message))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
        self.messages.clear()

    async def _send(self, effect: Notify) -> None:
        message = SendMessage(
            organization_id=self.current.organization_id,
            journey_id=self.current.journey_id,
            appointment_id=self.current.appointment_id,
            template=effect.template,
            role=effect.to,
            key=f"journey/{self.current.journey_id}/{effect.key}",
        )
        await deliver(message)

    def _show(self) -> None:
        wait = waiting(self.definition, self.current)
        if wait is None:
            return
        show(stage_of(self.definition.step(self.current.step)), wait.owner)
        workflow.set_current_details(
            f"**{wait.step}** ({wait.kind}), waits for the {wait.owner} until {wait.until:%Y-%m-%d %H:%M} UTC, "
            f"then: {wait.then}"
        )


def record_of(start: JourneyStart, move: Move) -> RecordJourney:
    """What Postgres is to know of a move."""
    definition = start.definition
    return RecordJourney(
        organization_id=move.state.organization_id,
        program_id=start.program_id,
        state=move.state,
        stage=stage_of(definition.step(move.state.step)),
        waiting=waiting(definition, move.state),
        lines=move.entries,
        tasks=tuple(effect for effect in move.effects if isinstance(effect, OpenTask)),
        materials=tuple(effect for effect in move.effects if isinstance(effect, OfferMaterials)),
    )
