"""Previews in the running system: the image comes back, and nothing is left."""

from darkroom.object_keys import PREVIEWS
from darkroom.requested_images import RequestId
from darkroom_local.system import System
from tests.support.api import Api, keys_of
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tools.testbed.images import jpeg, opened, png

CAT = jpeg(400, 300)
SMALL = {"operations": [{"op": "resize", "width": 40}], "output": {"format": "webp"}}


async def left_of_previews(cloud: Cloud, system: System) -> set[str]:
    """Return everything in the bucket and in the table that belongs to a preview, versions and markers included."""
    topology = system.installation.topology
    listing = await cloud.s3.list_object_versions(Bucket=topology.results.name, Prefix=f"{PREVIEWS}/")
    objects = [entry["Key"] for entry in [*listing.get("Versions", []), *listing.get("DeleteMarkers", [])]]
    pages = cloud.dynamodb.get_paginator("scan").paginate(TableName=topology.jobs.name)
    keys = [item["job_id"]["S"] async for page in pages for item in page["Items"]]
    return {*objects, *(key for key in keys if RequestId.read(key))}


async def require_nothing_more(cloud: Cloud, system: System, before: set[str]) -> None:
    """Wait until there is nothing of a preview but what there was before. Another test may have left something."""

    async def has_nothing_more() -> bool:
        return await left_of_previews(cloud, system) <= before

    await until(has_nothing_more)


async def test_preview_comes_back_as_an_image_and_leaves_nothing(cloud: Cloud, system: System, newcomer: Api) -> None:
    job = await newcomer.made(CAT)
    before = await left_of_previews(cloud, system)
    answer = await newcomer.preview(job["job_id"], SMALL)
    assert answer.status_code == 200, answer.text
    image = opened(answer.content)
    assert (image.format, image.size) == ("WEBP", (40, 30))
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["x-darkroom-cpu-ms"]) > 0
    await require_nothing_more(cloud, system, before)
    (listed,) = (await newcomer.http.get("/jobs")).json()["items"]
    assert listed["job_id"] == job["job_id"]
    assert keys_of(await newcomer.job(job["job_id"])) == keys_of(job)


async def test_preview_draws_watermarks_of_the_owners_results(newcomer: Api) -> None:
    logo = await newcomer.made(png(20, 10), "grayscale")
    job = await newcomer.made(CAT)
    variant = logo["variants"][0]["name"]
    watermark = {"op": "watermark", "image": {"job_id": logo["job_id"], "variant": variant}}
    plain = await newcomer.preview(job["job_id"], SMALL)
    marked = await newcomer.preview(job["job_id"], {**SMALL, "operations": [*SMALL["operations"], watermark]})
    assert (plain.status_code, marked.status_code) == (200, 200)
    assert plain.content != marked.content


async def test_preview_that_cannot_be_made_says_why_and_leaves_nothing(
    cloud: Cloud, system: System, newcomer: Api
) -> None:
    job = await newcomer.made(jpeg(2500, 1700))
    before = await left_of_previews(cloud, system)
    answer = await newcomer.preview(job["job_id"], {})
    assert (answer.status_code, answer.json()["fault"]) == (422, "output_limit")
    assert "The limit is 4000000." in answer.json()["detail"]
    await require_nothing_more(cloud, system, before)


async def test_preview_of_an_original_that_is_gone_is_refused(cloud: Cloud, system: System, newcomer: Api) -> None:
    job = await newcomer.made(CAT)
    bucket = system.installation.topology.originals.name
    listing = await cloud.s3.list_object_versions(Bucket=bucket, Prefix=f"uploads/{job['job_id']}/")
    for entry in listing["Versions"]:
        await cloud.s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
    answer = await newcomer.preview(job["job_id"], SMALL)
    assert (answer.status_code, answer.json()["code"]) == (410, "original_gone")


async def test_preview_of_a_job_that_awaits_its_upload_is_a_conflict(newcomer: Api) -> None:
    presigned = await newcomer.http.post(
        "/uploads/presigned", json={"filename": "cat.jpg", "content_type": "image/jpeg", "size": len(CAT)}
    )
    answer = await newcomer.preview(presigned.json()["job_id"], SMALL)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
