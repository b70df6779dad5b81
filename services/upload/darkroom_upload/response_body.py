"""What bodies of answers have in common."""

from pydantic import BaseModel, ConfigDict


class ResponseBody(BaseModel):
    """A body that the service makes. Every field is there in each answer, if only as null."""

    model_config = ConfigDict(
        frozen=True, use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )
