"""Writing new jobs: each with the claim on its Idempotency-Key and charged to its caller, or not at all."""

import asyncio
import random
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from darkroom.errors import Unavailable
from darkroom.jobs import NewJob
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.daily_counter import Charge, DailyUsage
from darkroom.tables.dynamodb import ConditionFailed, WriteConflict, writing
from darkroom.tables.job_table import JobTable
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.intake.idempotency_claims import Claim, Claims

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_ATTEMPTS: Final = 6
_PAUSE_SECONDS: Final = 0.05


class _Part(Enum):
    """What a transaction consists of."""

    JOB = auto()
    CLAIM = auto()
    COUNT = auto()


class NewJobs:
    """Creates jobs."""

    def __init__(
        self, client: "DynamoDBClient", *, jobs: JobTable, claims: Claims, usage: QuotaUsage, cipher: TextCipher
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._claims = claims
        self._usage = usage
        self._cipher = cipher
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(self, new: NewJob, *, claim: Claim | None, charge: Charge | None) -> bool:
        """Write a new job, its claim and its charge, all or none. The callback URL is encrypted.

        False when the key was claimed in the meantime. Raises QuotaExceeded and Unavailable.
        """
        if url := new.job.callback_url:
            new = replace(new, job=replace(new.job, callback_url=self._cipher.encrypt(url, place=new.job.job_id)))
        if claim is None and charge is None:
            # The id is new: "there already" can only be the SDK's repetition of a write whose answer was lost.
            await self._jobs.create(new)
            return True
        if charge is None:
            return await self._write(new, claim, None)
        charge.require_room(DailyUsage())
        # Transactions on one counter get into each other's way. Those of one task at least take turns.
        async with self._turns.setdefault(charge.counter, asyncio.Lock()):
            charged = replace(new, job=replace(new.job, charged_to=charge.counter))
            return await self._write(charged, claim, charge)

    async def _write(self, new: NewJob, claim: Claim | None, charge: Charge | None) -> bool:
        parts = [(_Part.JOB, part) for part in self._jobs.creation_writes(new)]
        if claim:
            parts.append((_Part.CLAIM, self._claims.claiming(claim)))
        if charge:
            parts.append((_Part.COUNT, self._usage.counting(charge)))
        for attempt in range(_ATTEMPTS):
            refused = await self._transact(parts)
            if refused is None:
                return True
            if _Part.CLAIM in refused:
                return False
            if charge and _Part.COUNT in refused:
                # Unless something was given back in this moment, this tells the caller what is used up.
                await self._usage.require_room(charge)
            # Another transaction was at the same item: it has the key soon, or has given up.
            pause = _PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - keeps tasks out of step
            await asyncio.sleep(pause)
        raise Unavailable("Another request of this caller is under way.")

    async def _transact(self, parts: "list[tuple[_Part, TransactWriteItemTypeDef]]") -> set[_Part] | None:
        """None when it was done; else the parts whose conditions were not met, if it was that."""
        try:
            with writing():
                # A repetition by the SDK carries the same token, so that it does not meet its own writes.
                await self._client.transact_write_items(TransactItems=[part for _, part in parts])
        except ConditionFailed as error:
            return {parts[number][0] for number in error.found}
        except WriteConflict:
            return set()
        return None
