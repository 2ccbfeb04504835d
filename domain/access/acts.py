"""What the audit calls what is done, and where it is done: names it can be searched for without reading all of it."""

from domain.access.permissions import CATALOGUE, PORTALS

DEEDS = frozenset(
    {
        "appointment:move",
        "audit:verify",
        "consent:withdraw",
        "delegation:end",
        "document:withdraw",
        "factor:add",
        "factor:remove",
        "form:complete",
        "glass:close",
        "glass:read",
        "guardian:end",
        "invitation:accept",
        "invitation:send",
        "invitation:withdraw",
        "note:amend",
        "note:sign",
        "password:change",
        "password:reset",
        "place:state",
        "recovery-codes:renew",
        "role:give",
        "role:retire",
        "role:take",
        "second-factor:ask",
        "session:no-show",
        "session:revoke",
        "session:revoke-all",
        "sign-in",
        "sign-in:second-step",
        "sign-out",
        "step-up",
        "step-up:ask",
    }
)
"""Events, and acts that go by more than their permission's name."""

ACTS = tuple(sorted(DEEDS | {each.name for portal in PORTALS for each in CATALOGUE[portal]}))
DOORS = tuple(
    sorted((*(f"{each}/{way}" for each in PORTALS for way in ("json", "pages")), "organization/codec", "cli", "worker"))
)
