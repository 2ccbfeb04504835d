"""The form of a request, read once and within bounds."""

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.requests import Request

from threshold.bodies import MOST_UPLOAD_BYTES

MOST_FIELDS = 400
MultiPartParser.spool_max_size = MOST_UPLOAD_BYTES  # never on a disk: a body has an end before that


async def form_of(request: Request) -> FormData:
    """Only an address that takes a file takes one. Raises HTTPException(413) for a form of too many fields, 400 for
    files too many and what is no form."""
    form = await request.form(max_files=int(getattr(request.state, "takes_file", False)), max_fields=MOST_FIELDS)
    if len(form.multi_items()) > MOST_FIELDS:
        raise HTTPException(413)
    return form


async def file_of(request: Request, name: str) -> tuple[bytes, str]:
    """What was chosen in that field, and what the sender calls it; empty without a file."""
    chosen = (await form_of(request)).get(name)
    return (await chosen.read(), chosen.filename or "") if isinstance(chosen, UploadFile) else (b"", "")
