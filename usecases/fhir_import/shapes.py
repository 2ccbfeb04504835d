"""The shape of what an import reads, as FHIR R4 has it. Whatever else a resource holds is not looked at."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, EmailStr, Field, TypeAdapter, ValidationError, model_validator

from usecases.fhir_import.reading import Resource

Text = Annotated[str, Field(max_length=500)]
"""An index of PostgreSQL takes no more than 2,700 bytes."""
EMAIL = TypeAdapter(EmailStr)


class Element(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class HumanName(Element):
    use: Text = ""
    family: Text = ""
    given: list[Text] = []
    prefix: list[Text] = []


class ContactPoint(Element):
    system: Text = ""
    value: Text = ""

    @model_validator(mode="after")
    def an_address(self) -> Self:
        if self.system == "email" and not _is_email(self.value):
            raise ValueError("no e-mail address")
        return self


class Address(Element):
    line: list[Text] = []
    city: Text = ""
    state: Text = ""
    postalCode: Text = ""
    country: Text = ""


class Coding(Element):
    code: Text = ""


class CodeableConcept(Element):
    coding: list[Coding] = []


class Communication(Element):
    language: CodeableConcept = CodeableConcept()


class Identifier(Element):
    system: Text = ""
    value: Text = ""


class Practitioner(Element):
    name: list[HumanName] = []
    telecom: list[ContactPoint] = []
    identifier: list[Identifier] = []


class Patient(Element):
    name: list[HumanName] = []
    telecom: list[ContactPoint] = []
    address: list[Address] = []
    communication: list[Communication] = []
    birthDate: Text = ""
    gender: Text = ""
    deceasedBoolean: bool = False
    deceasedDateTime: Text = ""


class Organization(Element):
    name: Text = ""
    address: list[Address] = []


SHAPES: Mapping[str, type[Element]] = {"Patient": Patient, "Practitioner": Practitioner, "Organization": Organization}


def misshapen(resource: Resource) -> str | None:
    """What is not as FHIR R4 has it; None when an import can read the resource."""
    try:
        SHAPES[resource["resourceType"]].model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        return f"its '{place}' is not as FHIR R4 has it: {first['msg'].removeprefix('Value error, ')}"
    return None


def _is_email(text: str) -> bool:
    try:
        EMAIL.validate_python(text)
    except ValidationError:
        return False
    return True
