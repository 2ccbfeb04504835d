"""What roles are called in front of people."""

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


def role_title(key: str) -> str:
    """In the reader's language; an organization's own role keeps the name it was given."""
    return gettext(TITLES[key]) if key in TITLES else key.replace("-", " ").capitalize()
