"""The affiliates' JSON door, at `/api` of their portal's host."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from api.door import TheContext, TheIdentity, create_door
from domain.actors import Affiliate
from domain.refusals import NotSignedIn
from usecases.affiliate import home
from usecases.affiliate.home import PartnerHome


async def affiliate_of(identity: TheIdentity) -> Affiliate:
    if not isinstance(identity.actor, Affiliate):
        raise NotSignedIn
    return identity.actor


TheAffiliate = Annotated[Affiliate, Depends(affiliate_of)]
router = APIRouter(tags=["partner"])


@router.get("/home")
async def partner_home(context: TheContext, identity: TheIdentity, affiliate: TheAffiliate) -> PartnerHome:
    return await home.home(context, affiliate, identity.seats)


def create() -> FastAPI:
    return create_door("Fourdoors: affiliates", "affiliate", router)
