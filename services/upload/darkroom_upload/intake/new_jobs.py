"""Writes new jobs: in one transaction the job, the claim on its Idempotency-Key, and the charge to its caller."""

import asyncio
import random
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from darkroom.errors import Unavailable
from darkroom.jobs import Job, NewJob
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
    """The kinds of parts of the transaction."""

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
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(self, new: NewJob, *, claim: Claim | None, charge: Charge | None) -> bool:
        """Write a new job, its claim and its charge: all or none. Return False if the key is claimed meanwhile.

        The callback URL and the URL of an import are encrypted here. Raises QuotaExceeded and Unavailable.
        """
        new = replace(new, job=self._encrypted(new.job))
        if claim is None and charge is None:
            # The id is new. If the job exists, the SDK has repeated a write whose answer was lost.
            await self._jobs.create(new)
            return True
        if charge is None:
            return await self._write(new, claim, None)
        charge.require_room(DailyUsage())
        # Transactions on the same counter conflict. Within one task they wait for each other.
        async with self._locks.setdefault(charge.counter, asyncio.Lock()):
            charged = replace(new, job=replace(new.job, charged_to=charge.counter))
            return await self._write(charged, claim, charge)

    def _encrypted(self, job: Job) -> Job:
        """Return the job with its URLs encrypted, since they may have tokens."""
        if job.callback_url:
            job = replace(job, callback_url=self._cipher.encrypt(job.callback_url, place=job.job_id))
        if pending := job.pending_import:
            encrypted = self._cipher.encrypt(pending.url, place=job.job_id)
            job = replace(job, pending_import=replace(pending, url=encrypted))
        return job

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
                # This raises QuotaExceeded, unless the counter has changed in this moment.
                await self._usage.require_room(charge)
            # Another transaction is writing the same item. Soon it has the key, or has given up.
            pause = _PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - keeps tasks out of step
            await asyncio.sleep(pause)
        raise Unavailable("Other requests of this caller are under way. Try again in a moment.")

    async def _transact(self, parts: "list[tuple[_Part, TransactWriteItemTypeDef]]") -> set[_Part] | None:
        """Write the parts. Return None, or the kinds whose conditions failed: an empty set for a conflict."""
        try:
            with writing():
                # If the SDK repeats the call, it sends the same token, so the call does not meet its own writes.
                await self._client.transact_write_items(TransactItems=[part for _, part in parts])
        except ConditionFailed as error:
            return {parts[number][0] for number in error.found}
        except WriteConflict:
            return set()
        return None
