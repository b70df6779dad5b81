"""Validation of URLs to which the orchestrator connects for a client."""

import pytest

from darkroom.errors import MalformedRequest
from darkroom.outbound_urls import MAX_CHARACTERS, read_outbound_url

GOOD = [
    "https://example.com",
    "https://example.com/hooks/darkroom?token=a%2Fb&x=@",
    "HTTPS://EXAMPLE.COM/",
    "https://example.com.:8443/",
    "https://a_b.xn--bcher-kva.example/",
    "https://bücher.example/straße",
    "https://1.1.1.1/",
    "https://[2606:4700::1111]:1024/",
    "https://3com.example/",
    "https://example.com/" + "a" * (MAX_CHARACTERS - 20),
]
BAD = {
    "ftp://example.com/": "must begin with https://",
    "http://example.com/": "must begin with https://",
    "javascript:alert(1)": "must begin with https://",
    "file:///etc/passwd": "must begin with https://",
    "//example.com/": "must begin with https://",
    "example.com": "must begin with https://",
    "https:example.com": "must have a host name",
    "https://": "must have a host name",
    "https:///path": "must have a host name",
    "https://user@example.com/": "user name",
    "https://user:password@example.com/": "user name",
    "https://@example.com/": "user name",
    "https://example.com@169.254.169.254/": "user name",
    "https://example.com:443@169.254.169.254/": "user name",
    "https://example.com/#fragment": "fragment",
    "https://example.com/#": "fragment",
    "https://example.com:22/": "port",
    "https://example.com:25/": "port",
    "https://example.com:0/": "port",
    "https://example.com:65536/": "not a URL",
    "https://example.com:http/": "not a URL",
    "https://[::1/": "not a URL",
    "https://2130706433/": "must have a host name",
    "https://0x7f000001/": "must have a host name",
    "https://0x7f.1/": "must have a host name",
    "https://017700000001/": "must have a host name",
    "https://0177.0.0.1/": "must have a host name",
    "https://127.1/": "must have a host name",
    "https://127.0.0.1./": "must have a host name",
    "https://1.2.3.4.5/": "must have a host name",
    "https://a..example/": "must have a host name",
    "https://-a.example/": "must have a host name",
    "https://%31%32%37.0.0.1/": "must have a host name",
    "https://localhost%00.example.com/": "must have a host name",
    f"https://{'a' * 64}.example/": "must have a host name",
    "https://exam ple.com/": "spaces",
    "https://example.com/\r\nX-Header: a": "control characters",
    "https://example.com/\x00": "control characters",
    "https://example.com\\@127.0.0.1/": "backslashes",
    "https://example.com/\u202e": "control characters",
    "https://example.com/" + "a" * (MAX_CHARACTERS - 19): "at most 2048 characters",
}


@pytest.mark.parametrize("text", GOOD, ids=[text[:40] for text in GOOD])
def test_valid_urls_are_accepted(text: str) -> None:
    assert read_outbound_url(text, field="url", allow_http=False).scheme == "https"


@pytest.mark.parametrize(("text", "reason"), BAD.items(), ids=[ascii(text)[:60] for text in BAD])
def test_invalid_urls_are_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(MalformedRequest, match=reason) as caught:
        read_outbound_url(text, field="url", allow_http=False)
    assert caught.value.fields["errors"][0]["pointer"] == "/url"


def test_plain_http_is_accepted_only_if_allowed() -> None:
    assert read_outbound_url("http://localhost:9000/hook", field="url", allow_http=True).port == 9000
    with pytest.raises(MalformedRequest, match="must begin with https:// or http://"):
        read_outbound_url("ftp://localhost/", field="url", allow_http=True)


def test_path_and_query_stay_as_they_are_written() -> None:
    written = "https://EXAMPLE.com/a%2Fb/../c;d/%7e?X-Sig=a%2Bb%2F%3D&x=%41"
    url = read_outbound_url(written, field="url", allow_http=False)
    assert (url.host, url.raw_path_qs) == ("example.com", "/a%2Fb/../c;d/%7e?X-Sig=a%2Bb%2F%3D&x=%41")


def test_characters_that_a_url_may_not_have_are_escaped() -> None:
    url = read_outbound_url('https://example.com/straße"{a}?q=ü', field="url", allow_http=False)
    assert url.raw_path_qs == "/stra%C3%9Fe%22%7Ba%7D?q=%C3%BC"
