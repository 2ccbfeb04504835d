"""Session notes: a draft that changes, a signature that ends that, amendments that say why."""

import json
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from pydantic import Field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import Status
from domain.refusals import DraftChanged, InvalidInput, NoteSigned, NotFound, NotInThisState
from models import Appointment, Note
from models.announcements import announce
from usecases.context import Context
from usecases.permission import needs
from usecases.room.seats import own_appointment
from usecases.specialist.agenda import AgendaItem, item_of
from usecases.specialist.signatures import tell_if_untold, tell_journey
from usecases.views import Command, View

WRITABLE = (Status.CONFIRMED, Status.WAITING, Status.IN_SESSION, Status.COMPLETED, Status.NO_SHOW)
"""A draft may begin with the preparation."""

HELD = (Status.COMPLETED, Status.NO_SHOW)
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext(:note))")
MOST = 20_000


class NoteBody(Command):
    """The four parts of a structured note, and room for what fits none of them."""

    subjective: str = Field("", max_length=MOST)
    objective: str = Field("", max_length=MOST)
    assessment: str = Field("", max_length=MOST)
    plan: str = Field("", max_length=MOST)
    text: str = Field("", max_length=MOST)

    @property
    def empty(self) -> bool:
        return not any(self.body.values())

    @property
    def body(self) -> dict[str, str]:
        return {part: getattr(self, part) for part in NoteBody.model_fields}


class Draft(NoteBody):
    """`revision` is the one the text was written on, "" before the first: what is newer is not overwritten."""

    revision: str = Field("", max_length=64)


class Amendment(NoteBody):
    """`version` is the signed version that is amended."""

    version: int = Field(ge=1, le=10_000)
    reason: str = Field(min_length=3, max_length=500)


class NoteVersion(View):
    """`status` is draft, signed or amended (a later signed version); `revision` changes with the text."""

    version: int
    status: str
    body: dict[str, str]
    reason: str
    written_at: datetime
    signed_at: datetime | None
    body_hash: str
    revision: str


class NotePage(View):
    """Newest version first; `may_sign` once the session is over."""

    appointment: AgendaItem
    versions: tuple[NoteVersion, ...]
    may_write: bool
    may_sign: bool

    @property
    def newest(self) -> NoteVersion | None:
        return self.versions[0] if self.versions else None

    @property
    def signed(self) -> bool:
        return self.newest is not None and self.newest.status != "draft"


@needs("note:read", of="appointment")
async def note_page(context: Context, specialist: Specialist, appointment_id: UUID, locale: str) -> NotePage:
    async with context.database.transaction(specialist) as session:
        item = await item_of(session, specialist, appointment_id, locale)
        versions = await versions_of(session, appointment_id)
    signed = bool(versions) and versions[0].status != "draft"
    if signed:
        await tell_if_untold(context, specialist, appointment_id)
    return NotePage(
        appointment=item,
        versions=versions,
        may_write=item.status in WRITABLE and not signed,
        may_sign=item.status in HELD and not signed,
    )


@needs("note:write", of="appointment")
async def save_draft(context: Context, specialist: Specialist, appointment_id: UUID, draft: Draft) -> datetime:
    """When it was saved. Raises `NotFound`, `NoteSigned`, `DraftChanged`, `NotInThisState` when it is cancelled."""
    async with context.database.transaction(specialist) as session:
        row = await _writable(session, specialist, appointment_id)
        note = await _draft(session, row, draft)
        note.body, note.written_at = draft.body, context.now()
    return note.written_at


@needs("note:write", of="appointment", act="note:sign")
async def sign(context: Context, specialist: Specialist, appointment_id: UUID, draft: Draft) -> None:
    """Sign the text for good, and tell the journey. The same again changes nothing.

    Raises `NotFound`, `InvalidInput` (empty), `NoteSigned` (another text is signed), `DraftChanged`, `NotInThisState`,
    and `StillWorking` when it is signed but the journey does not know yet that the session is over.
    """
    if draft.empty:
        raise InvalidInput({"subjective": "Write something before you sign."})
    async with context.database.transaction(specialist) as session:
        row = await _writable(session, specialist, appointment_id)
        if row.status not in HELD:
            raise NotInThisState
        newest = await _newest(session, appointment_id)
        if newest is None or newest.status == "draft" or newest.body != draft.body:
            note = await _draft(session, row, draft)
            _sign(note, draft, context.now())
        await announce(session, ("appointment", appointment_id), ("specialist", specialist.specialist_id))
    if row.journey_id:
        await tell_journey(context, specialist, row.journey_id, appointment_id)


@needs("note:write", of="appointment", act="note:amend")
async def amend(context: Context, specialist: Specialist, appointment_id: UUID, amendment: Amendment) -> None:
    """A next signed version with a reason; what was signed before stays. The same again changes nothing.

    Raises `NotFound`, `InvalidInput`, `NotInThisState` when another version came in between.
    """
    if amendment.empty:
        raise InvalidInput({"subjective": "Write something before you sign."})
    async with context.database.transaction(specialist) as session:
        row = await _writable(session, specialist, appointment_id)
        newest = await _newest(session, appointment_id)
        if newest is None or newest.status == "draft":
            raise NotInThisState
        if newest.version == amendment.version + 1 and newest.body == amendment.body:
            return
        if newest.version != amendment.version:
            raise NotInThisState
        note = _note(row, newest.version + 1)
        note.reason = amendment.reason
        _sign(note, amendment, context.now())
        session.add(note)


async def versions_of(session: AsyncSession, appointment_id: UUID) -> tuple[NoteVersion, ...]:
    query = select(Note).where(col(Note.appointment_id) == appointment_id).order_by(col(Note.version).desc())
    return tuple(version_view(note) for note in await session.scalars(query))


def version_view(note: Note) -> NoteVersion:
    amended = note.status == "signed" and note.version > 1
    return NoteVersion(
        version=note.version,
        status="amended" if amended else note.status,
        body=note.body,
        reason=note.reason,
        written_at=note.written_at,
        signed_at=note.signed_at,
        body_hash=note.body_hash,
        revision=revision_of(note.body),
    )


async def _writable(session: AsyncSession, specialist: Specialist, appointment_id: UUID) -> Appointment:
    """The appointment, with its note kept for this transaction alone."""
    row = await own_appointment(session, specialist, appointment_id)
    if row.status in (Status.HELD, Status.RELEASED):
        raise NotFound
    if row.status not in WRITABLE:
        raise NotInThisState
    await session.execute(ONE_AT_A_TIME, {"note": f"note/{appointment_id}"})
    return row


async def _draft(session: AsyncSession, row: Appointment, draft: Draft) -> Note:
    """The note to write `draft` into. Raises `NoteSigned`, `DraftChanged` when it was written on an older text."""
    newest = await _newest(session, row.id)
    if newest is None:
        newest = _note(row, 1)
        session.add(newest)
        return newest
    if newest.status != "draft":
        raise NoteSigned
    if draft.revision != revision_of(newest.body) and draft.body != newest.body:
        raise DraftChanged
    return newest


async def _newest(session: AsyncSession, appointment_id: UUID) -> Note | None:
    query = select(Note).where(col(Note.appointment_id) == appointment_id).order_by(col(Note.version).desc()).limit(1)
    return (await session.scalars(query)).one_or_none()


def _note(row: Appointment, version: int) -> Note:
    return Note(
        organization_id=row.organization_id,
        appointment_id=row.id,
        patient_id=row.patient_id,
        specialist_id=row.specialist_id,
        version=version,
    )


def _sign(note: Note, body: NoteBody, now: datetime) -> None:
    note.body, note.written_at, note.signed_at, note.status = body.body, now, now, "signed"
    note.body_hash = fingerprint(note.appointment_id, note.version, note.body, note.reason)


def fingerprint(appointment_id: UUID, version: int, body: dict[str, str], reason: str) -> str:
    """SHA-256 of what was signed, so that anybody can check it later."""
    said = {"appointment": str(appointment_id), "version": version, "body": body, "reason": reason}
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def revision_of(body: dict[str, str]) -> str:
    """The same text is the same revision."""
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
