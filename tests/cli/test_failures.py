"""What errors of the client become on the command line: words, and an exit status."""

import httpx
import pytest

from darkroom_cli.failures import Failed, Status, reported
from darkroom_client.errors import DownloadFailed, JobDeleted, Unreachable
from darkroom_client.problems import error_of


def refused(status: int, code: str, **more: object) -> Exception:
    return error_of(httpx.Response(status, json={"detail": "So it is.", "code": code, **more}))


def failure_of(error: Exception) -> Failed:
    with pytest.raises(Failed) as failed, reported():
        raise error
    return failed.value


def test_refusal_is_reported_with_all_its_faults_and_nothing_twice() -> None:
    faults = [
        {"pointer": "/variants/0/name", "message": "Too long."},
        {"pointer": "", "message": "Of the whole."},
        {"pointer": "/query/limit", "message": "So it is."},
    ]
    failed = failure_of(refused(422, "invalid_recipe", errors=faults))
    assert failed.exit_code == Status.REFUSED
    assert failed.message == "So it is. (invalid_recipe)\n  /variants/0/name: Too long.\n  Of the whole."


@pytest.mark.parametrize(
    ("status", "code", "exit_status"),
    [
        (409, "conflict", Status.REFUSED),
        (429, "rate_limited", Status.AWAY),
        (429, "quota_exceeded", Status.AWAY),
        (503, "unavailable", Status.AWAY),
        (500, "internal_error", Status.REFUSED),
    ],
)
def test_exit_status_says_whether_the_same_command_can_succeed_later(
    status: int, code: str, exit_status: Status
) -> None:
    failed = failure_of(refused(status, code))
    assert (failed.message, failed.exit_code) == (f"So it is. ({code})", exit_status)


def test_unexpected_response_is_reported_unchanged() -> None:
    failed = failure_of(error_of(httpx.Response(404, text="<html>")))
    assert (failed.message, failed.exit_code) == ("The answer was 404 Not Found.", Status.REFUSED)
    assert failure_of(error_of(httpx.Response(502, text="<html>"))).exit_code == Status.AWAY


def test_failed_download_is_away_only_if_its_cause_is() -> None:
    for cause, exit_status in ((Unreachable("cut"), Status.AWAY), (JobDeleted("1"), Status.REFUSED), (None, 1)):
        error = DownloadFailed("The result of card could not be fetched.")
        error.__cause__ = cause
        assert failure_of(error).exit_code == exit_status


def test_other_errors_are_not_caught() -> None:
    with pytest.raises(KeyError), reported():
        raise KeyError("a bug")
