"""Links to results."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from darkroom.aws import Aws
from darkroom_upload.adapters import results
from darkroom_upload.adapters.results import Link, ResultLinks, content_disposition

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

LINK = Link(key="web/1/cat.webp", filename="cat-web.webp")


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.seconds = 900.0 * 1000

    def __call__(self) -> float:
        return self.seconds


@pytest_asyncio.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> "AsyncIterator[S3Client]":
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    async with Aws().s3(endpoint_url="http://s3.example") as client:
        yield client


async def test_a_link_is_for_an_hour_and_for_looking_at(client: "S3Client") -> None:
    url = urlsplit(await ResultLinks(client, "results").sign(LINK))
    query = parse_qs(url.query)
    assert (url.netloc, url.path) == ("results.s3.example", "/web/1/cat.webp")
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["response-content-disposition"] == ['inline; filename="cat-web.webp"']


async def test_a_link_stays_the_same_within_its_quarter_of_an_hour(
    client: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    links = ResultLinks(client, "results", clock=clock)
    signed = 0
    sign = client.generate_presigned_url

    async def counted(*args: object, **more: object) -> str:
        nonlocal signed
        signed += 1
        return f"{await sign(*args, **more)}#{signed}"  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(client, "generate_presigned_url", counted)
    first = await links.sign(LINK)
    clock.seconds += 899
    assert await links.sign(LINK) == first
    clock.seconds += 1
    assert await links.sign(LINK) != first


async def test_links_in_memory_are_bounded(client: "S3Client", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_KEPT", 3)
    links = ResultLinks(client, "results")
    for number in range(10):
        await links.sign(Link(key=f"k{number}", filename="x"))
        assert len(links._signed) <= 3


@pytest.mark.parametrize(
    ("filename", "download", "header"),
    [
        ("cat.jpg", False, 'inline; filename="cat.jpg"'),
        ("cat.jpg", True, 'attachment; filename="cat.jpg"'),
        ("größe.jpg", True, "attachment; filename=\"große.jpg\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.jpg"),
        ('a"b\r\n.jpg', False, "inline; filename=\"a-b.jpg\"; filename*=UTF-8''a%22b%0D%0A.jpg"),
    ],
)
def test_names_of_files_are_safe_in_a_header(filename: str, download: bool, header: str) -> None:  # noqa: FBT001 - a parameter of the test
    assert content_disposition(filename, download=download) == header.replace("große", "groe")
