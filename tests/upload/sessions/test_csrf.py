"""Tests of which requests with a session the service trusts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import pytest
from fastapi import Request

from darkroom.errors import Forbidden
from darkroom_upload.sessions.csrf import BrowserRequest
from darkroom_upload.sessions.session import Session, csrf_token_of

TOKEN: Final = csrf_token_of("a token")
SESSION: Final = Session(
    id="1",
    user="ann",
    owner="studio",
    user_version="1",
    last_logout="",
    expires_at=datetime.max,  # noqa: DTZ901 - never
    csrf_token=TOKEN,
)
FRIENDS: Final = ["https://app.example.com"]
HOST: Final = "darkroom.example.com"
OURS: Final = f"https://{HOST}"

WRITING: Final = ("POST", "PUT", "PATCH", "DELETE", "TRACE")
READING: Final = ("GET", "HEAD", "OPTIONS")

GOOD_PAGES: Final = {
    "ours": {"origin": OURS, "sec-fetch-site": "same-origin"},
    "ours, under a name that a proxy replaces": {"origin": "https://other.name", "sec-fetch-site": "same-origin"},
    "ours, in an old browser": {"origin": OURS},
    "a friend's of the same site": {"origin": FRIENDS[0], "sec-fetch-site": "same-site"},
    "a friend's, in an old browser": {"origin": FRIENDS[0]},
    "none: a program": {},
}
BAD_PAGES: Final = {
    "another site's": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "another site's that says nothing more": {"sec-fetch-site": "cross-site"},
    "another host's of our site": {"origin": "https://blog.example.com", "sec-fetch-site": "same-site"},
    "another host's that says nothing more": {"sec-fetch-site": "same-site"},
    "none: an address that was typed": {"sec-fetch-site": "none"},
    "a header in another case": {"sec-fetch-site": "Same-Origin"},
    "another site's, in an old browser": {"origin": "https://evil.example"},
    "one that begins like ours": {"origin": f"{OURS}.evil.example"},
    "ours over plain HTTP": {"origin": f"http://{HOST}"},
    "a sandbox": {"origin": "null"},
    "no host": {"origin": "https://"},
    "nothing": {"origin": ""},
}
TOKENS: Final = {
    "none": "",
    "cut short": TOKEN[:-1],
    "of another session": csrf_token_of("another's token"),
    "bytes that are no text": "\xff",
}


def visit(method: str, headers: Mapping[str, str], *, token: str = "", development: bool = False) -> BrowserRequest:
    told = {"host": HOST, **headers, **({"x-csrf-token": token} if token else {})}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
    request = Request({"type": "http", "method": method, "path": "/", "headers": raw})
    return BrowserRequest.of(request, development=development)


@pytest.mark.parametrize("page", GOOD_PAGES)
def test_trusted_pages_and_programs_may_change_things_with_the_token(page: str) -> None:
    for method in WRITING:
        visit(method, GOOD_PAGES[page], token=TOKEN).require_proof(SESSION, FRIENDS)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("page", GOOD_PAGES)
def test_every_page_is_refused_without_the_token(page: str, token: str) -> None:
    for method in WRITING:
        with pytest.raises(Forbidden, match="csrf_token"):
            visit(method, GOOD_PAGES[page], token=TOKENS[token]).require_proof(SESSION, FRIENDS)


@pytest.mark.parametrize("page", BAD_PAGES)
def test_other_pages_are_refused_even_with_the_token(page: str) -> None:
    for method in WRITING:
        with pytest.raises(Forbidden, match="another origin"):
            visit(method, BAD_PAGES[page], token=TOKEN).require_proof(SESSION, FRIENDS)


@pytest.mark.parametrize("page", GOOD_PAGES | BAD_PAGES)
def test_reading_needs_no_proof(page: str) -> None:
    for method in READING:
        visit(method, (GOOD_PAGES | BAD_PAGES)[page]).require_proof(SESSION, FRIENDS)


@pytest.mark.parametrize("page", GOOD_PAGES)
def test_trusted_pages_and_programs_may_log_in(page: str) -> None:
    visit("POST", GOOD_PAGES[page]).require_trusted_page(FRIENDS)


@pytest.mark.parametrize("page", BAD_PAGES)
def test_another_sites_page_logs_nobody_in(page: str) -> None:
    with pytest.raises(Forbidden):
        visit("POST", BAD_PAGES[page]).require_trusted_page(FRIENDS)


def test_own_pages_may_come_over_plain_http_in_development() -> None:
    for origin in (f"http://{HOST}", OURS):
        visit("POST", {"origin": origin}, token=TOKEN, development=True).require_proof(SESSION, FRIENDS)
    with pytest.raises(Forbidden):
        visit("POST", {"origin": "http://evil.example"}, token=TOKEN, development=True).require_proof(SESSION, FRIENDS)


def test_the_csrf_token_does_not_reveal_the_session() -> None:
    assert csrf_token_of("a token") != csrf_token_of("b token")
    assert "a token" not in TOKEN
    assert len(TOKEN) == 64
