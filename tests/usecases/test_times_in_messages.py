"""Times in messages, as each language writes them."""

from datetime import UTC, datetime

import pytest
from babel.dates import get_timezone

from activities.messages import said_at


@pytest.mark.parametrize(
    ("locale", "zone", "said"),
    [
        ("en", "America/New_York", "Monday, November 23, 2026, 9:30 AM EST"),
        ("de_DE", "Europe/Berlin", "Montag, 23. November 2026, 15:30 MEZ"),
        ("ar", "Asia/Dubai", "الاثنين، 23 نوفمبر 2026، 6:30 م GST"),
        ("en", "Europe/Berlin", "Monday, November 23, 2026, 3:30 PM (Berlin)"),
        ("de", "America/New_York", "Montag, 23. November 2026, 09:30 (New York)"),
        ("ar", "America/New_York", "الاثنين، 23 نوفمبر 2026، 9:30 ص (نيويورك)"),
    ],
)
def test_a_time_is_said_in_the_patient_s_language(locale: str, zone: str, said: str) -> None:
    assert said_at(datetime(2026, 11, 23, 14, 30, tzinfo=UTC), get_timezone(zone), locale) == said
