"""Tests of `POST /recipes/plan`."""

import json
from typing import Any

import httpx
import pytest

from darkroom.limits import MAX_VARIANTS
from darkroom_upload.app import create_api
from tests.upload.examples import completed, queued
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, running_service
from tools.testbed import images

PHOTO = {"width": 4000, "height": 3000, "format": "jpeg", "bytes": 3_000_000}


async def ask(service: RunningService, key: str | None = None, **body: Any) -> httpx.Response:
    return await service.client.post("/recipes/plan", json=body, headers={"x-api-key": key} if key else {})


async def planned(service: RunningService, **body: Any) -> dict[str, Any]:
    answer = await ask(service, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def recipe(*operations: dict[str, Any], **output: Any) -> dict[str, Any]:
    return {"variants": [{"name": "it", "operations": operations, "output": output}]}


def codes(plan: dict[str, Any]) -> list[tuple[str | None, str, bool]]:
    return [(warning["variant"], warning["code"], warning["fatal"]) for warning in plan["warnings"]]


async def test_the_default_recipe_of_a_photo_is_planned(upload: RunningService) -> None:
    plan = await planned(upload, image=PHOTO)
    assert plan["recipe"] == "web"
    assert plan["image"] == {**PHOTO, "has_alpha": False, "frames": 1}
    sizes = {each["name"]: (each["width"], each["height"], each["content_type"]) for each in plan["variants"]}
    assert sizes["320w-webp"] == (320, 240, "image/webp")
    assert sizes["1920w-jpeg"] == (1920, 1440, "image/jpeg")
    assert all(
        (each["size_exact"], each["other_formats"], each["frames"]) == (True, [], 1) for each in plan["variants"]
    )
    assert codes(plan) == []
    [task] = plan["tasks"]
    assert task["variants"] == [each["name"] for each in plan["variants"]]
    # 1920 of 4000 pixels and a margin need five eighths, at which no JPEG is decoded. So it is decoded at full size.
    assert (task["decoded_width"], task["decoded_height"], task["describes"]) == (4000, 3000, True)
    assert (plan["cpu_ms"], plan["peak_bytes"]) == (task["cpu_ms"], task["peak_bytes"])
    assert plan["cpu_ms"] > 100
    assert plan["peak_bytes"] > 4 * 12_000_000


async def test_operations_are_shown_with_their_defaults(upload: RunningService) -> None:
    plan = await planned(upload, image=PHOTO, recipe="augment")
    turned = plan["variants"][1]
    assert (turned["name"], turned["folder"]) == ("90-degree", "augmented-images/90-degree")
    assert turned["operations"][0]["enlarge"] is False
    assert turned["operations"][1] == {"op": "rotate", "angle": 90.0, "background": "#ffffff"}
    assert turned["output"]["quality"] == 90
    assert (turned["width"], turned["height"]) == (256, 256)
    assert plan["tasks"][0]["decoded_width"] == 500


async def test_a_plan_has_warnings(upload: RunningService) -> None:
    small = {"width": 1000, "height": 750, "format": "gif", "frames": 10, "has_alpha": True}
    asked = recipe({"op": "resize", "width": 1920}, format="jpeg", max_bytes=9000)
    plan = await planned(upload, image=small, recipe=asked)
    assert codes(plan) == [
        ("it", "not_enlarged", False),
        ("it", "first_frame_only", False),
        ("it", "transparency_lost", False),
    ]
    assert plan["variants"][0]["max_bytes"] == 9000


async def test_a_variant_that_is_certain_to_fail_has_no_size(upload: RunningService) -> None:
    plan = await planned(upload, image=PHOTO, recipe=recipe({"op": "pad", "left": 8000}))
    assert codes(plan) == [("it", "output_limit", True)]
    it = plan["variants"][0]
    assert {it[name] for name in ("format", "content_type", "width", "height", "size_exact", "frames")} == {None}


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ({**PHOTO, "width": 40_000}, "image_too_large"),
        ({**PHOTO, "bytes": 10 * 1024 * 1024 + 1}, "upload_too_large"),
    ],
)
async def test_an_image_that_would_be_refused_is_planned_with_the_reason(
    upload: RunningService, image: dict[str, Any], code: str
) -> None:
    plan = await planned(upload, image=image, recipe="thumbnails")
    assert (None, code, True) in codes(plan)
    assert [variant["width"] for variant in plan["variants"]] != []


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ({"width": 1000, "height": 1000, "format": "gif", "frames": 51}, "pixel_limit"),
        ({"width": 10, "height": 10, "format": "webp", "frames": 1001}, "frame_limit"),
    ],
)
async def test_limits_of_animations_count_only_if_frames_are_kept(
    upload: RunningService, image: dict[str, Any], code: str
) -> None:
    asked = {"variants": [{"name": "moving", "output": {"frames": "all"}}, {"name": "still"}]}
    plan = await planned(upload, image=image, recipe=asked)
    assert codes(plan) == [("moving", code, True), ("still", "first_frame_only", False)]
    assert [variant["width"] for variant in plan["variants"]] == [None, image["width"]]
    assert plan["variants"][0]["cpu_ms"] == 0


async def test_a_task_near_a_limit_is_a_warning(upload: RunningService) -> None:
    large = {"width": 8000, "height": 6000, "format": "png"}
    asked = recipe({"op": "blur"}, format="webp", lossless=True, effort=9)
    assert ("it", "time_limit", False) in codes(await planned(upload, image=large, recipe=asked))
    asked = recipe({"op": "sepia"}, format="avif")
    assert ("it", "memory_limit", False) in codes(await planned(upload, image=large, recipe=asked))


async def test_the_tasks_are_those_of_the_orchestrator(upload: RunningService) -> None:
    resize = {"op": "resize", "width": 600}
    many = {"variants": [{"name": f"v{number}", "operations": [resize]} for number in range(MAX_VARIANTS)]}
    plan = await planned(upload, image=PHOTO, recipe=many)
    assert [len(task["variants"]) for task in plan["tasks"]] == [16, 16]
    assert [task["describes"] for task in plan["tasks"]] == [True, False]
    assert plan["cpu_ms"] == sum(task["cpu_ms"] for task in plan["tasks"])
    async with running_service(upload.settings.model_copy(update={"max_variants_per_task": 8})) as service:
        assert len((await planned(service, image=PHOTO, recipe=many))["tasks"]) == 4


async def test_a_recipe_without_variants_is_planned(upload: RunningService) -> None:
    plan = await planned(upload, image=PHOTO, recipe="metadata")
    assert plan["variants"] == []
    assert [task["variants"] for task in plan["tasks"]] == [[]]
    assert plan["tasks"][0]["decoded_width"] == 500


async def test_a_job_may_stand_for_the_image(upload: RunningService) -> None:
    job = completed()
    await put_job(upload, job)
    plan = await planned(upload, job_id=job.job_id.upper(), recipe="grayscale")
    assert plan["image"]["bytes"] == 829183
    assert [(each["width"], each["height"], each["format"]) for each in plan["variants"]] == [(640, 480, "jpeg")]


async def test_an_unknown_job_or_another_owners_job_is_not_found(upload: RunningService) -> None:
    job = completed()
    await put_job(upload, job)
    for key, job_id in ((STRANGER_KEY, job.job_id), (None, queued().job_id), (None, "42"), (None, "")):
        answer = await ask(upload, key, job_id=job_id)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_job_that_is_not_described_yet_is_a_conflict(upload: RunningService) -> None:
    job = queued()
    await put_job(upload, job)
    answer = await ask(upload, job_id=job.job_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["detail"] == "The job is queued: its image has not been described yet."


async def test_a_missing_watermark_image_is_a_warning_of_its_variant(upload: RunningService) -> None:
    logo = completed()
    await put_job(upload, logo)
    here, gone = ({"job_id": logo.job_id, "variant": name} for name in ("square-64", "elsewhere"))
    plan = await planned(
        upload, image=PHOTO, recipe=recipe({"op": "watermark", "image": here}, {"op": "watermark", "image": gone})
    )
    assert codes(plan) == [("it", "overlay_missing", True)]
    assert "/variants/0/operations/1/image/variant" in plan["warnings"][0]["message"]


async def test_an_invalid_recipe_is_refused_with_the_pointers_of_an_upload(upload: RunningService) -> None:
    broken = recipe({"op": "resize", "width": 0}, quality=101)
    told = await ask(upload, image=PHOTO, recipe=broken)
    sent = await upload.client.post("/uploads", files={"file": images.jpeg(8, 8)}, data={"recipe": json.dumps(broken)})
    assert told.status_code == sent.status_code == 422
    assert told.json()["code"] == "invalid_recipe"
    assert told.json()["errors"] == sent.json()["errors"] != []
    unknown = await ask(upload, image=PHOTO, recipe="wbe")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "invalid_recipe")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"image": PHOTO, "job_id": "42"}, ""),
        ({"image": {**PHOTO, "width": 0}}, "/image/width"),
        ({"image": {**PHOTO, "format": "svg"}}, "/image/format"),
        ({"image": {**PHOTO, "has_alpha": True}}, "/image"),
        ({"image": {**PHOTO, "frames": 2}}, "/image"),
        ({"image": {**PHOTO, "depth": 8}}, "/image/depth"),
        ({"image": {"format": "png", "width": 5}}, "/image/height"),
        ({"image": PHOTO, "recipe": 5}, "/recipe"),
    ],
)
async def test_an_invalid_body_is_refused_with_pointers_to_the_faults(
    upload: RunningService, body: dict[str, Any], pointer: str
) -> None:
    answer = await ask(upload, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_the_route_is_fully_described(upload: RunningService) -> None:
    schemas = create_api(upload.services).openapi()["components"]["schemas"]
    assert {"width", "height", "format"} == set(schemas["ImageFacts"]["required"])
    assert {"variants", "tasks", "warnings", "cpu_ms", "peak_bytes"} <= set(schemas["PlanBody"]["required"])


@pytest.mark.parametrize("digits", [13, 400, 4000])
async def test_absurd_numbers_are_refused(upload: RunningService, digits: int) -> None:
    much = 10**digits
    answer = await ask(upload, image={**PHOTO, "bytes": much})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert answer.json()["errors"][0]["pointer"] == "/image/bytes"
    answer = await ask(upload, image=PHOTO, recipe=json.dumps(recipe(max_bytes=much)))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_recipe")


@pytest.mark.parametrize(
    ("size", "width", "expected"),
    [(70, 100, []), (70, 300, ["large_results"]), (70, 7000, ["output_limit"]), (10_000_000, 2000, [])],
)
async def test_results_of_far_more_bytes_than_the_image_are_a_warning(
    upload: RunningService, size: int, width: int, expected: list[str]
) -> None:
    image = {"width": 1, "height": 1, "format": "gif", "bytes": size}
    large = {"op": "resize", "width": width, "height": width, "fit": "fill", "enlarge": True}
    output = {"format": "jpeg", "quality": 30 if width == 100 else 100}
    variants = [{"name": f"v{number}", "operations": [large], "output": output} for number in range(4)]
    warnings = (await planned(upload, image=image, recipe={"variants": variants[: 1 if width == 100 else 4]}))[
        "warnings"
    ]
    told = [one for one in warnings if one["code"] in {"large_results", "output_limit"}]
    assert [one["code"] for one in told] == expected
    assert not [one for one in told if one["fatal"] or one["variant"]]
    assert all("A job stores at most" in one["message"] for one in told)


async def test_a_variant_that_only_rewrites_is_planned_with_no_more_bytes_than_the_image(
    upload: RunningService,
) -> None:
    image = {"width": 4000, "height": 4000, "format": "png", "bytes": 5000}
    for output, warned in ({"format": "same"}, False), ({"format": "png"}, True):
        recipe = {"variants": [{"name": "it", "output": output}]}
        codes = [one["code"] for one in (await planned(upload, image=image, recipe=recipe))["warnings"]]
        assert ("large_results" in codes) == warned


async def test_no_task_of_the_plan_makes_a_variant_on_request(upload: RunningService) -> None:
    always = {"name": "now", "operations": [{"op": "resize", "width": 600}]}
    requested = {**always, "name": "later", "when": "requested", "output": {"format": "avif", "effort": 9}}
    alone = await planned(upload, image=PHOTO, recipe={"variants": [always]})
    plan = await planned(upload, image=PHOTO, recipe={"variants": [always, requested]})
    assert (plan["tasks"], plan["cpu_ms"]) == (alone["tasks"], alone["cpu_ms"])
    assert [(each["when"], each["width"]) for each in plan["variants"]] == [("always", 600), ("requested", 600)]
    assert plan["variants"][1]["cpu_ms"] > plan["variants"][0]["cpu_ms"]
