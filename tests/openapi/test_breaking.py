"""Some changes of the API and of recipes count as breaking, others do not."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.openapi.breaking import breaking_changes, narrowed_schema

DOCS = Path(__file__).parents[2] / "docs"
API = json.loads((DOCS / "openapi.json").read_text())
RECIPES = json.loads((DOCS / "recipe.schema.json").read_text())

Change = Callable[[dict[str, Any]], object]


def types(document: dict[str, Any]) -> Any:
    return document["components"]["schemas"]


def listing(document: dict[str, Any]) -> Any:
    return document["paths"]["/jobs"]["get"]


PARAMETER = {"name": "color", "in": "query", "required": True, "schema": {"type": "string"}}

BREAKING: dict[str, tuple[Change, str]] = {
    "a route goes": (lambda new: new["paths"].pop("/usage"), "GET /usage is gone"),
    "a parameter goes": (
        lambda new: listing(new)["parameters"].pop(0),
        f"GET /jobs no longer knows the parameter query {listing(API)['parameters'][0]['name']}",
    ),
    "a parameter is required": (
        lambda new: listing(new)["parameters"].append(PARAMETER),
        "GET /jobs requires the parameter query color",
    ),
    "a field of an answer goes": (
        lambda new: types(new)["JobPage"]["properties"].pop("items"),
        "JobPage (in answers).items is gone",
    ),
    "a field of an answer may be missing": (
        lambda new: types(new)["JobPage"]["required"].remove("items"),
        "JobPage (in answers).items may be missing",
    ),
    "a field of an answer has another type": (
        lambda new: types(new)["ProgressBody"]["properties"].update(done={"type": "string"}),
        "ProgressBody (in answers).done is string instead of integer",
    ),
    "a field of an answer may be null": (
        lambda new: types(new)["ProgressBody"]["properties"].update(done={"type": ["integer", "null"]}),
        "ProgressBody (in answers).done can now be null",
    ),
    "a success goes": (
        lambda new: listing(new)["responses"].pop("200"),
        "GET /jobs no longer answers 200",
    ),
    "another scope is needed": (
        lambda new: listing(new)["security"][0]["ApiKey"].append("admin"),
        "GET /jobs needs the scope admin",
    ),
    "a field of a request is required": (
        lambda new: types(new)["ImageFacts"].setdefault("required", []).append("color"),
        "ImageFacts (in requests).color is required",
    ),
}

HARMLESS: dict[str, Change] = {
    "a new route": lambda new: new["paths"].update({"/new": new["paths"]["/usage"]}),
    "a new field of an answer": lambda new: types(new)["JobPage"]["properties"].update(total={"type": "integer"}),
    "a new optional parameter": lambda new: listing(new)["parameters"].append({**PARAMETER, "required": False}),
    "a new status of jobs": lambda new: types(new)["JobStatus"]["enum"].append("paused"),
    "other words": lambda new: listing(new).update(description="Other words."),
}


@pytest.mark.parametrize(("change", "said"), BREAKING.values(), ids=BREAKING)
def test_breaking_change_is_named(change: Change, said: str) -> None:
    new = copy.deepcopy(API)
    change(new)
    assert said in breaking_changes(API, new)


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_harmless_change_is_not_named(change: Change) -> None:
    new = copy.deepcopy(API)
    change(new)
    assert breaking_changes(API, new) == []


RECIPE_BREAKS: dict[str, tuple[Change, str]] = {
    "an operation goes": (
        lambda new: definitions(new)["Variant"]["properties"]["operations"]["items"]["oneOf"].remove(
            {"$ref": "#/$defs/Crop"}
        ),
        "Variant (in requests).operations[] can no longer be Crop",
    ),
    "a field goes": (
        lambda new: definitions(new)["Crop"]["properties"].pop("unit"),
        "Crop (in requests).unit is gone",
    ),
    "a word goes": (
        lambda new: definitions(new)["Fit"]["enum"].remove("cover"),
        "Fit (in requests) can no longer be 'cover'",
    ),
    "a limit falls": (
        lambda new: new["properties"]["variants"].update(maxItems=2),
        f"Recipe.variants has maxItems 2 instead of {RECIPES['properties']['variants']['maxItems']}",
    ),
}


def definitions(schema: dict[str, Any]) -> Any:
    return schema["$defs"]


@pytest.mark.parametrize(("change", "said"), RECIPE_BREAKS.values(), ids=RECIPE_BREAKS)
def test_recipe_that_is_no_longer_valid_is_named(change: Change, said: str) -> None:
    new = copy.deepcopy(RECIPES)
    change(new)
    assert said in narrowed_schema("Recipe", RECIPES, new)


def test_new_operation_breaks_no_recipe() -> None:
    new = copy.deepcopy(RECIPES)
    definitions(new)["Crop"]["properties"]["color"] = {"type": "string"}
    definitions(new)["Fit"]["enum"].append("squeeze")
    assert narrowed_schema("Recipe", RECIPES, new) == []
