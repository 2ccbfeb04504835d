"""A journey, a session or its note does not allow this now."""

from domain.refusals.refusal import Refusal


class ProfileChanged(Refusal):
    title = "Your profile was changed since you opened this page."
    next_action = "Compare it with what is saved now, then save what you want to keep."


class StepNotOpen(Refusal):
    title = "This step is not open now."
    next_action = "Go to your start page: it shows the step that is next."


class AlreadyOnJourney(Refusal):
    title = "You are on another program already."
    next_action = "Your start page shows its next step. Begin something else when it has ended."


class ConsentMissing(Refusal):
    title = "We need your consent first."
    next_action = "Read and give the consents on your consent page."


class RoomClosed(Refusal):
    title = "The session room is closed."
    next_action = "It opens shortly before the appointment and closes after its end."
    kind = "gone"


class NoRoom(Refusal):
    title = "This session does not take place in our session room."
    next_action = "The page of the appointment says how you meet."


class SessionNotNow(Refusal):
    title = "This session cannot begin now."
    next_action = "It can begin from 15 minutes before the start until an hour after the planned end."


class PatientMayCome(Refusal):
    title = "The patient may still come."
    next_action = "Say that they did not come when the time is over that the terms give them for being late."


class PlaceNotStated(Refusal):
    title = "We do not know yet where you are now."
    next_action = "Say where you are, then enter the room."


class ElsewhereNow(Refusal):
    title = "Your specialist may not treat you where you are now."
    next_action = "Your care team can see it: write to them about another time. If you are back, say so here."


class LicenceEnded(Refusal):
    title = "Your specialist may not treat you any more where you booked."
    next_action = (
        "This is on our side and costs you nothing. Your care team can see it; write to them about another time."
    )


class PatientElsewhere(Refusal):
    title = "The patient is where you may not treat."
    next_action = "The care team can see it, and helps them to another time or specialist."


class PatientNotConsented(Refusal):
    title = "The patient has not given every consent that is needed."
    next_action = "Ask them to give it on their consent page, then begin."


class DraftChanged(Refusal):
    title = "This note has been changed since you opened it."
    next_action = "Nothing is lost: take over from the newer text what should stay, then save yours."


class NoteSigned(Refusal):
    title = "A signed note cannot be changed."
    next_action = "Write an amendment; the signed text stays as it is."
