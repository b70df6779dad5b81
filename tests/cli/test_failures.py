"""How commands speak to the API: what is tried again, and what a failure says."""

from collections.abc import Callable

import httpx
import pytest

from darkroom_cli.api import Api
from darkroom_cli.failures import Failed, Status

Answer = Callable[[], httpx.Response]


def refused(status: int, code: str, *, retry_after: str | None = None, **more: object) -> Answer:
    headers = {"retry-after": retry_after} if retry_after else {}
    return lambda: httpx.Response(status, headers=headers, json={"detail": "So it is.", "code": code, **more})


def unreachable() -> httpx.Response:
    raise httpx.ConnectError("refused")


def done() -> httpx.Response:
    return httpx.Response(200, json={"done": True})


def api_that_answers(*answers: Answer) -> tuple[Api, list[float]]:
    """An API that gives these answers in turn, and the pauses between them."""
    pauses: list[float] = []
    left = iter(answers)
    transport = httpx.MockTransport(lambda _: next(left)())
    return Api(httpx.Client(base_url="http://darkroom", transport=transport), sleep=pauses.append), pauses


def test_what_passes_by_itself_is_tried_again_when_it_said() -> None:
    busy = refused(429, "rate_limited", retry_after="7")
    api, pauses = api_that_answers(busy, refused(503, "unavailable"), unreachable, done)
    assert api.ask("GET", "/jobs") == {"done": True}
    assert pauses == [7.0, 1.0, 1.0]


def test_a_conflict_that_passes_is_tried_again_and_no_other() -> None:
    api, pauses = api_that_answers(refused(409, "conflict", retry_after="1"), refused(409, "conflict"))
    with pytest.raises(Failed) as failed:
        api.ask("GET", "/jobs")
    assert failed.value.exit_code == Status.REFUSED
    assert pauses == [1.0]


def test_four_tries_are_enough() -> None:
    api, pauses = api_that_answers(*[refused(503, "unavailable")] * 4)
    with pytest.raises(Failed) as failed:
        api.ask("GET", "/jobs")
    assert failed.value.exit_code == Status.AWAY
    assert len(pauses) == 3


def test_nobody_waits_until_tomorrow() -> None:
    api, pauses = api_that_answers(refused(429, "quota_exceeded", retry_after="40000"))
    with pytest.raises(Failed, match="quota_exceeded") as failed:
        api.ask("GET", "/jobs")
    assert failed.value.exit_code == Status.AWAY
    assert pauses == []


def test_a_refusal_is_told_with_all_its_faults_and_nothing_twice() -> None:
    faults = [
        {"pointer": "/variants/0/name", "message": "Too long."},
        {"pointer": "", "message": "Of the whole."},
        {"pointer": "/query/limit", "message": "So it is."},
    ]
    api, _ = api_that_answers(refused(422, "invalid_recipe", errors=faults))
    with pytest.raises(Failed) as failed:
        api.ask("GET", "/jobs")
    assert failed.value.exit_code == Status.REFUSED
    assert failed.value.message == "So it is. (invalid_recipe)\n  /variants/0/name: Too long.\n  Of the whole."


def test_an_answer_of_somebody_else_is_told_as_it_is() -> None:
    api, _ = api_that_answers(lambda: httpx.Response(404, text="<html>"))
    with pytest.raises(Failed, match="404 Not Found"):
        api.ask("GET", "/jobs")
