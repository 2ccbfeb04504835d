"""Steps that remember what they were asked for, and answer as a test tells them."""

import asyncio
from collections import deque
from datetime import datetime

from temporalio import activity

from domain.appointments.records import AppointmentRecord
from domain.journeys.records import JourneyRecord
from domain.refusals import SlotTaken
from workflows.commands import Act
from workflows.steps import (
    AccountSteps,
    BookingSteps,
    EndPayments,
    FindDeed,
    JourneySteps,
    LookUpPayment,
    MessageSteps,
    MoveBooking,
    PaymentResult,
    PaymentSteps,
    RecordAppointment,
    RecordJourney,
    RefundPayment,
    SendAccountMessage,
    SendMessage,
    SessionDue,
    TakePayment,
)

NOTHING = PaymentResult(status="none")
SUCCEEDED = PaymentResult(status="succeeded")


class FakeSteps(BookingSteps, PaymentSteps, MessageSteps, JourneySteps, AccountSteps):
    """`answers` are the vendor's next words; without one nothing was paid. While `road` is not set, no move arrives.

    `possible`: the session could be held. `deeds` are what journeys that have `asked` find next.
    """

    def __init__(self) -> None:
        self.answers: deque[PaymentResult | Exception] = deque()
        self.taken = False
        self.possible = True
        self.silent_moves = 0
        self.road = asyncio.Event()
        self.road.set()
        self.night: list[datetime] = []
        self.appointments: list[AppointmentRecord] = []
        self.journeys: list[JourneyRecord] = []
        self.deeds: deque[Act] = deque()
        self.asked: list[FindDeed] = []
        self.moves: list[MoveBooking] = []
        self.payments: list[TakePayment] = []
        self.refunds: list[RefundPayment] = []
        self.messages: list[SendMessage] = []
        self.account_messages: list[SendAccountMessage] = []

    def forget(self) -> None:
        self.__init__()  # type: ignore[misc]

    def _note(self, record: RecordAppointment) -> None:
        """Once only and never backwards, as Postgres keeps it. For tests of one appointment."""
        known = self.appointments[-1].version if self.appointments else 0
        self.appointments.extend(one for one in record.records if one.version > known)

    def _answer(self) -> PaymentResult:
        answer = self.answers.popleft() if self.answers else NOTHING
        if isinstance(answer, Exception):
            raise answer
        return answer

    @activity.defn(name="record_appointment")
    async def record_appointment(self, record: RecordAppointment) -> None:
        self._note(record)

    @activity.defn(name="move_booking")
    async def move_booking(self, move: MoveBooking) -> None:
        await self.road.wait()
        if self.taken:
            raise SlotTaken
        self.moves.append(move)
        if self.silent_moves:
            self.silent_moves -= 1
            raise OSError("it is written, and nobody hears so")

    @activity.defn(name="could_take_place")
    async def could_take_place(self, due: SessionDue) -> bool:
        return self.possible

    @activity.defn(name="take_payment")
    async def take_payment(self, payment: TakePayment) -> PaymentResult:
        self.payments.append(payment)
        return self._answer()

    @activity.defn(name="look_up_payment")
    async def look_up_payment(self, payment: LookUpPayment) -> PaymentResult:
        return self._answer()

    @activity.defn(name="end_payments")
    async def end_payments(self, payment: EndPayments) -> PaymentResult:
        return self._answer()

    @activity.defn(name="refund_payment")
    async def refund_payment(self, refund: RefundPayment) -> None:
        self.refunds.append(refund)

    @activity.defn(name="send_message")
    async def send_message(self, message: SendMessage) -> datetime | None:
        if self.night:
            return self.night.pop()
        self.messages.append(message)
        if message.record:
            self._note(message.record)
        return None

    @activity.defn(name="record_journey")
    async def record_journey(self, record: RecordJourney) -> None:
        self.journeys.extend(record.records)

    @activity.defn(name="find_deed")
    async def find_deed(self, asked: FindDeed) -> Act | None:
        self.asked.append(asked)
        return self.deeds.popleft() if self.deeds else None

    @activity.defn(name="send_account_message")
    async def send_account_message(self, message: SendAccountMessage) -> None:
        self.account_messages.append(message)

    @property
    def all(self) -> list[object]:
        return [
            self.record_appointment,
            self.move_booking,
            self.could_take_place,
            self.take_payment,
            self.look_up_payment,
            self.end_payments,
            self.refund_payment,
            self.send_message,
            self.record_journey,
            self.find_deed,
            self.send_account_message,
        ]

    @property
    def templates(self) -> list[str]:
        return [message.template for message in self.messages]
