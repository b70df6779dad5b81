"""The model that the bodies of responses build on."""

from pydantic import BaseModel, ConfigDict


class ResponseBody(BaseModel):
    """A response's body. It has every field, as null if there is no value, unless the field says otherwise."""

    model_config = ConfigDict(
        frozen=True, use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )
