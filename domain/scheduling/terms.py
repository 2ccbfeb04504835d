"""The terms of an appointment, pinned when it is booked: moving, cancelling, not coming."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from domain.refusals import NoticeTooShort

Party = Literal["patient", "specialist", "organization"]


class CancellationTerms(BaseModel):
    """Percentages are of the price. Whoever cancels with `notice_hours` or more pays nothing.

    A patient who cancels later, or does not come, owes the fee; a specialist or organization that cancels never
    costs the patient anything.
    """

    model_config = ConfigDict(frozen=True)

    version: int = 1
    notice_hours: int = Field(24, ge=0, le=336)
    late_fee_percent: int = Field(50, ge=0, le=100)
    no_show_fee_percent: int = Field(100, ge=0, le=100)
    grace_minutes: int = Field(15, ge=5, le=60)
    reschedule_notice_hours: int = Field(24, ge=0, le=336)
    max_reschedules: int = Field(3, ge=0, le=20)

    def is_late(self, start: datetime, now: datetime) -> bool:
        return start - now < timedelta(hours=self.notice_hours)

    def fee(self, price: Money, start: datetime, now: datetime, by: Party) -> Money:
        """What a cancellation by `by` at `now` costs the patient."""
        if by != "patient" or not self.is_late(start, now):
            return Money(0, price.currency)
        return price.share(self.late_fee_percent)

    def no_show_fee(self, price: Money, absent: Party) -> Money:
        return price.share(self.no_show_fee_percent) if absent == "patient" else Money(0, price.currency)

    def check_reschedule(self, start: datetime, moves: int, now: datetime) -> None:
        """Raise `NoticeTooShort` when it is too late, or was moved too often, to move once more."""
        if start - now < timedelta(hours=self.reschedule_notice_hours) or moves >= self.max_reschedules:
            raise NoticeTooShort
