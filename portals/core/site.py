"""Who speaks (`Site`) and who visits (`Visit`): what every page knows before it knows anything else."""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from domain.brand_tokens import RADIUS, Font

Portal = Literal["patient", "specialist", "organization", "affiliate", "welcome"]
Tone = Literal["", "ok", "warn", "bad", "info"]
VISITOR_COOKIE = "__Host-visitor"
LANGUAGE_COOKIE = "__Host-language"
FLASH_COOKIE = "__Host-flash"


@dataclass(frozen=True)
class NavItem:
    """A place to go: `label` is an English message id (mark it with `N_`), `icon` a lucide name.

    It is shown to whose roles hold `permission`; "" shows it to everybody.
    """

    href: str
    label: str
    icon: str = ""
    permission: str = ""


@dataclass(frozen=True)
class Flash:
    """What has just been done, said once on the next page; `text` is in the reader's language."""

    text: str
    tone: Tone = "ok"


@dataclass(frozen=True)
class Site:
    """A brand or a portal as its visitors meet it. `hue` 0-360, `chroma` 0-0.16, `radius` 0-1.9999rem.

    `locale` is the default of `locales`; `mark` is the lucide icon beside the name; paths are same-site.
    Raises ValueError for a radius or numbers a style sheet must not receive.
    """

    name: str
    portal: Portal
    hue: float = 235
    chroma: float = 0.13
    radius: str = "0.625rem"
    font: Font = "sans"
    locale: str = "en"
    locales: tuple[str, ...] = ("en", "de", "ar")
    mark: str = "heart-pulse"
    home: str = "/"
    sign_in: str = "/sign-in"
    sign_out: str = "/sign-out"
    footer: tuple[NavItem, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.hue <= 360 or not 0 <= self.chroma <= 0.16:
            raise ValueError("hue is 0 to 360, chroma 0 to 0.16")
        if not RADIUS.fullmatch(self.radius):
            raise ValueError("radius is 0 to 1.9999rem")
        if self.locale not in self.locales:
            raise ValueError(f"the default locale {self.locale!r} is not among the site's locales")


@dataclass(frozen=True)
class Visit:
    """One request's visitor. Set by the portal's `resolve` before routing; read by `page`.

    `session_id` binds form tokens: the session's id, or the visitor cookie's value before sign-in (`visitor_id`).
    `user` is the name shown, None when signed out. `zone` is an IANA name. `account` are the links of the user's menu;
    `acting_for` names whom the user stands in for; `seat_id` is whom or what they act for, `other_seats` could be.
    """

    site: Site
    session_id: str
    form_key: bytes
    lang: str = "en"
    zone: str = "UTC"
    user: str | None = None
    nav: tuple[NavItem, ...] = ()
    account: tuple[NavItem, ...] = ()
    acting_for: str | None = None
    seat_id: str = ""
    other_seats: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()


def visit_of(request: Request) -> Visit:
    """The visit that the middleware resolved."""
    found: Visit = request.state.visit
    return found
