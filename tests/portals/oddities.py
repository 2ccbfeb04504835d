"""Pages that break, refuse or have just been left, so that the answers to it can be looked at."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import InvalidInput, NotSignedIn
from portals.core.flash import see_other
from portals.core.forms import typed
from portals.core.rendering import page
from portals.core.styleguide import specimens

router = APIRouter()
booked: list[str] = []


@router.get("/styleguide/broken")
async def broken() -> None:
    raise RuntimeError("planted")


@router.get("/styleguide/private")
async def private() -> None:
    raise NotSignedIn


@router.get("/styleguide/done")
async def done() -> Response:
    return see_other("/styleguide", "It is done <b>")


@router.post("/styleguide")
async def book(request: Request, slot: Annotated[str, Form()] = "", email: Annotated[str, Form()] = "") -> Response:
    """Books when a slot is chosen; an e-mail address "bug" breaks, "leave" goes to another page."""
    await asyncio.sleep(0.2)
    if email == "bug":
        raise RuntimeError("planted")
    if not slot and not email:
        no = InvalidInput({"email": "Please fill this in."})
        return page(request, "styleguide.html", refusal=no, form=await typed(request), **specimens())
    booked.append(slot or email)
    return see_other("/styleguide/week" if email == "leave" else "/styleguide", "It is done")
