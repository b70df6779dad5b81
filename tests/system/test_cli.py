"""Tests the command line against the running system."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner, Result

from darkroom.runtime.encryption import DEVELOPMENT_KEY as DEVELOPMENT_DATA_KEY
from darkroom_cli.main import darkroom
from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.installation import Installation
from darkroom_local.ports import LOOPBACK, free_ports
from darkroom_local.system import System
from tools.testbed.images import jpeg, opened

Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def run(system: System) -> Run:
    """Return a function that runs a command with all settings in the environment."""
    environment = {
        "DARKROOM_URL": system.url,
        "DARKROOM_API_KEY": DEVELOPMENT_KEY,
        "DARKROOM_ACCOUNTS_TABLE": system.installation.topology.accounts.name,
        "DARKROOM_ORCHESTRATOR_URL": system.orchestrator.url,
        "DARKROOM_ENVIRONMENT": "development",
    }

    async def invoke(*words: str, status: int = 0, **more: str | None) -> Result:
        names = {name.upper(): value for name, value in more.items()}
        # A thread of its own: one that began during a test without coverage would not be traced.
        with ThreadPoolExecutor(max_workers=1) as thread:
            runner = CliRunner(env={**environment, **names})
            result = await asyncio.get_running_loop().run_in_executor(thread, runner.invoke, darkroom, words)
        assert result.exit_code == status, (result.output, result.exception)
        return result

    return invoke


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "cat.jpg"
    path.write_bytes(jpeg(400, 300))
    return path


def size_of(path: str) -> tuple[int, int]:
    return opened(Path(path).read_bytes()).size


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:500])


async def test_upload_command_saves_the_results(run: Run, photo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    result = await run("upload", str(photo), str(photo), "--recipe", "thumbnails", "--output", str(output), "--json")
    jobs = [json.loads(line) for line in result.stdout.splitlines()]
    assert [job["status"] for job in jobs] == ["completed"] * 2
    for job in jobs:
        files = sorted((output / job["job_id"]).iterdir())
        assert [file.name for file in files] == sorted(f"{variant['name']}.webp" for variant in job["variants"])
        assert {opened(file.read_bytes()).size for file in files} == {(edge, edge) for edge in (64, 128, 256, 512)}


async def test_job_is_followed_and_downloaded_later(run: Run, photo: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"variants": [{"name": "small", "operations": [{"op": "resize", "width": 40}]}]}')
    sent = await run("upload", str(photo), "--recipe", f"@{recipe}", "--wait")
    assert "cat.jpg" in sent.stdout
    job_id = sent.stdout.splitlines()[1].split()[0]
    assert "completed" in (await run("status", job_id)).stdout
    assert json.loads((await run("status", job_id, "--json")).stdout)["job_id"] == job_id
    assert job_id in (await run("jobs", "--limit", "100", "--status", "completed")).stdout
    saved = (await run("download", job_id, "--output", str(tmp_path))).stdout.split()
    assert saved == [str(tmp_path / job_id / "small.jpg")]
    assert size_of(saved[0]) == (40, 30)


async def test_original_is_fetched_and_run_again(run: Run, photo: Path, tmp_path: Path) -> None:
    sent = await run("upload", str(photo), "--recipe", "metadata", "--keep-original", "--wait", "--json")
    job = json.loads(sent.stdout)
    assert job["original"]["kept"]
    file = tmp_path / "original.jpg"
    assert (await run("original", job["job_id"], "-o", str(file))).stdout == f"{file}\n"
    assert await asyncio.to_thread(file.read_bytes) == await asyncio.to_thread(photo.read_bytes)
    again = await run("rerun", job["job_id"], "--recipe", "grayscale", "--output", str(tmp_path), "--json")
    second = json.loads(again.stdout)
    assert (second["status"], second["original_of"]) == ("completed", job["job_id"])
    assert size_of(str(tmp_path / second["job_id"] / "grayscale.jpg")) == (400, 300)


async def test_failed_job_gives_an_exit_status(run: Run, photo: Path) -> None:
    cut_short(photo)
    result = await run("upload", str(photo), "--recipe", "thumbnails", "--wait", status=3)
    assert "Not all results were made" in result.stderr


async def test_fault_of_one_file_does_not_stop_the_others(run: Run, photo: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("This is text.")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(jpeg(400, 300))
    cut_short(broken)
    words = ("--recipe", "thumbnails", "--output", str(tmp_path / "out"), "--json")
    result = await run("upload", str(text), str(broken), str(photo), *words, status=3)
    failed, completed = [json.loads(line) for line in result.stdout.splitlines()]
    assert (failed["status"], completed["status"]) == ("failed", "completed")
    assert len(list((tmp_path / "out" / completed["job_id"]).iterdir())) == 4
    first, second = result.stderr.splitlines()
    assert first.startswith(f"Error: {text}: Unsupported image format")
    assert second.startswith(f"{failed['job_id']}: Not all results were made: failed.")


async def test_impossible_folder_is_reported_before_anything_is_sent(run: Run, photo: Path) -> None:
    result = await run("upload", str(photo), "--output", str(photo / "below"), status=1)
    assert result.stderr == f"Error: {photo / 'below'} cannot be written: Not a directory\n"
    assert result.stdout == ""


async def test_no_more_files_are_sent_to_an_unavailable_service(run: Run, photo: Path) -> None:
    (nobody,) = free_ports(1)
    url = f"http://{LOOPBACK}:{nobody}"
    result = await run("upload", str(photo), str(photo), status=4, darkroom_url=url)
    assert "cannot be reached" in result.stderr
    assert f"{photo}: not tried" in result.stderr


async def test_refusals_are_reported_in_words(run: Run, photo: Path) -> None:
    assert "no_such" in (await run("upload", str(photo), "--recipe", "no_such", status=1)).stderr
    assert "not known" in (await run("jobs", status=1, darkroom_api_key="wrong")).stderr
    assert "invalid_recipe" in (await run("upload", str(photo), "--recipe", '{"variants": 1}', status=1)).stderr
    assert (await run("status", str(uuid4()), status=1)).stderr == "Error: There is no such job. (not_found)\n"


async def test_missing_settings_are_reported_at_once(run: Run) -> None:
    result = await run("usage", status=2, darkroom_api_key=None, darkroom_url="nowhere")
    assert "DARKROOM_API_KEY" in result.stderr
    assert "DARKROOM_URL" in result.stderr
    assert "DARKROOM_ACCOUNTS_TABLE" in (await run("keys", "list", "x", status=2, darkroom_accounts_table=None)).stderr


async def test_secrets_are_encrypted_again_with_a_new_data_key(run: Run, installation: Installation) -> None:
    topology = installation.topology
    tables = {"darkroom_accounts_table": topology.accounts.name, "darkroom_jobs_table": topology.jobs.name}
    keys = f"{'n' * 40} {DEVELOPMENT_DATA_KEY}"
    for renewed in (1, 0):
        said = await run("data-keys", "renew", darkroom_data_keys=keys, **tables)
        assert said.stdout.startswith(f"{renewed} secrets are encrypted")
    assert "DARKROOM_DATA_KEYS" in (await run("users", "list", status=2, darkroom_environment=None)).stderr


async def test_refusal_of_aws_is_reported_in_one_line(run: Run) -> None:
    result = await run("keys", "list", "ann", status=1, darkroom_accounts_table="no-such-table")
    assert result.stderr.startswith("Error: AWS refuses the request: An error occurred (ResourceNotFoundException)")


async def test_presets_of_the_installation_and_limits_are_shown(run: Run) -> None:
    listed = (await run("presets", "list", "--json")).stdout.splitlines()
    assert "thumbnails" in [json.loads(line)["name"] for line in listed]
    assert "variants" in json.loads((await run("presets", "show", "web")).stdout)
    assert json.loads((await run("usage")).stdout)["owner"] == "demo"


async def test_presets_are_put_compared_and_deleted(run: Run, photo: Path, tmp_path: Path) -> None:
    file = tmp_path / "card.json"
    file.write_text('{"variants": [{"name": "card", "operations": [{"op": "resize", "width": 600}]}]}')
    assert (await run("presets", "put", "card", str(file), "--new")).stdout == "card@1\n"
    assert "precondition_failed" in (await run("presets", "put", "card", str(file), "--new", status=1)).stderr
    everything = (await run("presets", "diff", "card")).stdout.splitlines()
    assert everything[:2] == ["--- nothing", "+++ card@1"]
    shown = (await run("presets", "show", "card")).stdout
    assert json.loads(shown) == json.loads(file.read_text())

    file.write_text(shown.replace("600", "640"))
    difference = (await run("presets", "diff", "card", str(file), "--exit-code", status=1)).stdout.splitlines()
    assert difference[:2] == ["--- card@1", f"+++ {file}"]
    assert [line.strip() for line in difference if line.startswith(("-  ", "+  "))] == [
        '-          "width": 600',
        '+          "width": 640',
    ]
    assert (await run("presets", "put", "card", str(file), "--if-match", "1")).stdout == "card@2\n"
    assert (await run("presets", "diff", "card", "2", str(file), "--exit-code")).stdout == ""
    for sides in ((), ("1",), ("1", "2")):
        lines = (await run("presets", "diff", "card", *sides)).stdout.splitlines()
        assert lines[:2] == ["--- card@1", "+++ card@2"]
    assert json.loads((await run("presets", "show", "card@1")).stdout)["variants"][0]["operations"][0]["width"] == 600

    rows = [line.split()[:2] for line in (await run("presets", "list")).stdout.splitlines()]
    assert ["card", "2"] in rows
    listed = [
        json.loads(line)["version"] for line in (await run("presets", "list", "card", "--json")).stdout.splitlines()
    ]
    assert listed == [2, 1]
    sent = json.loads((await run("upload", str(photo), "--recipe", "card@1", "--wait", "--json")).stdout)
    assert sent["preset"] == {"name": "card", "version": 1}
    assert "precondition_failed" in (await run("presets", "delete", "card", "--if-match", "1", status=1)).stderr
    assert (await run("presets", "delete", "card")).stdout == "Deleted: card\n"
    assert "not_found" in (await run("presets", "show", "card", status=1)).stderr
    assert "conflict" in (await run("presets", "put", "web", str(file), status=1)).stderr


async def test_wrong_calls_of_presets_are_reported(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    for content, says in (("{", "is not JSON"), ("[]", "is a JSON object")):
        file.write_text(content)
        assert says in (await run("presets", "put", "card", str(file), status=2)).stderr
    assert "cannot be read" in (await run("presets", "put", "card", str(tmp_path / "none"), status=2)).stderr
    assert "names no version" in (await run("presets", "show", "card@x", status=2)).stderr
    assert "at most two" in (await run("presets", "diff", "card", "1", "2", "3", status=2)).stderr
    assert "has no versions" in (await run("presets", "diff", "web", status=1)).stderr


async def test_plan_is_shown_without_an_upload(run: Run) -> None:
    shown = (await run("plan", "--size", "1000x750")).stdout
    assert "1920w-jpeg: The image is not enlarged from 1000 × 750 to 1920 × 1440 pixels" in shown
    assert "1 task(s)" in shown
    asked = '{"variants": [{"name": "it", "operations": [{"op": "trim"}], "output": {"format": "auto"}}]}'
    trimmed = await run("plan", "--size", "80x60", "--format", "png", "--recipe", asked)
    assert "at most this large, or jpeg, or png" in trimmed.stdout
    shown = json.loads((await run("plan", "--size", "80x60", "--bytes", "900", "--json")).stdout)
    assert (shown["recipe"], shown["image"]["bytes"]) == ("web", 900)
    assert "not_found" in (await run("plan", "--job", str(uuid4()), status=1)).stderr
    assert "invalid_recipe" in (await run("plan", "--size", "8x6", "--recipe", '{"variants', status=1)).stderr
    for words in (["--size", "80"], [], ["--size", "8x6", "--job", "x"]):
        assert (await run("plan", *words, status=2)).stderr


async def test_key_is_made_used_listed_and_revoked(run: Run) -> None:
    owner = f"owner-{uuid4().hex}"
    options = ("--scope", "read", "--requests-per-second", "5", "--jobs-per-day", "7")
    key = (await run("keys", "create", owner, "--name", "laptop", *options)).stdout.strip()
    usage = json.loads((await run("usage", darkroom_api_key=key)).stdout)
    assert (usage["owner"], usage["scopes"]) == (owner, ["read"])
    assert usage["rate"] == {"requests_per_second": 5.0, "burst": 5}
    assert usage["jobs"] == {"limit": 7, "used": 0, "remaining": 7}
    (listed,) = [json.loads(line) for line in (await run("keys", "list", owner, "--json")).stdout.splitlines()]
    assert key.startswith(listed["prefix"])
    assert listed["revoked_at"] is None
    await run("keys", "revoke", owner, listed["prefix"])
    assert json.loads((await run("keys", "list", owner, "--json")).stdout)["revoked_at"]
    assert "no keys" in (await run("keys", "revoke", owner, "dk_nothing", status=1)).stderr
    unused = (await run("keys", "create", owner, "--name", "revoked before it was used")).stdout.strip()
    await run("keys", "revoke", owner, unused[:11])
    limits = ("requests-per-second", "jobs-per-day", "bytes-per-day", "stored-bytes")
    free = [word for limit in limits for word in (f"--{limit}", "unlimited")]
    await run("keys", "create", owner, "--name", "free", *free)
    shown = [json.loads(line) for line in (await run("keys", "list", owner, "--json")).stdout.splitlines()][-1]
    assert [shown[limit] for limit in ("rate", "jobs_per_day", "bytes_per_day", "stored_bytes")] == ["unlimited"] * 4
    assert "not known" in (await run("usage", status=1, darkroom_api_key=unused)).stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--burst", "5"),
        ("--requests-per-second", "0"),
        ("--jobs-per-day", "0"),
        ("--bytes-per-day", "none"),
        ("--scope", "everything"),
        ("--callback-url", "http://example.com"),
    ],
    ids=lambda options: options[0],
)
async def test_invalid_key_is_not_made(run: Run, options: tuple[str, ...]) -> None:
    owner = f"owner-{uuid4().hex}"
    production = {"darkroom_environment": None, "darkroom_data_keys": "k" * 32}
    await run("keys", "create", owner, "--name", "x", *options, status=2, **production)
    assert (await run("keys", "list", owner, "--json")).stdout == ""


async def test_user_is_made_listed_and_disabled(run: Run) -> None:
    name, password = f"user-{uuid4().hex[:8]}", "correct horse battery"
    await run("users", "create", name, "--owner", "ann", "--password", password)
    assert "already" in (await run("users", "create", name, "--password", password, status=1)).stderr
    assert "characters" in (await run("users", "create", "other", "--password", "short", status=2)).stderr
    await run("users", "disable", name.upper())
    users = [json.loads(line) for line in (await run("users", "list", "--json")).stdout.splitlines()]
    (mine,) = [user for user in users if user["name"] == name]
    assert mine["owner"] == "ann"
    assert mine["disabled_at"]


async def test_changed_user_logs_in_with_the_new_values(run: Run, system: System) -> None:
    name, first, second = f"user-{uuid4().hex[:8]}", "correct horse battery", "a password of four words"
    await run("users", "create", name, "--password", first)
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as http:

        async def log_in(password: str) -> int:
            return (await http.post("/auth/login", json={"name": name, "password": password})).status_code

        assert await log_in(first) == 200
        assert (await http.get("/auth/me")).json()["owner"] == name
        for command in (("logout", name), ("password", name, "--password", second), ("disable", name)):
            await run("users", *command)
        assert await log_in(second) == 401
        await run("users", "enable", name)
        assert [await log_in(first), await log_in(second)] == [401, 200]
        await run("users", "logout", "--all")
        assert (await http.get("/auth/me")).status_code == 401


async def test_invalid_user_commands_are_refused(run: Run) -> None:
    for command in ("disable", "enable", "logout"):
        assert "There is no user" in (await run("users", command, "nobody-of-that-name", status=1)).stderr
    for words in ((), ("ann", "--all")):
        assert "either" in (await run("users", "logout", *words, status=2)).stderr
    assert "no user" in (await run("users", "disable", "nobody-at-all", status=1)).stderr


async def test_dead_letters_are_counted_and_moved(run: Run) -> None:
    assert "notifications" in (await run("dlq", "list")).stdout
    rows = [json.loads(line) for line in (await run("dlq", "list", "--json")).stdout.splitlines()]
    assert {row["name"] for row in rows} == {"uploads", "imports", "tasks", "reports", "notifications"}
    assert "0 message(s)" in (await run("dlq", "redrive", "reports")).stdout


async def test_preview_command_writes_the_image(run: Run, photo: Path, tmp_path: Path) -> None:
    uploaded = json.loads((await run("upload", str(photo), "--recipe", "metadata", "--wait", "--json")).stdout)
    variant, output = tmp_path / "variant.json", tmp_path / "preview.webp"
    variant.write_text('{"operations": [{"op": "resize", "width": 40}], "output": {"format": "webp"}}')
    shown = await run("preview", uploaded["job_id"], "--variant", str(variant), "-o", str(output))
    assert shown.stdout.strip() == str(output)
    assert size_of(str(output)) == (40, 30)
    variant.write_text("[]")
    await run("preview", uploaded["job_id"], "--variant", str(variant), "-o", str(output), status=2)
