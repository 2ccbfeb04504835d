"""Words by locale, as configuration carries them: {"en": "Your consent", "de": "Ihre Einwilligung"}."""

from collections.abc import Iterable, Mapping


def chain(locale: str, *otherwise: str) -> list[str]:
    """The locales to try, each once: de-AT, de, then those of `otherwise`, then English."""
    tried: list[str] = []
    for wish in (locale, *otherwise, "en"):
        parts = wish.replace("_", "-").split("-")
        tried += ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return list(dict.fromkeys(tried))


def said(words: Mapping[str, str], locale: str, *otherwise: str) -> str:
    """The words for `locale` along its chain; words there are none for are said in whatever language there is."""
    known = next((words[tag] for tag in chain(locale, *otherwise) if words.get(tag)), "")
    return known or next((text for text in words.values() if text), "")


def best(offered: Iterable[str], locale: str, *otherwise: str) -> str | None:
    """Which of the `offered` locales comes first along the chain; any when none does; None when there is none."""
    there = list(offered)
    return next((tag for tag in chain(locale, *otherwise) if tag in there), there[0] if there else None)
