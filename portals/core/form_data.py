"""The form of a request, read once and within bounds."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FIELDS = 400
"""No form of ours takes files."""


async def form_of(request: Request) -> FormData:
    """Raises HTTPException(413) for a form of too many fields, 400 for files and what is no form."""
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    if len(form.multi_items()) > MOST_FIELDS:
        raise HTTPException(413)
    return form
