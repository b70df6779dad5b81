"""Sending images and bringing pictures home."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from darkroom_cli.api import Api, open_api
from darkroom_cli.failures import Failed, Failures, Status
from darkroom_cli.output import as_json, show_rows

Job = dict[str, Any]

OPEN: Final = frozenset({"awaiting_upload", "queued", "processing"})
COLUMNS: Final = ("job_id", "status", "recipe", "filename", "done")
_WAIT_SECONDS: Final = 20
_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
@click.option("--recipe", default="web", show_default=True, help="A preset's name, a recipe as JSON, or @FILE.")
@click.option("--callback-url", default="", help="Where the job's end is announced by a webhook.")
@click.option("--wait", is_flag=True, help="Until the jobs have ended.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Wait, and put the pictures here.")
@as_json
def upload(
    files: tuple[Path, ...], recipe: str, callback_url: str, *, wait: bool, output: Path | None, json_wanted: bool
) -> None:
    """Send images; a job is made of each."""
    fields = {"recipe": read_recipe(recipe)} | ({"callback_url": callback_url} if callback_url else {})
    if output:
        with _writing(output):
            output.mkdir(parents=True, exist_ok=True)
    failures = Failures()
    with open_api() as api:
        with _progress() as progress:
            sent = failures.each(files, lambda path: _send(api, progress, path, fields))
        jobs = {job["job_id"]: job for job in sent}

        def follow(job_id: str) -> None:
            jobs[job_id] = _ended(api, job_id)
            if output:
                save(api, jobs[job_id], output)
            _require_complete(jobs[job_id])

        if wait or output:
            failures.each(list(jobs), follow)
    if jobs:
        show_rows(jobs.values() if json_wanted else map(row, jobs.values()), columns=COLUMNS, json_wanted=json_wanted)
    failures.tell()


@click.command()
@click.argument("job_ids", nargs=-1, required=True, metavar="JOB...")
@click.option("--output", default=".", type=click.Path(file_okay=False, path_type=Path), help="Into a folder a job.")
def download(job_ids: tuple[str, ...], output: Path) -> None:
    """Bring the pictures of jobs home."""
    failures = Failures()
    with open_api() as api:

        def fetch(job_id: str) -> None:
            job = api.ask("GET", f"/status/{job_id}")
            for path in save(api, job, output):
                click.echo(path)
            _require_complete(job)

        failures.each(job_ids, fetch)
    failures.tell()


def save(api: Api, job: Job, output: Path) -> list[Path]:
    """Put the pictures of a job into `output/<job id>/<variant>.<extension>`, and return where they are."""
    saved = []
    for variant in job["variants"]:
        if variant["url"] is None:
            continue
        if not all(map(_SAFE_NAME.fullmatch, (job["job_id"], variant["name"]))):
            raise Failed(f"The variant {json.dumps(variant['name'])} has a name that no file can have.")
        suffix = PurePosixPath(variant["key"]).suffix
        path = output / job["job_id"] / f"{variant['name']}{suffix}"
        # Whole or not at all, even if this is interrupted.
        part = path.with_name(f"{path.name}.part")
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.writelines(api.fetch(variant["url"]))
            saved.append(part.replace(path))
    return saved


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into Failed."""
    try:
        yield
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}") from error


def row(job: Job) -> dict[str, Any]:
    """A job as a line of a table. A key without the scope `read` is told the id and status alone."""
    if "progress" not in job:
        return job
    return {**job, "filename": job["source"]["filename"], "done": done(job)}


def done(job: Job) -> str:
    """How many of a job's pictures are there, `3/4`."""
    return f"{job['progress']['done']}/{job['progress']['total']}"


def read_recipe(recipe: str) -> str:
    """What `--recipe` names or says. Raises Failed for a file that cannot be read."""
    if not recipe.startswith("@"):
        return recipe
    try:
        return Path(recipe[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise Failed(f"The recipe cannot be read: {error}", Status.MISUSED) from error


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar for each file, where somebody is looking."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield progress


def _send(api: Api, progress: Progress, path: Path, fields: dict[str, str]) -> Job:
    task = progress.add_task(path.name, total=path.stat().st_size)
    # A repetition must not make a second job, whether or not the first one's answer was lost.
    headers = {"Idempotency-Key": str(uuid.uuid4())}

    def send() -> Any:
        progress.reset(task)
        with progress.open(path, "rb", task_id=task) as file:
            return api.post_form("/uploads", fields, (path.name, file), headers)

    job: Job = api.again(send).json()
    return job


def _ended(api: Api, job_id: str) -> Job:
    """The job once it has ended, with links that are good from now on."""
    while True:
        job: Job = api.ask("GET", f"/status/{job_id}", params={"wait": _WAIT_SECONDS})
        if job["status"] not in OPEN:
            return job


def _require_complete(job: Job) -> None:
    """Raise Failed unless the job has made all that it was asked for."""
    if job["status"] != "completed":
        errors = [job["error"], *(variant["error"] for variant in job["variants"])]
        reasons = dict.fromkeys(error["message"] for error in errors if error)
        raise Failed(" ".join(["Not all pictures are there:", f"{job['status']}.", *reasons]), Status.INCOMPLETE)
