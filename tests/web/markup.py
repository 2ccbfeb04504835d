"""A page as a strict parser sees it: its elements, and whatever could run."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

SCRIPTED = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data:text|data:application)", re.IGNORECASE)
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "srcdoc", "background")


@dataclass
class Markup(HTMLParser):
    """`live`: what would run or change the page by its own; `texts`: what is only read."""

    live: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given:
            self.live.append("script without an address")
        if "nonce" in given:
            self.nonces.append(given["nonce"])
        for name, value in given.items():
            if name.startswith("on") or name in ("style", "srcdoc", "xss") or "xss" in name:
                self.live.append(f"{tag} {name}={value[:60]}")
            if name in ADDRESSES:
                self.addresses.append(value)
                if SCRIPTED.match(value):
                    self.live.append(f"{tag} {name}={value[:60]}")
        if "xss" in tag or tag in ("iframe", "object", "embed", "base", "math", "marquee", "applet", "frameset"):
            self.live.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(html: str) -> Markup:
    found = Markup()
    found.feed(html)
    found.close()
    return found
