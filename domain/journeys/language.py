"""The journey language: what a definition may say. `validation.py` says whether it makes sense as a whole.

A definition is a list of steps, run in order unless a step says otherwise by naming another step's id.
"""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.journeys.length import Length

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Text = dict[str, str]
"""Words by locale, English first: {"en": "Your consent", "de": "Ihre Einwilligung"}."""

Owner = Literal["patient", "specialist", "care-coordinator", "clinical-lead", "clock"]
Stage = Literal["intake", "booking", "care", "follow-up", "ended"]


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Patience(Document):
    """How long a step waits. All durations (ISO 8601) count from its entry; at a session, from its appointment's end.

    `nudge`: when the owner is reminded. `escalate`: when `escalate_to` is told. `deadline`: when patience ends and
    the journey goes to `then`, a step's id.
    """

    nudge: tuple[Length, ...] = (timedelta(days=1), timedelta(days=3))
    escalate: Length = timedelta(days=7)
    escalate_to: Literal["care-coordinator", "clinical-lead"] = "care-coordinator"
    deadline: Length = timedelta(days=14)
    then: Key


class Step(Document):
    """`next` names the step that follows; without it, the next one in the list does."""

    id: Key
    title: Text = Field(default_factory=dict)
    next: Key | None = None
    stage: Stage | None = None
    default_stage: ClassVar[Stage] = "care"
    owner: ClassVar[Owner | None] = None
    """Whom the step waits for; None: it passes at once."""


class Consent(Step):
    kind: Literal["consent"]
    consents: tuple[Key, ...] = Field(min_length=1)
    patience: Patience
    default_stage: ClassVar[Stage] = "intake"
    owner: ClassVar[Owner | None] = "patient"


class Form(Step):
    kind: Literal["form"]
    form: Key
    patience: Patience
    default_stage: ClassVar[Stage] = "intake"
    owner: ClassVar[Owner | None] = "patient"


class Route(Document):
    when: str
    route: Key


class Triage(Step):
    """The first rule that holds names the route; it is a fact for later conditions."""

    kind: Literal["triage"]
    rules: tuple[Route, ...]
    otherwise: Key
    default_stage: ClassVar[Stage] = "intake"


class Match(Step):
    """Which specialists are shown from here on."""

    kind: Literal["match"]
    specialities: tuple[Key, ...] = ()
    default_stage: ClassVar[Stage] = "booking"


class Book(Step):
    kind: Literal["book"]
    appointment_type: Key
    patience: Patience
    default_stage: ClassVar[Stage] = "booking"
    owner: ClassVar[Owner | None] = "patient"


class Pay(Step):
    """Waits while the appointment's own payment window runs; an unpaid hold leads back to `on_release`."""

    kind: Literal["pay"]
    on_release: Key
    patience: Patience
    default_stage: ClassVar[Stage] = "booking"
    owner: ClassVar[Owner | None] = "patient"


class Prepare(Step):
    """Gives the patient materials to read before the session."""

    kind: Literal["prepare"]
    materials: tuple[Key, ...] = Field(min_length=1)


class Session(Step):
    """Waits for the booked appointment to take place. Its own workflow guards the time; patience is the last net."""

    kind: Literal["session"]
    on_cancelled: Key
    on_missed: Key
    patience: Patience
    owner: ClassVar[Owner | None] = "specialist"


class Note(Step):
    kind: Literal["note"]
    patience: Patience
    default_stage: ClassVar[Stage] = "follow-up"
    owner: ClassVar[Owner | None] = "specialist"


class Survey(Step):
    kind: Literal["survey"]
    form: Key
    patience: Patience
    default_stage: ClassVar[Stage] = "follow-up"
    owner: ClassVar[Owner | None] = "patient"


class Task(Step):
    """Something a person of the organization does and ticks off. `task` is what they read, `title` the patient."""

    kind: Literal["task"]
    task: Text = Field(default_factory=dict)
    assignee: Literal["care-coordinator", "clinical-lead", "specialist"] = "care-coordinator"
    urgent: bool = False
    patience: Patience


class Message(Step):
    kind: Literal["message"]
    template: Key


class Wait(Step):
    kind: Literal["wait"]
    duration: Length
    default_stage: ClassVar[Stage] = "follow-up"
    owner: ClassVar[Owner | None] = "clock"


class Case(Document):
    when: str
    goto: Key


class Branch(Step):
    """The first case that holds says where to go; none: `otherwise`."""

    kind: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Key


class Repeat(Step):
    """Back to `back_to`, at most `times` times and only while `condition` holds; then on."""

    kind: Literal["repeat"]
    back_to: Key
    times: int = Field(ge=1, le=52)
    condition: str = "true"
    default_stage: ClassVar[Stage] = "follow-up"


class End(Step):
    kind: Literal["end"]
    outcome: Key
    default_stage: ClassVar[Stage] = "ended"


AnyStep = Annotated[
    Consent
    | Form
    | Triage
    | Match
    | Book
    | Pay
    | Prepare
    | Session
    | Note
    | Survey
    | Task
    | Message
    | Wait
    | Branch
    | Repeat
    | End,
    Field(discriminator="kind"),
]

WaitingStep = Consent | Form | Book | Pay | Session | Note | Survey | Task | Wait


class Definition(Document):
    """One version of one journey. A run keeps the version it started with."""

    key: Key
    version: int = Field(ge=1, le=1_000_000)
    title: Text
    description: Text = Field(default_factory=dict)
    steps: tuple[AnyStep, ...] = Field(min_length=1, max_length=400)

    def model_post_init(self, context: Any, /) -> None:
        object.__setattr__(self, "_places", {step.id: place for place, step in enumerate(self.steps)})

    def step(self, step_id: str) -> AnyStep:
        return self.steps[self._place(step_id)]

    def following(self, step_id: str) -> AnyStep | None:
        place = self._place(step_id) + 1
        if (named := self.steps[place - 1].next) is not None:
            return self.step(named)
        return self.steps[place] if place < len(self.steps) else None

    def _place(self, step_id: str) -> int:
        places: dict[str, int] = getattr(self, "_places")  # noqa: B009
        return places[step_id]


def stage_of(step: AnyStep) -> Stage:
    return step.stage or step.default_stage


def staff_title(step: AnyStep) -> Text:
    """What a step is called in front of whoever works for the organization."""
    return (step.task or step.title) if isinstance(step, Task) else step.title


def owner_of(step: AnyStep) -> Owner | None:
    """Whom the step waits for; None when it passes at once."""
    return step.assignee if isinstance(step, Task) else step.owner
