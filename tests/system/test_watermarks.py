"""Tests watermarks made of another job's result."""

import json
from typing import Any

import httpx
from PIL import Image

from tests.support.api import Api, Job, variants_of
from tools.testbed.images import encoded, png

RED, GREY = (255, 0, 0), (128, 128, 128)
CAT = encoded(Image.new("RGB", (200, 100), GREY), "PNG")


async def logo(api: Api) -> Job:
    """Return a job whose result is a red square."""
    recipe = {"variants": [{"name": "logo", "operations": [{"op": "flatten"}], "output": {"format": "png"}}]}
    return await api.made(encoded(Image.new("RGB", (40, 40), RED), "PNG"), json.dumps(recipe))


def stamping(logo: Job) -> dict[str, Any]:
    """Return a recipe with one variant with the square in a corner, and one without."""
    image = {"job_id": logo["job_id"], "variant": "logo"}
    step = {"op": "watermark", "image": image, "position": "top-left", "margin": 0, "opacity": 0.5}
    output = {"format": "webp", "lossless": True}
    return {
        "variants": [
            {"name": "stamped", "operations": [step], "output": output},
            {"name": "plain", "output": output},
        ]
    }


async def test_result_of_the_same_owner_becomes_a_watermark(api: Api) -> None:
    job = await api.made(CAT, json.dumps(stamping(await logo(api))))
    assert job["status"] == "completed", job
    pictures = await api.pictures(job)
    stamped = pictures["stamped"].convert("RGB")
    assert [stamped.getpixel(place) for place in ((0, 0), (49, 49), (50, 0), (0, 50))] == [(192, 64, 64)] * 2 + [
        GREY
    ] * 2
    assert pictures["plain"].convert("RGB").getcolors() == [(200 * 100, GREY)]


async def test_result_of_another_owner_is_refused_as_a_watermark(api: Api, newcomer: Api) -> None:
    recipe = json.dumps(stamping(await logo(api)))
    answer = await newcomer.http.post("/uploads", files={"file": CAT}, data={"recipe": recipe})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_recipe")
    pointer = "/variants/0/operations/0/image/job_id"
    assert answer.json()["errors"] == [{"pointer": pointer, "message": "there is no such job"}]


async def test_deleted_watermark_image_fails_only_the_variants_that_need_it(api: Api) -> None:
    square, cat = await logo(api), png(20, 20)
    wanted = {"filename": "cat.png", "content_type": "image/png", "size": len(cat), "recipe": stamping(square)}
    presigned = (await api.http.post("/uploads/presigned", json=wanted)).json()
    assert (await api.http.delete(f"/jobs/{square['job_id']}")).status_code == 204
    async with httpx.AsyncClient(trust_env=False) as anyone:
        form = presigned["upload"]
        assert (await anyone.post(form["url"], data=form["fields"], files={"file": cat})).status_code == 204

    job = await api.ended(presigned["job_id"])

    assert job["status"] == "partially_completed"
    assert variants_of(job)["stamped"]["error"]["code"] == "overlay_missing"
    assert (await api.http.post(f"/jobs/{job['job_id']}/retry")).status_code == 202
    again = await api.ended(job["job_id"])
    assert variants_of(again)["stamped"]["error"]["code"] == "overlay_missing"
    assert variants_of(again)["plain"]["status"] == "completed"
