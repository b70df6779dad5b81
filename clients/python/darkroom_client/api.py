"""Every call of the API, written once, as coroutines over a Transport.

`AsyncClient` is this over asyncio, `Client` the same without an event loop.
"""

import uuid
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import quote

from darkroom_client.downloading import results_of, save
from darkroom_client.files import File, Progress, Sending
from darkroom_client.following import Deadline, Following
from darkroom_client.jobs import Job, JobPage, JobStatus, JobSummary, Receipt
from darkroom_client.plans import Image, Plan
from darkroom_client.recipes import Recipe
from darkroom_client.session import Session
from darkroom_client.transport import Request
from darkroom_client.uploading import Wanted, receipt_of, upload, upload_direct
from darkroom_client.usage import Usage
from darkroom_client.webhook_deliveries import Deliveries, WebhookSecret

JobLike = str | Receipt
"""A job, or its id."""


class Api:
    """All calls of the API, for one caller. All methods raise DarkroomError."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def upload(  # noqa: PLR0913 - each is named where it is given
        self,
        file: File,
        *,
        recipe: str | Recipe | None = None,
        filename: str | None = None,
        metadata: Mapping[str, str] | None = None,
        callback_url: str | None = None,
        idempotency_key: str | None = None,
        progress: Progress | None = None,
        direct: bool = False,
        content_type: str | None = None,
    ) -> Receipt:
        """Send an image, and return its job: a `Job`, or a `Receipt` if the key lacks the scope `read`.

        `recipe` is the name of a preset, a recipe, or its JSON; `web` by default. A try that fails is repeated under
        one Idempotency-Key, so that there is one job. `direct` sends the image to S3, past the API; the answer is then
        a receipt, and `content_type` is told from the name by default. Raises OSError for a file that cannot be read,
        and ValueError for a direct one whose size or type cannot be told.
        """
        wanted = Wanted(
            recipe=recipe,
            metadata=metadata or {},
            callback_url=callback_url,
            idempotency_key=idempotency_key or str(uuid.uuid4()),
        )
        sending = await self._session.run(lambda: Sending(file, filename=filename, progress=progress))
        try:
            if direct:
                return await upload_direct(self._session, sending, wanted, content_type=content_type)
            return await upload(self._session, sending, wanted)
        finally:
            await self._session.run(sending.close)

    async def job(self, job: JobLike) -> Job:
        """Return the job as it is now."""
        answer = await self._session.ask(Request(method="GET", target=f"/status/{_id(job)}", repeatable=True))
        return Job.model_validate_json(answer.content)

    async def events(self, job: JobLike, *, within: float | None = None) -> AsyncGenerator[Job, None]:
        """Yield the job at once, and each time that it changes. The last one has ended.

        A stream that breaks is taken up again where it was; if streams do not get through, the status is asked for.
        Raises JobDeleted, and WaitTimeout if the job has not ended within `within` seconds.
        """
        following = Following(self._session, _plain_id(job), Deadline.within(within))
        async with aclosing(following.changes()) as changes:
            async for change in changes:
                yield change

    async def wait(self, job: JobLike, *, within: float | None = None) -> Job:
        """Return the job once it has ended, well or badly. Raises as `events` does."""
        latest: Job | None = None
        async with aclosing(self.events(job, within=within)) as changes:
            async for change in changes:
                latest = change
        if latest is None:
            raise AssertionError("what is followed is told at least once")
        return latest

    async def jobs(
        self, *, status: JobStatus | str | None = None, page_size: int = 100
    ) -> AsyncGenerator[JobSummary, None]:
        """Yield your jobs, the newest first. A page is asked for when it is needed."""
        query: dict[str, str | int] = {"limit": page_size} | ({"status": str(status)} if status else {})
        while True:
            request = Request(method="GET", target="/jobs", params=query, repeatable=True)
            page = JobPage.model_validate_json((await self._session.ask(request)).content)
            for job in page.items:
                yield job
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    async def retry(self, job: JobLike) -> Receipt:
        """Run the failed variants of a job again. Counts as one more job. Raises Conflict if none has failed."""
        return receipt_of(await self._session.ask(Request(method="POST", target=f"/jobs/{_id(job)}/retry")))

    async def delete(self, job: JobLike) -> None:
        """Cancel a job that is open, or delete one that has ended, with its results."""
        await self._session.ask(Request(method="DELETE", target=f"/jobs/{_id(job)}"))

    async def cancel(self, job: JobLike) -> bool:
        """Cancel a job if it is open, and return whether it was.

        The API has one route for this and `delete`: a job that ends between the look and the request is deleted.
        """
        if not (await self.job(job)).is_open:
            return False
        await self.delete(job)
        return True

    async def plan(
        self, *, recipe: str | Recipe | None = None, image: Image | None = None, job: JobLike | None = None
    ) -> Plan:
        """Return what a recipe would make of an image: of one that is described, or of that of a job."""
        asked = {
            "recipe": recipe.as_document() if isinstance(recipe, Recipe) else recipe,
            "image": image.model_dump(mode="json", exclude_unset=True) if image else None,
            "job_id": _plain_id(job) if job else None,
        }
        body = {name: value for name, value in asked.items() if value is not None}
        request = Request(method="POST", target="/recipes/plan", json=body, repeatable=True)
        return Plan.model_validate_json((await self._session.ask(request)).content)

    async def download(
        self, job: JobLike, folder: str | PathLike[str], *, only: Collection[str] | None = None
    ) -> list[Path]:
        """Put the results of a job into `folder/<job id>/<variant>.<extension>`, and return where they are.

        `only` names the variants to fetch. A file is there whole or not at all, and its SHA-256 is the one that the job
        names. Raises DownloadFailed, and OSError for what the file system refuses.
        """
        found = job if isinstance(job, Job) else await self.job(job)
        results = results_of(found, Path(folder), only)
        for path, variant in results.items():
            await save(self._session, variant, path)
        return list(results)

    async def recipes(self) -> dict[str, Any]:
        """Return all presets, by name, as JSON documents. `Recipe.model_validate` makes a recipe of one."""
        presets: dict[str, Any] = await self.ask("GET", "/recipes")
        return presets

    async def recipe(self, name: str) -> dict[str, Any]:
        """Return a preset as a JSON document."""
        preset: dict[str, Any] = await self.ask("GET", f"/recipes/{quote(name, safe='')}")
        return preset

    async def usage(self) -> Usage:
        """Return your limits, and what you have used of them."""
        return Usage.model_validate(await self.ask("GET", "/usage"))

    async def deliveries(self, job: JobLike) -> Deliveries:
        """Return how the webhooks of a job were delivered."""
        return Deliveries.model_validate(await self.ask("GET", f"/jobs/{_id(job)}/deliveries"))

    async def replay(self, job: JobLike) -> None:
        """Send the webhook of a job's end once more. Counts as one job."""
        await self._session.ask(Request(method="POST", target=f"/jobs/{_id(job)}/deliveries/replay"))

    async def webhook_secret(self) -> WebhookSecret:
        """Return the secret that signs your webhooks. Takes the scopes `read` and `upload`."""
        return WebhookSecret.model_validate(await self.ask("GET", "/webhooks/secret"))

    async def rotate_webhook_secret(self) -> WebhookSecret:
        """Replace the secret. For a day webhooks carry a signature of the old one as well."""
        return WebhookSecret.model_validate(await self.ask("POST", "/webhooks/secret/rotate"))

    async def ask(self, method: str, path: str, *, json: Any = None, params: Mapping[str, str | int] = {}) -> Any:
        """Return the JSON that a route answers; for routes that have no method here. A GET is repeated if it fails."""
        request = Request(method=method, target=path, json=json, params=params, repeatable=method == "GET")
        return (await self._session.ask(request)).json()


def _plain_id(job: JobLike) -> str:
    return job.job_id if isinstance(job, Receipt) else job


def _id(job: JobLike) -> str:
    """Return the id of a job as a part of a path."""
    return quote(_plain_id(job), safe="")
