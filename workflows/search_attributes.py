"""What engineers may filter by in the Temporal UI; names and types, nothing personal.

Each upsert is billed, so they are written when the stage changes, and within a stage when staff begin or cease to be
waited for: `WaitsFor=clinical-lead` finds exactly what waits for the clinical lead. Whether it is the patient or the
clock that is waited for now stands in a workflow's current details, which cost nothing.
"""

from collections.abc import Iterable

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from workflows.changes import changed

ORGANIZATION = SearchAttributeKey.for_keyword("Organization")
BRAND = SearchAttributeKey.for_keyword("Brand")
STAGE = SearchAttributeKey.for_keyword("Stage")
WAITS_FOR = SearchAttributeKey.for_keyword("WaitsFor")

NOBODY_OF_STAFF = {None, "patient", "clock"}

REGISTRY: dict[str, str] = {key.name: "Keyword" for key in (ORGANIZATION, BRAND, STAGE, WAITS_FOR)}


def at_start(organization: str, brand: str, stage: str, waits_for: str) -> TypedSearchAttributes:
    """Keys of organization and brand, as people name them: "northlight", "aurora"."""
    pairs: Iterable[tuple[SearchAttributeKey[str], str]] = (
        (ORGANIZATION, organization),
        (BRAND, brand),
        (STAGE, stage),
        (WAITS_FOR, waits_for),
    )
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in pairs])


def show(stage: str, waits_for: str) -> None:
    """Say inside a workflow where it stands; writes only what an engineer would look for."""
    known = workflow.info().typed_search_attributes
    if known.get(STAGE) != stage or _staff_changed(known.get(WAITS_FOR), waits_for):
        workflow.upsert_search_attributes([STAGE.value_set(stage), WAITS_FOR.value_set(waits_for)])


def _staff_changed(before: str | None, now: str) -> bool:
    return before != now and not {before, now} <= NOBODY_OF_STAFF and changed("staff-within-a-stage")
