"""Links to results."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from botocore.credentials import ReadOnlyCredentials

from darkroom.aws import Aws
from darkroom_upload.adapters import results
from darkroom_upload.adapters.results import LINK_SECONDS, Link, ResultLinks, content_disposition

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

LINK = Link(key="web/1/cat.webp", filename="cat-web.webp")


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.seconds = 900.0 * 1000

    def __call__(self) -> float:
        return self.seconds


class Credentials:
    """A key that can be renewed, and how often it was asked for."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.asked = 0

    async def __call__(self) -> ReadOnlyCredentials:
        self.asked += 1
        return ReadOnlyCredentials("id", "secret", self.token)


def amz_date(url: str) -> str:
    """When a URL was signed, to the second."""
    return parse_qs(urlsplit(url).query)["X-Amz-Date"][0]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Credentials in the environment, and no emulator."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    return monkeypatch


@pytest_asyncio.fixture
async def client(environment: pytest.MonkeyPatch) -> "AsyncIterator[S3Client]":
    async with Aws().s3() as client:
        yield client


async def test_a_link_is_for_an_hour_and_for_looking_at(client: "S3Client") -> None:
    url = urlsplit(await ResultLinks(client, "results", Credentials()).sign(LINK))
    query = parse_qs(url.query)
    assert (url.netloc, url.path) == ("results.s3.eu-central-1.amazonaws.com", "/web/1/cat.webp")
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["response-content-disposition"] == ['inline; filename="cat-web.webp"']


@pytest.mark.parametrize("endpoint_url", [None, "http://localhost:4566", "https://s3.example/root"])
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1"])
@pytest.mark.parametrize(
    "link",
    [
        LINK,
        Link(key="a b/ä~+%/c.jpg", filename="größe & co.jpg", download=True),
        Link(key="x", filename="a=b;c?d#e.jpg"),
    ],
    ids=["plain", "odd", "reserved"],
)
async def test_a_link_is_signed_as_the_client_would(
    environment: pytest.MonkeyPatch, endpoint_url: str | None, region: str, link: Link
) -> None:
    environment.setenv("AWS_DEFAULT_REGION", region)
    environment.setenv("AWS_SESSION_TOKEN", "to/ken+=")
    if endpoint_url:
        environment.setenv("AWS_ENDPOINT_URL", endpoint_url)
    aws = Aws()
    async with aws.s3() as client:
        links = ResultLinks(client, "results", aws.credentials)
        disposition = content_disposition(link.filename, download=link.download)
        params = {"Bucket": "results", "Key": link.key, "ResponseContentDisposition": disposition}
        before = after = ours = theirs = ""
        while not before or before != after:  # Both within one second, which is what a signature knows of time.
            before = amz_date(theirs := await client.generate_presigned_url("get_object", params, LINK_SECONDS))
            after = amz_date(ours := await links._sign(link))
    assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)


async def test_a_link_stays_the_same_within_its_quarter_of_an_hour(client: "S3Client") -> None:
    clock, credentials = Clock(), Credentials()
    links = ResultLinks(client, "results", credentials, clock=clock)
    first = await links.sign(LINK)
    credentials.token = "renewed"
    clock.seconds += 899
    assert await links.sign(LINK) == first
    clock.seconds += 1
    assert await links.sign(LINK) != first
    assert credentials.asked == 2


async def test_links_in_memory_are_bounded(client: "S3Client", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_KEPT", 3)
    links = ResultLinks(client, "results", Credentials())
    for number in range(10):
        await links.sign(Link(key=f"k{number}", filename="x"))
        assert len(links._signed) <= 3


@pytest.mark.parametrize(
    ("filename", "download", "header"),
    [
        ("cat.jpg", False, 'inline; filename="cat.jpg"'),
        ("cat.jpg", True, 'attachment; filename="cat.jpg"'),
        ("größe.jpg", True, "attachment; filename=\"groe.jpg\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.jpg"),
        ('a"b\r\n.jpg', False, "inline; filename=\"a-b.jpg\"; filename*=UTF-8''a%22b%0D%0A.jpg"),
    ],
)
def test_names_of_files_are_safe_in_a_header(filename: str, download: bool, header: str) -> None:  # noqa: FBT001 - a parameter of the test
    assert content_disposition(filename, download=download) == header
