"""The places a patient may be, in the reader's language."""

from unicodedata import combining, normalize

from domain.jurisdictions import COUNTRIES, US_STATES
from portals.core.formats import place_name


def places() -> list[tuple[str, str]]:
    """(code, name): countries by name, then the states of the United States."""
    countries = sorted(((code, place_name(code)) for code in COUNTRIES), key=lambda place: alphabetical(place[1]))
    return countries + [(f"US-{code}", place_name(f"US-{code}")) for code in US_STATES]


def alphabetical(name: str) -> str:
    """What `name` is sorted by: Österreich stands at O, not behind Z."""
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter)).casefold()
