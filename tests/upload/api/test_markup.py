"""Tests of `GET /jobs/{id}/markup`: the HTML is valid, and has the images that a page can show."""

from dataclasses import replace
from importlib import import_module
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest

from darkroom.formats import ImageFormat
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, VariantResult, VariantState, VariantStatus, unsettled
from darkroom.recipes import Output, OutputFormat, Recipe, Resize, Trim, Variant, When
from darkroom.source_description import SourceDescription
from darkroom.tables.recipe_item import recipe_item
from darkroom_upload.api.accepted_types import prefers_json
from tests.upload.examples import DESCRIPTION, completed, failure, queued
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService

html5lib: Any = import_module("html5lib")

FORMATS = {
    OutputFormat.JPEG: ImageFormat.JPEG,
    OutputFormat.WEBP: ImageFormat.WEBP,
    OutputFormat.TIFF: ImageFormat.TIFF,
}


def variant(name: str, width: int, image_format: OutputFormat, **fields: Any) -> Variant:
    return Variant(
        name=name, operations=(Resize(op="resize", width=width),), output=Output(format=image_format), **fields
    )


RECIPE = Recipe(
    variants=(
        variant("s", 160, OutputFormat.JPEG),
        variant("m", 320, OutputFormat.JPEG),
        variant("m-webp", 320, OutputFormat.WEBP),
        variant("l-webp", 640, OutputFormat.WEBP, when=When.REQUESTED),
        variant("m-avif", 320, OutputFormat.AVIF, when=When.REQUESTED),
    )
)


async def published(service: RunningService, recipe: Recipe = RECIPE, **changes: Any) -> Job:
    """Write a published job of the recipe whose variants are made, except those on request."""
    job, states = completed(published=True), unsettled(recipe)
    made = {each.name: states[each.name] if each.is_on_request else _made(each) for each in recipe.variants}
    job = await put_job(service, replace(job, variants={**made, **changes.pop("variants", {})}, **changes))
    await service.services.jobs._client.put_item(
        TableName=service.settings.jobs_table, Item=recipe_item(job.job_id, recipe)
    )
    return job


def _made(variant: Variant) -> VariantState:
    [resize] = variant.operations
    assert isinstance(resize, Resize)
    width = resize.width or 0
    result = VariantResult(
        key="k", format=FORMATS[variant.output.format], size=9, width=width, height=width * 3 // 4, sha256="7" * 64
    )
    return VariantState(status=VariantStatus.COMPLETED, result=result)


async def ask(service: RunningService, job: Job, accept: str = "*/*", **query: str) -> httpx.Response:
    return await service.client.get(f"/jobs/{job.job_id}/markup", params=query, headers={"accept": accept})


async def markup(service: RunningService, job: Job, **query: str) -> dict[str, Any]:
    answer = await ask(service, job, "application/json", **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def parsed(html: str) -> Element:
    """Return the picture of a page with this HTML. Raises for anything that is no valid HTML."""
    page = f"<!DOCTYPE html><html><head><title>a page</title></head><body>{html}</body></html>"
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    picture = parser.parse(page).find("body/picture")
    assert isinstance(picture, Element)
    return picture


async def test_markup_is_valid_html_with_all_formats_and_widths(upload: RunningService) -> None:
    job = await published(upload)

    answer = await ask(upload, job, alt="A cat")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    picture, root = parsed(answer.text), f"/public/{job.job_id}"
    *sources, image = list(picture)
    assert [source.attrib for source in sources] == [
        {"type": "image/avif", "srcset": f"{root}/m-avif.avif 320w", "sizes": "100vw"},
        {"type": "image/webp", "srcset": f"{root}/m-webp.webp 320w, {root}/l-webp.webp 640w", "sizes": "100vw"},
    ]
    assert image.attrib == {
        "src": f"{root}/m.jpg",
        "srcset": f"{root}/s.jpg 160w, {root}/m.jpg 320w",
        "sizes": "100vw",
        "width": "320",
        "height": "240",
        "alt": "A cat",
        "loading": "lazy",
        "decoding": "async",
        "style": f"background-color:{DESCRIPTION.dominant_color}",
        "data-thumbhash": DESCRIPTION.thumbhash,
    }


async def test_texts_of_the_client_stay_texts(upload: RunningService) -> None:
    job = await published(upload)
    alt, sizes = "\"><script>alert('1')</script>&amp;", '(min-width: 60em) 50vw, 100vw"onload="x'

    answer = await ask(upload, job, alt=alt, sizes=sizes)

    *sources, image = list(parsed(answer.text))
    assert (image.attrib["alt"], image.attrib["sizes"]) == (alt, sizes)
    assert {source.attrib["sizes"] for source in sources} == {sizes}
    assert not parsed(answer.text).findall(".//script")


async def test_markup_is_the_same_as_data(upload: RunningService) -> None:
    job = await published(upload)

    found = await markup(upload, job, alt="A cat")

    assert found["html"] == (await ask(upload, job, alt="A cat")).text
    assert [(one["type"], one["srcset"]) for one in found["sources"]] == [
        (source.attrib["type"], source.attrib["srcset"]) for source in parsed(found["html"]).findall("source")
    ]
    assert found["image"]["candidates"][0] == {
        "variant": "s",
        "url": f"/public/{job.job_id}/s.jpg",
        "width": 160,
        "height": 120,
    }
    assert (found["width"], found["height"], found["alt"], found["left_out"]) == (320, 240, "A cat", [])


async def test_client_may_choose_variants(upload: RunningService) -> None:
    job = await published(upload)
    found = await markup(upload, job, variants="m, m-webp")
    assert [one["srcset"] for one in found["sources"]] == [f"/public/{job.job_id}/m-webp.webp 320w"]
    unknown = await ask(upload, job, variants="m,xl")
    assert unknown.status_code == 400
    assert unknown.json()["detail"].startswith("The job's recipe has no variant xl. Its variants: s, m, m-webp")


async def test_variants_that_no_page_can_show_are_left_out_with_a_reason(upload: RunningService) -> None:
    requested = {"when": When.REQUESTED, "output": Output(format=OutputFormat.WEBP)}
    recipe = Recipe(
        variants=(
            variant("m", 320, OutputFormat.JPEG),
            variant("print", 640, OutputFormat.TIFF),
            variant("broken", 640, OutputFormat.JPEG),
            Variant(name="trimmed", operations=(Trim(op="trim"),), **requested),
        )
    )
    job = await published(upload, recipe, variants={"broken": failure()})
    assert {each["variant"]: each["reason"] for each in (await markup(upload, job))["left_out"]} == {
        "print": "browsers do not show tiff",
        "broken": "it failed",
        "trimmed": "its size depends on the pixels, and is not known before it is made",
    }


async def test_transparent_image_gets_no_colour_behind_it(upload: RunningService) -> None:
    transparent = SourceDescription.model_validate({**DESCRIPTION.model_dump(), "has_alpha": True, "format": "png"})
    job = await published(upload)
    await put_job(upload, job, JobDetails(description=transparent))
    found = await markup(upload, job)
    assert (found["background"], found["thumbhash"]) == (None, DESCRIPTION.thumbhash)
    assert "style" not in found["html"]
    assert (await markup(upload, job, variants="s,m"))["background"] == DESCRIPTION.dominant_color, "JPEGs are opaque"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"published": False}, "The job is not published."),
        ({"status": JobStatus.PROCESSING}, "The job is processing: its results have no public addresses yet."),
        ({"status": JobStatus.FAILED}, "The job is failed: its results have no public addresses."),
    ],
)
async def test_there_is_no_markup_while_the_results_are_not_public(
    upload: RunningService, changes: dict[str, Any], reason: str
) -> None:
    answer = await ask(upload, await published(upload, **changes))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert reason in answer.json()["detail"]


async def test_job_without_an_image_for_pages_is_a_conflict_with_the_reasons(upload: RunningService) -> None:
    job = await published(upload, Recipe(variants=(variant("print", 640, OutputFormat.TIFF),)))
    answer = await ask(upload, job)
    assert answer.status_code == 409
    assert "print: browsers do not show tiff" in answer.json()["detail"]


async def test_another_owners_job_has_no_markup(upload: RunningService) -> None:
    job = await published(upload)
    answer = await upload.client.get(f"/jobs/{job.job_id}/markup", headers={"x-api-key": STRANGER_KEY})
    assert answer.status_code == 404
    assert (await ask(upload, queued())).status_code == 404


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        (None, False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("application/json", True),
        ("application/json, text/html", False),
        ("application/json, text/html;q=0.9", True),
        ("application/json;q=0, */*", False),
        ("application/json;q=x", False),
    ],
)
def test_html_is_sent_unless_json_is_wanted_more(accept: str | None, *, is_json: bool) -> None:
    assert prefers_json(accept) is is_json
