"""Which requests with a cookie are taken for ones that our own pages made."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from darkroom.errors import Forbidden
from darkroom_upload.session import Session, csrf_token_of
from darkroom_upload.visit import Visit

TOKEN = csrf_token_of("a token")
SESSION = Session(
    id="1",
    user="ann",
    owner="studio",
    user_version="1",
    farewell="",
    expires_at=datetime.max,  # noqa: DTZ901 - never
    csrf_token=TOKEN,
)
FRIENDS = ["https://app.example.com"]
OURS = Visit(
    method="POST",
    cookies={},
    host="darkroom.example.com",
    origin="https://darkroom.example.com",
    fetch_site="same-origin",
    csrf_token=TOKEN,
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"host": "balancer.internal"},
        {"fetch_site": None},
        {"fetch_site": None, "origin": "http://localhost:8000", "host": "localhost:8000"},
        {"fetch_site": "same-site", "origin": FRIENDS[0]},
        {"fetch_site": None, "origin": FRIENDS[0]},
    ],
)
def test_our_own_pages_and_named_ones_may_change_things(changes: dict[str, Any]) -> None:
    replace(OURS, **changes).check(SESSION, FRIENDS)


@pytest.mark.parametrize(
    "changes",
    [
        {"csrf_token": ""},
        {"csrf_token": TOKEN[:-1]},
        {"csrf_token": csrf_token_of("another's token")},
        {"csrf_token": "\udcff"},
        {"fetch_site": "cross-site"},
        {"fetch_site": "same-site"},
        {"fetch_site": "none"},
        {"fetch_site": "Same-Origin"},
        {"fetch_site": "cross-site", "origin": "https://evil.example"},
        {"fetch_site": None, "origin": "https://evil.example"},
        {"fetch_site": None, "origin": "https://darkroom.example.com.evil.example"},
        {"fetch_site": None, "origin": "null"},
        {"fetch_site": None, "origin": "https://"},
        {"fetch_site": None, "origin": "https://", "host": ""},
        {"fetch_site": None, "origin": None},
    ],
)
def test_no_others_may(changes: dict[str, Any]) -> None:
    for method in ("POST", "DELETE", "PUT", "PATCH", "TRACE"):
        with pytest.raises(Forbidden):
            replace(OURS, method=method, **changes).check(SESSION, FRIENDS)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_to_read_nothing_has_to_be_proven(method: str) -> None:
    Visit(method=method, cookies={}).check(SESSION, FRIENDS)


def test_another_sites_page_logs_nobody_in_and_a_program_may() -> None:
    Visit(method="POST", cookies={}).check_login(FRIENDS)
    replace(OURS, csrf_token="").check_login(FRIENDS)
    for changes in ({"fetch_site": "cross-site"}, {"fetch_site": None, "origin": "https://evil.example"}):
        with pytest.raises(Forbidden):
            replace(OURS, **changes).check_login(FRIENDS)


def test_the_names_of_the_cookies_do_not_mix() -> None:
    both = Visit(method="GET", cookies={"__Host-darkroom-session": "ours", "darkroom-session": "anybody's"})
    assert both.token(development=False) == "ours"
    assert both.token(development=True) == "anybody's"


def test_what_pages_show_does_not_lead_to_the_session() -> None:
    assert csrf_token_of("a token") != csrf_token_of("b token")
    assert "a token" not in TOKEN
    assert len(TOKEN) == 64
