"""Tests of valid recipes that are too large to be stored."""

import json
from typing import Any

from darkroom.limits import MAX_RECIPE_BYTES
from tests.upload.service import RunningService
from tools.testbed import images

CAT = images.jpeg(64, 48)
POSTERS: dict[str, Any] = {
    "variants": [
        {"name": f"v{number}", "operations": [{"op": "watermark", "text": "x" * 100}] * 16} for number in range(32)
    ]
}


async def test_a_recipe_that_is_too_large_is_refused_by_every_route(upload: RunningService) -> None:
    text = json.dumps(POSTERS)
    asked = {"filename": "cat.jpg", "content_type": "image/jpeg", "size": len(CAT), "recipe": POSTERS}
    image = {"format": "jpeg", "width": 64, "height": 48}
    answers = [
        await upload.client.post("/uploads", files={"file": CAT}, data={"recipe": text}),
        await upload.client.post("/uploads/presigned", json=asked),
        await upload.client.post("/recipes/plan", json={"image": image, "recipe": POSTERS}),
    ]
    for answer in answers:
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["limit"]) == (422, "recipe_too_large", MAX_RECIPE_BYTES)
        assert problem["actual"] > MAX_RECIPE_BYTES
        assert str(MAX_RECIPE_BYTES) in problem["detail"]
