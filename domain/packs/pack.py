"""A pack as a whole."""

from typing import Any

from domain.journeys.language import Key
from domain.packs.care import CareDocument
from domain.packs.fields import Locale, PackDocument
from domain.packs.organizations import OrganizationDocument
from domain.packs.people import SpecialistDocument


class Pack(PackDocument):
    organizations: tuple[OrganizationDocument, ...]
    care: CareDocument
    specialists: tuple[SpecialistDocument, ...]
    journeys: tuple[dict[str, Any], ...]
    forms: dict[Key, dict[Locale, dict[str, Any]]]
    """Key -> locale -> FHIR Questionnaire."""
