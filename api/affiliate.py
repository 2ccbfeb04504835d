"""The affiliates' JSON door, at `/api` of their portal's host."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from starlette.requests import Request

from api.door import TheContext, create_door, identity_of
from domain.actors import Affiliate
from domain.refusals import NotSignedIn
from usecases.affiliate import home
from usecases.affiliate.home import PartnerHome


async def affiliate_of(request: Request) -> Affiliate:
    actor = identity_of(request).actor
    if not isinstance(actor, Affiliate):
        raise NotSignedIn
    return actor


TheAffiliate = Annotated[Affiliate, Depends(affiliate_of)]
router = APIRouter(tags=["partner"])


@router.get("/home")
async def partner_home(request: Request, context: TheContext, affiliate: TheAffiliate) -> PartnerHome:
    return await home.home(context, affiliate, identity_of(request).seats)


def create() -> FastAPI:
    return create_door("Fourdoors: affiliates", "affiliate", router)
