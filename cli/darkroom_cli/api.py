"""Darkroom's HTTP APIs as commands use them: problems become failures, what passes by itself is tried again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import httpx

from darkroom_cli.failures import Failed, Status
from darkroom_cli.settings import load_client_settings

_TIMEOUT: Final = httpx.Timeout(60, connect=5)
_TRIES: Final = 4
_LONGEST_PAUSE_SECONDS: Final = 30
"""A service that asks to come later than this gets no further try: quotas come anew tomorrow."""


class Api:
    """Sends requests. All methods raise Failed."""

    def __init__(self, http: httpx.Client, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http = http
        self._sleep = sleep

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """The body of the answer to a request that may be sent again without harm."""
        return self.again(lambda: self._http.request(method, path, **request)).json()

    def again(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer of a request that is sent until it is taken, or refused for good."""
        for tries_left in reversed(range(_TRIES)):
            try:
                answer = send()
            except httpx.TransportError as error:
                if not tries_left:
                    raise Failed(f"{self._http.base_url} cannot be reached: {error}", Status.AWAY) from error
                pause = 1.0
            else:
                if answer.is_success:
                    return answer
                pause = _pause(answer)
                if not tries_left or not 0 < pause <= _LONGEST_PAUSE_SECONDS:
                    raise _failure(answer)
            self._sleep(pause)
        raise AssertionError("the last try ends above")

    def post_form(
        self, path: str, fields: dict[str, str], file: tuple[str, BinaryIO], headers: dict[str, str]
    ) -> httpx.Response:
        """The answer to a form with a file, which is streamed."""
        return self._http.post(path, data=fields, files={"file": file}, headers=headers)

    def fetch(self, url: str) -> Iterator[bytes]:
        """The bytes of a signed URL. No key is sent there."""
        try:
            with httpx.stream("GET", url, timeout=_TIMEOUT) as answer:
                if not answer.is_success:
                    raise Failed(f"A picture could not be fetched: {answer.status_code} {answer.reason_phrase}.")
                yield from answer.iter_bytes()
        except httpx.TransportError as error:
            raise Failed(f"A picture could not be fetched: {error}", Status.AWAY) from error


@contextmanager
def open_api() -> Iterator[Api]:
    """The public API that the environment names, with its key."""
    settings = load_client_settings()
    headers = {"x-api-key": settings.api_key.get_secret_value()}
    with httpx.Client(base_url=str(settings.url), headers=headers, timeout=_TIMEOUT) as http:
        yield Api(http)


@contextmanager
def open_internal_api(url: str) -> Iterator[Api]:
    """The orchestrator's."""
    with httpx.Client(base_url=url, timeout=_TIMEOUT) as http:
        yield Api(http)


def _pause(answer: httpx.Response) -> float:
    """Seconds after which to try again; 0 for an answer that would be the same then."""
    after = answer.headers.get("retry-after", "")
    if after.isdecimal():
        return max(1.0, float(after))
    return 1.0 if answer.status_code in {429, 503} else 0


def _failure(answer: httpx.Response) -> Failed:
    """What a problem document says (RFC 9457), with each of its faults."""
    try:
        problem = answer.json()
        lines = [f"{problem['detail']} ({problem['code']})"]
        faults = [fault for fault in problem.get("errors") or [] if fault["message"] not in lines[0]]
        # A fault of the document as a whole has an empty pointer.
        lines += [f"  {': '.join(filter(None, (fault['pointer'], fault['message'])))}" for fault in faults]
    except (ValueError, KeyError, TypeError):
        lines = [f"The answer was {answer.status_code} {answer.reason_phrase}."]
    return Failed("\n".join(lines), Status.AWAY if answer.status_code in {429, 503} else Status.REFUSED)
