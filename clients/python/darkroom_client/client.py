"""The blocking client: each method of Api, run to its end without an event loop."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import wraps
from typing import Concatenate, ParamSpec, Self, TypeVar

import httpx

from darkroom_client.api import Api
from darkroom_client.blocking_transport import BlockingTransport, each_finished, finished
from darkroom_client.retry_policy import RetryPolicy
from darkroom_client.session import Session

P = ParamSpec("P")
T = TypeVar("T")


def _blocking(method: Callable[Concatenate[Api, P], Awaitable[T]]) -> "Callable[Concatenate[Client, P], T]":
    """Return a coroutine method of Api as a plain one."""

    @wraps(method)
    def call(client: "Client", /, *args: P.args, **named: P.kwargs) -> T:
        return finished(method(client.api, *args, **named))

    return call


def _iterating(
    method: Callable[Concatenate[Api, P], AsyncGenerator[T, None]],
) -> "Callable[Concatenate[Client, P], Generator[T, None, None]]":
    """Return a generator method of Api as a plain one."""

    @wraps(method)
    def call(client: "Client", /, *args: P.args, **named: P.kwargs) -> Generator[T, None, None]:
        return each_finished(method(client.api, *args, **named))

    return call


class Client:
    """Darkroom's API. Close it, or use it in a `with` block."""

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        retry_policy: RetryPolicy = RetryPolicy(),
        http: httpx.Client | None = None,
    ) -> None:
        """Use the API at `url`. A given `http` brings proxies and certificates, and stays open."""
        self._http = http or httpx.Client()
        self._is_mine = http is None
        self.api = Api(Session(BlockingTransport(self._http), url=url, api_key=api_key, retry_policy=retry_policy))

    upload = _blocking(Api.upload)
    run = _blocking(Api.run)
    original = _blocking(Api.original)
    import_url = _blocking(Api.import_url)
    job = _blocking(Api.job)
    events = _iterating(Api.events)
    wait = _blocking(Api.wait)
    jobs = _iterating(Api.jobs)
    changes = _iterating(Api.changes)
    retry = _blocking(Api.retry)
    publish = _blocking(Api.publish)
    unpublish = _blocking(Api.unpublish)
    delete = _blocking(Api.delete)
    act = _blocking(Api.act)
    start_action = _blocking(Api.start_action)
    action = _blocking(Api.action)
    cancel = _blocking(Api.cancel)
    plan = _blocking(Api.plan)
    preview = _blocking(Api.preview)
    markup = _blocking(Api.markup)
    download = _blocking(Api.download)
    presets = _blocking(Api.presets)
    preset = _blocking(Api.preset)
    preset_versions = _blocking(Api.preset_versions)
    put_preset = _blocking(Api.put_preset)
    delete_preset = _blocking(Api.delete_preset)
    usage = _blocking(Api.usage)
    config = _blocking(Api.config)
    deliveries = _blocking(Api.deliveries)
    replay = _blocking(Api.replay)
    webhook_secret = _blocking(Api.webhook_secret)
    rotate_webhook_secret = _blocking(Api.rotate_webhook_secret)
    ask = _blocking(Api.ask)

    def close(self) -> None:
        """Close the connections."""
        if self._is_mine:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
