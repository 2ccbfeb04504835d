"""Handing one message to its vendor, and writing down what became of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from activities.mail_layout import mail_html
from domain.actors import Engine
from domain.brand_colour import accent_hex
from domain.messages import GIVEN_UP, Channel
from gateways.errors import VendorBlocked, VendorDeclined, VendorError, VendorNeedsCustomer
from gateways.messages import Email, Mailer, Text, Texter
from models import Message
from models.session import Database


@dataclass(frozen=True)
class Draft:
    """A message ready to go. `doubtful`: an earlier try may have sent it."""

    message_id: UUID
    organization_id: UUID
    channel: Channel
    address: str
    subject: str
    body: str
    link: str
    label: str
    locale: str
    brand: str
    hue: int
    category: str
    since: datetime
    doubtful: bool


class Delivery:
    def __init__(self, database: Database, mailer: Mailer, texter: Texter, callback_url: str) -> None:
        self.database = database
        self.mailer = mailer
        self.texter = texter
        self.callback_url = callback_url

    async def deliver(self, draft: Draft, last_try: bool) -> bool:
        """False: it will not go this way; on the `last_try`, nor does it by a vendor that is away.

        Raises what the vendor's gateway raises when another try makes sense.
        """
        try:
            reference = await self._found(draft) or await self._send(draft)
        except (VendorBlocked, VendorNeedsCustomer, VendorDeclined) as refused:
            blocked = isinstance(refused, VendorBlocked)
            await self._note(draft, "suppressed" if blocked else "failed", reason=refused.code)
            return False
        except VendorError:
            if not last_try:
                raise
            await self._note(draft, "failed", reason=GIVEN_UP)
            return False
        await self._note(draft, "sent", reference=reference)
        return True

    async def _found(self, draft: Draft) -> str | None:
        """Neither vendor knows idempotency keys: look before sending again."""
        if not draft.doubtful:
            return None
        if draft.channel == "email":
            return await self.mailer.find(str(draft.message_id))
        return await self.texter.find(self._text(draft), draft.since)

    async def _send(self, draft: Draft) -> str:
        if draft.channel != "email":
            return await self.texter.send(self._text(draft))
        colour = accent_hex(draft.hue)
        return await self.mailer.send(
            Email(
                to=draft.address,
                from_name=draft.brand,
                subject=draft.subject,
                html=mail_html(draft.brand, colour, draft.locale, draft.body, draft.link, draft.label),
                text=draft.body,
                reference=str(draft.message_id),
                category=draft.category,
            )
        )

    def _text(self, draft: Draft) -> Text:
        assert draft.channel != "email"
        return Text(
            channel=draft.channel,
            to=draft.address,
            body=draft.body,
            reference=str(draft.message_id),
            status_callback_url=self.callback_url,
        )

    async def _note(self, draft: Draft, status: str, *, reference: str = "", reason: str = "") -> None:
        async with self.database.transaction(Engine(draft.organization_id)) as session:
            row = await session.get_one(Message, draft.message_id, with_for_update=True)
            if row.status in ("queued", "sending"):
                row.status, row.vendor_reference, row.reason = status, reference, reason
                row.sent_at = row.updated_at = datetime.now(UTC)
