"""Times in messages, as each language writes them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from babel.dates import get_timezone

from activities.message_times import said_at
from tests.fixtures.house import PACK
from usecases.packs.reading import read_pack


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


@pytest.mark.parametrize(
    ("locale", "zone", "brand"),
    [("en", "America/New_York", "Aurora Health"), ("de", "Europe/Berlin", "Marigold Therapie")],
)
def test_a_text_message_about_an_appointment_is_one_message(locale: str, zone: str, brand: str) -> None:
    """160 characters of GSM's alphabet are sent and paid as one."""
    when = said_at(datetime(2026, 9, 23, 16, 45, tzinfo=UTC), get_timezone(zone), locale, briefly=True)
    link = f"https://aurora.example.org/appointments/{uuid4()}"
    written = {each.key: each.body[locale] for each in read_pack(PACK).care.templates if each.channel == "sms"}
    for key in ("confirmation", "reminder", "moved", "cancelled", "missed"):
        text = written[key].format(brand=brand, when=when, link=link)
        assert len(text) <= 160, text
        assert text.isascii() or locale == "de", text
