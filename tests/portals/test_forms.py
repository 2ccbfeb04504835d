"""A form becomes a command, or one mistake per field."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode

import pytest
from annotated_types import Ge, MinLen
from pydantic import BaseModel, ConfigDict, EmailStr
from starlette.requests import Request
from starlette.types import Message

from domain.refusals import InvalidInput
from portals.core.forms import command, typed


class Register(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, MinLen(2)]
    email: EmailStr
    born: date | None = None
    visits: Annotated[int, Ge(1)] = 1
    kind: Literal["video", "place"] = "video"
    topics: list[str] = []


def posted(**fields: str | list[str]) -> Request:
    body = urlencode({"csrf": "token", **fields}, doseq=True).encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    return Request({"type": "http", "method": "POST", "headers": headers, "query_string": b""}, receive)


async def test_a_form_becomes_a_command() -> None:
    made = await command(posted(name="Noor", email="noor@example.org", born="", topics="a"), Register, visits=3)
    assert made == Register(name="Noor", email="noor@example.org", visits=3, topics=["a"])


async def test_what_was_typed_is_kept_without_the_token() -> None:
    assert await typed(posted(name=" N", topics=["a", "b"])) == {"name": " N", "topics": ["a", "b"]}


async def test_every_field_says_what_is_wrong_with_it() -> None:
    with pytest.raises(InvalidInput) as no:
        await command(posted(name="N", email="nobody", born="soon", visits="0", kind="moon", more="x"), Register)
    assert no.value.errors == {
        "name": "This is too short.",
        "email": "Enter an e-mail address, like name@example.org.",
        "born": "Enter a date.",
        "visits": "This number is too small.",
        "kind": "Choose one of the answers shown.",
        "more": "There is no field of this name.",
    }
    with pytest.raises(InvalidInput) as empty:
        await command(posted(name=""), Register)
    assert empty.value.errors == {"name": "Please fill this in.", "email": "Please fill this in."}
