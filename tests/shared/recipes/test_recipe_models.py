"""Rules for the fields of all models of recipes."""

import ast
import inspect
from itertools import pairwise
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from darkroom.recipes import Recipe


def test_no_field_accepts_infinity_or_nan() -> None:
    numbers = [
        (model, name)
        for model in models_of(Recipe)
        for name, field in model.model_fields.items()
        if float in parts_of(field.annotation)
    ]
    assert len(numbers) >= 20
    for model, name in numbers:
        for number in ("NaN", "Infinity", "-Infinity"):
            with pytest.raises(ValidationError) as raised:
                model.model_validate_json(f'{{"{name}": {number}}}')
            said = [fault["msg"] for fault in raised.value.errors() if fault["loc"] == (name,)]
            assert said == ["Input should be a finite number"], (model, name, number)


def test_every_description_in_the_json_schema_is_the_fields_docstring() -> None:
    for model in models_of(Recipe):
        schema, documented = model.model_json_schema(), docstrings(model)
        assert schema["additionalProperties"] is False
        assert {name: schema["properties"][name].get("description") for name in documented} == documented
        assert set(schema["properties"]) - set(documented) <= {"op"}, model


def models_of(root: type[BaseModel]) -> list[type[BaseModel]]:
    """Return the model and all models of its fields."""
    found = [root]
    for model in found:
        parts = [part for field in model.model_fields.values() for part in parts_of(field.annotation)]
        found += dict.fromkeys(
            part for part in parts if isinstance(part, type) and issubclass(part, BaseModel) and part not in found
        )
    return found


def parts_of(annotation: Any) -> list[Any]:
    """Return the plain types that a type consists of."""
    inner = get_args(annotation)
    return [plain for part in inner for plain in parts_of(part)] if inner else [annotation]


def docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring of each field in the source code, by the name of the field."""
    (definition,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }
