"""What engineers may filter by in the Temporal UI; names and types, nothing personal.

Each upsert is billed, so they are written when the stage changes: `WaitsFor` is who was waited for when the stage was
entered. Who is waited for now stands in a workflow's current details, which cost nothing.
"""

from collections.abc import Iterable

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

ORGANIZATION = SearchAttributeKey.for_keyword("Organization")
BRAND = SearchAttributeKey.for_keyword("Brand")
STAGE = SearchAttributeKey.for_keyword("Stage")
WAITS_FOR = SearchAttributeKey.for_keyword("WaitsFor")

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
    """Say inside a workflow where it stands; writes only when the stage has changed."""
    if workflow.info().typed_search_attributes.get(STAGE) != stage:
        workflow.upsert_search_attributes([STAGE.value_set(stage), WAITS_FOR.value_set(waits_for)])
