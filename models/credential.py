"""What people sign in with besides a password, and sign-ins that are not complete yet. The house alone sees these."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Row, moment, now_utc


class AuthenticatorApp(Row, table=True):
    """`sealed_secret` is encrypted; `last_step` is the time step of the last code used, so that none works twice."""

    __tablename__ = "authenticator_app"

    person_id: UUID = Field(foreign_key="person.id", unique=True)
    sealed_secret: str
    last_step: int
    created_at: datetime = now_utc()


class Passkey(Row, table=True):
    """A WebAuthn credential. `host` is the relying party: the door where it was made and where it works."""

    person_id: UUID = Field(foreign_key="person.id", index=True)
    credential_id: str = Field(unique=True)
    public_key: bytes
    sign_count: int
    name: str
    host: str
    created_at: datetime = now_utc()
    used_at: datetime | None = moment(optional=True)


class RecoveryCode(Row, table=True):
    """`code_hash` is SHA-256 of eighty random bits."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    person_id: UUID = Field(foreign_key="person.id", index=True)
    code_hash: str
    used_at: datetime | None = moment(optional=True)


class PendingSignIn(Row, table=True):
    """The password was right; a second factor is due at the same door."""

    __tablename__ = "pending_sign_in"

    token_hash: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    portal: str
    kind: str
    tries: int = 0
    expires_at: datetime = moment(index=True)


class SpentChallenge(Row, table=True):
    """A passkey's challenge that was answered: it is not answered a second time."""

    __tablename__ = "spent_challenge"

    challenge_hash: str = Field(unique=True)
    expires_at: datetime = moment(index=True)
