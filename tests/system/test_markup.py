"""Tests the markup of a job in a browser: it fetches the right image, and the page does not move."""

import json

import pytest

from tests.support.api import Api
from tests.support.chromium import CHROMIUM, report_of
from tools.testbed.images import jpeg

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

WIDTHS = (320, 640, 1280)
RECIPE = {
    "publish": True,
    "variants": [
        {
            "name": f"{width}-{image_format}",
            "operations": [{"op": "resize", "width": width}],
            "output": {"format": image_format},
        }
        for width in WIDTHS
        for image_format in ("webp", "jpeg")
    ],
}

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>A page with a picture</title>
<style>body { margin: 0 } img { display: block; width: 100%; height: auto }</style>
</head>
<body>
MARKUP
<p>A text below the picture, which moves if the picture changes its height.</p>
<script>
let shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
const image = document.querySelector("img");
const before = image.getBoundingClientRect().height;
function twoFrames() { return new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))); }
function report() {
  const after = image.getBoundingClientRect();
  const fetched = performance.getEntriesByType("resource").map((entry) => entry.name);
  send({ shown: image.currentSrc, fetched, shift, before, after: after.height, width: after.width });
}
function send(told) { fetch("/report", { method: "POST", body: JSON.stringify(told) }); }
image.decode().then(twoFrames).then(report).catch((error) => send(String(error)));
</script>
</body>
</html>
"""


@needs_chromium
@pytest.mark.parametrize(("width", "chosen"), [(300, 320), (600, 640), (1200, 1280)])
async def test_browser_fetches_the_image_for_its_width_and_the_page_does_not_move(
    api: Api, width: int, chosen: int
) -> None:
    job = await api.made(jpeg(1600, 1067), json.dumps(RECIPE))
    answer = await api.http.get(f"/jobs/{job['job_id']}/markup", params={"alt": "A test image"})

    report = await report_of(PAGE.replace("MARKUP", answer.text), width=width)

    urls = {variant["name"]: variant["public_url"] for variant in job["variants"]}
    assert report["shown"] == urls[f"{chosen}-webp"]
    assert [url for url in report["fetched"] if "/public/" in url] == [report["shown"]], "one image and no other"
    assert (report["width"], report["shift"]) == (width, 0)
    assert report["before"] == pytest.approx(report["after"], abs=1), (
        "the place of the image is free before it is there"
    )
