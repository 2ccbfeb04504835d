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
                places=tuple((brand.name, settings.address(brand.host)) for brand in brands),
                sign_ins=patients,
            ),
            DoorHint(
                portal="specialist",
                title="Specialists",
                places=(("Specialists", settings.address(settings.specialist_host)),),
                sign_ins=tuple(
                    SignInHint(email=s.email, password=s.password, who=s.display_name) for s in pack.specialists
                ),
            ),
            DoorHint(
                portal="organization",
                title="Organizations",
                places=(("Organizations", settings.address(settings.organization_host)),),
                sign_ins=tuple(hint for hint in staff if "affiliate" not in hint.who),
            ),
            DoorHint(
                portal="affiliate",
                title="Affiliates",
                places=(("Affiliates", settings.address(settings.affiliate_host)),),
                sign_ins=tuple(hint for hint in staff if "affiliate" in hint.who),
            ),
        ),
        tools=_tools(settings),
    )


def _tools(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    temporal = ("temporal", "Temporal", workflows_url(settings))
    if not settings.sandbox_url:
        return (temporal,)
    address = settings.sandbox_url.replace("127.0.0.1", "localhost")
    return ("sandbox", "Phone, mailbox and card desk", address), temporal
