"""What the codes of use cases are called on specialists' pages."""

from portals.core.i18n import N_
from portals.core.site import Tone

STATUS: dict[str, tuple[str, Tone]] = {
    "held": (N_("Held, not paid yet"), ""),
    "confirmed": (N_("Booked"), "info"),
    "waiting": (N_("In the waiting room"), "warn"),
    "in-session": (N_("In session"), "ok"),
    "completed": (N_("Took place"), ""),
    "no-show": (N_("Did not take place"), "bad"),
    "cancelled": (N_("Cancelled"), ""),
    "late-cancelled": (N_("Cancelled late"), "warn"),
}
NOTE: dict[str, tuple[str, Tone]] = {
    "draft": (N_("Note: draft"), "warn"),
    "signed": (N_("Note signed"), "ok"),
    "amended": (N_("Note amended"), "ok"),
}
MODALITY = {"video": N_("By video"), "phone": N_("By phone"), "in-person": N_("In person")}
MODALITY_ICON = {"video": "video", "phone": "phone", "in-person": "map-pin"}
PARTS = {
    "subjective": N_("Subjective"),
    "objective": N_("Objective"),
    "assessment": N_("Assessment"),
    "plan": N_("Plan"),
    "text": N_("Anything else"),
}
PART_HINTS = {
    "subjective": N_("What the patient says: concerns, course, in their words."),
    "objective": N_("What you observe: state, scores, behaviour."),
    "assessment": N_("How you understand it: hypothesis, diagnosis, risk."),
    "plan": N_("What follows: steps, exercises, next session."),
    "text": N_("Read by you, a supervisor of yours, and whoever opens the record in an emergency."),
}
BAND: dict[str, tuple[str, Tone]] = {
    "minimal": (N_("Minimal"), "ok"),
    "mild": (N_("Mild"), "info"),
    "moderate": (N_("Moderate"), "warn"),
    "moderately-severe": (N_("Moderately severe"), "bad"),
    "severe": (N_("Severe"), "bad"),
}
FLAG = {"self-harm": N_("Thoughts of self-harm")}
STAGE = {
    "intake": N_("Intake"),
    "booking": N_("Booking"),
    "care": N_("In care"),
    "follow-up": N_("Follow-up"),
    "ended": N_("Ended"),
}
OWNER = {
    "patient": N_("the patient"),
    "specialist": N_("you"),
    "care-coordinator": N_("care coordination"),
    "clinical-lead": N_("the clinical lead"),
    "care-team": N_("care coordination"),
    "organization": N_("the organization"),
    "clock": N_("the calendar"),
}
WAITS_FOR = {
    "payment": N_("the payment"),
    "arrival": N_("the patient's arrival"),
    "beginning": N_("you to begin the session"),
    "admission": N_("you to admit the patient"),
    "end-of-session": N_("the end of the session"),
}
THEN = {
    "released": N_("the time is free again"),
    "missed": N_("it counts as missed"),
    "not-held": N_("it counts as missed by you, and the patient gets everything back"),
    "completed": N_("it is closed by itself"),
}
OUTCOME = {
    "completed": N_("Completed"),
    "gone-quiet": N_("The patient went quiet"),
    "rested": N_("The patient rests"),
}
HAPPENED = {
    "held": N_("Time held"),
    "confirmed": N_("Booked"),
    "released": N_("Not paid in time"),
    "moved": N_("Moved to another time"),
    "cancelled": N_("Cancelled"),
    "late-cancelled": N_("Cancelled late"),
    "patient-arrived": N_("The patient entered the waiting room"),
    "admitted": N_("Session began"),
    "begun": N_("Session began"),
    "completed": N_("Session ended"),
    "missed": N_("Did not take place"),
    "reminded": N_("Reminder sent"),
    "began": N_("Journey began"),
    "done": N_("Done"),
    "ended": N_("Journey ended"),
    "nudged": N_("Reminded of the step"),
    "escalated": N_("Told that it takes long"),
    "patience-ended": N_("Waited long enough; went on"),
    "waited": N_("The pause is over"),
    "appointment-released": N_("The appointment was not paid in time"),
    "appointment-moved": N_("The appointment was moved"),
    "appointment-cancelled": N_("The appointment was cancelled"),
    "appointment-missed": N_("The appointment did not take place"),
    "passed-triage": N_("Assigned by the answers"),
    "passed-match": N_("Fitting specialists were shown"),
    "passed-prepare": N_("Materials were offered"),
    "passed-message": N_("A message was sent"),
    "passed-branch": N_("The way was chosen"),
    "passed-repeat": N_("One more round"),
}
SLOT_CLASS = {"any": N_("Any appointment"), "intake": N_("First sessions"), "follow-up": N_("Follow-ups")}
EXCEPTION = {"closed": N_("Time off"), "extra": N_("Extra hours")}
PROFESSION = {
    "psychologist": N_("Psychologist"),
    "physician": N_("Physician"),
    "social-worker": N_("Social worker"),
    "coach": N_("Coach"),
    "nutritionist": N_("Nutritionist"),
}
SPECIALITY = {
    "psychotherapy": N_("Psychotherapy"),
    "psychiatry": N_("Psychiatry"),
    "coaching": N_("Coaching"),
    "nutrition": N_("Nutrition"),
}
ENGAGEMENT: dict[str, tuple[str, Tone]] = {
    "active": (N_("Active"), "ok"),
    "suspended": (N_("Suspended"), "warn"),
    "ended": (N_("Ended"), ""),
}
LANGUAGES = ("ar", "de", "en", "es", "fa", "fr", "he", "hi", "it", "pl", "pt", "ru", "tr", "uk", "ur", "vi", "zh")
