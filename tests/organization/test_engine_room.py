"""The codec endpoint: engineers read the histories of their own organization's people; nobody else reads any."""

from base64 import b64decode
from typing import Any
from uuid import uuid4

import httpx
import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads

import composition
from tests.fixtures.histories import history, payloads_in
from tests.fixtures.house import AURORA, RunningHouse, Visitor
from tests.fixtures.http import http_client
from tests.usecases.steps import journey_at_booking, new_patient
from usecases.engine_room import AT_ONCE, FORGOTTEN
from usecases.keys import forget_subject_key
from workflows.ids import journey_workflow_id

CLEAR = Payload(metadata={"encoding": b"json/plain"}, data=b'"said in clear"')


def asked(payloads: list[Payload]) -> dict[str, Any]:
    return MessageToDict(Payloads(payloads=payloads))


def address(house: RunningHouse, path: str = "decode") -> str:
    return f"http://127.0.0.1:{house.settings.port}/codec/{path}"


def texts(answer: httpx.Response) -> list[bytes]:
    return [b64decode(payload.get("data", "")) for payload in answer.raise_for_status().json()["payloads"]]


@pytest.fixture
async def stored(house: RunningHouse) -> list[Payload]:
    """Of the journey of a patient of Northlight."""
    patient = await new_patient(house, AURORA)
    journey = journey_workflow_id(await journey_at_booking(house, patient))
    return [p for event in await history(house.temporal, journey) for p in payloads_in(event)]


async def test_the_owner_reads(house: RunningHouse, owner: httpx.AsyncClient, stored: list[Payload]) -> None:
    answer = await owner.post(address(house), json=asked([*stored, CLEAR]))
    said = texts(answer)
    assert b'"definition"' in said[0]
    assert said[-1] == CLEAR.data
    assert len(said) == len(stored) + 1


async def test_the_owner_of_another_organization_does_not(
    house: RunningHouse, stranger: httpx.AsyncClient, stored: list[Payload]
) -> None:
    assert texts(await stranger.post(address(house), json=asked(stored))) == [payload.data for payload in stored]


async def test_other_roles_and_strangers_do_not(
    house: RunningHouse, coordinator: httpx.AsyncClient, clinical_lead: httpx.AsyncClient, stored: list[Payload]
) -> None:
    for client in (coordinator, clinical_lead):
        assert (await client.post(address(house), json=asked(stored))).status_code == 403
    host = {"host": coordinator.headers["host"]}
    async with http_client(headers=host) as nobody:
        answer = await nobody.post(address(house), json=asked(stored))
        assert (answer.status_code, answer.json()["type"]) == (401, "NotSignedIn")


async def test_a_forgotten_person_is_a_placeholder(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    patient = await new_patient(house, AURORA)
    workflow_id = f"journey/{uuid4()}"
    await house.context.keyring.assign(workflow_id, patient.person_id)
    key = await house.context.keyring.of_workflow(workflow_id)
    metadata = {"encoding": b"binary/encrypted", "key": str(key.id).encode(), "workflow": workflow_id.encode()}
    await forget_subject_key(house.context, patient.person_id)
    answer = await owner.post(address(house), json=asked([Payload(metadata=metadata, data=b"x" * 40), CLEAR]))
    assert texts(answer) == [FORGOTTEN.data, CLEAR.data]


async def test_nothing_is_encoded_and_nonsense_is_refused(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    assert (await owner.post(address(house, "encode"), json=asked([CLEAR]))).status_code == 405
    for nonsense in ({"payloads": 7}, {"payloads": [{"data": 5}]}, asked([CLEAR] * (AT_ONCE + 1))):
        answer = await owner.post(address(house), json=nonsense)
        assert (answer.status_code, answer.json()["type"]) == (422, "InvalidInput")


async def test_a_cookie_counts_only_from_the_temporal_ui(
    house: RunningHouse, olivia: Visitor, stored: list[Payload]
) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in olivia.cookies.items())
    ui = composition.temporal_ui(house.settings)
    for origin, status in ((ui, 200), ("https://evil.example", 401), (None, 401)):
        headers = {"cookie": cookie, **({"origin": origin} if origin else {})}
        answer = await olivia.client.post(address(house), json=asked(stored), headers=headers)
        assert answer.status_code == status, origin
        assert answer.headers.get("access-control-allow-origin") == (ui if status == 200 else None)


async def test_browsers_are_told_whom_to_believe(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    ui = composition.temporal_ui(house.settings)
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-namespace"}
    allowed = await owner.options(address(house), headers={"origin": ui, **wanted})
    assert allowed.headers["access-control-allow-origin"] == ui
    assert allowed.headers["access-control-allow-credentials"] == "true"
    refused = await owner.options(address(house), headers={"origin": "https://evil.example", **wanted})
    assert "access-control-allow-origin" not in refused.headers
