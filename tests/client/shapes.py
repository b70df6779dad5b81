"""What two JSON Schemas must have in common although one says limits and explains, and the other does not."""

from typing import Any, Final

_NOT_COMPARED: Final = frozenset(
    {
        # Words, and limits that the service alone knows.
        *("title", "description", "examples", "discriminator", "pattern"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "minItems", "maxItems"),
    }
)


def shape_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return names, types, defaults and choices of a schema and of all that it defines."""
    definitions = {name: _shape(each) for name, each in schema["$defs"].items()}
    return {"recipe": _shape({name: each for name, each in schema.items() if name != "$defs"}), **definitions}


def _shape(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_shape(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    shape = {
        # `properties` holds names of fields, which may be like those of keywords.
        name: {field: _shape(each) for field, each in value.items()} if name == "properties" else _shape(value)
        for name, value in schema.items()
        if name not in _NOT_COMPARED
    }
    if "op" in shape.get("properties", {}):
        # The service asks for `op`; here the class says it.
        shape["properties"]["op"].pop("default", None)
        shape["required"] = sorted({*shape.get("required", []), "op"})
    if "oneOf" in shape:
        shape["anyOf"] = shape.pop("oneOf")
    return shape | ({"required": sorted(shape["required"])} if "required" in shape else {})
