"""What is wrong with what somebody sent, as English message ids: pydantic's findings in words for people."""

from collections.abc import Mapping
from typing import Any

from domain.refusals.sentence import Sentence

MISTAKES = {
    "missing": "Please fill this in.",
    "string_too_short": "This is too short.",
    "string_too_long": "This is too long.",
    "string_type": "Enter this as text.",
    "too_short": "This list is too short.",
    "too_long": "This list is too long.",
    "list_type": "Enter this as a list.",
    "tuple_type": "Enter this as a list.",
    "dict_type": "Enter this as names with values.",
    "model_type": "Enter this as names with values.",
    "model_attributes_type": "Enter this as names with values.",
    "date_from_datetime_parsing": "Enter a date.",
    "date_parsing": "Enter a date.",
    "date_past": "Enter a date in the past.",
    "datetime_from_date_parsing": "Enter a date and a time.",
    "datetime_parsing": "Enter a date and a time.",
    "timezone_aware": "Enter a date and a time with their time zone.",
    "bool_parsing": "Answer with yes or no.",
    "bool_type": "Answer with yes or no.",
    "int_parsing": "Enter a whole number.",
    "int_type": "Enter a whole number.",
    "int_from_float": "Enter a whole number.",
    "greater_than": "This number is too small.",
    "greater_than_equal": "This number is too small.",
    "less_than": "This number is too large.",
    "less_than_equal": "This number is too large.",
    "literal_error": "Choose one of the answers shown.",
    "enum": "Choose one of the answers shown.",
    "extra_forbidden": "There is no field of this name.",
}
CHOICES = {"literal_error", "enum"}
OF_DOCUMENTS = {
    "missing": "This is missing. Add it.",
    "extra_forbidden": "There is no field of this name. Take it out, or check its spelling.",
    "string_pattern_mismatch": "This is no key. Use lower-case letters, digits and hyphens, beginning with a letter.",
    "greater_than": "Write more than %(gt)s.",
    "greater_than_equal": "Write %(ge)s or more.",
    "less_than": "Write less than %(lt)s.",
    "less_than_equal": "Write %(le)s or less.",
    "string_too_short": "Write at least %(min_length)s characters.",
    "string_too_long": "Write at most %(max_length)s characters.",
    "string_type": "Write this as text, in quotes.",
    "float_parsing": "Write this as a number.",
    "float_type": "Write this as a number.",
    "too_short": "Write at least %(min_length)s of them.",
}
EMAIL = "Enter an e-mail address, like name@example.org."
FORM = "Enter this in the expected form."


def mistake(found: Mapping[str, Any]) -> str:
    """One of pydantic's errors. A ValueError of ours has said it when what it says is a sentence."""
    if found["type"] != "value_error":
        return MISTAKES.get(found["type"], FORM)
    own = str(found["msg"]).removeprefix("Value error, ")
    if "email address" in own:
        return EMAIL
    return own if own.endswith(".") else FORM


def spelled_out(found: Mapping[str, Any]) -> Sentence:
    """The same for whoever writes documents or programs: what there is to choose from is said, not shown."""
    if found["type"] in CHOICES:
        return Sentence("Choose one of: %(known)s.", known=found["ctx"]["expected"].replace(" or ", ", "))
    return Sentence(mistake(found))


def in_document(found: Mapping[str, Any]) -> Sentence:
    """The same for whoever writes configuration by hand: what is missing there is a line, not an answer."""
    if found["type"] == "value_error" and mistake(found) != EMAIL:
        return Sentence(f"{str(found['msg']).removeprefix('Value error, ').rstrip('.')}.")
    if (pattern := OF_DOCUMENTS.get(found["type"])) is None:
        return spelled_out(found)
    return Sentence(
        pattern, **{name: value for name, value in found.get("ctx", {}).items() if f"%({name})s" in pattern}
    )
