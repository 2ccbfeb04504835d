"""One patient's way through a journey definition, from the first consent to the last follow-up."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

from domain.journeys.engine import Move, apply, begin, remember
from domain.journeys.language import Consent, Form, Note, Session, Survey, stage_of
from domain.journeys.patience import next_due, on_time, rest, waiting
from domain.journeys.records import JourneyRecord, record_of
from domain.journeys.state import AppointmentChanged, JourneyState, Notify
from domain.refusals import ConsentMissing, Refusal, StepNotOpen
from workflows.alarm import Alarm
from workflows.calls import RECORD
from workflows.changes import ask_at_the_beginning, changed
from workflows.commands import Act, JourneyStart
from workflows.delivery import deliver
from workflows.search_attributes import BRAND, show
from workflows.steps import FindDeed, JourneySteps, RecordJourney, SendMessage

ROOM = 20
"""So many moves at most are left to those who asked for them; then the journey records them itself."""

NEXT_TASK = timedelta(milliseconds=1)


@workflow.defn(failure_exception_types=[Refusal])
class PatientJourney:
    @workflow.init
    def __init__(self, start: JourneyStart) -> None:
        ask_at_the_beginning()
        self.start = start
        self.definition = start.definition
        self.turn = asyncio.Lock()
        self.alarm = Alarm()
        self.heard: deque[AppointmentChanged] = deque()
        self.messages: list[Notify] = []
        self.under_way: set[asyncio.Task[None]] = set()
        self.left_to_others: list[JourneyRecord] = []
        if start.state is not None:
            self.current = start.state
        else:
            self._open(opening_of(start))

    @workflow.run
    async def run(self, start: JourneyStart) -> str | None:
        """The outcome."""
        while not self.current.ended:
            self._show()
            self._send_messages()
            self._set_alarm()
            await workflow.wait_condition(self._something_new(self.current.version))
            await self._move_on()
            if self._may_begin_anew():
                await self._begin_anew()
        self._show()
        self._send_messages()
        await workflow.wait_condition(lambda: not self.under_way and workflow.all_handlers_finished())
        return self.current.outcome

    def _set_alarm(self) -> None:
        """Lazily where people act within hours; where days go by untouched, an old alarm would only ring in vain."""
        lazy = self.definition.step(self.current.step).kind not in ("session", "wait")
        self.alarm.set(next_due(self.definition, self.current), f"patience at {self.current.step}", lazy=lazy)

    def _something_new(self, seen: int) -> Callable[[], bool]:
        return lambda: self.alarm.rang or bool(self.heard) or self.current.version != seen or self._may_begin_anew()

    async def _move_on(self) -> None:
        async with self.turn:
            while self.heard:
                await self._hear(self.heard.popleft())
            if self.alarm.rang:
                self.alarm.clear()
                await self._find_deed()
                self._rest()
                while move := on_time(self.definition, self.current, workflow.now()):
                    await self._take(move)
                await self._record()

    async def _hear(self, change: AppointmentChanged) -> None:
        """An appointment's word that fits nowhere is no error: the journey has gone another way, or hears it later."""
        at_session = isinstance(self.definition.step(self.current.step), Session)
        if change.change == "released" and at_session and not changed("a-session-is-released"):
            return
        try:
            await self._take(apply(self.definition, self.current, change, workflow.now()))
        except StepNotOpen:
            workflow.logger.info("an appointment's word fits nowhere", extra={"change": change.change})
            kept = remember(self.definition, self.current, change)
            if kept != self.current and changed("words-are-remembered"):
                self.current = kept

    def _rest(self) -> None:
        rested = rest(self.definition, self.current, workflow.now())
        if rested != self.current and changed("patience-rests"):
            self.current = rested

    async def _find_deed(self) -> None:
        """Before patience reminds, tells or ends: whoever did what is waited for may not have lived to say so."""
        asked = self._untold()
        if asked is None or not changed("deeds-before-patience"):
            return
        found = await workflow.execute_local_activity_method(JourneySteps.find_deed, asked, **RECORD)
        if found is not None:
            with contextlib.suppress(StepNotOpen, ConsentMissing):
                await self._take(apply(self.definition, self.current, found.event, workflow.now()))

    def _untold(self) -> FindDeed | None:
        """What to look for; None while nothing is due, and where nothing is kept before the journey is told."""
        step, state = self.definition.step(self.current.step), self.current
        if not isinstance(step, Consent | Form | Session | Survey | Note) or not on_time(
            self.definition, state, workflow.now()
        ):
            return None
        return FindDeed(
            organization_id=state.organization_id,
            journey_id=state.journey_id,
            patient_id=state.patient_id,
            step=step.id,
            kind=step.kind,
            since=state.entered_at,
            form=step.form if isinstance(step, Form | Survey) else "",
            appointment_id=state.appointment_id,
        )

    def _may_begin_anew(self) -> bool:
        """A message may be under way until the morning; until then the journey goes on as it is."""
        idle = not self.under_way and not self.current.ended and workflow.all_handlers_finished()
        return idle and workflow.info().is_continue_as_new_suggested()

    async def _begin_anew(self) -> None:
        """In a task of its own, and only when nothing has come in: a task that fails takes back what it answered."""
        async with self.turn:
            await self._record()
        seen = self.current.version
        await workflow.sleep(NEXT_TASK, summary="before continuing as new")
        left_over = self.heard or self.messages or self.left_to_others or self.current.version != seen
        if not left_over and self._may_begin_anew():
            workflow.continue_as_new(self.start.model_copy(update={"state": self.current}))

    @workflow.update
    async def act(self, command: Act) -> RecordJourney:
        """What the caller is to record before telling anybody."""
        async with self.turn:
            move = apply(self.definition, self.current, command.event, workflow.now())
            return self._of(await self._take(move, asked=True))

    @act.validator
    def may_act(self, command: Act) -> None:
        apply(self.definition, self.current, command.event, workflow.now())

    @workflow.signal
    def appointment_changed(self, change: AppointmentChanged) -> None:
        self.heard.append(change)

    @workflow.query
    def state(self) -> JourneyState:
        return self.current

    @workflow.query
    def unrecorded(self) -> RecordJourney:
        """What was left to others since the journey last recorded something itself, for whoever finds a gap."""
        return self._of(*self.left_to_others)

    def _open(self, opening: Move) -> None:
        self.left_to_others.append(record_of(self.definition, opening, None, self.start.program_id))
        self._stand(opening)

    async def _take(self, move: Move, *, asked: bool = False) -> JourneyRecord:
        """The one way to a new state. A move somebody asked for is left to them to record, unless it is the last."""
        record = record_of(self.definition, move, self.current, self.start.program_id)
        self.left_to_others.append(record)
        if not asked or move.state.ended or len(self.left_to_others) > ROOM:
            await self._record()
        self._stand(move)
        return record

    async def _record(self) -> None:
        """Together with whatever was left to others: nobody knows whether they lived to do it."""
        if self.left_to_others:
            record = self._of(*self.left_to_others)
            await workflow.execute_local_activity_method(JourneySteps.record_journey, record, **RECORD)
            self.left_to_others.clear()

    def _of(self, *records: JourneyRecord) -> RecordJourney:
        return RecordJourney(
            organization_id=self.start.organization_id, journey_id=self.start.journey_id, records=records
        )

    def _stand(self, move: Move) -> None:
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
            story = f"ended at {self.current.entered_at:%Y-%m-%d %H:%M} UTC: **{self.current.outcome}**"
        else:
            show(stage_of(self.definition.step(self.current.step)), wait.owner)
            story = (
                f"**{wait.step}** ({wait.kind}), waits for the {wait.owner} until {wait.until:%Y-%m-%d %H:%M} UTC, "
                f"then: {wait.then}"
            )
        workflow.set_current_details(f"{self._plan()}: {story}")

    def _plan(self) -> str:
        """What the static summary says too; but that is gone once the journey has continued as new."""
        brand = workflow.info().typed_search_attributes.get(BRAND)
        return f"{self.definition.key} v{self.definition.version}" + (f" of {brand}" if brand else "")


def opening_of(start: JourneyStart) -> Move:
    """The same for the workflow and for whoever starts it."""
    return begin(
        start.definition, start.journey_id, start.organization_id, start.brand_id, start.patient_id, start.began_at
    )
