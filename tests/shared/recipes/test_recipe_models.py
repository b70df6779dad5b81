"""What all models of recipes have in common, field by field."""

import ast
import inspect
from itertools import pairwise
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from darkroom.recipes import Recipe


def test_no_field_takes_what_is_no_finite_number() -> None:
    numbers = [
        (model, name)
        for model in models_of(Recipe)
        for name, field in model.model_fields.items()
        if float in parts_of(field.annotation)
    ]
    assert len(numbers) >= 20
    for model, name in numbers:
        for number in ("NaN", "Infinity", "-Infinity", '"nan"'):
            with pytest.raises(ValidationError) as raised:
                model.model_validate_json(f'{{"{name}": {number}}}')
            said = [fault["msg"] for fault in raised.value.errors() if fault["loc"] == (name,)]
            assert said == ["Input should be a finite number"], (model, name, number)


def test_the_json_schema_says_of_every_field_what_its_docstring_does() -> None:
    for model in models_of(Recipe):
        schema, documented = model.model_json_schema(), docstrings(model)
        assert schema["additionalProperties"] is False
        assert {name: schema["properties"][name].get("description") for name in documented} == documented
        assert set(schema["properties"]) - set(documented) <= {"op"}, model


def models_of(root: type[BaseModel]) -> list[type[BaseModel]]:
    """The model and all those that its fields are made of."""
    found = [root]
    for model in found:
        parts = [part for field in model.model_fields.values() for part in parts_of(field.annotation)]
        found += dict.fromkeys(
            part for part in parts if isinstance(part, type) and issubclass(part, BaseModel) and part not in found
        )
    return found


def parts_of(annotation: Any) -> list[Any]:
    """What a type is put together of, down to the plain ones."""
    inner = get_args(annotation)
    return [plain for part in inner for plain in parts_of(part)] if inner else [annotation]


def docstrings(model: type[BaseModel]) -> dict[str, str]:
    """What stands below each field in the source, by its name."""
    (definition,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }
