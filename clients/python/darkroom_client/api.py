"""Every call of the API, written once, as coroutines over a Transport.

`AsyncClient` is this over asyncio, `Client` the same without an event loop.
"""

import uuid
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from contextlib import aclosing
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import quote

from darkroom_client.actions import Action, ActionKind, Outcome, Outcomes
from darkroom_client.changes import Change, FollowingAll
from darkroom_client.config import Config
from darkroom_client.downloading import results_of, save, save_original
from darkroom_client.files import File, Progress, Sending
from darkroom_client.following import Deadline, Following
from darkroom_client.jobs import Job, JobPage, JobStatus, JobSummary, Receipt
from darkroom_client.markup import Markup
from darkroom_client.plans import Image, Plan
from darkroom_client.presets import Preset, PresetSummary, PresetVersion, PresetVersions
from darkroom_client.recipes import Recipe, Variant
from darkroom_client.session import Session
from darkroom_client.transport import Request
from darkroom_client.uploading import Wanted, receipt_of, run_again, upload, upload_direct
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
        publish: bool | None = None,
        keep_original: bool | None = None,
        idempotency_key: str | None = None,
        progress: Progress | None = None,
        direct: bool = False,
        content_type: str | None = None,
    ) -> Receipt:
        """Send an image, and return its job: a `Job`, or a `Receipt` if the key lacks the scope `read`.

        `recipe` is the name of a preset, such as `card` or `card@3`, a recipe, or its JSON; `web` by default. `publish`
        says whether the results get public addresses, `keep_original` whether the original lasts as long as the job; by
        default the recipe and the key decide. A try that fails is repeated under one Idempotency-Key, so that there is
        one job. `direct` sends the image to S3, past the API; the answer is then a receipt, and `content_type` is told
        from the name by default. Raises OSError for a file that cannot be read, and ValueError for a direct one whose
        size or type cannot be told.
        """
        wanted = Wanted(
            recipe=recipe,
            metadata=metadata or {},
            callback_url=callback_url,
            publish=publish,
            keep_original=keep_original,
            idempotency_key=idempotency_key or str(uuid.uuid4()),
        )
        sending = await self._session.run(lambda: Sending(file, filename=filename, progress=progress))
        try:
            if direct:
                return await upload_direct(self._session, sending, wanted, content_type=content_type)
            return await upload(self._session, sending, wanted)
        finally:
            await self._session.run(sending.close)

    async def run(
        self,
        job: JobLike,
        *,
        recipe: str | Recipe | None = None,
        metadata: Mapping[str, str] | None = None,
        callback_url: str | None = None,
        publish: bool | None = None,
        keep_original: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Receipt:
        """Run a recipe on the original of a job, and return the new job. The options are those of `upload`.

        The new job has a copy of the original. Takes the scopes `read` and `upload`. Raises OriginalGone, and Conflict
        if the original has not arrived yet.
        """
        wanted = Wanted(
            recipe=recipe,
            metadata=metadata or {},
            callback_url=callback_url,
            publish=publish,
            keep_original=keep_original,
            idempotency_key=idempotency_key or str(uuid.uuid4()),
        )
        return await run_again(self._session, _plain_id(job), wanted)

    async def original(self, job: JobLike, path: str | PathLike[str]) -> Path:
        """Put the original of a job at `path`, and return that.

        The file is there whole or not at all. Raises OriginalGone, Conflict if the original has not arrived yet,
        DownloadFailed, and OSError for what the file system refuses.
        """
        found = job if isinstance(job, Job) else await self.job(job)
        target = f"/jobs/{_id(job)}/original"
        answer = await self._session.ask(Request(method="GET", target=target, repeatable=True, wants_redirect=True))
        return await save_original(self._session, found, answer.headers["location"], Path(path))

    async def import_url(
        self,
        url: str,
        *,
        recipe: str | Recipe | None = None,
        filename: str | None = None,
        metadata: Mapping[str, str] | None = None,
        callback_url: str | None = None,
        publish: bool | None = None,
        keep_original: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Receipt:
        """Let Darkroom fetch an image, and return its job, which awaits the image.

        If the URL cannot be fetched, the job fails: `job.error.code` is then `fetch_refused` or `fetch_failed`. The
        options are those of `upload`; None means the default of the recipe.
        """
        asked = {
            "url": url,
            "recipe": recipe.as_document() if isinstance(recipe, Recipe) else recipe,
            "filename": filename,
            "metadata": dict(metadata) if metadata else None,
            "callback_url": callback_url,
            "publish": publish,
            "keep_original": keep_original,
        }
        request = Request(
            method="POST",
            target="/uploads",
            json={name: value for name, value in asked.items() if value is not None},
            headers={"Idempotency-Key": idempotency_key or str(uuid.uuid4())},
            repeatable=True,
        )
        return receipt_of(await self._session.ask(request))

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
        self,
        *,
        status: JobStatus | str | Collection[JobStatus | str] | None = None,
        preset: str | None = None,
        filename: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
        metadata: Mapping[str, str] | None = None,
        oldest_first: bool = False,
        page_size: int = 100,
    ) -> AsyncGenerator[JobSummary, None]:
        """Yield those of your jobs that meet all conditions, the newest first. A page is asked for when it is needed.

        A file's name may be given by its first letters. Times need a zone; `created_before` itself is not included.
        """
        statuses = [status] if isinstance(status, str) else [*(status or ())]
        query: dict[str, str | int | list[str]] = {"limit": page_size}
        query |= {"status": [str(one) for one in statuses]} if statuses else {}
        query |= {f"metadata.{name}": value for name, value in (metadata or {}).items()}
        query |= {"order": "oldest"} if oldest_first else {}
        times = {"created_after": created_after, "created_before": created_before}
        for name, value in {"preset": preset, "filename": filename, **times}.items():
            if value is not None:
                query[name] = value if isinstance(value, str) else value.isoformat()
        while True:
            request = Request(method="GET", target="/jobs", params=query, repeatable=True)
            page = JobPage.model_validate_json((await self._session.ask(request)).content)
            for job in page.items:
                yield job
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Yield what changes among all your jobs, without end: `JobChanged`, `JobGone` and `LoadAgain`.

        The first one is `LoadAgain`: load your jobs by `jobs`, then apply what follows. A stream that breaks is taken
        up again where it was.
        """
        async with aclosing(FollowingAll(self._session).changes()) as changes:
            async for change in changes:
                yield change

    async def retry(self, job: JobLike) -> Receipt:
        """Run the failed variants of a job again. Counts as one more job. Raises Conflict if none has failed."""
        return receipt_of(await self._session.ask(Request(method="POST", target=f"/jobs/{_id(job)}/retry")))

    async def publish(self, job: JobLike) -> Receipt:
        """Give the results of a job public addresses: now, or when it ends. Raises Conflict for a cancelled job."""
        request = Request(method="PUT", target=f"/jobs/{_id(job)}/published", repeatable=True)
        return receipt_of(await self._session.ask(request))

    async def unpublish(self, job: JobLike) -> None:
        """Take the public addresses of a job back. Caches outside of Darkroom may keep what they have."""
        await self._session.ask(Request(method="DELETE", target=f"/jobs/{_id(job)}/published", repeatable=True))

    async def delete(self, job: JobLike) -> None:
        """Cancel a job that is open, or delete one that has ended, with its results."""
        await self._session.ask(Request(method="DELETE", target=f"/jobs/{_id(job)}"))

    async def act(self, action: ActionKind | str, jobs: Iterable[JobLike]) -> list[Outcome]:
        """Retry, delete, publish or unpublish up to 100 jobs. The outcomes are in the order of the jobs."""
        body = {"action": str(action), "job_ids": [_plain_id(job) for job in jobs]}
        return Outcomes.model_validate(await self.ask("POST", "/jobs/actions", json=body)).outcomes

    async def start_action(self, action: ActionKind | str, conditions: Mapping[str, Any]) -> Action:
        """Begin an action on all jobs that meet these conditions, such as `{"status": ["failed"]}`.

        It goes on in the background; `action` says how far it has come. Raises Conflict while another one is running.
        """
        body = {"action": str(action), "filter": dict(conditions)}
        return Action.model_validate(await self.ask("POST", "/jobs/actions", json=body))

    async def action(self, action: Action | str) -> Action:
        """Return how far an action has come."""
        action_id = action if isinstance(action, str) else action.action_id
        return Action.model_validate(await self.ask("GET", f"/jobs/actions/{quote(action_id, safe='')}"))

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

    async def preview(self, job: JobLike, variant: Variant | Mapping[str, Any]) -> bytes:
        """Return the image that a variant would be, made of the original of a job. It is stored nowhere.

        `variant` is a variant of a recipe, or its document. Counts as one job without bytes. Raises ImageNotMade with
        the reason, OriginalGone, and Conflict while the original has not arrived.
        """
        document = variant.model_dump(mode="json", exclude_unset=True) if isinstance(variant, Variant) else variant
        body = {"job_id": _plain_id(job), "variant": dict(document)}
        request = Request(method="POST", target="/recipes/preview", json=body, repeatable=True)
        return (await self._session.ask(request)).content

    async def markup(
        self, job: JobLike, *, alt: str = "", sizes: str = "100vw", variants: Collection[str] | None = None
    ) -> Markup:
        """Return the HTML with which a page shows a published job. Raises Conflict unless the job is published.

        `sizes` is the width of the image on the page, as in HTML. `variants` names those that browsers may choose; all
        by default.
        """
        params = {"alt": alt, "sizes": sizes} | ({} if variants is None else {"variants": ",".join(variants)})
        accept = {"Accept": "application/json"}
        path = f"/jobs/{_id(job)}/markup"
        request = Request(method="GET", target=path, params=params, headers=accept, repeatable=True)
        return Markup.model_validate_json((await self._session.ask(request)).content)

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

    async def presets(self) -> dict[str, PresetSummary]:
        """Return all presets by name: those of the installation, and yours with their newest versions."""
        found = await self.ask("GET", "/recipes")
        return {name: PresetSummary.model_validate(preset) for name, preset in found.items()}

    async def preset(self, name: str, *, version: int | None = None) -> Preset:
        """Return a preset with its recipe: its newest version, or another one."""
        params = {} if version is None else {"version": version}
        return Preset.model_validate(await self.ask("GET", _preset_path(name), params=params))

    async def preset_versions(self, name: str) -> tuple[PresetVersion, ...]:
        """Return the versions of a preset, the newest first; none for a preset of the installation."""
        return PresetVersions.model_validate(await self.ask("GET", f"{_preset_path(name)}/versions")).versions

    async def put_preset(
        self, name: str, recipe: Recipe | Mapping[str, Any], *, if_match: int | None = None, only_new: bool = False
    ) -> Preset:
        """Make a recipe the newest version of a preset. Takes the scope `recipes`.

        The recipe that is the newest already makes no version. Raises PreconditionFailed unless `if_match` is the
        newest version, and with `only_new` if there is such a preset.
        """
        document = recipe.as_document() if isinstance(recipe, Recipe) else dict(recipe)
        headers = _if_match(if_match) | ({"if-none-match": "*"} if only_new else {})
        request = Request(
            method="PUT", target=_preset_path(name), json=document, headers=headers, repeatable=not headers
        )
        return Preset.model_validate_json((await self._session.ask(request)).content)

    async def delete_preset(self, name: str, *, if_match: int | None = None) -> None:
        """Delete a preset with all its versions. Jobs keep their recipes. Takes the scope `recipes`.

        Raises PreconditionFailed unless `if_match` is the newest version.
        """
        await self._session.ask(Request(method="DELETE", target=_preset_path(name), headers=_if_match(if_match)))

    async def usage(self, *, days: int | None = None) -> Usage:
        """Return your limits, and what you have used of them; with `days`, also what was used on the last days."""
        return Usage.model_validate(await self.ask("GET", "/usage", params={"days": days} if days else {}))

    async def config(self) -> Config:
        """Return the service's limits, formats, presets and addresses. Needs no key."""
        return Config.model_validate(await self.ask("GET", "/config"))

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


def _preset_path(name: str) -> str:
    return f"/recipes/{quote(name, safe='')}"


def _if_match(version: int | None) -> dict[str, str]:
    """Return the header that asks for this version. The ETag of a version is its number."""
    return {} if version is None else {"if-match": f'"{version}"'}


def _plain_id(job: JobLike) -> str:
    return job.job_id if isinstance(job, Receipt) else job


def _id(job: JobLike) -> str:
    """Return the id of a job as a part of a path."""
    return quote(_plain_id(job), safe="")
