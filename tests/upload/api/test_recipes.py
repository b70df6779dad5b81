"""Tests of `GET /recipes`."""

import pytest

from darkroom.recipes import Recipe, load_presets
from tests.upload.service import RunningService


async def test_all_presets_of_the_installation_are_listed_by_name(upload: RunningService) -> None:
    listed = (await upload.client.get("/recipes")).json()
    for name, recipe in load_presets().items():
        described = {"name": name, "version": None, "created_at": None}
        assert listed[name] == described | recipe.model_dump(mode="json", exclude_unset=True)


async def test_one_preset_can_be_read(upload: RunningService) -> None:
    document = (await upload.client.get("/recipes/grayscale")).json()
    assert document == {
        "name": "grayscale",
        "version": None,
        "created_at": None,
        "variants": [
            {"name": "grayscale", "operations": [{"op": "grayscale"}], "output": {"format": "same", "frames": "all"}},
        ],
    }


async def test_the_schema_is_that_of_a_recipe(upload: RunningService) -> None:
    schema = (await upload.client.get("/recipes/schema")).json()
    assert schema == Recipe.model_json_schema()


@pytest.mark.parametrize("name", ["nope", "%00", "Web", "x" * 2000])
async def test_an_unknown_preset_is_not_found(upload: RunningService, name: str) -> None:
    answer = await upload.client.get(f"/recipes/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
