"""The pages of `docs/` that are made from code, and the commands that make them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from domain.journeys import kinds
from settings import Settings, variable_of

DOCS = Path(__file__).parents[1] / "docs"
SETTINGS_HEAD = """# Settings

Read from the environment or from `.env` beside `settings.py`. This page is made by `python cli.py settings-docs`.

| variable | default | meaning |
|---|---|---|"""

documents = typer.Typer()


@documents.command()
def settings_docs(target: Annotated[Path, typer.Argument()] = DOCS / "settings.md") -> None:
    """Write the list of settings, generated from `settings.py`."""
    target.write_text(settings_page())


@documents.command()
def journeys_docs(target: Annotated[Path, typer.Argument()] = DOCS / "journeys.md") -> None:
    """Bring the tables of the journey language's page up to date, generated from `domain/journeys/`."""
    target.write_text(journeys_page(target.read_text()))


@documents.command()
def packs_docs(target: Annotated[Path, typer.Argument()] = DOCS / "packs.md") -> None:
    """Bring the tables of the packs' page up to date, generated from `domain/packs/`."""
    target.write_text(packs_page(target.read_text()))


@documents.command()
def access_docs(target: Annotated[Path, typer.Argument()] = DOCS / "access-matrix.md") -> None:
    """Write who may do what, generated from `domain/access/` and the routers of all doors."""
    from handbook import access_matrix

    target.write_text(access_matrix.page())


@documents.command()
def security_docs(target: Annotated[Path, typer.Argument()] = DOCS / "security") -> None:
    """Write the tables of ASVS and HIPAA from their data in `docs/security/`."""
    from handbook import security_tables

    (target / "asvs.md").write_text(security_tables.asvs_page())
    (target / "hipaa.md").write_text(security_tables.hipaa_page())


def journeys_page(page: str) -> str:
    """The page with the tables between its marks made anew."""
    return _with_tables(page, {"kinds": kinds.table(), "patience": kinds.patience_table()})


def packs_page(page: str) -> str:
    from handbook import pack_tables

    return _with_tables(page, {name: pack_tables.table(each) for name, each in pack_tables.DOCUMENTS.items()})


def _with_tables(page: str, tables: Mapping[str, str]) -> str:
    for mark, table in tables.items():
        before, _, rest = page.partition(f"<!-- {mark} -->\n")
        _, _, after = rest.partition(f"<!-- /{mark} -->")
        page = f"{before}<!-- {mark} -->\n{table}\n<!-- /{mark} -->{after}"
    return page


def settings_page() -> str:
    """Markdown: every environment variable, its default and its meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = "" if default in (None, "") else f"`{default}`"
        rows.append(f"| `{variable_of(name)}` | {shown} | {field.description} |")
    return "\n".join([SETTINGS_HEAD, *rows, ""])
