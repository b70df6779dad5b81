"""Options of a job are read from the fields of a form, and a recipe decides what a request leaves open."""

import pytest

from darkroom.errors import MalformedRequest
from darkroom_upload.intake.options import JobOptions, OptionsReader
from tests.upload.chosen import choose

PUBLISHING = '{"variants": [], "publish": true, "keep_original": true}'


async def read(**fields: str) -> JobOptions:
    reader = OptionsReader(choose=choose, allow_http=False)
    for name, value in fields.items():
        await reader.read(name, value)
    return await reader.options()


@pytest.mark.parametrize(
    ("text", "truth"), [("true", True), ("TRUE", True), ("1", True), ("false", False), ("0", False)]
)
async def test_publish_is_read_as_true_or_false(text: str, truth: object) -> None:
    assert (await read(publish=text)).publish is truth
    assert (await read(keep_original=text)).keep_original is truth


async def test_field_that_is_neither_true_nor_false_is_refused_by_name() -> None:
    with pytest.raises(MalformedRequest, match='"keep_original" must be true or false'):
        await read(keep_original="yes")


@pytest.mark.parametrize(("fields", "wish"), [({}, True), ({"publish": "", "keep_original": ""}, True)])
async def test_recipe_decides_what_a_request_leaves_open(fields: dict[str, str], wish: object) -> None:
    options = await read(recipe=PUBLISHING, **fields)
    assert (options.is_published(otherwise=False), options.keeps_original(otherwise=False)) == (wish, wish)


async def test_request_overrides_the_recipe() -> None:
    options = await read(recipe=PUBLISHING, publish="false", keep_original="false")
    assert (options.is_published(otherwise=False), options.keeps_original(otherwise=False)) == (False, False)


async def test_without_any_wish_nothing_is_published_or_kept() -> None:
    options = await read()
    assert (options.is_published(otherwise=False), options.keeps_original(otherwise=False)) == (False, False)


async def test_equal_requests_state_the_same() -> None:
    assert (await read(metadata='{"a": "1", "b": "2"}')).stated == (await read(metadata='{"b": "2", "a": "1"}')).stated
    assert (await read(publish="true")).stated != (await read()).stated


async def test_the_default_of_the_api_key_keeps_originals_unless_the_request_says_otherwise() -> None:
    assert (await read()).keeps_original(otherwise=True)
    assert not (await read(keep_original="false")).keeps_original(otherwise=True)


async def test_the_default_of_the_api_key_publishes_unless_the_request_says_otherwise() -> None:
    assert (await read()).is_published(otherwise=True)
    assert not (await read(publish="false")).is_published(otherwise=True)
