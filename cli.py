"""The command line. Each command only composes; what it does lives in a room below."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from asyncpg import DataError, DiskFullError, IntegrityConstraintViolationError, PostgresError
from sqlalchemy.exc import DBAPIError

from domain.refusals import DocumentInvalid
from embedded.demo import Demo
from embedded.doctor import Unfit, refused_by_machine
from embedded.house import House, until_told_to_stop
from embedded.processes import NotStarted
from handbook.pages import documents
from models.outage import DatabaseAway, first_cause
from settings import Settings, read_settings, revealed
from workflows.search_attributes import REGISTRY

ROOT = Path(__file__).parent
DEMO_PACK = ROOT / "packs" / "demo"
UNFIT_VALUES = (DataError, IntegrityConstraintViolationError, OverflowError)
cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Fourdoors.")
cli.add_typer(documents)


@cli.command()
def run() -> None:
    """Start everything on this machine: engines, sandbox, portals, worker. Ctrl-C stops all of it."""
    settings = read_settings()
    demo = demo_of(settings)
    with until_told_to_stop():
        house = House(say, complaint=demo.complaint)
        demo.take_place()
        complete_settings()
        try:
            demo.open(house, prepare)
            say(front_page(complete_settings()))
            house.watch()
        finally:
            house.close()


@cli.command()
def migrate() -> None:
    """Bring the database to the present schema, and its walls to the present policy."""
    from preparation import migrated

    asyncio.run(migrated(complete_settings()))


@cli.command()
def load(pack: Path) -> None:
    """Take a pack into the database: organizations, brands, people, journeys. Safe to repeat."""
    from preparation import loaded

    for line in asyncio.run(loaded(complete_settings(), pack)):
        say(line)


@cli.command()
def import_fhir(
    files: list[Path], organization: Annotated[str, typer.Option()], brand: Annotated[str, typer.Option()]
) -> None:
    """Take over FHIR R4 Patients, Practitioners and Organizations, and say what became of each. Safe to repeat."""
    from preparation import imported

    for line in asyncio.run(imported(complete_settings(), files, organization, brand)):
        say(line)


@cli.command()
def import_questionnaire(
    file: Path,
    organization: Annotated[str, typer.Option()],
    key: Annotated[str, typer.Option()],
    locale: Annotated[str, typer.Option()],
) -> None:
    """Take over a FHIR R4 Questionnaire as one language of the organization's form `key`. Safe to repeat."""
    from preparation import questionnaire_imported
    from usecases.fhir_import.questionnaires import Wanted

    wanted = Wanted(organization=organization, key=key, locale=locale)
    say(asyncio.run(questionnaire_imported(complete_settings(), file, wanted)))


keys = typer.Typer(no_args_is_help=True, help="The keys payloads are encrypted with.")
cli.add_typer(keys, name="keys")


@keys.command()
def rotate() -> None:
    """Bring every data key under the first of FOURDOORS_PAYLOAD_KEYS. Safe to repeat, while everything runs."""
    from preparation import rotated

    count, name = asyncio.run(rotated(complete_settings()))
    say(f"{count} data keys are now under the master key `{name}`.")


audit = typer.Typer(no_args_is_help=True, help="The audit's chains.")
cli.add_typer(audit, name="audit")


@audit.command("verify")
def audit_verify(
    organization: Annotated[str | None, typer.Option(help="Key of one organization; `house` for none's.")] = None,
    anchor: Annotated[Path | None, typer.Option(help="Log file that has kept the seals.")] = None,
) -> None:
    """Check that nothing was changed, added or taken out. Exit code 1 when something was."""
    from preparation import audit_checked

    log = anchor.read_text(errors="replace").splitlines() if anchor else []
    checked = asyncio.run(audit_checked(complete_settings(), organization, log))
    for one in checked:
        for line in one.lines():
            say(line)
    if any(one.faults for one in checked):
        raise typer.Exit(1)


@audit.command("key")
def audit_key() -> None:
    """The public key that seals are checked with: keep it, outside of this house too."""
    from composition import audit_keys_of, complete

    say(audit_keys_of(complete(complete_settings())).public)


@cli.command()
def simulate(
    data: Annotated[Path, typer.Option(help="Folder with patients_fhir_r4.json.")] = ROOT.parent / "shared" / "data",
    patients: Annotated[int, typer.Option(min=1)] = 80,
    seed: int = 1,
) -> None:
    """Ninety days of eighty patients on engines of their own, with skipped time: the funnel and the checks."""
    if not (ROOT / "bench").is_dir():
        raise Unfit("This image holds no simulation: run it in a checkout of the repository.")
    from bench.simulation.quarter import simulate as run_simulation

    if not (data / "patients_fhir_r4.json").is_file():
        raise Unfit(f"There is no patients_fhir_r4.json in {data}: name its folder with --data.")
    if not asyncio.run(run_simulation(data, patients, seed, say)):
        raise typer.Exit(1)


def prepare() -> None:
    # Imported here, and not above: the engines start while it loads.
    from preparation import prepared

    asyncio.run(prepared(complete_settings(), DEMO_PACK))


def complete_settings() -> Settings:
    """In a demo, with the embedded engines' addresses and the secrets which `run` has made."""
    settings = read_settings()
    if settings.environment == "demo":
        os.environ.update(demo_of(settings).environment)
    return read_settings()


def front_page(settings: Settings) -> str:
    """The addresses and sign-ins, as http://localhost shows them, for the terminal."""
    from welcome import view_of

    view = view_of(settings)
    lines = ["", "Fourdoors is open. Ctrl-C closes it.", "", f"  Start here      {settings.address('localhost')}"]
    for door in view.doors:
        lines += ["", *(f"  {door.title:<15} {address}  {name}" for name, address in door.places)]
        lines += [f"      {hint.email:<34} {hint.password:<22} {hint.who}" for hint in door.sign_ins]
    lines += ["", *(f"  {title:<28} {address}" for _, title, address in view.tools), ""]
    return "\n".join(lines)


def demo_of(settings: Settings) -> Demo:
    if settings.environment == "production":
        raise Unfit("`run` starts a demo; in production start the web process and the worker (README.md).")
    given = {
        "FOURDOORS_SECRET_KEY": revealed(settings.secret_key),
        "FOURDOORS_ACTOR_KEY": revealed(settings.actor_key),
        "FOURDOORS_PAYLOAD_KEYS": revealed(settings.payload_keys),
        "FOURDOORS_METRICS_TOKEN": revealed(settings.metrics_token),
        "FOURDOORS_DATABASE_APP_PASSWORD": revealed(settings.database_app_password),
        "FOURDOORS_SENDGRID_PUBLIC_KEY": settings.sendgrid_public_key,
    }
    return Demo(
        root=ROOT,
        state=settings.state_dir.resolve(),
        bind=str(settings.bind),
        port=settings.port,
        processes=settings.processes,
        metrics_port=settings.metrics_port,
        database_url=revealed(settings.database_url),
        database_port=settings.database_port,
        temporal_address=settings.temporal_address,
        temporal_port=settings.temporal_port,
        temporal_ui_port=settings.temporal_ui_port,
        codec_endpoint=f"{settings.address(settings.organization_host)}/codec",
        temporal_namespace=settings.temporal_namespace,
        search_attributes=REGISTRY,
        sandbox_url=settings.sandbox_url,
        sandbox_port=settings.sandbox_port,
        sandboxed=settings.vendors == "sandbox",
        given={name: value for name, value in given.items() if value},
    )


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """Runs a command. What a person can mend is said in one sentence, without a traceback."""
    try:
        cli()
    except (Unfit, NotStarted) as complaint:
        return complain(str(complaint))
    except DocumentInvalid as refusal:
        return complain(str(refusal))
    except (DatabaseAway, DBAPIError, PostgresError, OSError) as error:
        return complain(refused_by(error))
    return 0


def refused_by(error: BaseException) -> str:
    """The database or the machine, by the kind of error that began it; its words may quote a row or a password."""
    cause = first_cause(error)
    if isinstance(cause, DiskFullError):
        return "The disk of the database is full: make room and start again."
    if isinstance(cause, UNFIT_VALUES):
        return (
            f"The database cannot keep a value it was given ({type(cause).__name__}), and has taken nothing: "
            "look for what is there twice, too large or no text, and start again."
        )
    if isinstance(cause, ConnectionError | TimeoutError):
        return "The database does not answer: keep `make run` open beside this, or set DATABASE_URL."
    if isinstance(cause, OSError):
        return refused_by_machine(cause)
    return f"The database refuses ({type(cause).__name__}): check DATABASE_URL, its role and its password."


def complain(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
