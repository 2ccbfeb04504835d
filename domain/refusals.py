"""Every reason Fourdoors may say no, by name: a title a person understands and what to do next.

Doors turn `kind` into a status and translate `title` and `next_action`, which are English message ids. `details`
fill the placeholders of both. Anything else that is raised is a bug.
"""

from datetime import timedelta
from typing import ClassVar, Literal

Kind = Literal[
    "invalid", "unauthenticated", "forbidden", "not_found", "conflict", "gone", "too_large", "too_many", "unavailable"
]


class Refusal(Exception):
    """A rule said no; nothing has changed."""

    title: ClassVar[str] = "That is not possible."
    next_action: ClassVar[str] = "Go back and try something else."
    kind: ClassVar[Kind] = "conflict"
    registry: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init__(self, **details: str) -> None:
        self.details = details
        super().__init__(self.title % details if details else self.title)

    def __init_subclass__(cls) -> None:
        Refusal.registry[cls.__name__] = cls


class NotFound(Refusal):
    title = "There is nothing here."
    next_action = "Check the address, or go back to the start page."
    kind = "not_found"


class NotSignedIn(Refusal):
    title = "You are not signed in."
    next_action = "Sign in and try again."
    kind = "unauthenticated"


class WrongCredentials(Refusal):
    title = "E-mail address and password do not match."
    next_action = "Check both and try again, or reset your password."
    kind = "unauthenticated"


class StepUpNeeded(Refusal):
    title = "Please show once more that it is you."
    next_action = "Confirm with your code, passkey or password, then do it again."
    kind = "forbidden"


class SecondFactorNeeded(Refusal):
    title = "Your role needs a second way to show it is you."
    next_action = "Add a passkey or an authenticator app on the Security page of your portal, then go on."
    kind = "forbidden"


class SecondStepOver(Refusal):
    title = "Your sign-in took too long or too many tries."
    next_action = "Sign in again from the start."
    kind = "unauthenticated"


class WrongCode(Refusal):
    title = "This code is not right, or it was already used."
    next_action = "Wait for the next code of your app, or use a recovery code."
    kind = "unauthenticated"


class WrongPassword(Refusal):
    title = "This is not your password."
    next_action = "Check it and try again, or sign out and reset it."
    kind = "unauthenticated"


class PasskeyRefused(Refusal):
    title = "This passkey does not open this door."
    next_action = "Try again, or sign in with your password."
    kind = "unauthenticated"


class NotAllowed(Refusal):
    title = "Your role does not allow this."
    next_action = "Ask your organization's owner to give you the role you need."
    kind = "forbidden"


class SecondPersonNeeded(Refusal):
    title = "A second person has to agree."
    next_action = "Ask a colleague whose role allows it; nobody agrees to what they have made themselves."
    kind = "forbidden"


class MoreThanYouHold(Refusal):
    title = "You cannot give what your own roles do not hold."
    next_action = "Ask your organization's owner to give this role."
    kind = "forbidden"


class LastOwner(Refusal):
    title = "An organization needs an owner."
    next_action = "Make somebody else an owner first."


class FormExpired(Refusal):
    title = "This form is no longer valid."
    next_action = "Reload the page and send it again; what you typed was not saved."
    kind = "forbidden"


class TooLarge(Refusal):
    title = "This is more than we can take at once."
    next_action = "Send less, or in several parts."
    kind = "too_large"


class TooManyRequests(Refusal):
    """`wait`: when to come again."""

    title = "Too many tries in a short time."
    next_action = "Wait a few minutes, then try again."
    kind = "too_many"

    def __init__(self, wait: timedelta = timedelta(minutes=5)) -> None:
        self.wait = wait
        super().__init__()


class LinkExpired(Refusal):
    title = "This link has expired or was already used."
    next_action = "Ask for a new link."
    kind = "gone"


class InvalidInput(Refusal):
    """`errors` maps a field's name to what is wrong with it, an English message id."""

    title = "Some answers need another look."
    next_action = "Correct the marked fields and send the form again."
    kind = "invalid"

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__()


class StillWorking(Refusal):
    title = "This takes longer than usual; it may still happen."
    next_action = "Wait a moment and reload the page before you try again."
    kind = "unavailable"


class SlotTaken(Refusal):
    title = "That time has just been taken."
    next_action = "Choose another time."


class SlotNotOffered(Refusal):
    title = "That time is not on offer."
    next_action = "Choose one of the times shown."


class AlreadyBooked(Refusal):
    title = "You already have an appointment at that time."
    next_action = "Choose another time, or cancel the other appointment first."


class NoticeTooShort(Refusal):
    title = "It is too late to move this appointment."
    next_action = "Keep the appointment, or cancel it under the cancellation terms shown."


class HoldExpired(Refusal):
    title = "The time was held for you, but the hold has ended."
    next_action = "Choose a time again."
    kind = "gone"


class NotInThisState(Refusal):
    title = "This has changed since you opened the page."
    next_action = "Reload the page to see where it stands now."


class StepNotOpen(Refusal):
    title = "This step is not open now."
    next_action = "Go to your start page: it shows the step that is next."


class ConsentMissing(Refusal):
    title = "We need your consent first."
    next_action = "Read and give the consents on your consent page."


class RoomClosed(Refusal):
    title = "The session room is closed."
    next_action = "It opens shortly before the appointment and closes after its end."
    kind = "gone"


class NotLicensedThere(Refusal):
    title = "This specialist may not treat you where you are."
    next_action = "Choose a specialist from the list; it shows those who may."


class PlaceNotStated(Refusal):
    title = "We do not know yet where you are now."
    next_action = "Say where you are, then enter the room."


class ElsewhereNow(Refusal):
    title = "Your specialist may not treat you where you are now."
    next_action = "Your care team can see it. Move the appointment or write to them; if you are back, say so here."


class PatientElsewhere(Refusal):
    title = "The patient is where you may not treat."
    next_action = "The care team can see it, and helps them to another time or specialist."


class CardDeclined(Refusal):
    title = "Your card was declined."
    next_action = "Use another card, or ask your bank and try again."


class PaymentOpen(Refusal):
    title = "A payment for this appointment is already under way."
    next_action = "Wait a moment and reload the page."


class NoteSigned(Refusal):
    title = "A signed note cannot be changed."
    next_action = "Write an amendment; the signed text stays as it is."


class GlassClosed(Refusal):
    title = "This record is closed."
    next_action = "Open it with a reason on the patient's page, or ask the specialist who treats the patient."


class FileTooLarge(Refusal):
    title = "This file is larger than 5 MB."
    next_action = "Scan or photograph it with a lower resolution, or share it in parts."
    kind = "too_large"


class FileKindRefused(Refusal):
    title = "This file is no PDF, JPEG or PNG."
    next_action = "Save it as a PDF, or take a photo of it, and share that."
    kind = "invalid"


class FileUnreadable(Refusal):
    title = "This file is damaged, or not what its beginning says."
    next_action = "Save or scan it anew, or share a photo of it."
    kind = "invalid"


class PictureTooLarge(Refusal):
    title = "This picture has more points than we can take."
    next_action = "Make it smaller than 40 megapixels and share it again."
    kind = "too_large"


class FileUnfoldsTooFar(Refusal):
    title = "This file becomes far larger when it is opened."
    next_action = "Print it into a new PDF, or share photos of its pages."
    kind = "too_large"


class TooManyPages(Refusal):
    title = "This PDF has more than 300 pages."
    next_action = "Share the pages that matter, or several parts."
    kind = "too_large"


class FileEncrypted(Refusal):
    title = "This PDF is protected by a password."
    next_action = "Save it without a password and share it again; only your care team can open it here."
    kind = "invalid"


class FileActive(Refusal):
    title = "This PDF holds scripts, forms or actions that run."
    next_action = "Print it into a new PDF and share that: the pages stay as they are."
    kind = "invalid"


class FileCarriesFiles(Refusal):
    title = "Other files are packed into this PDF."
    next_action = "Share each of them by itself, and a PDF without them."
    kind = "invalid"


class DocumentsFull(Refusal):
    title = "You share as many documents as there is room for."
    next_action = "Take back one that is no longer needed, then share this one."


class DocumentInvalid(Refusal):
    """A configuration document does not hold; `errors` are sentences that say where and how to mend."""

    title = "The document has errors."
    next_action = "Mend the places listed, then validate again."
    kind = "invalid"

    def __init__(self, errors: list[str]) -> None:
        self.errors = [error[:500] for error in errors[:50]]
        super().__init__()

    def __str__(self) -> str:
        return "\n".join(self.errors)
