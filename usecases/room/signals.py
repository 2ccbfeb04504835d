"""Signals between the two browsers of a room: posted to Postgres, heard by whoever the other party's browser is.

One peer per party: a newer one replaces the older. The patient hears nothing of the other before being admitted.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.appointments.state import Status
from domain.refusals import NotInThisState
from models import Appointment, RoomPeer, RoomSignal
from models.announcements import announce
from usecases.context import Context
from usecases.permission import needs
from usecases.room.seats import Participant, Seat, check_open, check_token, own_appointment, party_of
from usecases.views import Command, View

STALE = timedelta(seconds=30)
"""A peer that has not been heard of for so long is gone."""
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext(:room))")

Peer = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]


class Told(Command):
    """A browser's own words, to the last line break."""

    model_config = ConfigDict(str_strip_whitespace=False)


class Description(Told):
    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: str = Field("", max_length=24_000)


class Candidate(Told):
    candidate: str = Field("", max_length=2_000)
    sdpMid: str | None = Field(None, max_length=64)
    sdpMLineIndex: int | None = Field(None, ge=0, le=64)
    usernameFragment: str | None = Field(None, max_length=256)


class Signal(Command):
    """Exactly what a browser may tell the other."""

    description: Description | None = None
    candidate: Candidate | None = None
    bye: bool = False


class Heard(View):
    """What a browser is to be told next, in order; `over`: nothing more will come."""

    seat: Seat
    signals: list[dict[str, Any]]
    over: bool = False


@needs("room:enter", of="appointment", act="")
async def join(
    context: Context, actor: Participant, appointment_id: UUID, token: str, peer: str, resumed: str = ""
) -> Seat:
    """Take the party's place in the room; `resumed` is the position an interrupted stream had reached.

    Raises `NotFound`, `RoomClosed`.
    """
    async with context.database.transaction(actor) as session:
        row = await own_appointment(session, actor, appointment_id)
        check_open(row, context.now())
        check_token(context, actor, row, token)
        await session.execute(ONE_AT_A_TIME, {"room": str(appointment_id)})
        seat = Seat(actor, appointment_id, peer)
        if resumed and await _is_in(session, seat):
            await _give_time(session, context, appointment_id)
            return _resume(seat, resumed)
        await _take_place(session, context, seat, row)
        newest = select(func.coalesce(func.max(col(RoomSignal.id)), 0)).where(_of_room(appointment_id))
        cursor = await session.scalar(newest) or 0
        await announce(session, ("room", appointment_id))
    return Seat(actor, appointment_id, peer, cursor)


async def hear(context: Context, seat: Seat) -> Heard:
    """What has happened since `seat` was last told; also says that the browser is still there."""
    async with context.database.transaction(seat.actor) as session:
        row = await own_appointment(session, seat.actor, seat.appointment_id)
        if row.status not in (Status.CONFIRMED, Status.WAITING, Status.IN_SESSION):
            await clear_room(session, seat.appointment_id)
            return Heard(seat=seat, signals=[{"over": True}], over=True)
        touch = update(RoomPeer).where(_of_peer(seat)).values(seen_at=context.now()).returning(col(RoomPeer.id))
        if await session.scalar(touch) is None:
            return Heard(seat=seat, signals=[{"replaced": True}], over=True)
        return await _news(session, context, seat, row.status == Status.IN_SESSION)


@needs("room:enter", of="appointment", act="")
async def post(
    context: Context, actor: Participant, appointment_id: UUID, token: str, peer: str, signal: Signal
) -> None:
    """Pass a signal on. Raises `NotFound`, `RoomClosed`, `TooManyRequests`, and `NotInThisState` before the patient is
    admitted."""
    context.pace.signals.take(str(actor.person_id))
    async with context.database.transaction(actor) as session:
        row = await own_appointment(session, actor, appointment_id)
        check_token(context, actor, row, token)
        if signal.bye:
            await _leave(session, Seat(actor, appointment_id, peer))
        else:
            check_open(row, context.now())
            if row.status != Status.IN_SESSION or not await _is_in(session, Seat(actor, appointment_id, peer)):
                raise NotInThisState
            body = signal.model_dump(exclude_defaults=True)
            session.add(
                RoomSignal(
                    organization_id=row.organization_id,
                    appointment_id=appointment_id,
                    peer=peer,
                    body=body,
                    sent_at=context.now(),
                )
            )
        await announce(session, ("room", appointment_id))


async def clear_room(session: AsyncSession, appointment_id: UUID) -> None:
    """Signals are of use only while both are there."""
    await session.execute(delete(RoomSignal).where(_of_room(appointment_id)))
    await session.execute(delete(RoomPeer).where(col(RoomPeer.appointment_id) == appointment_id))


async def _give_time(session: AsyncSession, context: Context, appointment_id: UUID) -> None:
    """Whoever was cut off was perhaps cut off with the other: nobody is gone before having had time to resume."""
    all_here = update(RoomPeer).where(col(RoomPeer.appointment_id) == appointment_id)
    await session.execute(all_here.values(seen_at=context.now()))


async def _take_place(session: AsyncSession, context: Context, seat: Seat, row: Appointment) -> None:
    """Whoever held the party's place before is out, and what they said is forgotten."""
    earlier = (col(RoomPeer.appointment_id) == seat.appointment_id) & (col(RoomPeer.party) == seat.party)
    gone = list(await session.scalars(delete(RoomPeer).where(earlier).returning(col(RoomPeer.peer))))
    if gone:
        said = _of_room(seat.appointment_id) & col(RoomSignal.peer).in_(gone)
        await session.execute(delete(RoomSignal).where(said))
    about = {"organization_id": row.organization_id, "appointment_id": seat.appointment_id}
    session.add(RoomPeer(**about, peer=seat.peer, party=seat.party, seen_at=context.now()))


async def _news(session: AsyncSession, context: Context, seat: Seat, in_session: bool) -> Heard:
    admitted = in_session or seat.party == "specialist"
    signals: list[dict[str, Any]] = [] if admitted == seat.told_admitted else [{"admitted": admitted}]
    other = await _other_peer(session, context, seat) if in_session else None
    if other != seat.told_other:
        signals.append({"peers": 2, "polite": seat.party == "patient"} if other else {"peers": 1})
    cursor = seat.cursor
    if other:
        later = _of_room(seat.appointment_id) & (col(RoomSignal.id) > cursor) & (col(RoomSignal.peer) == other)
        for said in await session.scalars(select(RoomSignal).where(later).order_by(col(RoomSignal.id))):
            signals.append(said.body)
            cursor = said.id or cursor
    told = Seat(seat.actor, seat.appointment_id, seat.peer, cursor, admitted, other)
    return Heard(seat=told, signals=signals)


async def _other_peer(session: AsyncSession, context: Context, seat: Seat) -> str | None:
    present = select(col(RoomPeer.peer)).where(
        col(RoomPeer.appointment_id) == seat.appointment_id,
        col(RoomPeer.party) != seat.party,
        col(RoomPeer.seen_at) > context.now() - STALE,
    )
    return await session.scalar(present)


async def _leave(session: AsyncSession, seat: Seat) -> None:
    await session.execute(delete(RoomPeer).where(_of_peer(seat)))
    await session.execute(delete(RoomSignal).where(_of_room(seat.appointment_id), col(RoomSignal.peer) == seat.peer))


async def _is_in(session: AsyncSession, seat: Seat) -> bool:
    return await session.scalar(select(col(RoomPeer.id)).where(_of_peer(seat))) is not None


def position(seat: Seat) -> str:
    """Where a stream stands, as its browser hands it back when it resumes."""
    admitted = {None: "", True: "1", False: "0"}[seat.told_admitted]
    return f"{seat.cursor}.{admitted}.{seat.told_other or ''}"


def _resume(seat: Seat, resumed: str) -> Seat:
    cursor, admitted, other = (*resumed.split("."), "", "")[:3]
    known = {"1": True, "0": False}.get(admitted)
    return Seat(
        seat.actor, seat.appointment_id, seat.peer, int(cursor) if cursor.isdigit() else 0, known, other or None
    )


def _of_room(appointment_id: UUID) -> Any:
    return col(RoomSignal.appointment_id) == appointment_id


def _of_peer(seat: Seat) -> Any:
    mine = (col(RoomPeer.appointment_id) == seat.appointment_id) & (col(RoomPeer.peer) == seat.peer)
    return mine & (col(RoomPeer.party) == party_of(seat.actor))
