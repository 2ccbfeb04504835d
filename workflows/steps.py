"""Every side effect a workflow may ask for: the signatures. `activities/` implements them, tests fake them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from temporalio import activity

from domain.appointments.records import AppointmentRecord
from domain.journeys.records import JourneyRecord
from domain.money import Money
from workflows.commands import Act


class Input(BaseModel):
    model_config = ConfigDict(frozen=True)

    organization_id: UUID


class RecordAppointment(Input):
    """Steps in the order they were taken; recording them twice changes nothing."""

    appointment_id: UUID
    records: tuple[AppointmentRecord, ...] = ()


class MoveBooking(Input):
    appointment_id: UUID
    start: datetime
    end: datetime


class SessionDue(Input):
    appointment_id: UUID


class TakePayment(Input):
    """`payment_method` None: the patient types a card on the vendor's page. `attempt` names this try for ever."""

    appointment_id: UUID
    amount: Money
    attempt: str
    payment_method: str | None = None
    return_url: str
    cancel_url: str
    save_card: bool = False


class PaymentResult(BaseModel):
    """`action_url`: where the patient has to go on. `decline_code` when declined."""

    model_config = ConfigDict(frozen=True)

    status: Literal["succeeded", "declined", "requires_action", "open", "none"]
    action_url: str | None = None
    decline_code: str | None = None


class LookUpPayment(Input):
    appointment_id: UUID


class EndPayments(Input):
    """End every open payment of a hold at the vendor."""

    appointment_id: UUID


class RefundPayment(Input):
    """`retained` is what stays as a fee under the terms pinned at booking."""

    appointment_id: UUID
    amount: Money
    retained: Money
    key: str
    rule_version: str


class SendMessage(Input):
    """To the patient of the appointment or journey, or to the organization's people of `role`; `at` is now.

    `record` is what the message tells of, to be recorded before it is sent.
    """

    template: str
    key: str
    role: str = "patient"
    appointment_id: UUID | None = None
    journey_id: UUID | None = None
    at: datetime | None = None
    record: RecordAppointment | None = None


class RecordJourney(Input):
    """Moves in the order they were made; recording them twice changes nothing."""

    journey_id: UUID
    records: tuple[JourneyRecord, ...] = ()


class FindDeed(Input):
    """What a journey waits for at `step` since then; `form` is the key of a form or a survey."""

    journey_id: UUID
    patient_id: UUID
    step: str
    kind: str
    since: datetime
    form: str = ""
    appointment_id: UUID | None = None


class BookingSteps:
    @activity.defn(name="record_appointment")
    async def record_appointment(self, record: RecordAppointment) -> None:
        """Keep the appointment's steps where pages read them."""
        raise NotImplementedError

    @activity.defn(name="move_booking")
    async def move_booking(self, move: MoveBooking) -> None:
        """Give the appointment its new time, or raise `SlotTaken` or `SlotNotOffered`; nothing in between."""
        raise NotImplementedError

    @activity.defn(name="could_take_place")
    async def could_take_place(self, due: SessionDue) -> bool:
        """Whether the specialist could have treated the patient at the place of the booking, that day."""
        raise NotImplementedError


class PaymentSteps:
    @activity.defn(name="take_payment")
    async def take_payment(self, payment: TakePayment) -> PaymentResult:
        """Charge, or open the vendor's page: intent first, then the call, then the outcome."""
        raise NotImplementedError

    @activity.defn(name="look_up_payment")
    async def look_up_payment(self, payment: LookUpPayment) -> PaymentResult:
        """What the vendor says now about the newest payment of the appointment."""
        raise NotImplementedError

    @activity.defn(name="end_payments")
    async def end_payments(self, payment: EndPayments) -> PaymentResult:
        """Afterwards no payment of the hold can succeed any more; says whether one already had."""
        raise NotImplementedError

    @activity.defn(name="refund_payment")
    async def refund_payment(self, refund: RefundPayment) -> None:
        """Give money back once per key, and post what is retained as a fee."""
        raise NotImplementedError


class MessageSteps:
    @activity.defn(name="send_message")
    async def send_message(self, message: SendMessage) -> datetime | None:
        """Once per key, by the channels the person wants, never to a suppressed address.

        Answers when to ask again, if it is night where somebody is to be reached by phone.
        """
        raise NotImplementedError


class JourneySteps:
    @activity.defn(name="record_journey")
    async def record_journey(self, record: RecordJourney) -> None:
        """Keep the journey's moves where pages read them; open its tasks, offer its materials."""
        raise NotImplementedError

    @activity.defn(name="find_deed")
    async def find_deed(self, asked: FindDeed) -> Act | None:
        """What is waited for, if it has been done and kept, and nobody lived to tell the journey."""
        raise NotImplementedError


SecurityChange = Literal["password-changed", "factor-added", "factor-removed", "codes-renewed"]
AccountPurpose = Literal["verify", "reset", "invite", "glass", SecurityChange]


class SendAccountMessage(BaseModel):
    """`portal` is the door the link leads to; `organization_id` is who invites."""

    model_config = ConfigDict(frozen=True)

    person_id: UUID
    purpose: AccountPurpose
    portal: Literal["patient", "specialist", "organization", "affiliate"] = "organization"
    organization_id: UUID | None = None


class AccountSteps:
    @activity.defn(name="send_account_message")
    async def send_account_message(self, message: SendAccountMessage) -> None:
        """Make a link that works once and mail it; a second try makes another link. Nothing for an unknown person.

        `glass` and what tells of a change lead to a page behind the sign-in, and need no such link.
        """
        raise NotImplementedError
