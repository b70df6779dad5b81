"""Recipes: valid documents, and the errors for others."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.errors import InvalidRecipe
from darkroom.limits import MAX_FAULTS, MAX_OPERATIONS, MAX_OUTPUT_SIDE, MAX_VARIANTS
from darkroom.recipes import (
    Crop,
    Fit,
    Flatten,
    Flip,
    Flop,
    Grayscale,
    Operation,
    Output,
    OutputFormat,
    Pad,
    Position,
    Recipe,
    Resize,
    Rotate,
    When,
    parse_recipe,
)


def recipe_with(*operations: dict[str, Any], output: dict[str, Any] | None = None) -> str:
    variant: dict[str, Any] = {"name": "a", "operations": list(operations)}
    if output is not None:
        variant["output"] = output
    return json.dumps({"variants": [variant]})


def faults(document: str | bytes) -> dict[str, str]:
    """Return the pointer and the message of each fault."""
    with pytest.raises(InvalidRecipe) as raised:
        parse_recipe(document)
    errors = raised.value.fields["errors"]
    assert errors
    return {error["pointer"]: error["message"] for error in errors}


@pytest.mark.parametrize(
    ("written", "operation"),
    [
        ({"op": "resize", "width": 256, "height": 128}, Resize(op="resize", width=256, height=128, fit=Fit.COVER)),
        (
            {"op": "resize", "width": 8192, "fit": "inside", "position": "top-left", "filter": "nearest"},
            Resize(op="resize", width=8192, fit="inside", position=Position.TOP_LEFT, filter="nearest"),
        ),
        ({"op": "resize", "height": 1, "enlarge": True}, Resize(op="resize", height=1, enlarge=True)),
        ({"op": "crop", "width": 10, "height": 20}, Crop(op="crop", left=0, top=0, width=10, height=20, unit="px")),
        (
            {"op": "crop", "left": 0.25, "top": 0.5, "width": 0.5, "height": 0.5, "unit": "fraction"},
            Crop(op="crop", left=0.25, top=0.5, width=0.5, height=0.5, unit="fraction"),
        ),
        ({"op": "rotate", "angle": -12.5}, Rotate(op="rotate", angle=-12.5, background="#ffffff")),
        (
            {"op": "rotate", "angle": 90, "background": "transparent"},
            Rotate(op="rotate", angle=90, background="transparent"),
        ),
        ({"op": "flip"}, Flip(op="flip")),
        ({"op": "flop"}, Flop(op="flop")),
        ({"op": "grayscale"}, Grayscale(op="grayscale")),
        ({"op": "pad", "top": 1, "left": 2}, Pad(op="pad", top=1, right=0, bottom=0, left=2)),
        ({"op": "flatten", "background": "#abc"}, Flatten(op="flatten", background="#abc")),
    ],
)
def test_each_operation_is_read_with_its_defaults(written: dict[str, Any], operation: Operation) -> None:
    assert parse_recipe(recipe_with(written)).variants[0].operations == (operation,)


@pytest.mark.parametrize(
    ("alias", "fit"), [("pad", Fit.CONTAIN), ("stretch", Fit.FILL), *((fit.value, fit) for fit in Fit)]
)
def test_a_fit_has_aliases(alias: str, fit: Fit) -> None:
    (operation,) = parse_recipe(recipe_with({"op": "resize", "width": 1, "fit": alias})).variants[0].operations
    assert isinstance(operation, Resize)
    assert operation.fit is fit


@pytest.mark.parametrize(
    ("field", "value"),
    [("width", "20"), ("width", True), ("width", 20.5), ("width", None), ("enlarge", 1), ("enlarge", "yes")],
)
def test_nothing_is_converted_to_a_number_or_a_truth_value(field: str, value: object) -> None:
    operation = {"op": "resize", "width": 20, field: value}
    assert next(iter(faults(recipe_with(operation)))).startswith("/variants/0/operations/0")


def test_a_number_without_fraction_is_whole_as_in_json_schema() -> None:
    (operation,) = parse_recipe(recipe_with({"op": "resize", "width": 20.0})).variants[0].operations
    assert isinstance(operation, Resize)
    assert operation.width == 20


def test_a_preset_is_a_recipe_as_the_api_shows_it() -> None:
    shown = {"name": "card", "version": 3, "created_at": "2026-11-30T12:47:31.052Z", "variants": [{"name": "a"}]}
    assert parse_recipe(json.dumps(shown)) == parse_recipe('{"variants": [{"name": "a"}]}')


def test_operations_keep_their_order() -> None:
    ops = ["flip", "grayscale", "flop", "flip", "flatten"]
    read = parse_recipe(recipe_with(*({"op": op} for op in ops))).variants[0].operations
    assert [operation.op for operation in read] == ops


def test_the_default_output_keeps_the_format() -> None:
    assert parse_recipe(recipe_with()).variants[0].output == Output(format=OutputFormat.SAME, quality=None)


@pytest.mark.parametrize("image_format", OutputFormat)
def test_each_output_format_is_read(image_format: OutputFormat) -> None:
    assert parse_recipe(recipe_with(output={"format": image_format.value})).variants[0].output.format is image_format


def test_a_recipe_may_have_no_variants() -> None:
    assert parse_recipe('{"variants": []}') == Recipe(variants=())


def test_the_result_folder_is_the_variants_name_unless_given() -> None:
    recipe = parse_recipe('{"variants": [{"name": "a"}, {"name": "b", "folder": "x/y-z/1.0"}]}')
    assert [variant.result_folder for variant in recipe.variants] == ["a", "x/y-z/1.0"]


@pytest.mark.parametrize(
    ("operation", "pointer", "says"),
    [
        ({"op": "resize"}, "", "needs `width`, `height` or both"),
        ({"op": "resize", "width": 0}, "/width", "greater than or equal to 1"),
        ({"op": "resize", "width": MAX_OUTPUT_SIDE + 1}, "/width", f"less than or equal to {MAX_OUTPUT_SIDE}"),
        ({"op": "resize", "width": 1.5}, "/width", "integer"),
        ({"op": "resize", "width": 1, "fit": "squeeze"}, "/fit", "'cover', 'contain', 'fill', 'inside' or 'outside'"),
        ({"op": "resize", "width": 1, "fit": None}, "/fit", "'cover'"),
        ({"op": "resize", "width": 1, "position": "middle"}, "/position", "'center'"),
        ({"op": "resize", "width": 1, "background": "red"}, "/background", "pattern"),
        ({"op": "resize", "width": 1, "background": "#ffffff\n"}, "/background", "pattern"),
        ({"op": "resize", "width": 1, "size": 2}, "/size", "not permitted"),
        ({"op": "crop", "width": 1}, "/height", "required"),
        ({"op": "crop", "width": 0, "height": 1}, "/width", "greater than 0"),
        ({"op": "crop", "width": 1, "height": 1, "left": -1}, "/left", "greater than or equal to 0"),
        (
            {"op": "crop", "width": 1.5, "height": 1},
            "",
            'a whole number of pixels; for parts of the image use "unit": "fraction"',
        ),
        (
            {"op": "crop", "width": 2, "height": 1, "unit": "fraction"},
            "",
            "`width` is a fraction of the image and may be at most 1",
        ),
        ({"op": "crop", "width": 1, "height": 1, "unit": "em"}, "/unit", "'px' or 'fraction'"),
        ({"op": "rotate"}, "/angle", "required"),
        ({"op": "rotate", "angle": 361}, "/angle", "less than or equal to 360"),
        ({"op": "rotate", "angle": float("nan")}, "/angle", "finite number"),
        ({"op": "rotate", "angle": float("inf")}, "/angle", "finite number"),
        ({"op": "watermark", "text": " \u00a0 "}, "/text", "only spaces"),
        ({"op": "pad", "top": -1}, "/top", "greater than or equal to 0"),
        ({"op": "flip", "angle": 1}, "/angle", "not permitted"),
        ({"op": "explode"}, "", "'explode'"),
        ({"angle": 90}, "", "'op'"),
        ({}, "", "'op'"),
    ],
)
def test_the_error_points_at_a_faulty_operation(operation: dict[str, Any], pointer: str, says: str) -> None:
    found = faults(recipe_with({"op": "flip"}, operation))
    assert list(found) == [f"/variants/0/operations/1{pointer}"]
    (message,) = found.values()
    assert says in message
    assert not message.startswith("Value error")


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ("", ""),
        ("{", ""),
        ("null", ""),
        ("[]", ""),
        ('"web"', ""),
        ("{}", "/variants"),
        ('{"variants": {}}', "/variants"),
        ('{"variants": [1]}', "/variants/0"),
        ('{"variants": [{}]}', "/variants/0/name"),
        ('{"variants": [], "title": "x"}', "/title"),
        ('{"variants": [{"name": "a", "a/b~c": 1}]}', "/variants/0/a~1b~0c"),
        ('{"variants": [{"name": "a", "operations": {"op": "flip"}}]}', "/variants/0/operations"),
        ('{"variants": [{"name": "a", "output": {"format": "psd"}}]}', "/variants/0/output/format"),
        ('{"variants": [{"name": "a", "output": {"quality": 0}}]}', "/variants/0/output/quality"),
        ('{"variants": [{"name": "a", "output": {"quality": 101}}]}', "/variants/0/output/quality"),
        ('{"variants": [{"name": "a", "output": {"effort": 10}}]}', "/variants/0/output/effort"),
        ("[" * 100_000, ""),
        (b'{"variants": [{"name": "\xff"}]}', ""),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_the_error_points_at_a_fault_of_a_document(document: str | bytes, pointer: str) -> None:
    assert list(faults(document)) == [pointer]


@pytest.mark.parametrize(
    "name", ["", "A", "-a", ".a", "@source", "a/b", "a b", "a\n", "ä", "a" * 65, "..", "a\x00"], ids=ascii
)
def test_a_variant_name_is_a_short_lower_case_word(name: str) -> None:
    assert list(faults(json.dumps({"variants": [{"name": name}]}))) == ["/variants/0/name"]


@pytest.mark.parametrize(
    "folder", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/.b", "A", "a b", "a\\b", "a\n", "a" * 129], ids=ascii
)
def test_a_folder_stays_within_the_bucket(folder: str) -> None:
    assert list(faults(json.dumps({"variants": [{"name": "a", "folder": folder}]}))) == ["/variants/0/folder"]


@pytest.mark.parametrize(
    ("variants", "says"),
    [
        ([{"name": "a"}, {"name": "a", "folder": "b"}], "its own name; used more than once: a"),
        ([{"name": "a", "folder": "x"}, {"name": "b", "folder": "x"}], "its own folder; used more than once: x"),
        ([{"name": "a", "folder": "b"}, {"name": "b"}], "its own folder; used more than once: b"),
    ],
)
def test_two_variants_never_write_to_one_key(variants: list[dict[str, str]], says: str) -> None:
    (message,) = faults(json.dumps({"variants": variants})).values()
    assert says in message


def test_an_error_lists_every_fault() -> None:
    document = {
        "variants": [
            {"name": "A", "operations": [{"op": "resize", "width": 0, "fit": "x"}]},
            {"name": "b", "output": {"quality": 0}},
        ]
    }
    assert set(faults(json.dumps(document))) == {
        "/variants/0/name",
        "/variants/0/operations/0/width",
        "/variants/0/operations/0/fit",
        "/variants/1/output/quality",
    }


def test_the_numbers_of_variants_and_operations_are_limited() -> None:
    most = {"variants": [{"name": str(number)} for number in range(MAX_VARIANTS)]}
    assert len(parse_recipe(json.dumps(most)).variants) == MAX_VARIANTS
    most["variants"].append({"name": "more"})
    assert list(faults(json.dumps(most))) == ["/variants"]
    flips = [{"op": "flip"}] * MAX_OPERATIONS
    assert len(parse_recipe(recipe_with(*flips)).variants[0].operations) == MAX_OPERATIONS
    assert list(faults(recipe_with(*flips, {"op": "flip"}))) == ["/variants/0/operations"]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ('{"variants": [' + "1, " * 40_000 + "1]}", 1),
        ('{"variants": [{"name": "a", "operations": [' + '{"op": "x"}, ' * 9_000 + "1]}]}", 1),
        ("{" + ", ".join(f'"k{number}": 1' for number in range(9_000)) + "}", MAX_FAULTS),
    ],
    ids=["variants", "operations", "members"],
)
def test_an_error_lists_at_most_a_hundred_faults(document: str, told: int) -> None:
    assert len(faults(document)) == told


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(InvalidRecipe):
        parse_recipe('{"variants": [{"name": "\ud800"}]}')


@given(st.text() | st.binary())
def test_every_document_is_either_valid_or_refused(document: str | bytes) -> None:
    read = recipe_or_pointers(document)
    assert read


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "width", "fit", "angle", "name", "operations", "variants", "output", "unit"]), values
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_every_document_of_known_members_is_either_valid_or_refused(value: Any) -> None:
    document = json.dumps({"variants": [{"name": "a", "operations": [value]}, value]})
    read = recipe_or_pointers(document)
    assert isinstance(read, Recipe) or all(resolves(json.loads(document), pointer) for pointer in read)


def recipe_or_pointers(document: str | bytes) -> Recipe | list[str]:
    try:
        return parse_recipe(document)
    except InvalidRecipe as error:
        return [fault["pointer"] for fault in error.fields["errors"]]


def resolves(document: Any, pointer: str) -> bool:
    """Return whether the pointer leads into the document. Its last step may be a missing member."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps[:-1]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return not steps or isinstance(document, list | dict)


def test_a_recipe_survives_being_written_and_read() -> None:
    recipe = parse_recipe(recipe_with({"op": "crop", "width": 1, "height": 1}, {"op": "rotate", "angle": 12.5}))
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe
    assert Recipe.model_validate_json(recipe.model_dump_json(exclude_none=True)) == recipe


@pytest.mark.parametrize("first", ["public", "manifests", "previews", "job-thumbnails"])
def test_prefixes_of_the_services_are_refused_as_name_and_as_first_part_of_a_folder(first: str) -> None:
    for variant in (f'{{"name": "{first}"}}', f'{{"name": "a", "folder": "{first}/b"}}'):
        with pytest.raises(InvalidRecipe) as caught:
            parse_recipe(f'{{"variants": [{variant}]}}')
        assert f"`{first}` is reserved" in caught.value.fields["errors"][0]["message"]
    recipe = parse_recipe(f'{{"variants": [{{"name": "{first}-x", "folder": "a/{first}"}}]}}')
    assert recipe.variants[0].result_folder == f"a/{first}"


@pytest.mark.parametrize("output", [{}, {"format": "same"}, {"format": "webp"}])
def test_a_variant_may_be_made_on_request(output: dict[str, Any]) -> None:
    document = json.dumps({"variants": [{"name": "a", "output": output, "when": "requested"}]})
    recipe = parse_recipe(document)
    assert recipe.variants[0].when is When.REQUESTED
    assert recipe.keep_original, "it is made of the original"
    assert parse_recipe(recipe.stored) == recipe


def test_a_variant_on_request_has_a_format_that_is_known_beforehand() -> None:
    document = json.dumps(
        {"variants": [{"name": "a"}, {"name": "b", "when": "requested", "output": {"format": "auto"}}]}
    )
    [(pointer, message)] = faults(document).items()
    assert pointer == "/variants/1/when"
    assert "`auto` chooses it by the pixels" in message


def test_a_stored_recipe_does_not_say_that_variants_are_always_made() -> None:
    recipe = parse_recipe('{"variants": [{"name": "a", "when": "always"}]}')
    assert "when" not in recipe.stored
