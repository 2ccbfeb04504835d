"""The database before the doors open: its schema, and what packs bring into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic.util import CommandError
from temporalio.service import RPCError

from composition import audit_keys_of, complete, database_of, keyring_of, master_keys_of, now, passwords_of, temporal_of
from domain.packs.organizations import OrganizationDocument
from domain.packs.pack import Pack
from embedded.doctor import Unfit
from models import migrations
from models.session import Database
from settings import Settings, revealed
from usecases.audit.verifying import Checked, verification, verify
from usecases.audit.writing import AuditWriter
from usecases.fhir_import.importing import import_fhir
from usecases.fhir_import.questionnaires import Wanted, import_questionnaire
from usecases.keys import rewrap
from usecases.packs.loading import is_empty, load_pack
from usecases.packs.reading import read_pack


async def migrated(settings: Settings) -> None:
    """Present schema, present walls. Needs the owner's DATABASE_URL."""
    keys = [bytes.fromhex(key) for key in map(revealed, (settings.actor_key, settings.actor_key_before)) if key]
    owner, password = revealed(settings.database_url) or "", revealed(settings.database_app_password) or ""
    try:
        await migrations.migrate(owner, keys, password)
    except CommandError:
        raise Unfit(
            "The database has a newer schema than this version knows: start the version that made it, "
            "or bring an earlier back-up in."
        ) from None
    except migrations.TablesTaken:
        raise Unfit(
            "Somebody holds on to a table, so its schema cannot change: end what has been running for long "
            "(pg_stat_activity tells), and start again."
        ) from None


async def loaded(settings: Settings, folder: Path) -> list[str]:
    """What the pack has brought, a line for each organization."""
    pack = read_pack(folder, settings.portal_hosts)
    async with opened(settings) as database:
        await load_pack(database, passwords_of(settings), pack)
    return [_brought(each, pack) for each in pack.organizations]


def _brought(organization: OrganizationDocument, pack: Pack) -> str:
    engaged = [each for each in pack.specialists if organization.key in {e.organization for e in each.engagements}]
    places = ", ".join(brand.host for brand in organization.brands)
    return f"{organization.name}: taken in, with {places} and {len(engaged)} of its specialists"


async def imported(settings: Settings, files: list[Path], organization: str, brand: str) -> list[str]:
    """FHIR R4 files taken over; the lines of the report."""
    async with opened(settings) as database:
        today = datetime.now(UTC).date()
        taken = await import_fhir(database, passwords_of(settings), files, organization, brand, today)
        return [line for report in taken for line in report.lines()]


async def questionnaire_imported(settings: Settings, file: Path, wanted: Wanted) -> str:
    async with opened(settings) as database:
        stored = await import_questionnaire(database, file, wanted)
    state = "stored" if stored.new else "was there already"
    return f"{wanted.key} in {wanted.locale}: {stored.questions} questions, version {stored.version} {state}"


async def rotated(settings: Settings) -> tuple[int, str]:
    """How many data keys were brought under the current master key, and its name."""
    async with opened(settings) as database:
        masters = master_keys_of(settings)
        return await rewrap(database, masters), masters.current


async def audit_checked(settings: Settings, organization: str | None, log: list[str]) -> list[Checked]:
    """The chains asked for. Each that is whole gets an entry saying so, which tells when it was checked last."""
    async with opened(settings) as database:
        keys = audit_keys_of(settings)
        checked = await verify(database, keys, organization, log)
        writer = AuditWriter(database, keys, now)
        for one in checked:
            if not one.faults:
                await writer.append(verification(one, now()))
    return checked


async def prepared(settings: Settings, demo_pack: Path) -> None:
    """The schema, and the demo pack once; Temporal answers."""
    await migrated(settings)
    async with opened(settings) as database:
        await _ask_temporal(settings, database)
        if await is_empty(database):
            await load_pack(database, passwords_of(settings), read_pack(demo_pack, settings.portal_hosts))


async def _ask_temporal(settings: Settings, database: Database) -> None:
    try:
        await temporal_of(settings, keyring_of(settings, database))
    except (RuntimeError, RPCError):
        raise Unfit(
            f"What answers at {settings.temporal_address} does not speak as Temporal does: "
            "correct TEMPORAL_ADDRESS, or unset it to use the embedded one."
        ) from None


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Nobody waits in front of a page for what a command asks, however long that takes."""
    database = database_of(complete(settings), patience=None)
    try:
        yield database
    finally:
        await database.close()
