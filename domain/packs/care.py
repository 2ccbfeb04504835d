"""What a pack says of care: materials, consents, templates of messages."""

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.journeys.language import Key, Text
from domain.packs.fields import PackDocument, Version


class MaterialDocument(PackDocument):
    key: Key
    title: Text
    body: Text


class ConsentDocument(PackDocument):
    kind: Key
    version: Version = 1
    required: bool = True
    title: Text
    body: Text

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
    subject: Text = Field(default_factory=dict)
    body: Text


class CareDocument(PackDocument):
    """What all organizations of the pack share: each gets a copy of its own."""

    materials: tuple[MaterialDocument, ...] = ()
    consents: tuple[ConsentDocument, ...] = ()
    templates: tuple[TemplateDocument, ...] = ()
