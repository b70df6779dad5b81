"""Tests of links to results: what all signers promise, and how each one signs."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from botocore.credentials import ReadOnlyCredentials
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from darkroom.recipes import load_presets
from darkroom.runtime.aws import Aws
from darkroom_local.installation import Installation
from darkroom_upload.main import open_services
from darkroom_upload.results import result_links
from darkroom_upload.results.cdn_links import CdnLinks
from darkroom_upload.results.result_links import LINK_SECONDS, Link, ResultLinks, content_disposition
from darkroom_upload.results.s3_links import S3Links
from darkroom_upload.results.signing_key import SigningKey
from tests.upload.service import settings_for

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

CDN = "https://results.pictures.example.org"
KEY_PAIR = "K2JCJMDEHXQW5F"
LINK = Link(key="web/1/cat.webp", filename="cat-web.webp")
ODD = Link(key="a b/ä~+%/c.jpg", filename="größe & co.jpg", download=True)
UNICODE = Link(key="web/1/写真👩\u200d🚀.webp", filename="写真👩\u200d🚀-web.webp", download=True)
RESERVED = Link(key="x", filename="a=b;c?d#e.jpg")
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.seconds = 900.0 * 1000

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


class Credentials:
    """Credentials that can be renewed."""

    def __init__(self) -> None:
        self.access_key = "id"

    async def __call__(self) -> ReadOnlyCredentials:
        return ReadOnlyCredentials(self.access_key, "secret", None)


def pem(key: PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """Return a private key in PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def cdn_links(key: PrivateKey = CURVE_KEY, *, clock: Callable[[], datetime] | None = None) -> CdnLinks:
    return CdnLinks(f"{CDN}/", KEY_PAIR, SigningKey(pem(key)), now=clock or Clock())


def amz_date(url: str) -> str:
    """Return the second in which a URL was signed."""
    return parse_qs(urlsplit(url).query)["X-Amz-Date"][0]


def in_frankfurt(environment: pytest.MonkeyPatch) -> None:
    """Set credentials in the environment, and no emulator."""
    environment.delenv("AWS_ENDPOINT_URL", raising=False)
    environment.setenv("AWS_ACCESS_KEY_ID", "id")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")


@pytest_asyncio.fixture(scope="module")
async def client() -> "AsyncIterator[S3Client]":
    async with AsyncExitStack() as stack:
        # The environment is restored before the tests, one of which may be the first to need the emulator.
        with pytest.MonkeyPatch.context() as patch:
            in_frankfurt(patch)
            client = await stack.enter_async_context(Aws().s3())
        yield client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["s3", "cdn"])
def links(request: pytest.FixtureRequest, client: "S3Client", clock: Clock) -> ResultLinks:
    if request.param == "s3":
        return S3Links(client, "results", Credentials(), now=clock)
    return cdn_links(clock=clock)


@pytest.mark.parametrize("link", [LINK, ODD, UNICODE, RESERVED], ids=["plain", "odd", "unicode", "reserved"])
async def test_a_link_names_the_object_and_how_it_is_saved(links: ResultLinks, link: Link) -> None:
    url = urlsplit(await links.sign(link))
    assert url.scheme == "https"
    assert url.path.isascii()
    assert not url.fragment
    assert link.filename
    wanted = content_disposition(link.filename, download=link.download)
    assert parse_qs(url.query)["response-content-disposition"] == [wanted]


async def test_a_link_stays_the_same_within_fifteen_minutes(links: ResultLinks, clock: Clock) -> None:
    first = await links.sign(LINK)
    clock.seconds += 899
    assert await links.sign(LINK) == first


async def test_each_name_and_use_of_an_object_has_its_own_link(links: ResultLinks) -> None:
    others = [Link(key=LINK.key, filename="other.webp"), Link(key=LINK.key, filename=LINK.filename, download=True)]
    assert len({await links.sign(link) for link in [LINK, *others]}) == 3


async def test_links_in_memory_are_bounded(links: ResultLinks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_links, "_KEPT", 3)
    assert isinstance(links, S3Links | CdnLinks)
    for number in range(10):
        await links.sign(Link(key=f"k{number}", filename="x"))
        assert len(links._memory._signed) <= 3


async def test_a_link_to_s3_is_valid_for_an_hour_and_shows_the_image(client: "S3Client") -> None:
    url = urlsplit(await S3Links(client, "results", Credentials(), now=Clock()).sign(LINK))
    query = parse_qs(url.query)
    assert (url.netloc, url.path) == ("results.s3.eu-central-1.amazonaws.com", "/web/1/cat.webp")
    assert query["X-Amz-Expires"] == ["3600"]


async def test_a_link_names_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    in_frankfurt(monkeypatch)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    async with Aws().s3() as client:
        url = urlsplit(await S3Links(client, "results", Credentials(), now=Clock()).sign(LINK))
    assert url.netloc == "results.s3.us-east-1.amazonaws.com"


@pytest.mark.parametrize("endpoint_url", [None, "http://localhost:4566", "https://s3.example/root"])
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1"])
async def test_a_link_to_s3_is_signed_as_the_client_signs(
    monkeypatch: pytest.MonkeyPatch, endpoint_url: str | None, region: str
) -> None:
    in_frankfurt(monkeypatch)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "to/ken+=")
    if endpoint_url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint_url)
    aws = Aws()
    async with aws.s3() as client:
        links = S3Links(client, "results", aws.credentials, now=Clock())
        for link in (LINK, ODD, UNICODE, RESERVED):
            assert link.filename
            disposition = content_disposition(link.filename, download=link.download)
            params = {"Bucket": "results", "Key": link.key, "ResponseContentDisposition": disposition}
            before = after = ours = theirs = ""
            while (
                not before or before != after
            ):  # Both must be signed within one second, since a signature contains the second.
                before = amz_date(theirs := await client.generate_presigned_url("get_object", params, LINK_SECONDS))
                after = amz_date(ours := await links._sign(await aws.credentials(), link, 0))
            assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]
            assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)


async def test_links_of_expiring_credentials_are_forgotten(client: "S3Client") -> None:
    credentials = Credentials()
    links = S3Links(client, "results", credentials, now=Clock())
    first = await links.sign(LINK)
    assert await links.sign(LINK) == first
    credentials.access_key = "renewed"
    assert (await links.sign(LINK)) != first
    assert parse_qs(urlsplit(await links.sign(LINK)).query)["X-Amz-Credential"][0].startswith("renewed/")


@pytest.mark.parametrize("key", [CURVE_KEY, RSA_KEY], ids=["p-256", "rsa"])
@pytest.mark.parametrize("link", [LINK, ODD, UNICODE, RESERVED], ids=["plain", "odd", "unicode", "reserved"])
async def test_a_link_to_the_cdn_can_be_verified_with_the_public_key(key: PrivateKey, link: Link) -> None:
    clock = Clock()
    url = await cdn_links(key, clock=clock).sign(link)
    resource, signed = checked(url, key)
    assert resource == f"{CDN}/{link.path}"
    assert (signed["Key-Pair-Id"], signed["Hash-Algorithm"]) == (KEY_PAIR, "SHA256")
    assert clock.seconds + 45 * 60 <= int(signed["Expires"]) <= clock.seconds + LINK_SECONDS


@pytest.mark.parametrize("key", [CURVE_KEY, RSA_KEY], ids=["p-256", "rsa"])
async def test_a_link_to_the_cdn_is_the_same_from_every_service(key: PrivateKey) -> None:
    assert await cdn_links(key).sign(LINK) == await cdn_links(key).sign(LINK)


async def test_a_link_to_the_cdn_is_for_one_file_under_one_name() -> None:
    url = await cdn_links().sign(LINK)
    for other in (url.replace("cat-web", "dog-web"), url.replace("/web/1/", "/web/2/"), url.replace("s=9", "s=8")):
        assert other != url
        with pytest.raises(InvalidSignature):
            checked(other, CURVE_KEY)


def checked(url: str, key: PrivateKey) -> tuple[str, dict[str, str]]:
    """Do what CloudFront does with a URL: split off its own parameters, and verify the canned policy of the rest."""
    base, _, own = url.partition("&Expires=")
    signed = {name: values[0] for name, values in parse_qs(f"Expires={own}").items()}
    condition = {"DateLessThan": {"AWS:EpochTime": int(signed["Expires"])}}
    policy = json.dumps({"Statement": [{"Resource": base, "Condition": condition}]}, separators=(",", ":")).encode()
    signature = base64.b64decode(signed["Signature"].translate(str.maketrans("-_~", "+=/")))
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, policy, padding.PKCS1v15(), hashes.SHA256())
    else:
        public.verify(signature, policy, ec.ECDSA(hashes.SHA256()))
    return base, signed


@pytest.mark.parametrize(
    "text",
    [
        "secret",
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(rsa.generate_private_key(65537, 3072)),
        pem(CURVE_KEY).replace("M", "N", 1),
    ],
    ids=["none", "p-384", "rsa 3072", "broken"],
)
def test_a_key_that_cloudfront_refuses_is_an_error_without_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(not a|neither a)") as refused:
        SigningKey(text)
    assert text[30:60] not in str(refused.value) or len(text) < 30
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("filename", "download", "header"),
    [
        ("cat.jpg", False, 'inline; filename="cat.jpg"'),
        ("cat.jpg", True, 'attachment; filename="cat.jpg"'),
        ("größe.jpg", True, "attachment; filename=\"groe.jpg\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.jpg"),
        ("写真.png", True, "attachment; filename=\"image.png\"; filename*=UTF-8''%E5%86%99%E7%9C%9F.png"),
        ('a"b\r\n.jpg', False, "inline; filename=\"a-b.jpg\"; filename*=UTF-8''a%22b%0D%0A.jpg"),
    ],
)
def test_names_of_files_are_safe_in_a_header(filename: str, download: bool, header: str) -> None:  # noqa: FBT001 - a parameter of the test
    assert content_disposition(filename, download=download) == header


async def test_links_lead_to_the_cdn_if_there_is_one(installation: Installation) -> None:
    cdn = {"results_cdn_url": CDN, "results_key_pair_id": KEY_PAIR, "results_private_key": pem(CURVE_KEY)}
    settings = settings_for(installation, **cdn)
    async with open_services(settings, load_presets(None), asyncio.Event()) as services:
        resource, _ = checked(await services.links.sign(LINK), CURVE_KEY)
    assert resource == f"{CDN}/{LINK.path}"
