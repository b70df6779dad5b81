"""`darkroom keys`: creates, lists and revokes API keys."""

from dataclasses import replace
from typing import Any

import click

from darkroom import clock
from darkroom.accounts import api_keys
from darkroom.accounts.allowances import UNLIMITED, KeyLimits, Rate, Unlimited
from darkroom.accounts.api_keys import ApiKey, Scope
from darkroom.errors import MalformedRequest
from darkroom.outbound_urls import read_outbound_url
from darkroom_cli.failures import Failed
from darkroom_cli.operators.accounts import Accounts, with_accounts
from darkroom_cli.output import as_json, show_rows

_COLUMNS = (
    "prefix",
    "name",
    "scopes",
    "rate",
    "jobs_per_day",
    "bytes_per_day",
    "stored_bytes",
    "created_at",
    "revoked_at",
)


class Limit(click.ParamType["float | Unlimited"]):
    """A number, or the word `unlimited`."""

    def __init__(self, kind: type[int] | type[float]) -> None:
        self.name = f"{kind.__name__}|{UNLIMITED}"
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | Unlimited:
        """Return the limit. Refuses any other text."""
        if value == UNLIMITED:
            return UNLIMITED
        try:
            return self._kind(value)
        except ValueError:
            self.fail(f"{value!r} is not valid. Use a number or {UNLIMITED!r}.", param, ctx)


@click.group()
def keys() -> None:
    """API keys; for operators."""


@keys.command()
@click.argument("owner")
@click.option("--name", required=True, help="Purpose of the key.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=(Scope.READ.value, Scope.UPLOAD.value),
    show_default=True,
    help="What the key may do; repeat the option for several scopes.",
)
@click.option(
    "--requests-per-second",
    type=Limit(float),
    help="Requests a second on average: a number, or `unlimited`. The default is the installation's.",
)
@click.option("--burst", type=int, help="Requests at once after a pause; by default the requests of one second.")
@click.option("--jobs-per-day", type=Limit(int), help="Jobs a day: a number, or `unlimited`.")
@click.option("--bytes-per-day", type=Limit(int), help="Uploaded bytes a day: a number, or `unlimited`.")
@click.option("--stored-bytes", type=Limit(int), help="Bytes that the owner may store: a number, or `unlimited`.")
@click.option("--callback-url", help="Callback URL of jobs whose request has none.")
@click.option("--keep-original", is_flag=True, help="Keep originals as long as their jobs, by default.")
@click.option("--publish", is_flag=True, help="Publish jobs by default.")
@as_json
def create(
    owner: str,
    name: str,
    scopes: tuple[str, ...],
    *,
    keep_original: bool,
    publish: bool,
    json_wanted: bool,
    **limits: Any,
) -> None:
    """Create a key for OWNER and print it. It is shown only once."""
    text, callback_url = api_keys.generate(), limits.pop("callback_url")
    key = ApiKey.of(
        text,
        owner=owner,
        name=name,
        created_at=clock.now(),
        scopes=frozenset(map(Scope, scopes)),
        limits=_limits(**limits),
        callback_url=callback_url,
        keep_original=keep_original,
    )
    key = replace(key, publish=publish)

    async def write(accounts: Accounts) -> None:
        if callback_url:
            _check_callback(callback_url, allow_http=accounts.development)
        await accounts.keys.put(key)

    with_accounts(write)
    if json_wanted:
        show_rows([{"key": text, **_row(key)}], columns=(), json_wanted=True)
    else:
        click.echo(f"The key {key.prefix}… of {owner}. Keep it: it is not shown again.", err=True)
        click.echo(text)


@keys.command("list")
@click.argument("owner")
@as_json
def list_keys(owner: str, *, json_wanted: bool) -> None:
    """List all keys of OWNER, the oldest first."""
    found = with_accounts(lambda accounts: accounts.keys.of_owner(owner))
    show_rows(map(_row, found), columns=_COLUMNS, json_wanted=json_wanted)


@keys.command()
@click.argument("owner")
@click.argument("prefix")
def revoke(owner: str, prefix: str) -> None:
    """Revoke the key of OWNER with this PREFIX, as `keys list` shows it. It may work for 30 more seconds."""

    async def find_and_revoke(accounts: Accounts) -> ApiKey:
        matching = [key for key in await accounts.keys.of_owner(owner) if key.prefix == prefix]
        if len(matching) != 1:
            raise Failed(
                f"{owner} has {len(matching) or 'no'} keys that begin with {prefix}. "
                f"Give one of the prefixes that `darkroom keys list {owner}` shows."
            )
        await accounts.keys.revoke(matching[0].digest, clock.now())
        return matching[0]

    key = with_accounts(find_and_revoke)
    click.echo(f"Revoked: {key.prefix}… ({key.name})")


def _limits(
    *,
    requests_per_second: float | Unlimited | None,
    burst: int | None,
    jobs_per_day: int | Unlimited | None,
    bytes_per_day: int | Unlimited | None,
    stored_bytes: int | Unlimited | None,
) -> KeyLimits:
    if burst is not None and not isinstance(requests_per_second, float):
        raise click.UsageError("--burst needs --requests-per-second with a number.")
    try:
        rate = Rate.of(requests_per_second, burst) if isinstance(requests_per_second, float) else requests_per_second
        return KeyLimits(rate=rate, jobs_per_day=jobs_per_day, bytes_per_day=bytes_per_day, stored_bytes=stored_bytes)
    except (ValueError, OverflowError) as error:
        raise click.UsageError(f"{error}") from error


def _check_callback(url: str, *, allow_http: bool) -> None:
    try:
        read_outbound_url(url, field="callback_url", allow_http=allow_http)
    except MalformedRequest as error:
        raise click.UsageError(error.message) from error


def _row(key: ApiKey) -> dict[str, Any]:
    rate = key.limits.rate
    return {
        "prefix": key.prefix,
        "owner": key.owner,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "rate": f"{rate.per_second:g}/s, {rate.burst} at once" if isinstance(rate, Rate) else rate,
        "jobs_per_day": key.limits.jobs_per_day,
        "bytes_per_day": key.limits.bytes_per_day,
        "stored_bytes": key.limits.stored_bytes,
        "callback_url": key.callback_url,
        "keep_original": key.keep_original,
        "publish": key.publish,
        "created_at": clock.iso(key.created_at),
        "revoked_at": clock.iso(key.revoked_at) if key.revoked_at else None,
    }
