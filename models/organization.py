"""Organizations and what they show the world: brands, locations, programs."""

from typing import Any
from uuid import UUID

from sqlmodel import Field

from models.base import Row, TenantRow, document, words


class Organization(Row, table=True):
    key: str = Field(unique=True)
    name: str
    legal_name: str
    kind: str = "clinic"
    time_zone: str = "UTC"


class Brand(TenantRow, table=True):
    """`host` decides which brand a visitor sees; tokens are checked by the palette's contrast rule."""

    key: str = Field(unique=True)
    name: str
    host: str = Field(unique=True)
    hue: int
    chroma: float
    radius: str
    font: str = ""
    locales: list[str] = words()
    currency: str
    jurisdiction: str
    time_zone: str
    tagline: dict[str, str] = document()
    support_email: str = ""
    emergency: dict[str, str] = document()
    """By locale: whom to call at once."""


class Location(TenantRow, table=True):
    key: str
    name: str
    kind: str = "virtual"
    time_zone: str = "UTC"
    address: dict[str, Any] = document()


class Program(TenantRow, table=True):
    """What a brand offers: a journey under a name."""

    brand_id: UUID = Field(foreign_key="brand.id", index=True)
    key: str
    name: dict[str, str] = document()
    summary: dict[str, str] = document()
    journey_key: str
