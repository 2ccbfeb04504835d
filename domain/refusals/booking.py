"""An appointment cannot be had, moved or paid like this."""

from domain.refusals.refusal import Refusal


class SlotTaken(Refusal):
    title = "That time has just been taken."
    next_action = "Choose another time."


class SlotNotOffered(Refusal):
    title = "That time is not on offer."
    next_action = "Choose one of the times shown."


class AlreadyBooked(Refusal):
    title = "You already have an appointment at that time."
    next_action = "Choose another time, or cancel the other appointment first."


class BookedMeanwhile(Refusal):
    """`appointment` is the id of that one."""

    title = "You have chosen another time in the meantime."
    next_action = "The time you chose last is free again. Open your appointments: the other one is there."


class NoticeTooShort(Refusal):
    title = "This appointment cannot be moved any more."
    next_action = "Keep the appointment, or cancel it under the cancellation terms shown."


class AlreadyThen(Refusal):
    title = "The appointment is at that time already."
    next_action = "Choose another time, or leave it as it is."


class HoldExpired(Refusal):
    title = "The time was held for you, but the hold has ended."
    next_action = "Choose a time again."
    kind = "gone"


class NotLicensedThere(Refusal):
    title = "This specialist may not treat you where you are."
    next_action = "Choose a specialist from the list; it shows those who may."


class CardDeclined(Refusal):
    title = "Your card was declined."
    next_action = "Use another card, or ask your bank and try again."


class RefundSettled(Refusal):
    title = "Somebody has already said how this money was given back."
    next_action = "Open the refund again: it shows who, when and how. Nothing was written twice."


class PaymentOpen(Refusal):
    title = "A payment for this appointment is already under way."
    next_action = "Wait a moment and reload the page."
