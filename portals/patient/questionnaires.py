"""The form a journey waits for: answered in parts, completed once."""

from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import InvalidInput, Refusal, StepNotOpen
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import typed
from portals.core.i18n import direction
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.patient.door import TheLocale, ThePatient
from usecases.context import Context
from usecases.patient import forms
from usecases.patient.forms import Answers, FormView, Question
from usecases.patient.home import emergency_text

router = APIRouter()
PREFIX = "q-"
"""Keeps link ids apart from the form's own fields."""


@router.get("/journeys/{journey_id}/form")
async def show(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, journey_id: UUID
) -> Response:
    try:
        view = await forms.open_form(context, patient, journey_id, locale)
    except StepNotOpen:
        return see_other("/", _("This questionnaire is not open now."), "info")
    return await _sheet(request, context, patient, locale, view)


@router.post("/journeys/{journey_id}/form")
async def answer(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, journey_id: UUID
) -> Response:
    sent = await typed(request)
    given = Answers(
        answers={name[len(PREFIX) :]: str(value) for name, value in sent.items() if name.startswith(PREFIX)}
    )
    try:
        if sent.get("then") == "later":
            await forms.save(context, patient, journey_id, given, locale)
            return see_other("/", _("Saved. You can go on whenever you like."))
        await forms.complete(context, patient, journey_id, given, locale)
    except InvalidInput as no:
        view = await forms.open_form(context, patient, journey_id, locale)
        marked = InvalidInput({name.replace("answers.", PREFIX, 1): text for name, text in no.errors.items()})
        return await _sheet(request, context, patient, locale, view, refusal=marked, form=sent)
    except StepNotOpen:
        return see_other("/", _("This questionnaire is not open now."), "info")
    return see_other("/", _("Thank you. Your answers have arrived."))


async def _sheet(
    request: Request,
    context: Context,
    patient: ThePatient,
    locale: str,
    view: FormView,
    refusal: Refusal | None = None,
    form: dict[str, Any] | None = None,
) -> Response:
    stored = {f"{PREFIX}{name}": value for name, value in view.answers.items()}
    return page(
        request,
        "patient/form.html",
        refusal=refusal,
        form=form or stored,
        view=view,
        reads=direction(view.locale),
        blocks=blocks(view.questions),
        numbers=numbers(view.questions),
        emergency=await emergency_text(context, patient, locale) if view.flagged else "",
    )


def numbers(questions: tuple[Question, ...]) -> dict[str, int]:
    """The place of each question among those that ask something, by the name of its field."""
    asking = [question for question in questions if question.kind != "display"]
    return {f"{PREFIX}{question.link_id}": place for place, question in enumerate(asking, 1)}


def blocks(questions: tuple[Question, ...]) -> list[dict[str, Any]]:
    """Questions that share their answers become one matrix under the words before them; others stand alone.

    Words that nothing follows are a block of their own.
    """
    found: list[dict[str, Any]] = []
    legend = ""
    for (kind, options), group in groupby(questions, key=lambda question: (question.kind, question.options)):
        members = list(group)
        if kind == "display":
            legend = " ".join(question.text for question in members)
        elif kind == "choice" and len(members) > 1:
            found.append({"kind": "matrix", "legend": legend, "questions": members, "options": options})
            legend = ""
        else:
            found += [{"kind": kind, "legend": legend, "questions": [each], "options": options} for each in members]
            legend = ""
    return [*found, {"kind": "words", "legend": legend}] if legend else found
