"""The partner's start page."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.affiliate.door import TheAffiliate
from portals.core.door import TheContext, TheIdentity
from portals.core.rendering import page
from usecases.affiliate import home

router = APIRouter()


@router.get("/")
async def start(request: Request, context: TheContext, identity: TheIdentity, affiliate: TheAffiliate) -> Response:
    return page(request, "affiliate/home.html", view=await home.home(context, affiliate, identity.seats))
