"""What a pack says of care: materials, consents, templates of messages."""

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.journeys.language import Key
from domain.packs.fields import Locale, PackDocument, Version, Words


class MaterialDocument(PackDocument):
    key: Key
    title: Words
    body: Words


class ConsentDocument(PackDocument):
    kind: Key
    version: Version = 1
    required: bool = True
    title: Words
    body: Words

    @model_validator(mode="after")
    def titled(self) -> Self:
        if bare := sorted(set(self.body) - set(self.title)):
            raise ValueError(f"the text in {', '.join(bare)} has no title. Write one in the same language")
        return self


class TemplateDocument(PackDocument):
    """`body` by locale; `brand` None: every brand of the organization."""

    key: Key
    channel: Literal["email", "sms", "whatsapp"]
    brand: Key | None = None
    version: Version = 1
    subject: dict[Locale, str] = Field(default_factory=dict)
    body: Words


class CareDocument(PackDocument):
    """What all organizations of the pack share: each gets a copy of its own."""

    materials: tuple[MaterialDocument, ...] = ()
    consents: tuple[ConsentDocument, ...] = ()
    templates: tuple[TemplateDocument, ...] = ()
