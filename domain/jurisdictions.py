"""Places a patient may be, as licences name them: a country ("DE"), in the United States a state ("US-MA")."""

from collections.abc import Mapping

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
COUNTRIES = (
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "EG", "ES", "FI", "FR", "GB", "GR", "HR",
    "HU", "IE", "IL", "IN", "IS", "IT", "JO", "JP", "KE", "KW", "LB", "LI", "LT", "LU", "LV", "MA", "MT", "MX", "NG",
    "NL", "NO", "NZ", "OM", "PL", "PT", "QA", "RO", "SA", "SE", "SG", "SI", "SK", "TN", "TR", "UA", "AE", "ZA",
)  # fmt: skip


def is_known(jurisdiction: str) -> bool:
    """Whether a patient may say so; the whole of the United States is no place to be licensed for."""
    country, _, part = jurisdiction.partition("-")
    return part in US_STATES if country == "US" else not part and country in COUNTRIES


def country_of(jurisdiction: str) -> str:
    """ "US-MA" -> "US"."""
    return jurisdiction.partition("-")[0]


def of_address(address: Mapping[str, object]) -> str:
    """Where an address lies by its `country` and `state`, both as codes; "" when that is no place licences name."""
    country, state = address.get("country"), address.get("state")
    place = f"US-{state}" if country == "US" else str(country)
    return place if is_known(place) else ""
