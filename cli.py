"""The command line. Each command only composes; what it does lives in a room below."""

import asyncio
import errno
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from asyncpg import PostgresError
from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import DBAPIError

from domain.refusals import DocumentInvalid
from embedded.demo import Demo
from embedded.doctor import Unfit
from embedded.house import House, until_told_to_stop
from embedded.processes import NotStarted
from models import migrations
from models.security import APP_ROLE
from models.session import Database
from settings import Settings, variable_of
from usecases.packs.loading import is_empty, load_pack
from usecases.packs.reading import read_pack
from workflows.search_attributes import REGISTRY

ROOT = Path(__file__).parent
SETTINGS_HEAD = """# Settings

Read from the environment or from `.env` beside `settings.py`. This page is made by `python cli.py settings-docs`.

| variable | default | meaning |
|---|---|---|"""

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Fourdoors.")


@cli.command()
def run() -> None:
    """Start everything on this machine: engines, sandbox, portals, worker. Ctrl-C stops all of it."""
    settings = Settings()
    demo = demo_of(settings)
    with until_told_to_stop():
        house = House(say)
        demo.take_place()
        try:
            demo.open(house, prepare=lambda: asyncio.run(prepared(complete_settings())))
            say(addresses(settings))
            house.watch()
        finally:
            house.close()


@cli.command()
def migrate() -> None:
    """Bring the database to the present schema, and its walls to the present policy."""
    asyncio.run(migrated(complete_settings()))


@cli.command()
def load(pack: Path) -> None:
    """Take a pack into the database: organizations, brands, people, journeys. Safe to repeat."""
    asyncio.run(loaded(complete_settings(), pack))


async def migrated(settings: Settings) -> None:
    key, password = known(settings.actor_key), known(settings.database_app_password)
    await migrations.migrate(known(settings.database_url), bytes.fromhex(key), password)


async def loaded(settings: Settings, folder: Path) -> None:
    async with open_database(settings) as database:
        await load_pack(database, read_pack(folder))


async def prepared(settings: Settings) -> None:
    """The schema, and the demo pack once."""
    await migrated(settings)
    async with open_database(settings) as database:
        empty = await is_empty(database)
    if empty:
        await loaded(settings, ROOT / "packs" / "demo")


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    password = known(settings.database_app_password)
    url = migrations.app_url(known(settings.database_url), APP_ROLE, password)
    database = Database(url, bytes.fromhex(known(settings.actor_key)))
    try:
        yield database
    finally:
        await database.close()


def complete_settings() -> Settings:
    """In a demo, with the embedded engines' addresses and the secrets which `run` has made."""
    settings = Settings()
    if settings.environment == "demo":
        os.environ.update(demo_of(settings).environment)
    return Settings()


def addresses(settings: Settings) -> str:
    """What to open first, for the terminal."""
    ui = "" if settings.temporal_address else f"http://localhost:{settings.temporal_ui_port}"
    lines = {
        "Start here": settings.address("localhost"),
        "Specialists": settings.address(settings.specialist_host),
        "Organizations": settings.address(settings.organization_host),
        "Phone and mailbox": settings.sandbox_url or f"http://localhost:{settings.sandbox_port}",
        "Temporal": ui,
    }
    body = "\n".join(f"  {name:<20}{url}" for name, url in lines.items() if url)
    return f"\nFourdoors is open. Ctrl-C closes it.\n\n{body}\n"


def demo_of(settings: Settings) -> Demo:
    if settings.environment == "production":
        raise Unfit("`run` starts a demo; in production start the web process and the worker (README.md).")
    given = {
        "FOURDOORS_SECRET_KEY": revealed(settings.secret_key),
        "FOURDOORS_ACTOR_KEY": revealed(settings.actor_key),
        "FOURDOORS_DATABASE_APP_PASSWORD": revealed(settings.database_app_password),
        "FOURDOORS_SENDGRID_PUBLIC_KEY": settings.sendgrid_public_key,
    }
    return Demo(
        root=ROOT,
        state=settings.state_dir.resolve(),
        bind=settings.bind,
        port=settings.port,
        processes=settings.processes,
        metrics_port=settings.metrics_port,
        database_url=revealed(settings.database_url),
        database_port=settings.database_port,
        temporal_address=settings.temporal_address,
        temporal_port=settings.temporal_port,
        temporal_ui_port=settings.temporal_ui_port,
        temporal_namespace=settings.temporal_namespace,
        search_attributes=REGISTRY,
        sandbox_url=settings.sandbox_url,
        sandbox_port=settings.sandbox_port,
        sandboxed=settings.vendors == "sandbox",
        given={name: value for name, value in given.items() if value},
    )


@cli.command()
def settings_docs(target: Annotated[Path, typer.Argument()] = ROOT / "docs" / "settings.md") -> None:
    """Write the list of settings, generated from `settings.py`."""
    target.write_text(settings_page())


def settings_page() -> str:
    """Markdown: every environment variable, its default and its meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = "" if default in (None, "") else f"`{default}`"
        rows.append(f"| `{variable_of(name)}` | {shown} | {field.description} |")
    return "\n".join([SETTINGS_HEAD, *rows, ""])


def say(line: str) -> None:
    print(line, flush=True)


def revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def known(secret: SecretStr | None) -> str:
    assert secret is not None, "complete_settings() leaves none out"
    return secret.get_secret_value()


def main() -> int:
    """Runs a command. What a person can mend is said in one sentence, without a traceback."""
    try:
        cli()
    except (Unfit, NotStarted) as complaint:
        return complain(str(complaint))
    except DocumentInvalid as refusal:
        return complain("\n".join((str(refusal), *refusal.errors)))
    except ValidationError as error:
        return complain(broken_setting(error))
    except (DBAPIError, PostgresError) as error:
        reason = type(error.__cause__ or error).__name__
        return complain(f"The database refuses ({reason}): check DATABASE_URL, its role and its password.")
    except PermissionError as error:
        return complain(f"{error.filename} belongs to another user: start as that one, or set FOURDOORS_STATE_DIR.")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return complain(f"The disk is full ({error.filename}): make room and start again.")
    return 0


def broken_setting(error: ValidationError) -> str:
    """Names the variable, never its value."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = str(first["loc"][0]) if first["loc"] else ""
    variable = variable_of(place) if place in Settings.model_fields else place
    reason = first["msg"].removeprefix("Value error, ")
    subject = f"{variable} is wrong: {reason}" if variable else reason
    return f"{subject}. Correct it in the environment or in .env; docs/settings.md explains every setting."


def complain(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
