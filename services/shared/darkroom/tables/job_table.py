"""The jobs table: reads and creation of jobs, which more than one service needs.

Only the orchestrator changes a job that exists. `job_item` says how a job is stored.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from darkroom.job_details import JobDetails
from darkroom.jobs import Job, NewJob
from darkroom.recipes import Recipe
from darkroom.tables.details_item import details_item, details_key, details_of, metadata_by_job
from darkroom.tables.dynamodb import Item, is_written, read_item, read_items
from darkroom.tables.job_item import from_item, key, to_item
from darkroom.tables.recipe_item import recipe_item, recipe_key, recipe_of

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class JobTable:
    """Reads and creates jobs. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    @property
    def name(self) -> str:
        """The table's name."""
        return self._table

    async def get(self, job_id: str) -> Job | None:
        """Return the job as it is now (a consistent read), or None."""
        item = await self._item(key(job_id))
        return from_item(item) if item else None

    async def recipe_of(self, job_id: str) -> Recipe | None:
        """Return the recipe of a job, or None if the job does not exist any more."""
        item = await self._item(recipe_key(job_id))
        return recipe_of(item) if item else None

    async def details_of(self, job_id: str) -> JobDetails:
        """Return the details of a job. They are empty if the job does not exist."""
        return details_of(await self._item(details_key(job_id)))

    async def with_details(self, job_id: str) -> tuple[Job, JobDetails] | None:
        """Return the job and its details, or None. The details can be newer than the job, but never older."""
        found = {item["job_id"]["S"]: item for item in await self.batch([key(job_id), details_key(job_id)])}
        if job_id not in found:
            return None
        job, details = from_item(found[job_id]), details_of(found.get(details_key(job_id)["job_id"]["S"]))
        if job.described and details.description is None:
            # A batch is not a transaction: these details were read just before the job was described.
            details = await self.details_of(job_id)
        return job, details

    async def create(self, new: NewJob) -> bool:
        """Write a new job with its recipe and details. Return False if the id exists already; it is not changed."""
        # A repetition by the SDK has the same token, so it does not conflict with its own first try.
        return await is_written(self._client.transact_write_items(TransactItems=self.creation_writes(new)))

    def creation_writes(self, new: NewJob) -> "list[TransactWriteItemTypeDef]":
        """Return the parts of a transaction that writes a new job. The first fails if the id exists already.

        Details are written only for metadata, or for a callback URL: they will have the log of its deliveries.
        """
        job = new.job
        parts: list[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": to_item(job),
                    "ConditionExpression": "attribute_not_exists(job_id)",
                }
            },
            {"Put": {"TableName": self._table, "Item": recipe_item(job.job_id, new.recipe)}},
        ]
        if new.metadata or job.callback_url:
            details = details_item(job.job_id, JobDetails(metadata=new.metadata))
            parts.append({"Put": {"TableName": self._table, "Item": details}})
        return parts

    async def metadata_of(self, job_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the metadata of those of up to 100 jobs that have some, by their ids (consistent reads)."""
        keys = [details_key(job_id) for job_id in job_ids]
        return metadata_by_job(await read_items(self._client, self._table, keys, projection="job_id, metadata"))

    async def batch(self, keys: list[Item], projection: str | None = None) -> list[Item]:
        """Return those of up to 100 items that exist, in no order (consistent reads)."""
        names = {"#status": "status"} if projection and "#status" in projection else None
        return await read_items(self._client, self._table, keys, projection=projection, names=names)

    async def _item(self, primary_key: Item) -> Item | None:
        return await read_item(self._client, self._table, primary_key)
