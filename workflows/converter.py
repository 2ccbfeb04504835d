"""How values travel to Temporal: JSON by pydantic, without what is at its default anyway.

So the default of a field that travels is part of the format, and as fixed as the field's name.
"""

from typing import Any

from pydantic_core import SchemaSerializer
from pydantic_core.core_schema import any_schema
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter, DefaultPayloadConverter


class SparseJSON(PydanticJSONPlainPayloadConverter):
    _serializer = SchemaSerializer(any_schema())

    def to_payload(self, value: Any) -> Payload | None:
        data = self._serializer.to_json(value, exclude_defaults=True)
        return Payload(metadata={"encoding": self.encoding.encode()}, data=data)


class SparsePayloadConverter(CompositePayloadConverter):
    def __init__(self) -> None:
        binary = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(one for one in binary if one.encoding != SparseJSON().encoding), SparseJSON())


DATA_CONVERTER = DataConverter(payload_converter_class=SparsePayloadConverter)
