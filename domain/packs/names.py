"""Do the parts of a pack fit together: is everything that is named there, and is nothing there twice?"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator

from domain.money import LEAST_CHARGE, card_step
from domain.packs.organizations import OrganizationDocument
from domain.packs.pack import Pack
from domain.packs.people import PersonDocument, SpecialistDocument

Place = tuple[str | int, ...]
Mistake = tuple[Place, str]
"""Where in the pack, as pydantic says it, and a sentence."""


def mistakes(pack: Pack, our_hosts: Collection[str] = ()) -> Iterator[Mistake]:
    """Everything that does not fit; `our_hosts` are those of the portals, which no brand can have."""
    for number, organization in enumerate(pack.organizations):
        found = (*_within(organization, pack), *_twice_within(organization), *_taken(organization, our_hosts))
        for place, sentence in found:
            yield ("organizations", number, *place), sentence
    yield from _specialists(pack)
    yield from _care(pack)
    yield from _twice(pack)


def _within(organization: OrganizationDocument, pack: Pack) -> Iterator[Mistake]:
    journeys = {str(journey.get("key")) for journey in pack.journeys}
    brands = {brand.key for brand in organization.brands}
    for number, program in enumerate(organization.programs):
        yield from _unknown(("programs", number, "journey"), "journey", [program.journey], journeys)
        yield from _unknown(("programs", number, "brands"), "brand", program.brands, brands)
    for number, kind in enumerate(organization.appointment_types):
        yield from _unknown(("appointment_types", number, "prices"), "brand", kind.prices, brands)
        for brand in sorted(brands - set(kind.prices)):
            yield ("appointment_types", number, "prices"), f"there is no price for '{brand}'. Write one"
        here = [kind.location] if kind.location else []
        yield from _unknown(
            ("appointment_types", number, "location"), "physical location", here, _physical(organization)
        )
        yield from _prices(("appointment_types", number, "prices"), kind.prices, organization)
    for number, patient in enumerate(organization.patients):
        yield from _unknown(("patients", number, "brand"), "brand", [patient.brand], brands)


def _taken(organization: OrganizationDocument, our_hosts: Collection[str]) -> Iterator[Mistake]:
    for number, brand in enumerate(organization.brands):
        if brand.host in our_hosts:
            yield ("brands", number, "host"), f"'{brand.host}' leads to a portal. Give the brand a host of its own"


def _physical(organization: OrganizationDocument) -> set[str]:
    return {each.key for each in organization.locations if each.kind == "physical"}


def _prices(place: Place, prices: dict[str, int], organization: OrganizationDocument) -> Iterator[Mistake]:
    """A price that is too small for a card, or of which no card can be charged the last fraction, is never paid."""
    for brand in organization.brands:
        amount, step = prices.get(brand.key, 0), card_step(brand.currency)
        if amount % step:
            fitting = f"{amount - amount % step} or {amount - amount % step + step}"
            why = f"a card is charged multiples of {step} in {brand.currency}, never {amount}"
            yield (*place, brand.key), f"{why}. Write {fitting}"
        elif 0 < amount < LEAST_CHARGE:
            why = f"no card is charged {amount} {brand.currency} in its minor units, and prices are in those"
            yield (*place, brand.key), f"{why}. Write 0 or {LEAST_CHARGE} at least"


def _specialists(pack: Pack) -> Iterator[Mistake]:
    kinds = {each.key: {kind.key for kind in each.appointment_types} for each in pack.organizations}
    for number, specialist in enumerate(pack.specialists):
        yield from _again_of_a_specialist(number, specialist)
        for which, engagement in enumerate(specialist.engagements):
            place: Place = ("specialists", number, "engagements", which)
            yield from _unknown((*place, "organization"), "organization", [engagement.organization], kinds)
            offered = kinds.get(engagement.organization, engagement.appointment_types)
            yield from _unknown((*place, "appointment_types"), "kind of session", engagement.appointment_types, offered)


def _again_of_a_specialist(number: int, specialist: SpecialistDocument) -> Iterator[Mistake]:
    licences = [(each.jurisdiction, each.number) for each in specialist.licences]
    yield from _again(("specialists", number, "licences"), "jurisdiction and number", licences)
    engagements = [(each.organization, str(each.effective_from)) for each in specialist.engagements]
    yield from _again(("specialists", number, "engagements"), "organization and first day", engagements)


def _care(pack: Pack) -> Iterator[Mistake]:
    brands = {brand.key for organization in pack.organizations for brand in organization.brands}
    for number, template in enumerate(pack.care.templates):
        named = [template.brand] if template.brand else []
        yield from _unknown(("care", "templates", number, "brand"), "brand", named, brands)
    care = pack.care
    yield from _again(("care", "materials"), "key", [each.key for each in care.materials])
    yield from _again(("care", "consents"), "kind and version", [(each.kind, each.version) for each in care.consents])
    templates = [(each.key, each.channel, each.brand or "", each.version) for each in care.templates]
    yield from _again(("care", "templates"), "key, channel, brand and version", templates)


def _twice_within(organization: OrganizationDocument) -> Iterator[Mistake]:
    yield from _again(("programs",), "key", [each.key for each in organization.programs])
    yield from _again(("appointment_types",), "key", [each.key for each in organization.appointment_types])
    for number, brand in enumerate(organization.brands):
        yield from _again(("brands", number, "locales"), "language", brand.locales)
    for number, kind in enumerate(organization.appointment_types):
        yield from _again(("appointment_types", number, "reminders"), "hours", kind.reminders)
    yield from _again(("locations",), "key", [each.key for each in organization.locations])
    yield from _again(("members",), "e-mail address", map(_address, organization.members))
    patients = [(each.brand, _address(each)) for each in organization.patients]
    yield from _again(("patients",), "brand and e-mail address", patients)


def _twice(pack: Pack) -> Iterator[Mistake]:
    brands = [brand for organization in pack.organizations for brand in organization.brands]
    plans = [(str(each.get("key")), str(each.get("version"))) for each in pack.journeys]
    yield from _again(("journeys",), "key and version", plans)
    yield from _again(("organizations",), "key", [each.key for each in pack.organizations])
    yield from _again(("organizations", "brands"), "key", [each.key for each in brands])
    yield from _again(("organizations", "brands"), "host", [each.host for each in brands])
    yield from _again(("specialists",), "e-mail address", map(_address, pack.specialists))
    staff = [*(member for each in pack.organizations for member in each.members), *pack.specialists]
    people = {(_address(person), f"{person.given_name} {person.family_name}") for person in staff}
    for address, count in Counter(address for address, _ in people).items():
        if count > 1:
            names = " and ".join(sorted(name for whose, name in people if whose == address))
            yield (
                ("organizations", "members"),
                f"'{address}' is {names}. Staff have one account: give each an address of their own",
            )


def _unknown(place: Place, what: str, named: Iterable[str], known: Collection[str]) -> Iterator[Mistake]:
    choice = f"Use one of: {', '.join(sorted(known))}" if known else "There is none at all"
    for name in sorted(set(named) - set(known)):
        yield place, f"there is no {what} '{name}'. {choice}"


def _again(place: Place, what: str, found: Iterable[Hashable]) -> Iterator[Mistake]:
    for value, count in Counter(found).items():
        if count > 1:
            shown = " ".join(map(str, value)) if isinstance(value, tuple) else value
            yield place, f"{count} have the {what} '{shown}'. Give each its own"


def _address(person: PersonDocument) -> str:
    return person.email.lower()
