"""What use cases answer with, and what they are asked with."""

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Read-only data for a page or a JSON answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Command(BaseModel):
    """What somebody asks for, from a form or as JSON; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
