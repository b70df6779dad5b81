"""The tour through pictures that last, pasted into a shell beside a running system."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from darkroom_local.sample import write_sample
from darkroom_local.system import running_system
from tests.support.chromium import CHROMIUM
from tests.support.emulator import Cloud
from tests.support.shown_commands import blocks_of, run_blocks, without_what_varies

TOUR = Path(__file__).parents[2] / "docs/tour.md"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the overridden method
        """Log nothing."""


@pytest.fixture
async def photo_url(tmp_path: Path) -> AsyncIterator[str]:
    """Serve the sample at an address of this machine, in place of a photo on the internet."""
    write_sample(tmp_path / "out/sample.png")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path / "out")))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sample.png"
    await asyncio.to_thread(server.shutdown)
    thread.join()
    server.server_close()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
async def test_tour_shows_what_its_commands_print(cloud: Cloud, photo_url: str, tmp_path: Path) -> None:
    blocks = blocks_of(TOUR)
    assert len(blocks) == TOUR.read_text().count("```sh") > 0
    private = {"DARKROOM_FETCH_PRIVATE_ADDRESSES": "true"}
    async with cloud.installation() as installation, running_system(installation, environment=private) as system:
        printed = await asyncio.to_thread(
            run_blocks, blocks, tmp_path, url=system.url, environment={"PHOTO_URL": photo_url}
        )
        for block, told in zip(blocks, printed, strict=True):
            assert without_what_varies(told, url=system.url) == without_what_varies(block.printed)
        made = await asyncio.to_thread(system.orchestrator.log.find, "image_requested")
    assert (tmp_path / "out/page.png").stat().st_size > 10_000
    assert len(list(made)) == 1, "twenty clients asked, and one image was made"
