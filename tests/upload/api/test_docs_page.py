"""Tests of the page `/docs`."""

import re

from tests.upload.service import RunningService


async def test_the_page_needs_no_other_host(upload: RunningService) -> None:
    page = (await upload.client.get("/docs")).text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(links) == 3
    assert all(link.startswith("/") for link in links), links


async def test_the_files_of_the_page_are_served(upload: RunningService) -> None:
    page = (await upload.client.get("/docs")).text
    for link in re.findall(r'(?:src|href)="([^"]+)"', page):
        answer = await upload.client.get(link)
        assert answer.status_code == 200, link
        assert answer.content


async def test_there_is_no_directory_listing_and_no_path_out_of_the_files(upload: RunningService) -> None:
    for path in ("/docs/assets/", "/docs/assets/../__init__.py", "/docs/assets/%2e%2e/core.py"):
        assert (await upload.client.get(path)).status_code == 404, path
