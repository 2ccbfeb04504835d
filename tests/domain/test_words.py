"""Words in the reader's language, and what is said when there are none."""

from domain.jurisdictions import country_of, is_known, of_address
from domain.words import best, chain, said

WORDS = {"en": "Consent", "de": "Einwilligung", "ar": "موافقة"}


def test_the_chain_goes_from_the_wish_to_english_each_once() -> None:
    assert chain("de-AT", "ar") == ["de-AT", "de", "ar", "en"]
    assert chain("en-GB", "en") == ["en-GB", "en"]
    assert chain("zh_Hant_TW") == ["zh-Hant-TW", "zh-Hant", "zh", "en"]


def test_words_fall_back_along_the_chain() -> None:
    assert said(WORDS, "de-CH") == "Einwilligung"
    assert said(WORDS, "fr") == "Consent"
    assert said(WORDS, "fr", "ar") == "موافقة"
    assert said({"de": "Einwilligung"}, "fr") == "Einwilligung"
    assert said({"en": "", "de": "Einwilligung"}, "en") == "Einwilligung"
    assert said({}, "en") == ""


def test_the_best_of_what_is_offered() -> None:
    assert best(["de", "ar"], "ar-EG") == "ar"
    assert best(["de", "ar"], "fr") == "de"
    assert best([], "fr") is None


def test_places_are_countries_or_states_of_the_united_states() -> None:
    assert is_known("US-MA")
    assert is_known("DE")
    for place in ("US", "US-XX", "DE-BE", "XX", "", "US-"):
        assert not is_known(place)
    assert (country_of("US-MA"), country_of("DE")) == ("US", "DE")


def test_an_address_lies_where_licences_say_so_or_nowhere() -> None:
    assert of_address({"city": "Boston", "state": "MA", "country": "US"}) == "US-MA"
    assert of_address({"city": "Berlin", "state": "BE", "country": "DE"}) == "DE"
    for address in ({}, {"country": "US"}, {"country": "US", "state": "Massachusetts"}, {"country": "Germany"}):
        assert of_address(address) == ""
