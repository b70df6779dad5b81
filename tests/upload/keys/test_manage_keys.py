"""Tests of what users may do with the keys of their owner."""

from datetime import timedelta
from typing import Any, Final, cast

import pytest

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Forbidden, PasswordNeeded
from darkroom_upload.callers.caller import Caller
from darkroom_upload.keys.manage_keys import ManageKeys, NewKey
from darkroom_upload.sessions.session import PASSWORD_PERIOD
from tests.upload.users import SESSION

NOW: Final = SESSION.begun_at


class Untouched:
    """Stands for what a refused request must not reach."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was used")


def wanted(*scopes: Scope) -> NewKey:
    return NewKey(name="a", scopes=frozenset(scopes), expires_in_days=None, keep_original=False, publish=False)


def manage(*, after: timedelta = timedelta()) -> ManageKeys:
    untouched = cast("Any", Untouched())
    return ManageKeys(keys=untouched, writes=untouched, attempts=untouched, now=lambda: NOW + after)


@pytest.mark.parametrize("scope", [Scope.UPLOAD, Scope.RECIPES, Scope.ADMIN])
async def test_a_key_cannot_have_a_scope_that_its_maker_lacks(scope: Scope) -> None:
    reader = Caller(owner="studio", session=SESSION, scopes=frozenset({Scope.READ}))
    with pytest.raises(Forbidden) as refused:
        await manage().make(wanted(Scope.READ, scope), reader)
    assert refused.value.fields == {"scope": scope.value}


@pytest.mark.parametrize("minutes", [10, 11, 60 * 11])
async def test_a_login_of_ten_minutes_ago_is_too_old(minutes: int) -> None:
    ann = Caller(owner="studio", session=SESSION)
    with pytest.raises(PasswordNeeded):
        await manage(after=timedelta(minutes=minutes)).make(wanted(Scope.READ), ann)
    with pytest.raises(PasswordNeeded):
        await manage(after=timedelta(minutes=minutes)).revoke("dk_12345678", ann)
    assert timedelta(minutes=10) == PASSWORD_PERIOD


async def test_a_caller_without_a_session_makes_and_revokes_no_key() -> None:
    by_key = Caller(owner="studio", key_id="1")
    with pytest.raises(Forbidden):
        await manage().make(wanted(Scope.READ), by_key)
    with pytest.raises(Forbidden):
        await manage().revoke("dk_12345678", by_key)
