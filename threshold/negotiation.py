"""Which language a visitor reads: an explicit choice, then what the browser accepts, then the site's own."""

from collections.abc import Sequence


def negotiate(choice: str | None, accept_language: str | None, offered: Sequence[str], default: str) -> str:
    """One of `offered`. `choice` is the visitor's own word (cookie or profile), `accept_language` the header.

    Each wish falls back along its own chain (de-AT, then de) before the next wish is heard.
    """
    wishes = ([choice] if choice else []) + accepted(accept_language or "")
    for wish in wishes:
        for tag in fallbacks(wish):
            for known in offered:
                if known.lower() == tag:
                    return known
    return default


def fallbacks(tag: str) -> list[str]:
    """ "zh-Hant-TW" -> ["zh-hant-tw", "zh-hant", "zh"]."""
    parts = tag.lower().replace("_", "-").split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first; tags with q=0 or a broken q are left out."""
    ranked = [(quality(item), item.split(";")[0].strip()) for item in header.split(",")[:20]]
    return [tag for q, tag in sorted(ranked, key=lambda pair: -pair[0]) if q > 0 and tag]


def quality(item: str) -> float:
    _, _, parameter = item.partition(";")
    if not parameter:
        return 1.0
    try:
        return float(parameter.strip().removeprefix("q="))
    except ValueError:
        return 0.0
