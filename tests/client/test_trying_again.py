"""Requests that are sent again, how often, and what a failure says. The servers are real, their answers are not."""

import asyncio
import time
from email.utils import formatdate

import pytest
from aiohttp import web

from darkroom_client import errors
from darkroom_local.ports import LOOPBACK, free_ports
from tests.client.shells import Shell, opened
from tests.support.receiver import raw_receiving, receiving

pytestmark = pytest.mark.sockets


def refused(status: int, code: str, *, retry_after: str | None = None, **more: object) -> web.Response:
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    document = {"title": "A title", "detail": "So it is.", "code": code, **more}
    return web.json_response(document, status=status, headers=headers, content_type="application/problem+json")


def done() -> web.Response:
    return web.json_response({"done": True})


async def test_busy_and_absent_services_are_asked_again(shell: Shell) -> None:
    answers = (
        refused(429, "rate_limited", retry_after="0"),
        refused(503, "unavailable"),
        web.Response(status=502),
        done(),
    )
    async with receiving(*answers) as receiver, opened(shell, receiver.url) as darkroom:
        assert await darkroom.ask("GET", "/jobs") == {"done": True}
        assert len(receiver.received) == 4


async def test_requests_are_sent_four_times_at_most(shell: Shell) -> None:
    async with (
        receiving(*[refused(503, "unavailable") for _ in range(5)]) as receiver,
        opened(shell, receiver.url) as darkroom,
    ):
        with pytest.raises(errors.Unavailable):
            await darkroom.ask("GET", "/jobs")
        assert len(receiver.received) == 4


@pytest.mark.parametrize("is_date", [False, True], ids=["seconds", "date"])
async def test_pause_that_is_too_long_is_not_waited_for(shell: Shell, *, is_date: bool) -> None:
    told = formatdate(time.time() + 40000, usegmt=True) if is_date else "40000"
    busy = refused(429, "quota_exceeded", retry_after=told, quota="jobs", limit=3)
    async with receiving(busy) as receiver, opened(shell, receiver.url) as darkroom:
        with pytest.raises(errors.QuotaExceeded) as refusal:
            await darkroom.ask("GET", "/jobs")
        assert len(receiver.received) == 1
    assert refusal.value.retry_after == pytest.approx(40000, abs=60)
    assert refusal.value.document["quota"] == "jobs"


async def test_conflict_is_retried_only_with_retry_after(shell: Shell) -> None:
    answers = (refused(409, "under_way", retry_after="0"), refused(409, "conflict"))
    async with receiving(*answers) as receiver, opened(shell, receiver.url) as darkroom:
        with pytest.raises(errors.Conflict) as refusal:
            await darkroom.upload(b"image")
        assert type(refusal.value) is errors.Conflict
        first, second = [request.headers["idempotency-key"] for request in receiver.received]
        assert first == second


async def test_request_that_may_have_taken_effect_is_not_retried(shell: Shell) -> None:
    came = 0

    async def drop(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        nonlocal came
        came += 1

    async with raw_receiving(drop) as url, opened(shell, url) as darkroom:
        with pytest.raises(errors.Unreachable):
            await darkroom.delete("some-job")
        assert came == 1
        with pytest.raises(errors.Unreachable):
            await darkroom.job("some-job")
        assert came == 1 + 4
    async with receiving(refused(503, "unavailable")) as receiver, opened(shell, receiver.url) as darkroom:
        with pytest.raises(errors.Unavailable):
            await darkroom.delete("some-job")
        assert len(receiver.received) == 1


async def test_missing_service_is_unreachable(shell: Shell) -> None:
    (nobody,) = free_ports(1)
    async with opened(shell, f"http://{LOOPBACK}:{nobody}", "secret-key") as darkroom:
        with pytest.raises(errors.Unreachable, match=f"{LOOPBACK}:{nobody} cannot be reached"):
            await darkroom.delete("some-job")


async def test_refusal_keeps_all_that_the_document_says(shell: Shell) -> None:
    faults = [{"pointer": "/variants/0/name", "message": "Too long."}, {"pointer": "", "message": "Of the whole."}]
    refusing = receiving(refused(422, "invalid_recipe", errors=faults))
    async with refusing as receiver, opened(shell, receiver.url) as darkroom:
        with pytest.raises(errors.InvalidRecipe) as refusal:
            await darkroom.plan(recipe="none", job="some-job")
    problem = refusal.value
    assert (problem.status, problem.code, problem.title, problem.detail) == (
        422,
        "invalid_recipe",
        "A title",
        "So it is.",
    )
    assert [(fault.pointer, fault.message) for fault in problem.faults] == [
        ("/variants/0/name", "Too long."),
        ("", "Of the whole."),
    ]
    assert str(problem) == "So it is. (invalid_recipe)"


async def test_unknown_error_code_raises_a_plain_problem(shell: Shell) -> None:
    async with receiving(refused(418, "short_and_stout")) as receiver, opened(shell, receiver.url) as darkroom:
        with pytest.raises(errors.Problem, match="short_and_stout") as refusal:
            await darkroom.usage()
        assert type(refusal.value) is errors.Problem


@pytest.mark.parametrize("text", ["<html>", "[]", '{"code": "x"}', '"text"'])
async def test_unexpected_response_is_raised_unchanged(shell: Shell, text: str) -> None:
    async with receiving(web.Response(status=404, text=text)) as receiver, opened(shell, receiver.url) as darkroom:
        with pytest.raises(errors.UnexpectedAnswer, match="404 Not Found"):
            await darkroom.usage()


async def test_ids_cannot_leave_their_path(shell: Shell) -> None:
    async with receiving(refused(404, "not_found")) as receiver, opened(shell, receiver.url) as darkroom:
        with pytest.raises(errors.NotFound):
            await darkroom.delete("../jobs?x=1")
        assert receiver.received[0].path == "/hook/jobs/..%2Fjobs%3Fx%3D1"
