"""A pack as a whole."""

from typing import Any

from domain.packs.care import CareDocument
from domain.packs.fields import PackDocument
from domain.packs.organizations import OrganizationDocument
from domain.packs.people import SpecialistDocument


class Pack(PackDocument):
    organizations: tuple[OrganizationDocument, ...]
    care: CareDocument
    specialists: tuple[SpecialistDocument, ...]
    journeys: tuple[dict[str, Any], ...]
    forms: dict[str, dict[str, dict[str, Any]]]
    """Key -> locale -> FHIR Questionnaire."""
