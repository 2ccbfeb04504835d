"""Which words a message has, and that none is waited for in vain."""

import shutil
from pathlib import Path
from typing import get_args
from uuid import UUID, uuid4

import pytest
import yaml

from activities.accounts import TEMPLATE
from activities.templates import fitting
from domain.appointments.state import Notify
from domain.messages import CATEGORY, CHANNELS, CHOOSABLE
from domain.refusals import DocumentInvalid
from models import MessageTemplate
from tests.fixtures.house import PACK
from usecases.packs.reading import read_pack

AURORA, SANA = uuid4(), uuid4()


def template(locale: str, brand_id: UUID | None = None, version: int = 1) -> MessageTemplate:
    said = f"{locale} {version}"
    return MessageTemplate(
        organization_id=uuid4(), brand_id=brand_id, key="x", channel="email", locale=locale, version=version, body=said
    )


ALL = [template("en"), template("de"), template("de", AURORA), template("de", AURORA, 2), template("ar", SANA)]


@pytest.mark.parametrize(
    ("brand_id", "languages", "is_own", "body"),
    [
        (AURORA, ["de-AT", "de"], True, "de 2"),
        (SANA, ["de-AT", "de"], False, "de 1"),
        (None, ["de"], False, "de 1"),
        (AURORA, ["ar"], False, "en 1"),
        (SANA, ["ar"], True, "ar 1"),
        (SANA, [], False, "en 1"),
    ],
)
def test_the_language_first_then_the_brands_own_then_the_newest(
    brand_id: UUID | None, languages: list[str], is_own: bool, body: str
) -> None:
    found = fitting(ALL, brand_id, languages)
    assert found is not None
    assert (found.brand_id is not None, found.body) == (is_own, body)


def test_nothing_fits_nobody() -> None:
    assert fitting([template("de", SANA)], AURORA, ["de"]) is None


def test_every_message_the_house_sends_is_demanded_of_a_pack() -> None:
    of_appointments = get_args(Notify.model_fields["template"].annotation)
    assert {*TEMPLATE.values(), *of_appointments, "nudge", "staff-nudge", "escalation"} <= CATEGORY.keys()


def without(tmp_path: Path, key: str, **instead: object) -> Path:
    """The demo pack whose e-mail `key` is gone, or changed."""
    shutil.copytree(PACK, tmp_path / "pack")
    care = tmp_path / "pack" / "care.yaml"
    document = yaml.safe_load(care.read_text())
    kept = [each for each in document["templates"] if (each["key"], each["channel"]) != (key, "email")]
    gone = next(each for each in document["templates"] if (each["key"], each["channel"]) == (key, "email"))
    document["templates"] = [*kept, gone | instead] if instead else kept
    care.write_text(yaml.safe_dump(document, allow_unicode=True))
    return tmp_path / "pack"


@pytest.mark.parametrize("key", sorted(CATEGORY))
def test_a_pack_that_leaves_a_message_out_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        read_pack(without(tmp_path, key))
    assert [error.partition(" for all brands")[0] for error in refused.value.errors] == [
        f"care.yaml: template '{key}': there is no e-mail in 'en'"
    ]


@pytest.mark.parametrize("instead", [{"brand": "aurora"}, {"body": {"de": "Hallo {name} {link}"}}])
def test_one_for_a_brand_or_in_another_language_is_not_for_everybody(
    tmp_path: Path, instead: dict[str, object]
) -> None:
    with pytest.raises(DocumentInvalid, match="template 'verification': there is no e-mail in 'en'"):
        read_pack(without(tmp_path, "verification", **instead))


def test_what_a_journey_sends_is_demanded_too(tmp_path: Path) -> None:
    pack = without(tmp_path, "nudge", body={"en": "Hello {name}"})
    path = pack / "journeys" / "first-steps.yaml"
    journey = yaml.safe_load(path.read_text())
    journey["steps"].insert(0, {"id": "hello", "kind": "message", "template": "hello"})
    path.write_text(yaml.safe_dump(journey, allow_unicode=True))
    with pytest.raises(DocumentInvalid, match="template 'hello': there is no e-mail in 'en'"):
        read_pack(pack)


def test_whatever_can_be_chosen_is_written_for_every_channel() -> None:
    written = {(each.key, each.channel): each.body for each in read_pack(PACK).care.templates if each.brand is None}
    chosen = [key for key, category in CATEGORY.items() if category in CHOOSABLE]
    for key in chosen:
        assert {channel for channel in CHANNELS if {"en", "de", "ar"} <= written.get((key, channel), {}).keys()} == {
            *CHANNELS
        }, key
