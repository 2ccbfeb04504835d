"""How long a sign-in holds, who needs a second factor, how old a confirmation may be, which passwords name somebody.

Portals and roles are the words of `usecases/identity/doors.py` and of memberships.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.access.duties import needs_agreement

SECOND_FACTOR_ROLES = frozenset({"owner", "compliance", "finance", "clinical-lead"})
STEP_UP_LASTS = timedelta(minutes=10)
SECOND_STEP_LASTS = timedelta(minutes=5)
SECOND_STEP_TRIES = 5
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a sign-in was used last."""
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
FEWEST_GUESSES = 10**8
"""Below it, somebody who has stolen the hashes finds the password the same day."""
SHORTEST_NAME = 4
"""Shorter names are parts of too many words."""


@dataclass(frozen=True)
class TimeOuts:
    """A sign-in ends when it was not used for `idle`, and at the latest `absolute` after it began."""

    idle: timedelta
    absolute: timedelta


PATIENT = TimeOuts(timedelta(days=1), timedelta(days=14))
STAFF = TimeOuts(timedelta(hours=2), timedelta(hours=12))
POWERFUL = TimeOuts(timedelta(hours=1), timedelta(hours=10))
PARTNER = TimeOuts(timedelta(hours=4), timedelta(hours=12))


def time_outs(portal: str, roles: frozenset[str] = frozenset()) -> TimeOuts:
    match portal:
        case "patient":
            return PATIENT
        case "affiliate":
            return PARTNER
        case _:
            return POWERFUL if needs_second_factor(roles) else STAFF


def is_idle(portal: str, roles: frozenset[str], seen_at: datetime, now: datetime) -> bool:
    return now - seen_at >= time_outs(portal, roles).idle


def needs_second_factor(roles: frozenset[str], granted: frozenset[str] = frozenset()) -> bool:
    """Whoever moves money, sees every record or decides about care; `granted` is what an organization's own roles
    allow, and those that a second person had to agree to count as well."""
    return not SECOND_FACTOR_ROLES.isdisjoint(roles) or needs_agreement(granted)


def is_fresh(confirmed_at: datetime, now: datetime) -> bool:
    """Whether the person has shown who they are lately enough for something that cannot be undone."""
    return now - confirmed_at < STEP_UP_LASTS


def names_owner(password: str, about: Iterable[str]) -> bool:
    """Whether `password` contains a word of `about`: names, an e-mail address, the brand."""
    plain = _plain(password)
    words = (word for text in about for word in (text.split("@")[0], *re.split(r"[\W_]+", text)))
    return any(_plain(word) in plain for word in words if len(_plain(word)) >= SHORTEST_NAME)


def _plain(text: str) -> str:
    """Without case, accents, spaces and signs: "José Müller" is "josemuller"."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())
