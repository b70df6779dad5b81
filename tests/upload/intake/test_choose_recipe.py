"""Tests of the recipe that a request means: a preset of the installation or of the owner, or a document."""

import pytest

from darkroom.errors import InvalidRecipe
from darkroom.recipes import load_presets
from darkroom_upload.intake.choose_recipe import ChosenRecipe
from tests.upload.service import OWNER, RunningService

PRESETS = load_presets()
CARD = {"variants": [{"name": "card", "operations": [{"op": "resize", "width": 600}]}]}
SMALL = {"variants": [{"name": "small"}]}


async def choose(service: RunningService, text: str, owner: str = OWNER) -> ChosenRecipe:
    return await service.services.choose_recipe(text, owner)


async def put(service: RunningService, name: str, *documents: object) -> None:
    for document in documents:
        assert (await service.client.put(f"/recipes/{name}", json=document)).is_success


async def test_no_recipe_means_the_default_one(upload: RunningService) -> None:
    chosen = await choose(upload, "")
    assert (chosen.name, chosen.version, chosen.recipe) == ("web", None, PRESETS["web"])


async def test_a_recipe_is_a_preset_or_a_document(upload: RunningService) -> None:
    assert (await choose(upload, "augment")).recipe == PRESETS["augment"]
    chosen = await choose(upload, '{"variants": []}')
    assert (chosen.name, chosen.recipe.variants, chosen.is_installed) == ("custom", (), False)


async def test_a_name_means_the_newest_version_and_a_number_that_one(upload: RunningService) -> None:
    await put(upload, "chosen", CARD, SMALL)
    found = [await choose(upload, text) for text in ("chosen", "chosen@1", "chosen@2")]
    assert [(each.name, each.version, each.recipe.variants[0].name) for each in found] == [
        ("chosen", 2, "small"),
        ("chosen", 1, "card"),
        ("chosen", 2, "small"),
    ]
    assert [each.text for each in found] == ["chosen", "chosen@1", "chosen@2"]
    assert not any(each.is_installed for each in found)


async def test_presets_of_another_owner_are_unknown(upload: RunningService) -> None:
    await put(upload, "mine", CARD)
    with pytest.raises(InvalidRecipe, match=r'no preset "mine". Presets: augment, grayscale'):
        await choose(upload, "mine", "stranger")


async def test_the_error_for_an_unknown_name_lists_the_presets_of_the_owner_too(upload: RunningService) -> None:
    await put(upload, "a-preset-of-mine", CARD)
    with pytest.raises(
        InvalidRecipe, match=r"Presets: a-preset-of-mine, augment, .* Or send a recipe as JSON"
    ) as caught:
        await choose(upload, "nope")
    assert caught.value.fields["errors"] == [{"pointer": "", "message": "unknown preset"}]


async def test_an_unknown_version_is_refused_with_those_that_there_are(upload: RunningService) -> None:
    await put(upload, "counted", CARD)
    with pytest.raises(InvalidRecipe, match=r"The preset counted has no version 2. Its only version is 1."):
        await choose(upload, "counted@2")
    await put(upload, "counted", SMALL)
    with pytest.raises(InvalidRecipe, match=r"no version 9999. Its versions are 1 to 2."):
        await choose(upload, "counted@9999")
    with pytest.raises(InvalidRecipe, match=r"belongs to the installation and has no versions. Write web."):
        await choose(upload, "web@1")


async def test_a_deleted_preset_is_unknown_with_all_its_versions(upload: RunningService) -> None:
    await put(upload, "given-up", CARD)
    await choose(upload, "given-up@1")
    assert (await upload.client.delete("/recipes/given-up")).status_code == 204
    for text in ("given-up", "given-up@1"):
        with pytest.raises(InvalidRecipe, match="There is no preset"):
            await choose(upload, text)


@pytest.mark.parametrize(
    "text",
    [
        *("nope", "\x00", "web@", "@1", "web@x", "web@01", "chosen@1@1", "{", "{" * 5000, '{"variants":' + "[" * 5000),
        *('{"variants": [{}]}', '{"variants": "\\ud800"}', "[]", '"web"'),
    ],
)
async def test_another_recipe_is_refused(upload: RunningService, text: str) -> None:
    with pytest.raises(InvalidRecipe) as caught:
        await choose(upload, text)
    assert caught.value.fields["errors"]
