"""The unmistakable values of one life, and what kind of thing each is."""

from dataclasses import dataclass, field

import httpx

from tests.canaries.search import Canary, Kind
from tests.organization.cases import OLIVIA
from tests.patient.people import SOMETIMES

GIVEN, FAMILY = "Zephyrine", "Quaxolotl-Ibarra"
PHONE, EMERGENCY_PHONE = "+16175550142", "+16175550179"
EMAIL, PASSWORD = "xylophon.4417@patients.example", "pw-Xylorimba-93175"
BORN, EMERGENCY_NAME, STREET = "1957-02-23", "Barnabas Plimsollow", "42 Gossamer Crescent"
BROWSER = "Quuxotic-Navigator/77.1 (Zeppelin)"
PASSKEY = "Perplexing toaster by the bed"

SUBJECTIVE = "Vexillology dreams return after the bereavement"
OBJECTIVE = "Sesquipedalian gait with a marimba tremor"
ASSESSMENT = "Brobdingnagian grief reaction"
PLAN = "Titrate flumazepiquine weekly"
REMARK = "Told me of the xanthic parrot"
FORGOTTEN = "Forgot the zeugmatol allergy"
FREE_TEXT = "The Glockenspiel question moved me"
LETTER, FILE_NAME, FILE_TEXT = "Referral about dromedary fever", "dromedary-fever-5528", "Dromedary titre 1 to 4096"
CANDIDATE, TEXTED = "203.0.113.177", "Is the glyptodon cough contagious"
CARD = "4242424242424242"

COLLEAGUE_GIVEN, COLLEAGUE_FAMILY = "Perpetua", "Wigglesworth-Okoro"
COLLEAGUE_EMAIL, COLLEAGUE_PASSWORD = "okapi.7733@staff.example", "pw-Quokkaphone-60418"
WHY_OPENED = "Unreachable after the quetzal call"
WHY_LENT = "On leave for the bassoon competition"
TRANSFER = "To Aunt Cordwainer at Zymurgy Savings"
TIME_OFF = "Hernia surgery at Ploverdale"

PLANTED: dict[Kind, dict[str, str]] = {
    "given name": {"given name": GIVEN, "a colleague's given name": COLLEAGUE_GIVEN},
    "family name": {"family name": FAMILY, "a colleague's family name": COLLEAGUE_FAMILY},
    "contact": {"e-mail": EMAIL, "phone": PHONE, "a colleague's e-mail": COLLEAGUE_EMAIL},
    "about them": {
        "date of birth": BORN,
        "emergency contact": EMERGENCY_NAME,
        "emergency phone": EMERGENCY_PHONE,
        "street": STREET,
        "browser": BROWSER,
        "address in a call": CANDIDATE,
        "name of a passkey": PASSKEY,
        "reason of a loan": WHY_LENT,
        "reason of time off": TIME_OFF,
        "reference of a transfer": TRANSFER,
    },
    "clinical": {
        "answer": f'"{SOMETIMES}"',
        "free text": FREE_TEXT,
        "note": SUBJECTIVE,
        "findings": OBJECTIVE,
        "assessment": ASSESSMENT,
        "plan": PLAN,
        "remark": REMARK,
        "reason of an amendment": FORGOTTEN,
        "reason of a broken glass": WHY_OPENED,
        "title of a document": LETTER,
        "name of a file": FILE_NAME,
        "words in a file": FILE_TEXT,
    },
    "secret": {"password": PASSWORD, "a colleague's password": COLLEAGUE_PASSWORD},
    "demo": {"staff password": OLIVIA[1]},
    "card": {"card number": CARD},
    "texted": {"text message to us": TEXTED},
}


def _planted() -> list[Canary]:
    return [Canary(what, kind, value) for kind, values in PLANTED.items() for what, value in values.items()]


@dataclass
class Record:
    """What a life leaves: `urls` asked for, `pages` and `problems` that refused, `canaries` planted."""

    urls: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    canaries: list[Canary] = field(default_factory=_planted)

    def follow(self, client: httpx.AsyncClient) -> None:
        async def asked(request: httpx.Request) -> None:
            self.urls.append(str(request.url))

        async def answered(response: httpx.Response) -> None:
            self.urls.append(response.headers.get("location", ""))

        client.event_hooks = {"request": [asked], "response": [answered]}

    def plant(self, what: str, kind: Kind, value: str) -> None:
        """What nobody chose: it is known only once it is there."""
        self.canaries.append(Canary(what, kind, value))
