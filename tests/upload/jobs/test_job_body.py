"""Tests of the body of a job, field by field."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from darkroom.clock import now
from darkroom.job_details import JobDetails
from darkroom.jobs import Fault, Job, JobStatus, VariantWarning
from darkroom.runtime.aws import Aws
from darkroom_upload.jobs.job_body import job_body, result_link
from darkroom_upload.results.result_links import ResultLinks
from darkroom_upload.results.s3_links import S3Links
from tests.upload.examples import DESCRIPTION, completed, queued, waiting


@pytest_asyncio.fixture
async def links(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ResultLinks]:
    """Links that are signed without a server, since signing needs none."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    aws = Aws()
    async with aws.s3(endpoint_url="http://s3.example") as client:
        yield S3Links(client, "results", aws.credentials, now=now)


async def seen(job: Job, links: ResultLinks, **details: Any) -> dict[str, Any]:
    told = JobDetails(**({"description": DESCRIPTION} | details))
    body: dict[str, Any] = json.loads((await job_body(job, told, links)).model_dump_json())
    return body


UNKNOWN_SOURCE = {
    "format": None,
    "width": None,
    "height": None,
    "mode": None,
    "has_alpha": None,
    "frames": None,
    "orientation": None,
    "dpi": None,
    "icc_profile": None,
    "dominant_color": None,
    "thumbhash": None,
    "exif": None,
    "has_gps": None,
}


async def test_a_new_job_shows_null_for_what_is_not_known_yet(links: ResultLinks) -> None:
    job = waiting()
    body = await seen(job, links)
    variants = body.pop("variants")
    assert body == {
        "job_id": job.job_id,
        "status": "awaiting_upload",
        "recipe": "thumbnails",
        "preset": {"name": "thumbnails", "version": None},
        "attempt": 1,
        "progress": {"done": 0, "failed": 0, "total": 4},
        "created_at": "2026-11-22T05:54:01.123Z",
        "updated_at": "2026-11-22T05:54:01.123Z",
        "queued_at": None,
        "started_at": None,
        "completed_at": None,
        "retryable": False,
        "retry_refusal": {
            "code": "job_open",
            "message": "The job is awaiting_upload: it can be retried once it has failed.",
        },
        "original": None,
        "results_expire_at": None,
        "thumbnail": None,
        "source": {
            "filename": "cat.jpg",
            "content_type": "image/jpeg",
            "bytes": 829183,
            "sha256": "5" * 64,
            **UNKNOWN_SOURCE,
        },
        "manifest": None,
        "public": False,
        "cost": {"cpu_ms": 0, "bytes_read": 0, "bytes_written": 0},
        "error": None,
    }
    assert variants[0] == {
        "name": "square-64",
        "status": "pending",
        "content_type": None,
        "bytes": None,
        "width": None,
        "height": None,
        "sha256": None,
        "key": None,
        "url": None,
        "warnings": [],
        "error": None,
    }


async def test_a_finished_job_shows_its_source_and_its_variants(links: ResultLinks) -> None:
    job = completed()
    body = await seen(job, links)
    assert (body["status"], body["completed_at"]) == ("completed", "2026-11-22T05:54:02.123Z")
    assert body["progress"] == {"done": 4, "failed": 0, "total": 4}
    assert body["source"] == {
        "filename": "cat.jpg",
        "content_type": "image/jpeg",
        "bytes": 829183,
        "sha256": "5" * 64,
        "format": "jpeg",
        "width": 640,
        "height": 480,
        "mode": "RGB",
        "has_alpha": False,
        "frames": 1,
        "orientation": 6,
        "dpi": [72.0, 72.0],
        "icc_profile": "sRGB",
        "dominant_color": "#7a6b51",
        "thumbhash": "3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
        "exif": {"Make": "Darkroom", "ISOSpeedRatings": 100},
        "has_gps": True,
    }
    url = body["variants"][0].pop("url")
    assert url.startswith(f"http://results.s3.example/thumbnails/square-64/{job.job_id}/cat.webp?")
    assert body["variants"][0] == {
        "name": "square-64",
        "status": "completed",
        "content_type": "image/webp",
        "bytes": 11203,
        "width": 64,
        "height": 64,
        "sha256": "7" * 64,
        "key": f"thumbnails/square-64/{job.job_id}/cat.webp",
        "warnings": [],
        "error": None,
    }
    assert body["cost"] == {"cpu_ms": 71, "bytes_read": 829183, "bytes_written": 65394}


async def test_a_variant_with_a_warning_says_what_it_means(links: ResultLinks) -> None:
    job = completed()
    state = job.variants["square-64"]
    assert state.result is not None
    grown = state.result.model_copy(update={"warnings": (VariantWarning.LARGER_THAN_SOURCE,)})
    variants = {**job.variants, "square-64": replace(state, result=grown)}
    [warning] = (await seen(replace(job, variants=variants), links))["variants"][0]["warnings"]
    assert warning["code"] == "larger_than_source"
    assert "more bytes than the original" in warning["message"]


async def test_a_variant_that_failed_says_why(links: ResultLinks) -> None:
    body = await seen(completed(failed=("square-128",)), links)
    assert body["status"] == "partially_completed"
    assert body["progress"] == {"done": 3, "failed": 1, "total": 4}
    variant = body["variants"][1]
    assert (variant["status"], variant["url"]) == ("failed", None)
    assert variant["error"] == {"code": "time_limit", "message": "It took longer than an image may take."}


async def test_a_job_that_failed_says_why(links: ResultLinks) -> None:
    fault = Fault(code="undecodable_image", message="No decoder can read the bytes.")
    body = await seen(replace(queued(), status=JobStatus.FAILED, fault=fault), links)
    assert body["error"] == {"code": "undecodable_image", "message": "No decoder can read the bytes."}


async def test_a_recipe_without_variants_has_nothing_to_count(links: ResultLinks) -> None:
    body = await seen(waiting(recipe_name="metadata"), links)
    assert body["progress"] == {"done": 0, "failed": 0, "total": 0}
    assert body["variants"] == []


async def test_a_description_newer_than_the_job_is_not_shown_yet(links: ResultLinks) -> None:
    body = await seen(queued(), links, description=DESCRIPTION)
    assert (body["source"]["width"], body["source"]["exif"]) == (None, None)


async def test_metadata_is_shown_if_there_is_any(links: ResultLinks) -> None:
    assert "metadata" not in await seen(waiting(), links)
    assert (await seen(waiting(), links, metadata={"album": "holidays"}))["metadata"] == {"album": "holidays"}


def test_a_result_is_named_after_its_original_and_its_variant() -> None:
    link = result_link(completed(filename="größe.tar.png"), "square-64")
    assert link is not None
    assert link.filename == "größe.tar-square-64.webp"


def test_there_is_no_link_before_there_is_a_result() -> None:
    assert result_link(queued(), "square-64") is None
    assert result_link(completed(failed=("square-64",)), "square-64") is None
    assert result_link(completed(), "unknown") is None
