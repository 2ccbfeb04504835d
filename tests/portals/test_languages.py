"""Which language is read, that it can say everything, and how it writes times and money."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.money import Money
from portals.core.extraction import LOCALE_DIR, missing
from portals.core.formats import (
    ZONE,
    format_clock,
    format_date,
    format_datetime,
    format_duration,
    format_money,
    format_time,
    format_zone,
    initials,
    with_calls,
    zones,
)
from portals.core.i18n import LANGUAGE, gettext, ngettext
from portals.core.places import places
from threshold.catalogues import read_all, translations
from threshold.negotiation import negotiate

LANGUAGES = sorted(folder.name for folder in LOCALE_DIR.iterdir() if folder.is_dir())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_is_translated(lang: str) -> None:
    gaps = missing(lang)
    lines = "\n".join(f"  {name}.po: {message!r}" for name, message in gaps)
    assert not gaps, (
        f"{len(gaps)} messages cannot be said in {lang!r} (or lose a placeholder): a page would mix languages.\n"
        f"{lines}\n"
        "Run `.venv/bin/python -m portals.core.extraction`, then fill what is empty in "
        f"portals/locale/{lang}/LC_MESSAGES/."
    )


def test_catalogues_are_read_at_start() -> None:
    assert read_all() == ("en", *LANGUAGES)
    assert translations("de").gettext("Sign out") == "Abmelden"
    assert translations("xx").gettext("Sign out") == "Sign out"


def test_each_portal_has_its_own_word_for_the_same_english() -> None:
    said = {room: translations("de", room).gettext("Next") for room in ("specialist", "organization")}
    assert said == {"specialist": "Nächster", "organization": "Weiter"}
    assert translations("ar", "specialist").gettext("Sign out") == translations("ar").gettext("Sign out")


@pytest.mark.parametrize(
    ("choice", "accepts", "read"),
    [
        (None, None, "de"),
        (None, "ar,en;q=0.8", "ar"),
        (None, "fr,en-GB;q=0.8", "en"),
        ("en", "ar", "en"),
        ("xx", "ar", "ar"),
        ("de-AT", None, "de"),
        (None, "en;q=0, ar;q=broken, *", "de"),
        (None, "," * 500, "de"),
    ],
)
def test_a_language_is_found_for_everybody(choice: str | None, accepts: str | None, read: str) -> None:
    assert negotiate(choice, accepts, ("en", "de", "ar"), "de") == read


def test_times_are_told_on_the_readers_clock() -> None:
    at = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    LANGUAGE.set("de")
    ZONE.set("Europe/Berlin")
    assert format_datetime(at) == "29.03.2026, 00:30"
    assert format_time(at + timedelta(hours=2)) == "03:30"  # two o'clock does not exist that night
    assert format_datetime(at, zone="America/New_York") == "28.03.2026, 19:30"
    assert format_date(at, "weekday") == "Sonntag"
    with pytest.raises(ValueError, match="aware"):
        format_time(datetime(2026, 3, 28))  # noqa: DTZ001
    LANGUAGE.set("en")


@pytest.mark.parametrize(("lang", "said"), [("en", "Eastern Standard Time"), ("de", "Nordamerikanische Ostküsten")])
def test_a_clock_is_called_as_people_call_it_on_a_day_without_times_too(lang: str, said: str) -> None:
    LANGUAGE.set(lang)
    names = [format_zone(day, "America/New_York") for day in (date(2026, 12, 1), datetime(2026, 12, 1, 9, tzinfo=UTC))]
    LANGUAGE.set("en")
    assert all(name.startswith(said) for name in names), names


@pytest.mark.parametrize(
    ("lang", "names"), [("de", ("Oman", "Österreich", "Polen")), ("ar", ("المغرب", "أوكرانيا", "بلجيكا"))]
)
def test_countries_stand_where_the_alphabet_has_them(lang: str, names: tuple[str, ...]) -> None:
    LANGUAGE.set(lang)
    shown = [name for _, name in places()]
    LANGUAGE.set("en")
    order = [shown.index(name) for name in names if name in shown]
    assert len(order) > 1
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("lang", "second_words"),
    [
        ("de", ("Fachkr", "Betreuungsteam", "Warteraum", "Es ist Zeit bis", "Vorgemerkt", "Behandlungspl", "heikel")),
        ("ar", ("الرحلة", "المرشحات", "جلساتك الأخرى", "تعديل الملاحظة")),  # the third are sessions with a specialist
    ],
)
def test_one_thing_has_one_word(lang: str, second_words: tuple[str, ...]) -> None:
    texts = "".join(path.read_text() for path in (LOCALE_DIR / lang).rglob("*.po"))
    assert [word for word in second_words if word in texts] == []


@pytest.mark.parametrize(
    ("lang", "ages", "moves"),
    [
        ("en", ("0 years", "1 year", "2 years", "3 years", "11 years", "100 years", "1,500 years"), "possible once"),
        ("de", ("0 Jahre", "1 Jahr", "2 Jahre", "3 Jahre", "11 Jahre", "100 Jahre", "1.500 Jahre"), "nur einmal"),
        ("ar", ("أقل من سنة", "سنة واحدة", "سنتان", "3 سنوات", "11 سنة", "100 سنة", "1,500 سنة"), "مرة واحدة"),
    ],
)
def test_what_is_counted_has_its_form_and_its_number(lang: str, ages: tuple[str, ...], moves: str) -> None:
    once = "It cannot be moved any more: that is possible once, until %(hours)s before."
    often = "It cannot be moved any more: that is possible until %(hours)s before, at most %(num)s times."
    LANGUAGE.set(lang)
    said = tuple(ngettext("%(num)s year", "%(num)s years", count) for count in (0, 1, 2, 3, 11, 100, 1500))
    told = ngettext(once, often, 1, hours="X")
    LANGUAGE.set("en")
    assert said == ages
    assert moves in told


def test_each_clock_of_a_country_is_there_to_choose_once() -> None:
    offered = {zone for zone, _ in zones("America/Detroit")}
    assert {"Europe/Berlin", "Europe/Vienna", "America/New_York", "America/Phoenix", "Africa/Cairo"} <= offered
    assert "America/Detroit" in offered  # whoever has it keeps it
    assert {zone for zone, _ in zones("Europe/Berlin")} == offered - {"America/Detroit"}
    assert len(offered) > 300


def test_money_lengths_and_names() -> None:
    LANGUAGE.set("de")
    assert format_money(Money(12000, "EUR")) == "120,00\xa0€"
    assert format_money(Money(120, "JPY")) == "120\xa0¥"
    LANGUAGE.set("ar")
    assert "\u2068US$\u2069" in format_money(Money(12000, "USD"))
    LANGUAGE.set("en")
    assert format_duration(90) == "1 hr 30 min"
    assert format_duration(timedelta(days=1)) == "1 day"
    assert format_duration(0) == "0 min"
    named = ("Dr. Ada Maria Example", "سنا", "Mei", "Samuel Brooks, LICSW")
    assert [initials(name) for name in named] == ["AE", "س", "M", "SB"]


def test_a_minute_of_the_day_is_said_as_the_reader_says_times() -> None:
    LANGUAGE.set("en")
    said = [format_clock(minute).replace("\u202f", " ") for minute in (0, 825, 1440)]
    assert said == ["12:00 AM", "1:45 PM", "12:00 AM"]
    LANGUAGE.set("de")
    assert format_clock(825) == "13:45"


def test_a_number_in_a_sentence_can_be_called() -> None:
    call = '<a href="tel:{}" dir="ltr">{}</a>'
    said = with_calls("Call 112 or <b>0800 1110111</b> within 24 hours.")
    numbers = (call.format("112", "112"), call.format("08001110111", "0800 1110111"))
    assert said == "Call {} or &lt;b&gt;{}&lt;/b&gt; within 24 hours.".format(*numbers)
    assert with_calls("Go to the next clinic.") == "Go to the next clinic."


@pytest.mark.parametrize("lang", ["en", *LANGUAGES])
@pytest.mark.parametrize("width", ["narrow", "short", "long"])
def test_a_length_is_said_in_every_language_at_every_width(lang: str, width: str) -> None:
    LANGUAGE.set(lang)
    said = [format_duration(minutes, width) for minutes in (0, 1, 2, 50, 60, 120, 1440, 2880, 4 * 1440 + 610)]
    LANGUAGE.set("en")
    assert not [length for length in said if "duration" in length]


def test_a_length_without_a_form_of_its_own_is_said_short() -> None:
    LANGUAGE.set("de")
    assert format_duration(50, "narrow") == "50 Min."
    LANGUAGE.set("ar")
    assert (format_duration(50, "narrow"), format_duration(1440, "long")) == ("50 د", "يوم")
    LANGUAGE.set("en")
    assert format_duration(50, "narrow") == "50m"


def test_a_message_keeps_its_values() -> None:
    LANGUAGE.set("de")
    assert gettext("Waiting for %(name)s.", name="100 %") == "Warten auf 100 %."
    assert gettext("") == ""
    LANGUAGE.set("en")
