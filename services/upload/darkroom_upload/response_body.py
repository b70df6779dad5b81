"""The model that the bodies of responses build on."""

from pydantic import BaseModel, ConfigDict


class ResponseBody(BaseModel):
    """A response's body. Every response has every field; a field without a value is null."""

    model_config = ConfigDict(
        frozen=True, use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )
