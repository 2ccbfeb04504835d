"""What roles are called in front of people."""

from collections.abc import Mapping

from portals.core.i18n import N_, gettext

TITLES = {
    "self": N_("Patient"),
    "guardian": N_("Guardian"),
    "clinician": N_("Clinician"),
    "supervisor": N_("Supervisor"),
    "assistant": N_("Assistant"),
    "owner": N_("Owner"),
    "operations": N_("Operations"),
    "care-coordinator": N_("Care coordinator"),
    "clinical-lead": N_("Clinical lead"),
    "finance": N_("Finance"),
    "marketing": N_("Marketing"),
    "compliance": N_("Compliance"),
    "support": N_("Support"),
    "specialist": N_("Specialist"),
    "affiliate": N_("Partner"),
    "affiliate-manager": N_("Partner manager"),
    "affiliate-viewer": N_("Partner viewer"),
    "manager": N_("Partner manager"),
    "viewer": N_("Partner viewer"),
}


def role_title(key: str, own: Mapping[str, str] | None = None) -> str:
    """In the reader's language; a role of an organization's own keeps the title it was given: `own`, by keys."""
    if own and key in own:
        return own[key]
    return gettext(TITLES[key]) if key in TITLES else key.replace("-", " ").capitalize()
