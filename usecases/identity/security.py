"""What the Security page shows: factors, passkeys, open sign-ins. And making new recovery codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from domain.devices import device_of
from domain.refusals import NotInThisState
from domain.sign_in_rules import is_idle
from models import Passkey, SignInSession
from usecases.audit.noting import tells
from usecases.context import Context
from usecases.identity import recovery_codes
from usecases.identity.doors import Identity
from usecases.identity.factors import Factors, factors_of
from usecases.identity.mail import tell_of_change
from usecases.identity.sessions import is_powerful
from usecases.identity.step_up import require_fresh
from usecases.views import View

NONE: frozenset[str] = frozenset()


class PasskeyRow(View):
    """`host` is the door it opens."""

    id: UUID
    name: str
    host: str
    created_at: datetime
    used_at: datetime | None


class SignInRow(View):
    """`browser` and `system` are names of products, "" when unknown; `kind` bearer is an app at the JSON door."""

    id: UUID
    browser: str
    system: str
    portal: str
    kind: str
    created_at: datetime
    seen_at: datetime
    this: bool


class SecurityPage(View):
    """`asked_to_enrol`: a role of this person needs a second factor, and there is none; `demanded`: nothing else opens
    until there is."""

    factors: Factors
    passkeys: tuple[PasskeyRow, ...]
    sign_ins: tuple[SignInRow, ...]
    asked_to_enrol: bool
    demanded: bool


async def security_page(context: Context, identity: Identity) -> SecurityPage:
    now = context.now()
    async with context.database.transaction(House()) as session:
        factors = await factors_of(session, identity.person_id)
        mine = select(Passkey).where(col(Passkey.person_id) == identity.person_id)
        passkeys = (await session.scalars(mine.order_by(col(Passkey.created_at)))).all()
        lasting = (col(SignInSession.person_id) == identity.person_id, col(SignInSession.expires_at) > now)
        query = select(SignInSession).where(*lasting).order_by(col(SignInSession.seen_at).desc())
        sign_ins = [row for row in await session.scalars(query) if not is_idle(row.portal, NONE, row.seen_at, now)]
    return SecurityPage(
        factors=factors,
        passkeys=tuple(PasskeyRow.model_validate(row) for row in passkeys),
        sign_ins=tuple(_row(row, identity) for row in sign_ins),
        asked_to_enrol=is_powerful(identity.actor) and not factors.any,
        demanded=identity.factor_due and not factors.any,
    )


@tells("recovery-codes:renew")
async def new_recovery_codes(context: Context, identity: Identity) -> tuple[str, ...]:
    """The earlier ones are void. Raises `StepUpNeeded`, and `NotInThisState` when there is no second factor."""
    require_fresh(context, identity)
    async with context.database.transaction(House()) as session:
        if not (await factors_of(session, identity.person_id)).any:
            raise NotInThisState
        codes = await recovery_codes.renew(session, identity.person_id)
    await tell_of_change(context, identity, "codes-renewed")
    return codes


def _row(row: SignInSession, identity: Identity) -> SignInRow:
    device, this = device_of(row.user_agent), row.id == identity.session_id
    facts = row.model_dump(include={"id", "portal", "kind", "created_at", "seen_at"})
    return SignInRow(**facts, browser=device.browser, system=device.system, this=this)
