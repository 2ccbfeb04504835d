"""Account mail: the link is made, stored as a hash, and sent, all in one place."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import get_args
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from activities.mail_layout import LABEL, mail_html
from activities.messages import Addresses
from activities.templates import fitting
from domain.actors import House
from domain.brand_colour import accent_hex
from domain.messages import UNPROVEN, render
from gateways.messages import Email, Mailer
from models import Brand, MessageTemplate, OneTimeToken, Organization, Person
from models.session import Database
from workflows.steps import AccountSteps, SecurityChange, SendAccountMessage

LASTS = {"verify": timedelta(hours=24), "reset": timedelta(hours=1), "invite": timedelta(days=7)}
CHANGES: tuple[SecurityChange, ...] = get_args(SecurityChange)
TEMPLATE = {"verify": "verification", "reset": "password-reset", "invite": "invitation", "glass": "glass-broken"}
TEMPLATE |= {change: change for change in CHANGES}
PATH = {"verify": "/verify", "reset": "/new-password", "invite": "/invitation", "glass": "/glass"}
PATH |= dict.fromkeys(CHANGES, "/security")


class Accounts(AccountSteps):
    def __init__(self, database: Database, mailer: Mailer, addresses: Addresses) -> None:
        self.database = database
        self.mailer = mailer
        self.addresses = addresses

    @activity.defn(name="send_account_message")
    async def send_account_message(self, message: SendAccountMessage) -> None:
        token = secrets.token_urlsafe(32)
        async with self.database.transaction(House()) as session:
            person = await session.get(Person, message.person_id)
            if person is None:
                return
            brand = await session.get(Brand, person.brand_id) if person.brand_id else None
            inviting = await session.get(Organization, message.organization_id) if message.organization_id else None
            template = await _template(session, message, person, brand)
            link = OneTimeToken(
                token_hash=sha256(token.encode()).hexdigest(),
                person_id=person.id,
                purpose=message.purpose,
                organization_id=message.organization_id,
                expires_at=datetime.now(UTC) + LASTS.get(message.purpose, timedelta()),
            )
            if message.purpose == "invite":
                await _void_invitations(session, message)
            if message.purpose in LASTS:
                session.add(link)
        sender = brand.name if brand else inviting.name if inviting else "Fourdoors"
        await self.mailer.send(self._email(message, person, brand, sender, template, token, link.id))

    def _email(
        self,
        message: SendAccountMessage,
        person: Person,
        brand: Brand | None,
        sender: str,
        template: MessageTemplate,
        token: str,
        reference: UUID,
    ) -> Email:
        role = "patient" if brand else message.portal
        url = f"{self.addresses.of(role, brand.host if brand else '')}{PATH[message.purpose]}"
        url += f"?token={token}" if message.purpose in LASTS else ""
        name = "" if template.key in UNPROVEN else person.given_name
        values = {"brand": sender, "name": name, "when": "", "link": url}
        body = render(template.body, values)
        label = LABEL.get(template.locale, LABEL["en"])
        return Email(
            to=person.email,
            from_name=sender,
            subject=render(template.subject, values),
            html=mail_html(sender, accent_hex(brand.hue if brand else 235), template.locale, body, url, label),
            text=body,
            reference=str(reference),
            category="account",
        )


async def _void_invitations(session: AsyncSession, message: SendAccountMessage) -> None:
    """Those to the same organization that were sent before: the newest link is the one that opens."""
    sent = update(OneTimeToken).where(
        col(OneTimeToken.person_id) == message.person_id,
        col(OneTimeToken.organization_id) == message.organization_id,
        col(OneTimeToken.purpose) == "invite",
        col(OneTimeToken.used_at).is_(None),
    )
    await session.execute(sent.values(used_at=datetime.now(UTC)))


async def _template(
    session: AsyncSession, message: SendAccountMessage, person: Person, brand: Brand | None
) -> MessageTemplate:
    """In the person's language; of the brand's or the inviting organization, else of any that has one.

    Raises LookupError, which no pack that was loaded allows (`domain.messages.missing`).
    """
    key = TEMPLATE[message.purpose]
    query = select(MessageTemplate).where(col(MessageTemplate.key) == key, col(MessageTemplate.channel) == "email")
    organization_id = brand.organization_id if brand else message.organization_id
    if organization_id:
        query = query.where(col(MessageTemplate.organization_id) == organization_id)
    languages = [person.locale, person.locale.split("-")[0]]
    found = fitting(await session.scalars(query), brand.id if brand else None, languages)
    if found is None:
        raise LookupError(f"no template {key}: load a pack that has it")
    return found
