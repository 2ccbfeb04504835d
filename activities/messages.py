"""Messages: once per key, by the channels people want, at night not by phone, never to a suppressed address.

Of channels that all turn out to be closed, by STOP or by the vendor, at once or later, e-mail takes the place.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from babel.dates import get_timezone
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from activities.delivery import Delivery, Draft
from activities.mail_layout import LABEL
from activities.message_times import said_at
from activities.outdated import close_others, is_outdated
from activities.templates import written_templates
from domain.actors import Engine
from domain.messages import CLOSED, OPEN, Channel, category_of, channels_for, is_given_up, render
from domain.scheduling.quiet_hours import next_allowed
from gateways.errors import VendorError
from models import Message, MessageTemplate, Person, Suppression
from models.appointment_records import keep_appointment
from models.base import values_of
from models.recipients import Subject, people_of, subject_of, wanted_channels
from models.session import Database
from workflows.steps import MessageSteps, SendMessage


@dataclass(frozen=True)
class Addresses:
    """Where links in messages lead: `portal(host)` of a brand, and the three other portals."""

    scheme_and_port: tuple[str, str]
    specialist_host: str
    organization_host: str
    affiliate_host: str

    def of(self, role: str, brand_host: str) -> str:
        scheme, port = self.scheme_and_port
        known = {"patient": brand_host, "specialist": self.specialist_host, "affiliate": self.affiliate_host}
        host = known.get(role, self.organization_host)
        return f"{scheme}://{host}{port}"


@dataclass(frozen=True)
class Run:
    """One try: the messages it took up, when it may go on by phone, and which vendors were away."""

    now: datetime
    is_last: bool
    known: set[UUID] = field(default_factory=set)
    later: list[datetime] = field(default_factory=list)
    silent: list[VendorError] = field(default_factory=list)

    def may_go(self, channel: str, time_zone: str) -> bool:
        """At night nothing goes by phone: it waits for the morning."""
        allowed = next_allowed(self.now, time_zone)
        if channel == "email" or allowed <= self.now:
            return True
        self.later.append(allowed)
        return False


class Messages(MessageSteps):
    def __init__(self, database: Database, delivery: Delivery, addresses: Addresses) -> None:
        self.database = database
        self.delivery = delivery
        self.addresses = addresses

    @activity.defn(name="send_message")
    async def send_message(self, message: SendMessage) -> datetime | None:
        if message.record:
            async with self.database.transaction(Engine(message.organization_id)) as session:
                await keep_appointment(session, message.record)
        run = Run(now := _now(message), is_given_up(message.at or now, now))
        refused = True
        while refused:  # what takes the place of the refused is sent next
            refused = await self._send_round(message, run)
        if run.silent:
            raise run.silent[0]
        return max(run.later, default=None)

    async def _send_round(self, message: SendMessage, run: Run) -> bool:
        """Whether anything will not go its way."""
        refused = False
        for draft in await self._drafts(message, run):
            run.known.add(draft.message_id)
            refused |= not await self._deliver(draft, run)
        return refused

    async def _deliver(self, draft: Draft, run: Run) -> bool:
        """A vendor that is away keeps nothing from going out by another, or to somebody else."""
        try:
            return await self.delivery.deliver(draft, run.is_last)
        except VendorError as away:
            run.silent.append(away)
            return True

    async def _drafts(self, message: SendMessage, run: Run) -> list[Draft]:
        """Every message that is new and may go now, each with a row of its own that was written first."""
        async with self.database.transaction(Engine(message.organization_id)) as session:
            subject = await subject_of(session, message.appointment_id, message.journey_id)
            if subject is None:
                return []
            wanted = [] if is_outdated(message, subject, run.now) else await _wanted(session, message, subject, run)
            await close_others(session, message, {row.id for _, _, row in wanted})
            return [
                self._draft(message, subject, person, template, row)
                for person, template, row in wanted
                if row.status in OPEN and row.id not in run.known and run.may_go(template.channel, person.time_zone)
            ]

    def _draft(
        self, message: SendMessage, subject: Subject, person: Person, template: MessageTemplate, row: Message
    ) -> Draft:
        channel = cast(Channel, template.channel)
        values = self._values(message, subject, person, template.locale, channel)
        doubtful, row.status = row.status == "sending", "sending"
        return Draft(
            message_id=row.id,
            organization_id=message.organization_id,
            channel=channel,
            address=_address(person, channel),
            subject=render(template.subject, values),
            body=render(template.body, values),
            link=values["link"],
            label=LABEL.get(template.locale, LABEL["en"]),
            locale=template.locale,
            brand=subject.brand.name,
            hue=subject.brand.hue,
            category=row.category,
            since=row.created_at,
            doubtful=doubtful,
        )

    def _values(
        self, message: SendMessage, subject: Subject, person: Person, locale: str, channel: Channel
    ) -> dict[str, str]:
        home = self.addresses.of(message.role, subject.brand.host)
        path = f"/appointments/{message.appointment_id}" if message.appointment_id else "/"
        when = ""
        if subject.starts_at:
            zone: Any = get_timezone(subject.location.time_zone if subject.location else person.time_zone)
            when = said_at(subject.starts_at, zone, locale.replace("-", "_"), briefly=channel == "sms")
        return {
            "brand": subject.brand.name,
            "name": person.given_name,
            "when": when,
            "link": home + (path if message.role in ("patient", "specialist") else f"/journeys/{message.journey_id}"),
        }


async def _wanted(
    session: AsyncSession, message: SendMessage, subject: Subject, run: Run
) -> list[tuple[Person, MessageTemplate, Message]]:
    name = message.template if message.role == "patient" else _staff_template(message.template)
    return [
        (person, template, row)
        for person in await people_of(session, subject, message.role, run.now)
        for template, row in await _rows(session, message, subject, name, person, run.now)
    ]


async def _rows(
    session: AsyncSession, message: SendMessage, subject: Subject, key: str, person: Person, now: datetime
) -> list[tuple[MessageTemplate, Message]]:
    """What the person is told by each channel, in their language, its base or the brand's first.

    A channel whose message cannot arrive is no way to the person, so what takes its place follows.
    """
    languages = [person.locale, person.locale.split("-")[0], *subject.brand.locales[:1]]
    written = await written_templates(session, key, subject.brand.id, languages)
    wanted = await wanted_channels(session, person.id, category_of(key))
    possible = {
        channel
        for channel in written
        if _address(person, channel) and not _comes_too_late(channel, person, subject.starts_at, now)
    }
    rows: dict[Channel, Message] = {}
    while left := [each for each in channels_for(category_of(key), wanted, possible) if each in written.keys() - rows]:
        for channel in left:
            rows[channel] = await _row(session, message, subject, person, written[channel])
            await _close_if_suppressed(session, rows[channel], _address(person, channel))
        possible -= {channel for channel in left if rows[channel].status in CLOSED}
    return [(written[channel], row) for channel, row in rows.items()]


def _comes_too_late(channel: Channel, person: Person, begins: datetime | None, now: datetime) -> bool:
    """By phone it would wait for the morning, and the appointment has begun by then."""
    return channel != "email" and begins is not None and now < begins <= next_allowed(now, person.time_zone)


def _address(person: Person, channel: str) -> str:
    return person.email if channel == "email" else person.phone


def _now(message: SendMessage) -> datetime:
    """The workflow's time, unless worker or vendor were away since then: it may be night by now."""
    now = datetime.now(UTC)
    return max(message.at or now, now)


def _staff_template(template: str) -> str:
    return "staff-nudge" if template == "nudge" else template


async def _row(
    session: AsyncSession, message: SendMessage, subject: Subject, person: Person, template: MessageTemplate
) -> Message:
    key = f"{message.key}/{person.id}/{template.channel}"
    row = Message(
        organization_id=message.organization_id,
        brand_id=subject.brand.id,
        person_id=person.id,
        appointment_id=message.appointment_id,
        journey_id=message.journey_id,
        key=key,
        template=template.key,
        category=category_of(template.key),
        channel=template.channel,
        locale=template.locale,
    )
    await session.execute(insert(Message).values(values_of(row)).on_conflict_do_nothing())
    same = (col(Message.organization_id) == message.organization_id) & (col(Message.key) == key)
    return (await session.scalars(select(Message).where(same).with_for_update())).one()


async def _close_if_suppressed(session: AsyncSession, row: Message, address: str) -> None:
    if row.status not in OPEN:
        return
    family = ("sms", "whatsapp") if row.channel != "email" else ("email",)
    query = select(col(Suppression.id)).where(col(Suppression.channel).in_(family), col(Suppression.address) == address)
    if await session.scalar(query) is not None:
        row.status, row.reason, row.updated_at = "suppressed", "suppressed", datetime.now(UTC)
