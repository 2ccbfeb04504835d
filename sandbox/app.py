"""The sandbox as one web application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from sandbox.control import control_door
from sandbox.elsewhere import elsewhere
from sandbox.home_page import home_pages
from sandbox.options import Options
from sandbox.same_site import same_site_only
from sandbox.sendgrid.door import sendgrid_api
from sandbox.store import Store
from sandbox.stripe.challenge_page import challenge_pages
from sandbox.stripe.checkout_page import checkout_pages
from sandbox.stripe.door import stripe_api
from sandbox.twilio.door import twilio_api
from sandbox.world import World


class Sandbox(FastAPI):
    """Hands the connection down to the faults, one of which cuts it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["connection"] = send
        await super().__call__(scope, receive, send)


def build(options: Options | None = None) -> Sandbox:
    """Stripe at /v1, Twilio at /2010-04-01, SendGrid at /v3, as at home; control under /_sandbox; people at /."""
    options = options or Options()
    world = World(options, Store(options.state))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        running = asyncio.create_task(world.courier.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        world.store.close()

    app = Sandbox(title="Vendors' sandbox", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.middleware("http")(same_site_only)
    for router in (
        control_door(world),
        checkout_pages(world),
        challenge_pages(world),
        stripe_api(world),
        twilio_api(world),
        sendgrid_api(world),
        home_pages(world),
        elsewhere(world),
    ):
        app.include_router(router)
    return app
