"""Answer lists that published questionnaires name without carrying them: LOINC LL358-3 and LL359-1."""

from collections.abc import Mapping

FREQUENCY = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
DIFFICULTY = ("LA6572-7", "LA6573-5", "LA6575-0", "LA6574-3")

FREQUENCY_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("Not at all", "Several days", "More than half the days", "Nearly every day"),
    "de": ("Überhaupt nicht", "An einzelnen Tagen", "An mehr als der Hälfte der Tage", "Beinahe jeden Tag"),
}
DIFFICULTY_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("Not difficult at all", "Somewhat difficult", "Very difficult", "Extremely difficult"),
    "de": ("Überhaupt nicht erschwert", "Etwas erschwert", "Relativ stark erschwert", "Sehr stark erschwert"),
}


def known_answers(value_set: str, locale: str) -> list[tuple[str, str, int | None]]:
    """(code, words, score) of a value set named by its URL; empty when it is not one of ours."""
    base = locale.split("-")[0]
    if "ll358-3" in value_set.lower():
        words = FREQUENCY_WORDS.get(base, FREQUENCY_WORDS["en"])
        return [(code, text, score) for score, (code, text) in enumerate(zip(FREQUENCY, words, strict=True))]
    if "ll359-1" in value_set.lower():
        words = DIFFICULTY_WORDS.get(base, DIFFICULTY_WORDS["en"])
        return [(code, text, None) for code, text in zip(DIFFICULTY, words, strict=True)]
    return []
