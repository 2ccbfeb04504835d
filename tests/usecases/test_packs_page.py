"""The page that says how a pack is written says what the code takes."""

from domain.messages import CATEGORY, LED_BY_LINK, VARIABLES
from handbook import pages
from handbook.pack_tables import DOCUMENTS, table

PAGE = pages.DOCS / "packs.md"


def test_the_page_is_up_to_date() -> None:
    assert pages.packs_page(PAGE.read_text()) == PAGE.read_text(), "run: python cli.py packs-docs"


def test_every_document_has_its_table_and_every_field_its_row() -> None:
    for name, document in DOCUMENTS.items():
        assert f"<!-- {name} -->\n| field " in PAGE.read_text(), name
        assert table(document).count("\n") == len(document.model_fields) + 1, name


def test_every_message_and_variable_is_named() -> None:
    page = PAGE.read_text()
    assert [key for key in CATEGORY if f"`{key}`" not in page] == []
    assert [name for name in VARIABLES["sms"] | {"name"} if f"`{{{name}}}`" not in page] == []
    assert [key for key in LED_BY_LINK if f"`{key}`" not in page] == []
