"""The demo's sign-ins, read from the demo pack, for the terminal and for the front page."""

from pathlib import Path

from composition import workflows_url
from domain.packs.pack import Pack
from domain.packs.people import MemberDocument
from settings import Settings
from usecases.packs.reading import read_pack
from usecases.welcome import DoorHint, SignInHint, Welcome

DEMO_PACK = Path(__file__).parent / "packs" / "demo"


def view_of(settings: Settings) -> Welcome:
    pack = read_pack(DEMO_PACK)
    staff = [_staff(member) for organization in pack.organizations for member in organization.members]
    specialists = [
        SignInHint(email=each.email, password=each.password, who=each.display_name) for each in pack.specialists
    ]
    at = settings.address
    doors = (
        _patients(pack, settings),
        _door("specialist", "Specialists", at(settings.specialist_host), specialists),
        _door("organization", "Organizations", at(settings.organization_host), _but(staff, partners=False)),
        _door("affiliate", "Affiliates", at(settings.affiliate_host), _but(staff, partners=True)),
    )
    return Welcome(doors=doors, tools=_tools(settings))


def _patients(pack: Pack, settings: Settings) -> DoorHint:
    """One door with a place for every brand."""
    brands = [brand for organization in pack.organizations for brand in organization.brands]
    patients = [
        SignInHint(email=each.email, password=each.password, who=f"{each.given_name} {each.family_name}, {each.brand}")
        for organization in pack.organizations
        for each in organization.patients
    ]
    places = tuple((brand.name, settings.address(brand.host)) for brand in brands)
    return DoorHint(portal="patient", title="Patients", places=places, sign_ins=tuple(patients))


def _staff(member: MemberDocument) -> SignInHint:
    who = f"{member.given_name} {member.family_name}, {', '.join(member.roles)}"
    return SignInHint(email=member.email, password=member.password, who=who)


def _but(staff: list[SignInHint], *, partners: bool) -> list[SignInHint]:
    return [hint for hint in staff if ("affiliate" in hint.who) == partners]


def _door(portal: str, title: str, address: str, hints: list[SignInHint]) -> DoorHint:
    return DoorHint(portal=portal, title=title, places=((title, address),), sign_ins=tuple(hints))


def _tools(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    temporal = ("temporal", "Temporal", workflows_url(settings))
    if not settings.sandbox_url:
        return (temporal,)
    address = settings.sandbox_url.replace("127.0.0.1", "localhost")
    return ("sandbox", "Phone, mailbox and card desk", address), temporal
