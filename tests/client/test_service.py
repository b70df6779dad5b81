"""Both clients against the running system."""

import asyncio
import hashlib
import io
import os
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from darkroom import clock
from darkroom.accounts.api_keys import ApiKey, Scope
from darkroom.tables.api_key_table import KeyTable
from darkroom_client import AsyncClient, Image, Job, JobStatus, Receipt, Recipe, errors, recipes, verify_webhook
from darkroom_local.system import System
from tests.client.shells import Shell, opened
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.support.receiver import receiving
from tools.testbed.images import jpeg
from tools.testbed.images import opened as decoded

CAT = jpeg(400, 300)
SMALL = Recipe(variants=(recipes.Variant(name="small", operations=(recipes.Resize(width=40),)),))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "Ærø cat.jpg"
    path.write_bytes(CAT)
    return path


async def test_image_goes_in_and_results_come_out(darkroom: AsyncClient, photo: Path, tmp_path: Path) -> None:
    receipt = await darkroom.upload(photo, recipe="thumbnails", metadata={"album": "holidays"})
    job = await darkroom.wait(receipt)
    assert (job.status, job.metadata, job.source.filename) == (JobStatus.COMPLETED, {"album": "holidays"}, photo.name)
    paths = await darkroom.download(job.job_id, tmp_path / "out")
    assert [path.name for path in paths] == [f"{variant.name}.webp" for variant in job.variants]
    assert {decoded(path.read_bytes()).size for path in paths} == {(edge, edge) for edge in (64, 128, 256, 512)}


async def test_job_is_as_the_api_shows_it(darkroom: AsyncClient) -> None:
    job = await darkroom.wait(await darkroom.upload(CAT, recipe="grayscale"))
    assert job.as_document() == await darkroom.ask("GET", f"/status/{job.job_id}")
    (summary,) = [each async for each in darkroom.jobs()]
    assert summary.as_document() == (await darkroom.ask("GET", "/jobs"))["items"][0]


async def test_published_results_are_for_everybody_until_they_are_taken_back(darkroom: AsyncClient) -> None:
    job = await darkroom.wait(await darkroom.upload(CAT, recipe="grayscale", publish=True))
    assert job.public
    for again in range(2):
        (url,) = [variant.public_url for variant in job.variants]
        assert url is not None
        async with httpx.AsyncClient(trust_env=False) as anybody:
            answer = await anybody.get(url)
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert hashlib.sha256(answer.content).hexdigest() == job.variants[0].sha256
            await darkroom.unpublish(job.job_id)
            assert (await anybody.get(url)).status_code == 404
        assert not (await darkroom.job(job.job_id)).public
        if not again:
            job = await darkroom.wait(await darkroom.upload(CAT, recipe="grayscale"))
            published = await darkroom.publish(job.job_id)
            assert isinstance(published, Job)
            job = published


async def test_original_is_fetched_and_run_again_with_another_recipe(
    darkroom: AsyncClient, photo: Path, tmp_path: Path
) -> None:
    first = await darkroom.wait(await darkroom.upload(photo, recipe="metadata", keep_original=True))
    assert first.original is not None
    assert (first.original.kept, first.original.expires_at) == (True, None)
    second = await darkroom.wait(await darkroom.run(first, recipe=SMALL, metadata={"album": "holidays"}))
    assert (second.status, second.original_of, second.metadata) == (
        JobStatus.COMPLETED,
        first.job_id,
        {"album": "holidays"},
    )
    assert second.original is not None
    assert not second.original.kept
    await darkroom.delete(first)
    path = await darkroom.original(second, tmp_path / "again.jpg")
    assert path.read_bytes() == CAT
    with pytest.raises(errors.NotFound):
        await darkroom.run(first)


async def test_every_kind_of_file_is_sent_whole(darkroom: AsyncClient, photo: Path) -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, CAT)
    os.close(write_end)
    later = io.BytesIO(b"before" + CAT)
    later.seek(6)
    with photo.open("rb") as file, os.fdopen(read_end, "rb") as pipe:
        for source in (photo, str(photo), CAT, file, later, pipe):
            job = await darkroom.upload(source, recipe="metadata", filename="cat.jpg")
            assert isinstance(job, Job)
            assert job.source.bytes == len(CAT)
        assert not file.closed


async def test_progress_is_reported_while_bytes_are_sent(darkroom: AsyncClient, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(jpeg(400, 300) + bytes(500_000))
    told: list[tuple[int, int | None]] = []
    await darkroom.upload(large, recipe="metadata", progress=lambda sent, size: told.append((sent, size)))
    size = large.stat().st_size
    assert told == sorted(told)
    assert len({sent for sent, _ in told}) > 5
    assert told[-1] == (size, size)


async def test_same_idempotency_key_is_the_same_job(darkroom: AsyncClient) -> None:
    first, again = [await darkroom.upload(CAT, recipe="metadata", idempotency_key="mine") for _ in range(2)]
    assert first.job_id == again.job_id
    with pytest.raises(errors.IdempotencyMismatch):
        await darkroom.upload(CAT, recipe="grayscale", idempotency_key="mine")


async def test_image_goes_straight_to_s3(darkroom: AsyncClient, photo: Path, tmp_path: Path) -> None:
    told: list[int] = []
    receipt = await darkroom.upload(photo, recipe=SMALL, direct=True, progress=lambda sent, _: told.append(sent))
    assert receipt.status == JobStatus.AWAITING_UPLOAD
    job = await darkroom.wait(receipt)
    assert (job.status, job.recipe, told[-1]) == (JobStatus.COMPLETED, "custom", len(CAT))
    (path,) = await darkroom.download(job, tmp_path)
    assert decoded(path.read_bytes()).size == (40, 30)
    with pytest.raises(ValueError, match="content_type"):
        await darkroom.upload(CAT, direct=True)


async def test_events_tell_each_change_up_to_the_end(darkroom: AsyncClient) -> None:
    receipt = await darkroom.upload(CAT, recipe="thumbnails")
    seen = [job async for job in darkroom.events(receipt)]
    assert [job.is_open for job in seen] == [True] * (len(seen) - 1) + [False]
    assert seen[-1].progress.done == 4
    assert [job.status async for job in darkroom.events(receipt)] == [JobStatus.COMPLETED]


async def test_jobs_are_listed_page_by_page(darkroom: AsyncClient) -> None:
    sent = [(await darkroom.upload(CAT, recipe="metadata")).job_id for _ in range(5)]
    assert [job.job_id async for job in darkroom.jobs(page_size=2)] == sent[::-1]
    await asyncio.gather(*map(darkroom.wait, sent))
    assert len([job async for job in darkroom.jobs(status=JobStatus.COMPLETED, page_size=2)]) == 5
    assert [job async for job in darkroom.jobs(status="failed")] == []


async def test_job_is_cancelled_while_it_is_open_and_deleted_afterwards(darkroom: AsyncClient) -> None:
    waiting = await presigned(darkroom)
    assert await darkroom.cancel(waiting)
    assert not await darkroom.cancel(waiting)
    assert (await darkroom.job(waiting)).status == JobStatus.CANCELLED
    await darkroom.delete(waiting)
    with pytest.raises(errors.NotFound):
        await darkroom.job(waiting)
    with pytest.raises(errors.NotFound):
        await darkroom.wait(waiting)


async def test_failed_job_is_retried_and_says_what_went_wrong(darkroom: AsyncClient) -> None:
    job = await darkroom.wait(await darkroom.upload(CAT[:500], recipe="thumbnails"))
    assert job.status == JobStatus.FAILED
    assert {fault.code for fault in job.faults} == {"truncated_image"}
    assert (await darkroom.retry(job)).is_open
    assert (await darkroom.wait(job)).status == JobStatus.FAILED
    completed = await darkroom.wait(await darkroom.upload(CAT, recipe="metadata"))
    with pytest.raises(errors.Conflict):
        await darkroom.retry(completed)


async def test_job_that_does_not_end_in_time_is_a_timeout(darkroom: AsyncClient) -> None:
    waiting = await presigned(darkroom)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    with pytest.raises(errors.WaitTimeout) as timeout:
        await darkroom.wait(waiting, within=1)
    assert 1 <= loop.time() - begin < 3
    assert timeout.value.job
    assert timeout.value.job.status == JobStatus.AWAITING_UPLOAD
    assert isinstance(timeout.value, TimeoutError)


async def test_plan_is_for_a_described_image_or_for_a_job(darkroom: AsyncClient) -> None:
    plan = await darkroom.plan(recipe=SMALL, image=Image(width=400, height=300, format="jpeg"))
    assert [(variant.width, variant.height, variant.size_exact) for variant in plan.variants] == [(40, 30, True)]
    job = await darkroom.wait(await darkroom.upload(CAT, recipe="metadata"))
    planned = await darkroom.plan(recipe="web", job=job)
    assert planned.image.width == 400
    assert "not_enlarged" in {warning.code for warning in planned.warnings}


async def test_preview_is_an_image_of_a_variant_that_no_recipe_has(darkroom: AsyncClient) -> None:
    job = await darkroom.wait(await darkroom.upload(CAT, recipe="metadata"))
    resize = recipes.Resize(width=40)
    for variant in (
        recipes.Variant(name="small", operations=(resize,)),
        {"operations": [resize.model_dump(exclude_unset=True)]},
    ):
        image = decoded(await darkroom.preview(job, variant))
        assert (image.format, image.size) == ("JPEG", (40, 30))
    large = await darkroom.wait(await darkroom.upload(jpeg(2500, 1700), recipe="metadata"))
    with pytest.raises(errors.ImageNotMade) as refusal:
        await darkroom.preview(large, {})
    assert refusal.value.document["fault"] == "output_limit"


async def test_markup_shows_a_published_job(darkroom: AsyncClient) -> None:
    recipe = SMALL.model_copy(update={"publish": True})
    job = await darkroom.wait(await darkroom.upload(CAT, recipe=recipe))
    found = await darkroom.markup(job, alt="A cat", sizes="50vw", variants=["small"])
    assert found.html.startswith("<picture>")
    assert (found.alt, found.sizes, found.image.candidates[0].variant) == ("A cat", "50vw", "small")
    hidden = await darkroom.wait(await darkroom.upload(CAT, recipe=SMALL))
    with pytest.raises(errors.Conflict):
        await darkroom.markup(hidden)


async def test_refusals_are_typed(darkroom: AsyncClient, system: System, shell: Shell) -> None:
    with pytest.raises(errors.UnsupportedMediaType):
        await darkroom.upload(b"This is no image.")
    with pytest.raises(errors.InvalidRecipe) as refusal:
        await darkroom.upload(
            CAT, recipe='{"variants": [{"name": "it", "operations": [{"op": "resize", "width": 0}]}]}'
        )
    assert [fault.pointer for fault in refusal.value.faults] == ["/variants/0/operations/0/width"]
    with pytest.raises(errors.NotFound, match="no such job"):
        await darkroom.job(str(uuid4()))
    with pytest.raises(errors.UploadTooLarge):
        await darkroom.upload(CAT + bytes(11 * 1024 * 1024))
    async with opened(shell, system.url, "wrong") as stranger:
        with pytest.raises(errors.Unauthenticated):
            await stranger.usage()


async def test_key_that_may_not_read_gets_receipts(cloud: Cloud, system: System, shell: Shell) -> None:
    key = await key_with_scopes(cloud, system, "upload")
    async with opened(shell, system.url, key) as writer:
        receipt = await writer.upload(CAT, recipe="metadata")
        assert type(receipt) is Receipt
        with pytest.raises(errors.Forbidden) as refusal:
            await writer.job(receipt)
        assert refusal.value.document["scope"] == "read"


async def test_presets_are_put_read_and_deleted(darkroom: AsyncClient) -> None:
    first = await darkroom.put_preset("card", SMALL, only_new=True)
    assert (first.name, first.version, Recipe.model_validate(first.document)) == ("card", 1, SMALL)
    second = await darkroom.put_preset("card", {"variants": []}, if_match=1)
    assert (await darkroom.put_preset("card", second.document)).version == second.version == 2
    for refused in ({"if_match": 1}, {"only_new": True}):
        with pytest.raises(errors.PreconditionFailed):
            await darkroom.put_preset("card", SMALL, **refused)
    assert await darkroom.preset("card") == second
    assert await darkroom.preset("card", version=1) == first
    assert [version.version for version in await darkroom.preset_versions("card")] == [2, 1]
    listed = await darkroom.presets()
    assert (listed["card"].version, listed["web"].version, listed["web"].created_at) == (2, None, None)
    assert await darkroom.preset_versions("web") == ()

    job = await darkroom.wait(await darkroom.upload(CAT, recipe="card@1"))
    assert job.preset is not None
    assert (job.recipe, job.preset.version, [variant.name for variant in job.variants]) == ("card", 1, ["small"])
    await darkroom.delete_preset("card", if_match=2)
    with pytest.raises(errors.NotFound):
        await darkroom.preset("card")
    with pytest.raises(errors.InvalidRecipe):
        await darkroom.upload(CAT, recipe="card@1")
    assert (await darkroom.job(job)).preset == job.preset


async def test_limits_are_read(darkroom: AsyncClient, key: str) -> None:
    usage = await darkroom.usage()
    assert usage.owner == key
    assert usage.as_document() == await darkroom.ask("GET", "/usage")


async def test_webhook_of_the_service_is_verified(darkroom: AsyncClient) -> None:
    secret = (await darkroom.webhook_secret()).secret
    async with receiving() as receiver:
        job = await darkroom.upload(CAT, recipe="metadata", callback_url=receiver.url)
        (request,) = await receiver.until(1)
        event = verify_webhook(request.body.encode(), request.headers, secret)
        assert (event.type, event.data.job_id) == ("job.completed", job.job_id)
        await darkroom.replay(job)
        await receiver.until(2)
    assert {attempt.event_id for attempt in (await darkroom.deliveries(job)).attempts} <= {event.id}
    renewed = await darkroom.rotate_webhook_secret()
    assert renewed.previous_until
    assert renewed.secret != secret


async def presigned(darkroom: AsyncClient) -> str:
    """The id of a job whose image does not come."""
    body = {"filename": "cat.jpg", "content_type": "image/jpeg", "size": 9, "recipe": "metadata"}
    return str((await darkroom.ask("POST", "/uploads/presigned", json=body))["job_id"])


async def key_with_scopes(cloud: Cloud, system: System, *scopes: str) -> str:
    """The API key of a new owner, with these scopes alone."""
    name = f"owner-{uuid4().hex}"
    key = ApiKey.of(name, owner=name, name="test", created_at=clock.now(), scopes=frozenset(map(Scope, scopes)))
    await KeyTable(cloud.dynamodb, system.installation.topology.accounts.name, CIPHER).put(key)
    return name
