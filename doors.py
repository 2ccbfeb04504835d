"""What the host of each portal serves, and where: what `app.py` mounts is what `handbook` walks."""

from collections.abc import Callable, Mapping
from functools import partial

from fastapi import FastAPI

import api.affiliate
import api.codec
import api.organization
import api.patient
import api.specialist
import portals.affiliate.portal
import portals.organization.portal
import portals.patient.portal
import portals.specialist.portal
from domain.access.permissions import Portal
from portals.core.door import SESSION_COOKIE

Mounted = Mapping[str, Callable[[], FastAPI]]
"""What makes an application, by the path it is mounted at: "" for the pages, which come last."""


def doors(temporal_ui: str = "") -> dict[Portal, Mounted]:
    """`temporal_ui` is the origin of the UI whose browsers may ask the codec; "" for none."""
    codec = partial(api.codec.create, temporal_ui, SESSION_COOKIE)
    return {
        "patient": {"/api": api.patient.create, "": portals.patient.portal.create},
        "specialist": {"/api": api.specialist.create, "": portals.specialist.portal.create},
        "organization": {"/api": api.organization.create, "/codec": codec, "": portals.organization.portal.create},
        "affiliate": {"/api": api.affiliate.create, "": portals.affiliate.portal.create},
    }
