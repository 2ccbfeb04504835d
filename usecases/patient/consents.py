"""Consents: reading, giving and withdrawing them. Each pins the text's version and hash, time, locale and channel."""

from collections import defaultdict
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House, Patient
from domain.journeys.state import ConsentsGiven
from domain.refusals import ConsentMissing, InvalidInput, NotFound, StepNotOpen
from domain.words import best
from models import Consent, ConsentText, Journey, Preference
from models import Patient as PatientRow
from models.announcements import announce
from usecases.context import Context
from usecases.journeys import tell
from usecases.permission import needs
from usecases.views import Command, View

Channel = Literal["portal", "api"]
TEXT_MESSAGES = "sms"
"""The kind of consent without which nobody is sent text messages."""


class ConsentView(View):
    """`status`: none, active or withdrawn. `renewed`: the text has a newer version than the one agreed to."""

    kind: str
    title: str
    body: str
    version: int
    locale: str
    body_hash: str
    required: bool
    status: Literal["none", "active", "withdrawn"]
    given_at: datetime | None
    withdrawn_at: datetime | None
    renewed: bool


class ConsentRecord(View):
    """One line of the history: what was agreed to, when, how, and when it was withdrawn."""

    id: UUID
    kind: str
    title: str
    version: int
    locale: str
    body_hash: str
    channel: str
    status: str
    given_at: datetime
    withdrawn_at: datetime | None


class ConsentsView(View):
    """`awaited`: kinds the journey waits for."""

    consents: tuple[ConsentView, ...]
    history: tuple[ConsentRecord, ...]
    awaited: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every consent is given that has to be."""
        return all(consent.status == "active" for consent in self.consents if consent.required)


class GiveConsents(Command):
    """`kinds` that are active already stay as they are."""

    kinds: list[str] = Field(min_length=1, max_length=40)


class WithdrawConsent(Command):
    kind: str = Field(max_length=64)


@needs("consent:read")
async def consents(context: Context, patient: Patient, locale: str) -> ConsentsView:
    async with context.database.transaction(patient) as session:
        texts = await _texts(session, locale)
        rows = await _rows(session, patient)
        waiting = await _waiting(session, patient)
    newest = {row.kind: row for row in reversed(rows)}
    views = tuple(_view(text, newest.get(text.kind)) for text in texts)
    titles = {text.kind: text.title for text in texts}
    active = {view.kind for view in views if view.status == "active"}
    awaited = tuple(view.kind for view in views if waiting and view.required and view.kind not in active)
    if waiting and not awaited:  # whoever stored the last consent did not live to tell the journey
        await _tell(context, waiting, active)
    return ConsentsView(consents=views, history=tuple(_record(row, titles) for row in rows), awaited=awaited)


@needs("consent:give")
async def give(context: Context, patient: Patient, command: GiveConsents, locale: str, channel: Channel) -> None:
    """Raises `InvalidInput` for an unknown kind. The journey that waits for consents is told what is active now."""
    async with context.database.transaction(patient) as session:
        await session.get_one(PatientRow, patient.patient_id, with_for_update=True)
        texts = {text.kind: text for text in await _texts(session, locale)}
        if set(command.kinds) - set(texts):
            raise InvalidInput({"kinds": "Choose one of the answers shown."})
        active = {row.kind for row in await _rows(session, patient) if row.status == "active"}
        for kind in dict.fromkeys(command.kinds):
            if kind not in active:
                session.add(_given(context, patient, texts[kind], channel))
                active.add(kind)
        waiting = await _waiting(session, patient)
        await announce(session, ("patient", patient.patient_id))
    if waiting is not None:
        await _tell(context, waiting, active)


@needs("consent:give", act="consent:withdraw")
async def withdraw(context: Context, patient: Patient, command: WithdrawConsent) -> None:
    """In force at once: without the consent to text messages none is sent. Raises `NotFound` when it is not active."""
    async with context.database.transaction(patient) as session:
        await _active(session, patient, command.kind)
        subject = await session.get_one(PatientRow, patient.patient_id)
    if command.kind == TEXT_MESSAGES:  # before: whoever dies in between has kept no text coming
        await _no_more_texts(context, subject.person_id)
    async with context.database.transaction(patient) as session:
        row = await _active(session, patient, command.kind)
        row.status, row.withdrawn_at = "inactive", context.now()
        await announce(session, ("patient", patient.patient_id))


async def go_on(context: Context, patient: Patient) -> None:
    """Tell the journey that waits for consents what is active: all may have been given before it began."""
    async with context.database.transaction(patient) as session:
        waiting = await _waiting(session, patient)
        active = {row.kind for row in await _rows(session, patient) if row.status == "active"} if waiting else set()
    if waiting is not None and active:
        await _tell(context, waiting, active)


async def may_be_texted(session: AsyncSession, patient: Patient) -> bool:
    """Whether text messages are consented to; an organization without a text for it asks for no consent."""
    texts = {text.kind for text in await _texts(session, "en")}
    active = {row.kind for row in await _rows(session, patient) if row.status == "active"}
    return TEXT_MESSAGES not in texts - active


async def _active(session: AsyncSession, patient: Patient, kind: str) -> Consent:
    """Raises `NotFound` when there is none to withdraw."""
    mine = select(Consent).where(
        col(Consent.patient_id) == patient.patient_id,
        col(Consent.kind) == kind,
        col(Consent.status) == "active",
    )
    row = (await session.scalars(mine.with_for_update())).first()
    if row is None:
        raise NotFound
    return row


async def _no_more_texts(context: Context, person_id: UUID) -> None:
    """Whoever wanted nothing but texts is told by e-mail from now on: they never asked to hear nothing.

    As the house: a guardian may withdraw the consent, but sees none of the wishes that hang on it.
    """
    mine = select(Preference).where(col(Preference.person_id) == person_id)
    async with context.database.transaction(House()) as session:
        for wish in await session.scalars(mine.with_for_update()):
            if "sms" in wish.channels:
                wish.channels = [channel for channel in wish.channels if channel != "sms"] or ["email"]
                wish.changed_at = context.now()


async def _tell(context: Context, journey: Journey, active: set[str]) -> None:
    """Once per set of consents; the journey may have gone on in the meantime."""
    kinds = tuple(sorted(active))
    try:
        await tell(context, journey.id, ConsentsGiven(kinds=kinds), f"consents/{journey.version}/{'+'.join(kinds)}")
    except (StepNotOpen, ConsentMissing):
        return


async def _texts(session: AsyncSession, locale: str) -> list[ConsentText]:
    """The newest version of each kind, in the best language there is."""
    by_kind: dict[str, dict[str, ConsentText]] = defaultdict(dict)
    ordered = select(ConsentText).order_by(col(ConsentText.position), col(ConsentText.kind), col(ConsentText.version))
    for text in await session.scalars(ordered):
        by_kind[text.kind][text.locale] = text
    return [texts[best(texts, locale) or locale] for texts in by_kind.values()]


async def _rows(session: AsyncSession, patient: Patient) -> list[Consent]:
    """Every consent the patient ever gave, the newest first."""
    mine = select(Consent).where(col(Consent.patient_id) == patient.patient_id).order_by(col(Consent.given_at).desc())
    return list(await session.scalars(mine))


async def _waiting(session: AsyncSession, patient: Patient) -> Journey | None:
    waits = select(Journey).where(
        col(Journey.patient_id) == patient.patient_id,
        col(Journey.status) == "active",
        col(Journey.step_kind) == "consent",
    )
    return (await session.scalars(waits)).first()


def _given(context: Context, patient: Patient, text: ConsentText, channel: Channel) -> Consent:
    return Consent(
        organization_id=patient.organization_id,
        patient_id=patient.patient_id,
        kind=text.kind,
        locale=text.locale,
        version=text.version,
        body_hash=text.body_hash,
        channel=channel,
        given_by=patient.person_id,
        given_at=context.now(),
    )


def _view(text: ConsentText, row: Consent | None) -> ConsentView:
    active = row is not None and row.status == "active"
    return ConsentView(
        **text.model_dump(include={"kind", "title", "body", "version", "locale", "body_hash", "required"}),
        status="none" if row is None else "active" if active else "withdrawn",
        given_at=row.given_at if row else None,
        withdrawn_at=row.withdrawn_at if row else None,
        renewed=active and row is not None and row.version < text.version,
    )


def _record(row: Consent, titles: dict[str, str]) -> ConsentRecord:
    return ConsentRecord(title=titles.get(row.kind, row.kind), **row.model_dump(include=RECORDED))


RECORDED = {"id", "kind", "version", "locale", "body_hash", "channel", "status", "given_at", "withdrawn_at"}
