"""Every request of somebody who is signed in is counted: theirs, and their organization's."""

from domain.actors import Specialist
from usecases.context import Context
from usecases.identity.doors import Identity


def keep_pace(context: Context, identity: Identity) -> None:
    """Raises `TooManyRequests`. Whoever alone is too fast takes nothing from their organization.

    Specialists work for several organizations and are counted for themselves only.
    """
    context.pace.persons.take(str(identity.person_id))
    if not isinstance(identity.actor, Specialist):
        context.pace.organizations.take(str(identity.actor.organization_id))
