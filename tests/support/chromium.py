"""Shows a page in headless Chromium, in a frame of a given width, and returns what the page reports of itself."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any, Final

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
"""The browser of this machine; None if there is none."""
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--window-size=2200,1400",
)
_REPORT_SECONDS: Final = 60
"""A browser that reports nothing for so long is broken."""


async def report_of(page: str, *, width: int) -> Any:
    """Show the HTML in a frame of this width in pixels, and return the JSON that its script posts to `/report`."""
    if CHROMIUM is None:
        raise RuntimeError("there is no Chromium on this machine")
    reports: Queue[Any] = Queue()
    frame = f'<!DOCTYPE html><title>frame</title><iframe src="/page" width="{width}" height="1200"></iframe>'
    async with _serving({"/": frame, "/page": page}, reports) as url, _browser(CHROMIUM, url):
        return await asyncio.to_thread(reports.get, timeout=_REPORT_SECONDS)


@asynccontextmanager
async def _serving(pages: dict[str, str], reports: Queue[Any]) -> AsyncIterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, pages, reports))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        await asyncio.to_thread(server.shutdown)
        thread.join()
        server.server_close()


@asynccontextmanager
async def _browser(program: str, url: str) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            # Headless Chromium ends after loading unless something can still be asked of it.
            "--remote-debugging-port=0",
            url,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            await process.wait()


class _Pages(BaseHTTPRequestHandler):
    """Serves the pages, and takes the report."""

    def __init__(self, pages: dict[str, str], reports: Queue[Any], *args: Any) -> None:
        self._pages = pages
        self._reports = reports
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer with a page."""
        page = self._pages.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "").encode())

    def do_POST(self) -> None:
        """Take the report."""
        self._reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Log nothing."""
