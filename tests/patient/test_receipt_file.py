"""A receipt as a file: at both doors, in the patient's language, for nobody else."""

from uuid import uuid4

import pytest

from models import LedgerIntent
from tests.fixtures.house import AURORA, SANA, RunningHouse
from tests.patient import way
from tests.patient.people import Newcomer, app_of, newcomer, rows_of, signed_in


async def paid(house: RunningHouse, host: str) -> tuple[Newcomer, str]:
    who = await newcomer(house, host)
    async with signed_in(house, who) as visitor:
        await way.booked(house, visitor, place=55)
    (payment,) = await rows_of(house, who, LedgerIntent)
    return who, f"payments/{payment.id}/receipt.pdf"


async def test_a_receipt_is_downloaded_from_its_page(house: RunningHouse) -> None:
    who, file = await paid(house, AURORA)
    stranger = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor, app_of(house, who) as app, app_of(house, stranger) as other:
        assert f'href="/{file}"' in (await visitor.get(f"/{file.removesuffix('/receipt.pdf')}")).text
        made = await visitor.get(f"/{file}")
        assert made.headers["content-type"] == "application/pdf"
        number = file.split("/")[1].upper()[:13]
        assert made.headers["content-disposition"] == f'attachment; filename="receipt-{number}.pdf"'
        assert made.headers["cache-control"] == "no-store"
        assert made.content == (await app.get(file)).content
        foreign, absent = await other.get(file), await app.get(f"payments/{uuid4()}/receipt.pdf")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert b"%PDF" not in foreign.content + absent.content


@pytest.mark.parametrize(("host", "lang"), [(AURORA, "en"), (AURORA, "de"), (SANA, "ar")])
async def test_a_receipt_speaks_the_language_that_is_read(house: RunningHouse, host: str, lang: str) -> None:
    who, file = await paid(house, host)
    async with app_of(house, who) as app:
        made = await app.get(file, headers={"accept-language": lang})
    assert f"/Lang({lang})".encode() in made.content
    assert (b"NotoSansArabic" in made.content) == (lang == "ar")
