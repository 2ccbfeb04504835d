"""Steps that wait for nobody: what each does to the state, and where it leads."""

from typing import NamedTuple

from domain.journeys.expressions import holds
from domain.journeys.language import (
    AnyStep,
    Branch,
    Definition,
    Match,
    Message,
    Prepare,
    Repeat,
    Triage,
)
from domain.journeys.state import Effect, JourneyState, Notify, OfferMaterials


class Passed(NamedTuple):
    state: JourneyState
    goto: str
    detail: str = ""
    effects: tuple[Effect, ...] = ()


def pass_through(definition: Definition, state: JourneyState, step: AnyStep) -> Passed:
    """What happens at a step without an owner. Validation has made sure that something follows it."""
    following = definition.following(step.id)
    onward = following.id if following else step.id
    match step:
        case Triage():
            route = next((rule.route for rule in step.rules if holds(rule.when, state.facts)), step.otherwise)
            return Passed(_learn(state, triage=route), onward, route)
        case Match():
            return Passed(_learn(state, specialities=list(step.specialities)), onward)
        case Branch():
            goto = next((case.goto for case in step.cases if holds(case.when, state.facts)), step.otherwise)
            return Passed(state, goto, goto)
        case Repeat():
            return _again(state, step, onward)
        case Prepare():
            offer = OfferMaterials(materials=step.materials, appointment_id=state.appointment_id)
            return Passed(state, onward, effects=(offer,))
        case Message():
            key = f"{step.id}/{state.version}"
            return Passed(state, onward, effects=(Notify(to="patient", template=step.template, key=key),))
        case _:
            raise AssertionError(f"{step.kind} waits for somebody")


def _again(state: JourneyState, step: Repeat, onward: str) -> Passed:
    done = state.rounds.get(step.id, 0)
    if done >= step.times or not holds(step.condition, state.facts):
        return Passed(state.model_copy(update={"rounds": {**state.rounds, step.id: 0}}), onward, "on")
    rounds = {**state.rounds, step.id: done + 1}
    return Passed(state.model_copy(update={"rounds": rounds}), step.back_to, str(done + 1))


def _learn(state: JourneyState, **facts: object) -> JourneyState:
    return state.model_copy(update={"facts": {**state.facts, **facts}})
