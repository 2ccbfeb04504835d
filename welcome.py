"""The demo's sign-ins, read from the demo pack, for the terminal and for the front page."""

from pathlib import Path

from composition import workflows_url
from settings import Settings
from usecases.packs.reading import read_pack
from usecases.welcome import DoorHint, SignInHint, Welcome

DEMO_PACK = Path(__file__).parent / "packs" / "demo"


def view_of(settings: Settings) -> Welcome:
    pack = read_pack(DEMO_PACK)
    brands = [brand for organization in pack.organizations for brand in organization.brands]
    patients = tuple(
        SignInHint(email=p.email, password=p.password, who=f"{p.given_name} {p.family_name}, {p.brand}")
        for organization in pack.organizations
        for p in organization.patients
    )
    members = [member for organization in pack.organizations for member in organization.members]
    staff = tuple(
        SignInHint(email=m.email, password=m.password, who=f"{m.given_name} {m.family_name}, {', '.join(m.roles)}")
        for m in members
    )
    return Welcome(
        doors=(
            DoorHint(
                portal="patient",
                title="Patients",
                text="One door per brand, each with its own face, language and currency.",
                icon="heart-pulse",
                places=tuple((brand.name, settings.address(brand.host)) for brand in brands),
                sign_ins=patients,
            ),
            DoorHint(
                portal="specialist",
                title="Specialists",
                text="One workspace for every organization they work with.",
                icon="stethoscope",
                places=(("Specialists", settings.address(settings.specialist_host)),),
                sign_ins=tuple(
                    SignInHint(email=s.email, password=s.password, who=s.display_name) for s in pack.specialists
                ),
            ),
            DoorHint(
                portal="organization",
                title="Organizations",
                text="Every journey, what it waits for, for whom and until when.",
                icon="building-2",
                places=(("Organizations", settings.address(settings.organization_host)),),
                sign_ins=tuple(hint for hint in staff if "affiliate" not in hint.who),
            ),
            DoorHint(
                portal="affiliate",
                title="Affiliates",
                text="Partners sign in here.",
                icon="handshake",
                places=(("Affiliates", settings.address(settings.affiliate_host)),),
                sign_ins=tuple(hint for hint in staff if "affiliate" in hint.who),
            ),
        ),
        tools=_tools(settings),
    )


def _tools(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    tools = []
    if settings.sandbox_url:
        address = settings.sandbox_url.replace("127.0.0.1", "localhost")
        tools.append(("Phone, mailbox and card desk", "What was sent to people, and what was paid.", address))
    tools.append(
        (
            "Temporal",
            "Every journey and appointment as engineers see it.",
            workflows_url(settings),
        )
    )
    return tuple(tools)
