"""Whoever asks may not."""

from domain.refusals.refusal import Refusal


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


class GlassClosed(Refusal):
    title = "This record is closed."
    next_action = "Open it with a reason on the patient's page, or ask the specialist who treats the patient."
