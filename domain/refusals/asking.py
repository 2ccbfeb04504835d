"""What is asked for is not there, not understood, too much or not possible now."""

from collections.abc import Sequence
from datetime import timedelta

from domain.refusals.refusal import Refusal
from domain.refusals.sentence import LONGEST, Sentence


class NotFound(Refusal):
    title = "There is nothing here."
    next_action = "Check the address, or go back to the start page."
    kind = "not_found"


class InvalidInput(Refusal):
    """`errors` maps a field's name to what is wrong with it, an English message id."""

    title = "Some answers need another look."
    next_action = "Correct the marked fields and send the form again."
    kind = "invalid"

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__()


class Unreadable(Refusal):
    title = "What was sent cannot be read as JSON."
    next_action = "Send one JSON document in UTF-8, with every name and text in double quotes."
    kind = "invalid"


class WrongMethod(Refusal):
    title = "This address does not do that."
    next_action = "Go back and use the buttons on the page."


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


class StillWorking(Refusal):
    title = "This takes longer than usual; it may still happen."
    next_action = "Wait a moment and reload the page before you try again."
    kind = "unavailable"


class NotInThisState(Refusal):
    title = "This has changed since you opened the page."
    next_action = "Reload the page to see where it stands now."


class DocumentInvalid(Refusal):
    """A configuration document does not hold; `errors` say where and how to mend.

    A `Sentence` among them is told in the reader's language.
    """

    title = "The document has errors."
    next_action = "Mend the places listed, then validate again."
    kind = "invalid"

    def __init__(self, errors: Sequence[str]) -> None:
        self.errors = [each if isinstance(each, Sentence) else each[:LONGEST] for each in errors[:50]]
        super().__init__()

    def __str__(self) -> str:
        return "\n".join(self.errors)


class NameInAddress(Refusal):
    """Histories and logs keep addresses."""

    title = "A name does not belong in an address."
    next_action = "Open the list and type the name there."
    kind = "invalid"


class SearchUnreadable(Refusal):
    title = "This address was made for somebody else's search."
    next_action = "Open the list and look for the name yourself."
    kind = "invalid"
