"""The kinds of steps as a configurator reads about them: the table in docs/journeys.md is made of this."""

from collections.abc import Iterator
from typing import NamedTuple, get_args

from domain.journeys.language import AnyStep, Patience, Step

MEANING = {
    "consent": "Waits until the patient has given every consent named.",
    "form": "Waits until the patient has completed the questionnaire; score, band and flags become facts.",
    "triage": "The first rule that holds names the route, which becomes the fact `triage`.",
    "match": "From here on the patient is shown specialists of these specialities.",
    "book": "Waits until the patient holds a time for an appointment of this type.",
    "pay": "Waits while the held time's payment window runs; an unpaid hold leads to `on_release`.",
    "prepare": "Gives the patient materials to read before the session.",
    "session": "Waits until the appointment has taken place, was cancelled or was missed.",
    "note": "Waits until the specialist has signed the note of the session.",
    "survey": "Waits until the patient has answered; like a form, after a session.",
    "task": "Waits until somebody of the organization has done it and ticked it off.",
    "message": "Sends the patient a message by this template.",
    "wait": "Waits for a length of time; nobody is asked for anything.",
    "branch": "The first case that holds says where to go, else `otherwise`.",
    "repeat": "Goes back to `back_to`, at most `times` times and only while `condition` holds.",
    "end": "Ends the journey with an outcome.",
}


class Kind(NamedTuple):
    """`owner` is whom it waits for, "" when it passes at once; `fields` are what is particular to it."""

    name: str
    meaning: str
    owner: str
    stage: str
    fields: tuple[str, ...]


def kinds() -> Iterator[Kind]:
    for step in get_args(get_args(AnyStep)[0]):
        (name,) = get_args(step.model_fields["kind"].annotation)
        own = [(field, info) for field, info in step.model_fields.items() if field not in {*Step.model_fields, "kind"}]
        owner = "its `assignee`" if "assignee" in step.model_fields else step.owner or ""
        fields = tuple(field if info.is_required() else f"{field}?" for field, info in own)
        yield Kind(name, MEANING[name], owner, step.default_stage, fields)


def table() -> str:
    """Markdown; a field with a question mark may be left out."""
    head = "| kind | what it does | waits for | stage | fields |\n|---|---|---|---|---|"
    rows = [
        f"| `{kind.name}` | {kind.meaning} | {kind.owner or '–'} | {kind.stage} | {_coded(kind.fields)} |"
        for kind in kinds()
    ]
    return "\n".join([head, *rows])


def patience_table() -> str:
    """Markdown: the fields of `patience` and what they are when left out."""
    rows = [f"| `{name}` | {_default(name)} |" for name in Patience.model_fields]
    return "\n".join(["| field | left out |", "|---|---|", *rows])


def _coded(fields: tuple[str, ...]) -> str:
    return ", ".join(f"`{field}`" for field in fields) or "–"


def _default(name: str) -> str:
    info = Patience.model_fields[name]
    if info.is_required():
        return "has to be there"
    shown = Patience(then="x").model_dump(mode="json")[name]
    return f"`{', '.join(shown) if isinstance(shown, list) else shown}`"
