"""Settling a refund that the engine could not give: a person says how the patient got it, and the ledger follows."""

from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Engine, Operator
from domain.ledger import PAID_FROM, Line, Way, fee_lines, refund_lines
from domain.money import Money
from domain.refusals import InvalidInput, NotFound, NotInThisState, RefundSettled
from models import LedgerIntent
from models.announcements import announce
from models.posting import post
from usecases.context import Context
from usecases.permission import needs
from usecases.views import Command

UNNAMED = "Enter what the transfer is found by at your bank."


class SettleRefund(Command):
    """`reference` is what the books of the vendor or the bank find it by; a transfer needs one.

    The refund itself is the key: it is settled once, whatever is sent twice.
    """

    way: Way
    reference: str = Field("", max_length=80)


@needs("payment:settle", of="payment")
async def settle(context: Context, operator: Operator, payment_id: UUID, command: SettleRefund) -> None:
    """The patient has the money: the liability is gone, and the account it was paid from has so much less.

    The same person saying the same again is no second time. Raises `InvalidInput`, `NotFound`, `RefundSettled` when it
    was said before, `NotInThisState` for a refund that waits for nobody.
    """
    if command.way == "transfer" and not command.reference:
        raise InvalidInput({"reference": UNNAMED})
    async with context.database.transaction(Engine(operator.organization_id)) as session:
        row = await session.get(LedgerIntent, payment_id, with_for_update=True)
        if row is None or row.organization_id != operator.organization_id or row.kind != "refund":
            raise NotFound
        if row.status == "settled":
            if (row.settled_by, row.way, row.reference) == (operator.person_id, command.way, command.reference):
                return
            raise RefundSettled
        if row.status != "parked":
            raise NotInThisState
        await post(
            session,
            row.organization_id,
            f"{row.key}/settled",
            f"refund-{command.way}",
            _lines(row, command.way),
            row.id,
        )
        row.status, row.way, row.reference = "settled", command.way, command.reference
        row.settled_by, row.settled_at = operator.person_id, context.now()
        await _tell(session, row)


def _lines(row: LedgerIntent, way: Way) -> list[Line]:
    """Of a refund the vendor refused, also the fee that was to be kept when it was given."""
    place = (str(row.rule.get("version", "")), row.patient_id, row.appointment_id)
    lines = refund_lines(Money(row.amount, row.currency), *place, PAID_FROM[way])
    retained, was_given = int(row.rule.get("retained", 0)), row.settled_at is not None
    return lines if was_given or not retained else lines + fee_lines(Money(retained, row.currency), *place)


async def _tell(session: AsyncSession, row: LedgerIntent) -> None:
    whom = ("appointment", row.appointment_id), ("patient", row.patient_id), ("organization", row.organization_id)
    await announce(session, *whom)
