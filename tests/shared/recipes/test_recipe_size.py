"""The size of a recipe as stored with each job."""

import json
from pathlib import Path
from typing import Any

import pytest

from darkroom.errors import RecipeTooLarge
from darkroom.limits import MAX_OPERATIONS, MAX_RECIPE_BYTES, MAX_VARIANTS
from darkroom.recipes import load_presets, parse_recipe, resolve_recipe
from darkroom.runtime.problems import STATUSES

PRESETS = load_presets()


def of_texts(variants: int, operations: int, letters: int) -> dict[str, Any]:
    """Return a recipe with watermarks, each with a text of this many letters."""
    steps = [{"op": "watermark", "text": "x" * letters}] * operations
    return {"variants": [{"name": str(number), "operations": steps} for number in range(variants)]}


def stored_bytes(document: dict[str, Any]) -> int:
    return len(parse_recipe(json.dumps(document)).stored.encode())


def test_a_recipe_of_exactly_the_limit_is_accepted_and_one_byte_more_is_not() -> None:
    document = of_texts(MAX_VARIANTS, 3, 96)
    missing = MAX_RECIPE_BYTES - stored_bytes(document)
    assert 0 < missing < MAX_VARIANTS * 60
    for number in range(missing):
        name = document["variants"][number % MAX_VARIANTS]["name"]
        document["variants"][number % MAX_VARIANTS]["name"] = f"{name}x"
    assert stored_bytes(document) == MAX_RECIPE_BYTES
    assert resolve_recipe(json.dumps(document), PRESETS)[0] == "custom"
    document["variants"][0]["name"] += "y"
    with pytest.raises(RecipeTooLarge) as refused:
        resolve_recipe(json.dumps(document), PRESETS)
    assert refused.value.fields == {"limit": MAX_RECIPE_BYTES, "actual": MAX_RECIPE_BYTES + 1}
    assert f"{MAX_RECIPE_BYTES + 1} bytes" in refused.value.message
    assert STATUSES[refused.value.code] == 422


def test_the_largest_recipe_that_the_schema_allows_is_too_large() -> None:
    with pytest.raises(RecipeTooLarge):
        resolve_recipe(json.dumps(of_texts(MAX_VARIANTS, MAX_OPERATIONS, 100)), PRESETS)


def test_many_variants_of_a_few_operations_fit() -> None:
    steps = [{"op": "resize", "width": 640, "height": 480}, {"op": "sharpen"}, {"op": "grayscale"}]
    output = {"format": "webp", "quality": 80}
    document = {
        "variants": [{"name": f"v{number}", "operations": steps, "output": output} for number in range(MAX_VARIANTS)]
    }
    assert resolve_recipe(json.dumps(document), PRESETS)[0] == "custom"


def test_a_preset_that_is_too_large_is_refused_when_the_service_starts(tmp_path: Path) -> None:
    file = tmp_path / "presets.json"
    file.write_text(json.dumps({"posters": of_texts(MAX_VARIANTS, MAX_OPERATIONS, 100)}))
    with pytest.raises(ValueError, match=f"presets.json: posters: .* limit is {MAX_RECIPE_BYTES} bytes"):
        load_presets(file)
