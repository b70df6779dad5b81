"""The page on recipes describes each field as the models define it, and no other fields."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from darkroom import limits
from darkroom.recipes import SEEKING, AnyOperation, Output, Variant, Watermark, parse_recipe

PAGE = (Path(__file__).parents[1] / "docs/recipes.md").read_text()
OPERATION = TypeAdapter[AnyOperation](AnyOperation)
MODELS: dict[str, type[BaseModel]] = {
    get_args(model.model_fields["op"].annotation)[0]: model for model in get_args(get_args(AnyOperation)[0])
}
SECTIONS = dict(re.findall(r"^##+ (.*?)\n(.*?)(?=^##+ |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BY_OPERATION = {op: text for title, text in SECTIONS.items() for op in re.findall(r"`(\w+)`", title)}
TABLES = [
    (Variant, SECTIONS["Variants"]),
    (Output, SECTIONS["Output"]),
    *((model, BY_OPERATION.get(op, "")) for op, model in MODELS.items()),
]
IN_WORDS = {"folder": "the name", "operations": "none", "output": "all its defaults", "when": "always"}
"""Defaults of a variant that the page says in words."""


class Row(NamedTuple):
    values: str
    default: str


def rows(section: str) -> dict[str, Row]:
    """Return the row of each field in the table of a section."""
    cells = (line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `"))
    return {
        name: Row(values.strip(), default.strip(" `"))
        for names, _, values, default in cells
        for name in re.findall(r"`(\w+)`", names)
    }


def examples(section: str) -> list[Any]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]


def allowed(part: Any, definitions: dict[str, Any]) -> Iterator[float | str]:
    """Yield the bounds and the words of a schema and of its parts."""
    match part:
        case {"$ref": str() as reference}:
            yield from allowed(definitions[reference.rpartition("/")[2]], definitions)
        case dict():
            for key, inner in part.items():
                if key in {"minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength"}:
                    yield float(inner)
                elif key == "enum":
                    yield from (float(value) if isinstance(value, int) else value for value in inner)
                elif key not in {"default", "examples"}:
                    yield from allowed(inner, definitions)
        case list():
            for inner in part:
                yield from allowed(inner, definitions)


def told(values: str) -> set[float | str]:
    """Return the bounds and the words in a cell of a table."""
    words = set(re.findall(r"`([\w:-]+)`", values))
    return words | {float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", re.sub("`.*?`", "", values))}


def test_every_operation_has_a_section() -> None:
    assert sorted(BY_OPERATION) == sorted(MODELS)


@pytest.mark.parametrize(("model", "section"), TABLES, ids=lambda given: getattr(given, "__name__", ""))
def test_page_says_the_default_of_every_field(model: type[BaseModel], section: str) -> None:
    table, fields = rows(section), {name: field for name, field in model.model_fields.items() if name != "op"}
    assert set(table) == set(fields)
    for name, field in fields.items():
        if field.is_required():
            expected = "required"
        elif model is Variant:
            expected = IN_WORDS[name]
        else:
            expected = "–" if field.default is None else str(field.default).replace("False", "false")
        assert table[name].default == expected, name


@pytest.mark.parametrize(("model", "section"), TABLES[1:], ids=lambda given: getattr(given, "__name__", ""))
def test_page_says_the_values_of_every_field(model: type[BaseModel], section: str) -> None:
    schema = model.model_json_schema()
    for name, row in rows(section).items():
        known = set(allowed(schema["properties"][name], schema.get("$defs", {})))
        if (model, name) == (Watermark, "position"):
            known -= {position.value for position in SEEKING}
        assert told(row.values) == known, name


def test_every_example_validates() -> None:
    assert parse_recipe(json.dumps(examples(PAGE)[0])).variants
    assert [Output.model_validate(example) for example in examples(SECTIONS["Output"])]
    shown = {op: examples(text) for op, text in BY_OPERATION.items()}
    for op, written in shown.items():
        (operation,) = [OPERATION.validate_python(example) for example in written]
        assert operation.op == op or op in {"flip", "flop"}
    assert len(examples(PAGE)) == 2 + len(MODELS) - 1


def test_every_recipe_to_paste_validates() -> None:
    pasted = re.findall(r"^results '(.*?)'$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(pasted) == 3
    assert all(parse_recipe(recipe).variants for recipe in pasted)


def test_page_says_the_limits_of_the_code() -> None:
    section = SECTIONS["Limits"]
    for said in (
        f"{limits.MAX_VARIANTS} variants, and {limits.MAX_OVERLAYS} different images",
        f"{limits.MAX_RECIPE_BYTES // 1024} KiB as it is stored",
        f"{limits.MAX_OPERATIONS} operations; a result of {limits.MAX_OUTPUT_SIDE} pixels a side",
        f"{limits.MAX_PIXELS // 10**6} megapixels, all frames counted",
        f"{limits.DEFAULT_UPLOAD_BYTES // 1024**2} MiB",
        f"{limits.MAX_FRAMES} frames, with {limits.MAX_PIXELS // 10**6} megapixels in all of them",
        f"{limits.CHILD_MEMORY_BYTES // 1024**3} GiB of memory",
        f"{limits.CHILD_CPU_SECONDS} seconds of CPU and {limits.CHILD_WALL_SECONDS} in all",
    ):
        assert said in section
