"""What an engineer reads about a workflow in the Temporal UI."""

from typing import Any

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle


async def details(handle: WorkflowHandle[Any, Any]) -> str:
    """The current details, in Markdown."""
    told = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(told.current_details)


async def attributes(handle: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    """The search attributes, by their names."""
    described = await handle.describe()
    return {pair.key.name: pair.value for pair in described.typed_search_attributes.search_attributes}
