"""Step-up: what cannot be undone asks once more who is there.

A door calls `be_fresh(context, identity)` before such a use case, or its handler takes `TheFreshIdentity`, which
does the same. It raises `StepUpNeeded`; page doors then lead to /confirm-it-is-you and back, JSON doors answer 403 and
take `POST /step-up`. How it is confirmed is in `confirming.py`.
"""

from domain.refusals import StepUpNeeded
from domain.sign_in_rules import is_fresh
from usecases.audit.noting import note
from usecases.context import Context
from usecases.identity.doors import Identity


def require_fresh(context: Context, identity: Identity) -> None:
    """Raise `StepUpNeeded` unless the person has shown who they are in the last ten minutes."""
    if not is_fresh(identity.confirmed_at, context.now()):
        raise StepUpNeeded


async def be_fresh(context: Context, identity: Identity) -> None:
    """`require_fresh` for doors; the audit keeps who was refused."""
    try:
        require_fresh(context, identity)
    except StepUpNeeded:
        await note(context, identity.actor, "step-up:ask", "refused:StepUpNeeded")
        raise
