"""Every column that can hold words, days or bytes: a canary is in it, or it is said here why none can be."""

from collections.abc import Iterable

from tests.canaries.search import Canary
from tests.fixtures.house import RunningHouse

SAID_TO_EVERYBODY = {
    "organization", "brand", "location", "program", "appointment_type", "price", "material", "consent_text",
    "questionnaire", "journey_definition", "message_template", "custom_role", "alembic_version",
}  # fmt: skip
"""Tables of an organization's configuration."""

PUBLIC = {
    "specialist.display_name", "specialist.title", "specialist.profession", "specialist.specialities",
    "specialist.languages", "specialist.biography", "specialist.npi", "licence.number", "licence.expires_on",
}  # fmt: skip
"""What patients read before they book, and what registers publish."""

UNREADABLE = {
    "person.password_hash": "password",
    "sign_in_session.token_hash": "session of the patient",
    "one_time_token.token_hash": "link in an e-mail",
    "pending_sign_in.token_hash": "sign-in half done",
    "authenticator_app.sealed_secret": "secret of an app",
    "recovery_code.code_hash": "recovery code",
    "rate_window.key": "e-mail",
    "data_key.wrapped": "FOURDOORS_PAYLOAD_KEYS",
    "shared_document.content": "words in a file",
    "room_signal.body": "address in a call",
}
"""The canary went in and cannot be found: hashed, encrypted, or, of a call, deleted when it ended."""

CODES = {
    "account", "act", "actor", "absent", "assignee", "band", "by", "cancelled_by", "category", "channel", "channels",
    "currency", "definition_key", "detail", "door", "facts", "fields", "flags", "gender", "host", "journey_key",
    "jurisdiction", "kind", "locale", "material_key", "media_type", "modality", "outcome", "party", "portal",
    "purpose", "questionnaire_key", "relation", "resource", "role", "roles", "rule", "rule_version", "slot_class",
    "source", "stage", "status", "step", "step_kind", "template", "terms", "then", "time_zone", "vendor", "waits_for",
    "way", "what", "appointment_types", "effective_from", "effective_until",
    "message.reason", "ledger_intent.reason", "suppression.reason",
}  # fmt: skip
"""Words of ours or of a vendor, chosen from a list; scores and flags among them."""

MADE = {
    "action_url", "body_hash", "challenge_hash", "credential_id", "event_id", "hash", "key", "key_id",
    "master_key_id", "payment_method", "peer", "previous_hash", "public_key", "signature", "vendor_checkout",
    "payload", "vendor_customer", "vendor_reference", "workflow_id",
}  # fmt: skip
"""Names, keys and seals that a machine made and that open nothing."""

COLUMNS = """select table_name || '.' || column_name as known_by, table_name, column_name
from information_schema.columns where table_schema = 'public'
and data_type not in ('uuid', 'integer', 'bigint', 'smallint', 'double precision', 'boolean', 'tstzrange')
and data_type not like 'timestamp%'"""
HOLDS = """select exists (select from "{table}" row, unnest($1::text[]) canary
where strpos(lower(row."{column}"::text), lower(canary)) > 0) as found"""


async def planted(house: RunningHouse, canaries: Iterable[Canary]) -> dict[str, bool]:
    """Column by "table.column" -> whether a canary is in it."""
    values = [canary.value for canary in canaries]
    found: dict[str, bool] = {}
    for row in await house.sql(COLUMNS):
        query = HOLDS.format(table=row["table_name"], column=row["column_name"])
        found[row["known_by"]] = (await house.sql(query, values))[0]["found"]
    return found


def needs_none(column: str) -> bool:
    table, name = column.split(".")
    return table in SAID_TO_EVERYBODY or column in PUBLIC | CODES or name in CODES | MADE or column in UNREADABLE
