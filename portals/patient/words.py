"""What the codes of use cases are called on patients' pages."""

from portals.core.i18n import N_
from portals.core.site import Tone
from usecases.patient.appointment import AppointmentView
from usecases.patient.appointments import AppointmentSummary

STATUS: dict[str, tuple[str, Tone]] = {
    "held": (N_("Not paid yet"), "warn"),
    "confirmed": (N_("Confirmed"), "ok"),
    "waiting": (N_("In the waiting room"), "info"),
    "in-session": (N_("In session"), "info"),
    "completed": (N_("Took place"), ""),
    "no-show": (N_("Did not take place"), "warn"),
    "cancelled": (N_("Cancelled"), ""),
    "late-cancelled": (N_("Cancelled late"), "warn"),
    "released": (N_("Not paid in time"), ""),
    "given-back": (N_("Given back"), ""),
}
MODALITY = {"video": N_("By video"), "phone": N_("By phone"), "in-person": N_("In person")}
MODALITY_ICON = {"video": "video", "phone": "phone", "in-person": "map-pin"}
SPECIALITY = {
    "psychotherapy": N_("Psychotherapy"),
    "psychiatry": N_("Psychiatry"),
    "coaching": N_("Coaching"),
    "nutrition": N_("Nutrition"),
}
CATEGORY = {
    "appointments": (N_("Appointments"), N_("Booked, moved, cancelled.")),
    "reminders": (N_("Reminders"), N_("Before a session begins.")),
    "next-steps": (N_("Next steps"), N_("When something waits for you.")),
}
CHANNEL = {"email": N_("E-mail"), "sms": N_("Text message"), "whatsapp": N_("WhatsApp")}
GENDER = {
    "female": N_("Female"),
    "male": N_("Male"),
    "other": N_("Other"),
    "unknown": N_("I would rather not say"),
}
CONSENT_CHANNEL = {"portal": N_("on this page"), "api": N_("through an app")}
PAYMENT: dict[tuple[str, str], tuple[str, Tone]] = {
    ("charge", "succeeded"): (N_("Paid"), "ok"),
    ("charge", "intended"): (N_("Payment under way"), "info"),
    ("charge", "pending"): (N_("Payment under way"), "info"),
    ("charge", "declined"): (N_("Declined"), "bad"),
    ("charge", "canceled"): (N_("Not completed"), ""),
    ("charge", "parked"): (N_("We are looking into it"), "warn"),
    ("refund", "succeeded"): (N_("Paid back"), "ok"),
    ("refund", "intended"): (N_("Refund under way"), "info"),
    ("refund", "pending"): (N_("Refund under way"), "info"),
    ("refund", "parked"): (N_("We are looking into it"), "warn"),
    ("refund", "settled"): (N_("Paid back"), "ok"),
}
WAY = {"transfer": N_("by bank transfer")}
"""How money came back that the card did not take."""
DECLINED = {
    "insufficient_funds": N_("There is not enough money on the card."),
    "expired_card": N_("The card has expired."),
    "incorrect_cvc": N_("The card's security code is wrong."),
    "authentication_required": N_("Your bank wants you to confirm the payment."),
}
NO_REASON = N_("Your bank gave no reason.")
NOT_CHARGED = N_("Nothing was charged.")
UNDECIDED = N_("We do not know yet whether you were charged. If you were, the time is yours or your money comes back.")


def status(view: AppointmentSummary) -> tuple[str, Tone]:
    """What became of an appointment, to be translated, and in what tone."""
    code = "late-cancelled" if view.late else "given-back" if view.given_back else view.status
    return STATUS.get(code, (code, ""))


def charged(view: AppointmentView) -> str:
    """Of a hold that is over, to be translated."""
    return UNDECIDED if view.undecided else NOT_CHARGED
