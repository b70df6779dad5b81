"""Tests of owners' presets over the API: put, read, list, delete, and their versions."""

import asyncio
import json
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from darkroom import clock
from darkroom.accounts.api_keys import Scope
from darkroom.jobs import Job
from darkroom.recipes import load_presets, parse_recipe
from darkroom.recipes.owned_presets import PresetHistory, PresetVersion
from darkroom.tables.preset_item import history_item, list_key, listed, version_item
from darkroom.tables.preset_table import PresetTable
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.examples import completed
from tests.upload.records import put_job
from tests.upload.service import OWNER, STRANGER_KEY, RunningService, put_key, running_service, settings_for
from tools.testbed import images

_NUMBERS: Final = count(1)


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"preset-{next(_NUMBERS)}"


def recipe(width: int) -> dict[str, Any]:
    return {"variants": [{"name": "card", "operations": [{"op": "resize", "width": width}]}]}


async def put(service: RunningService, name: str, width: int, **headers: str) -> httpx.Response:
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return await service.client.put(f"/recipes/{name}", json=recipe(width), headers=named)


def body(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    document: dict[str, Any] = answer.json()
    return document


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    problem = answer.json()
    return answer.status_code, problem["code"], problem["detail"]


async def versions(service: RunningService, name: str) -> list[int]:
    answer = body(await service.client.get(f"/recipes/{name}/versions"))
    return [version["version"] for version in answer["versions"]]


async def test_first_put_makes_version_one(upload: RunningService, name: str) -> None:
    answer = await put(upload, name, 100)
    made = body(answer, 201)
    assert (made["name"], made["version"], made["variants"]) == (name, 1, recipe(100)["variants"])
    assert answer.headers["etag"] == '"1"'
    assert body(await upload.client.get(f"/recipes/{name}")) == made


async def test_each_other_recipe_is_the_next_version_and_the_earlier_ones_stay(
    upload: RunningService, name: str
) -> None:
    assert [(await put(upload, name, width)).status_code for width in (100, 200, 300)] == [201, 200, 200]
    newest = body(await upload.client.get(f"/recipes/{name}"))
    assert (newest["version"], newest["variants"]) == (3, recipe(300)["variants"])
    for number, width in ((1, 100), (2, 200), (3, 300)):
        answer = await upload.client.get(f"/recipes/{name}", params={"version": number})
        assert (answer.headers["etag"], body(answer)["variants"]) == (f'"{number}"', recipe(width)["variants"])
    assert await versions(upload, name) == [3, 2, 1]


async def test_an_equal_recipe_makes_no_version(upload: RunningService, name: str) -> None:
    first = body(await put(upload, name, 100), 201)
    written_out = json.loads(parse_recipe(json.dumps(recipe(100))).stored)
    assert body(await upload.client.put(f"/recipes/{name}", json=written_out)) == first
    # An earlier version that comes again is a new one: the number says which recipe is the newest.
    await put(upload, name, 200)
    assert body(await put(upload, name, 100))["version"] == 3


async def test_a_preset_can_be_put_as_it_was_read(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    await put(upload, name, 200)
    earlier = body(await upload.client.get(f"/recipes/{name}", params={"version": 1}))
    restored = body(await upload.client.put(f"/recipes/{name}", json=earlier))
    assert (restored["version"], restored["variants"]) == (3, earlier["variants"])


async def test_a_version_that_there_is_not_is_not_found(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    answer = await upload.client.get(f"/recipes/{name}", params={"version": 2})
    assert refusal(answer) == (404, "not_found", f"The preset {name} has no version 2. The newest one is 1.")
    assert (await upload.client.get(f"/recipes/{name}", params={"version": 0})).status_code == 400
    assert refusal(await upload.client.get("/recipes/web", params={"version": 1}))[0] == 404


async def test_an_unchanged_preset_is_not_sent_again(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    for path in (f"/recipes/{name}", "/recipes/web"):
        tag = (await upload.client.get(path)).headers["etag"]
        answer = await upload.client.get(path, headers={"if-none-match": tag})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


async def test_list_has_the_installations_presets_whole_and_the_owners_in_short(
    upload: RunningService, name: str
) -> None:
    await put(upload, name, 100)
    newest = body(await put(upload, name, 200))
    shown = body(await upload.client.get("/recipes"))
    assert shown[name] == {key: newest[key] for key in ("name", "version", "created_at")}
    assert set(load_presets()) <= set(shown)
    assert shown["web"] == body(await upload.client.get("/recipes/web"))


async def test_presets_are_seen_by_their_owner_only(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    stranger = {"x-api-key": STRANGER_KEY}
    assert name not in body(await upload.client.get("/recipes", headers=stranger))
    for path in (f"/recipes/{name}", f"/recipes/{name}/versions"):
        assert (await upload.client.get(path, headers=stranger)).status_code == 404
    assert (await upload.client.delete(f"/recipes/{name}", headers=stranger)).status_code == 404
    # The same name is another preset for another owner.
    assert body(await put(upload, name, 999, x_api_key=STRANGER_KEY), 201)["version"] == 1
    assert body(await upload.client.get(f"/recipes/{name}"))["variants"] == recipe(100)["variants"]


async def test_owner_whose_name_looks_like_a_key_has_presets_of_its_own(
    cloud: Cloud, shared_installation: Installation, upload: RunningService, name: str
) -> None:
    await put(upload, name, 100)
    await put_key(cloud.dynamodb, shared_installation, "of-a-tricky-owner", f"{OWNER}#{name}")
    assert body(await put(upload, "1", 300, x_api_key="of-a-tricky-owner"), 201)["version"] == 1
    assert body(await upload.client.get(f"/recipes/{name}"))["variants"] == recipe(100)["variants"]


@pytest.mark.parametrize("taken", ["web", "metadata", "schema", "plan", "preview", "custom"])
async def test_shipped_and_reserved_names_are_refused(upload: RunningService, taken: str) -> None:
    assert refusal(await put(upload, taken, 100))[:2] == (409, "conflict")
    assert refusal(await upload.client.delete(f"/recipes/{taken}"))[:2] == (409, "conflict")


async def test_name_of_the_operators_file_is_refused(
    shared_installation: Installation, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "presets.json"
    file.write_text(json.dumps({name: recipe(1), "web": recipe(2)}))
    async with running_service(settings_for(shared_installation, presets_file=file)) as service:
        for taken, width in ((name, 1), ("web", 2)):
            assert refusal(await put(service, taken, 100))[:2] == (409, "conflict")
            document = body(await service.client.get(f"/recipes/{taken}"))
            assert document == {"name": taken, "version": None, "created_at": None, **recipe(width)}
            assert body(await service.client.get(f"/recipes/{taken}/versions")) == {"name": taken, "versions": []}


@pytest.mark.parametrize("wrong", ["Card", "card@3", "x" * 65, "-card", "a%23b", "%C3%A4"])
async def test_other_names_are_refused(upload: RunningService, wrong: str) -> None:
    assert refusal(await put(upload, wrong, 100))[:2] == (400, "malformed_request")
    for method, path in (("GET", ""), ("GET", "/versions"), ("DELETE", "")):
        assert (await upload.client.request(method, f"/recipes/{wrong}{path}")).status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "invalid_recipe"),
        (b"[]", "invalid_recipe"),
        (b'"web"', "invalid_recipe"),
        (b"", "invalid_recipe"),
        (b'{"name": "x", "version": 3}', "invalid_recipe"),
        (b'{"variants": [], "color": 1}', "invalid_recipe"),
        (b'{"variants": [{"name": "a"}, {"name": "a"}]}', "invalid_recipe"),
        (b'{"a":' * 100_000, "upload_too_large"),
        (b'{"a":' * 50_000, "invalid_recipe"),
        (b'{"variants": ' + b"9" * 5000 + b"}", "invalid_recipe"),
        (b'{"name": "\\ud800", "variants": [{"name": "\\ud800"}]}', "invalid_recipe"),
    ],
)
async def test_other_documents_are_refused(upload: RunningService, name: str, content: bytes, code: str) -> None:
    answer = await upload.client.put(f"/recipes/{name}", content=content, headers={"content-type": "application/json"})
    assert answer.json()["code"] == code, answer.text
    assert (await upload.client.get(f"/recipes/{name}")).status_code == 404


async def test_document_must_be_json_by_its_type(upload: RunningService, name: str) -> None:
    answer = await upload.client.put(f"/recipes/{name}", content=json.dumps(recipe(1)))
    assert refusal(answer)[:2] == (415, "unsupported_media_type")


async def test_recipe_that_no_job_could_store_is_refused(upload: RunningService, name: str) -> None:
    texts = [{"op": "watermark", "text": "x" * 100} for _ in range(16)]
    document = {"variants": [{"name": f"v{number}", "operations": texts} for number in range(32)]}
    answer = await upload.client.put(f"/recipes/{name}", json=document)
    assert refusal(answer)[:2] == (422, "recipe_too_large")
    assert answer.json()["limit"] == 32768


async def test_if_match_guards_against_a_change_by_somebody_else(upload: RunningService, name: str) -> None:
    assert refusal(await put(upload, name, 100, if_match='"1"')) == (
        412,
        "precondition_failed",
        f'There is no preset {name}. If-Match asks for "1".',
    )
    await put(upload, name, 100)
    assert body(await put(upload, name, 200, if_match='"1"'))["version"] == 2
    assert refusal(await put(upload, name, 300, if_match='"1"'))[:2] == (412, "precondition_failed")
    assert refusal(await put(upload, name, 200, if_match='W/"2"'))[0] == 412
    assert body(await put(upload, name, 300, if_match='"1", "2"'))["version"] == 3
    assert body(await put(upload, name, 400, if_match="*"))["version"] == 4
    assert (await upload.client.delete(f"/recipes/{name}", headers={"if-match": '"3"'})).status_code == 412
    assert (await upload.client.delete(f"/recipes/{name}", headers={"if-match": '"4"'})).status_code == 204


async def test_if_none_match_makes_only_new_presets(upload: RunningService, name: str) -> None:
    assert body(await put(upload, name, 100, if_none_match="*"), 201)["version"] == 1
    for width in (100, 200):
        assert refusal(await put(upload, name, width, if_none_match="*"))[:2] == (412, "precondition_failed")
    await upload.client.delete(f"/recipes/{name}")
    assert body(await put(upload, name, 200, if_none_match="*"), 201)["version"] == 2


async def test_deleted_preset_is_gone_and_its_numbers_go_on(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    await put(upload, name, 200)
    assert (await upload.client.delete(f"/recipes/{name}")).status_code == 204
    for path in ("", "/versions", "?version=1"):
        assert (await upload.client.get(f"/recipes/{name}{path}")).status_code == 404
    assert name not in body(await upload.client.get("/recipes"))
    assert (await upload.client.delete(f"/recipes/{name}")).status_code == 404
    assert body(await put(upload, name, 200), 201)["version"] == 3
    assert await versions(upload, name) == [3]
    assert (await upload.client.get(f"/recipes/{name}", params={"version": 1})).status_code == 404


async def test_twenty_puts_at_once_make_twenty_versions(
    shared_installation: Installation, upload: RunningService, name: str
) -> None:
    async with running_service(settings_for(shared_installation)) as other:
        answers = await asyncio.gather(*(put((upload, other)[width % 2], name, width) for width in range(1, 21)))
    made = {body(answer, answer.status_code)["version"]: answer for answer in answers}
    assert sorted(made) == list(range(1, 21))
    assert [answer.status_code for answer in answers].count(201) == 1
    assert await versions(upload, name) == list(range(20, 0, -1))
    for number, answer in made.items():
        stored = body(await upload.client.get(f"/recipes/{name}", params={"version": number}))
        assert stored == answer.json()


async def test_twenty_puts_of_one_recipe_at_once_make_one_version(
    shared_installation: Installation, upload: RunningService, name: str
) -> None:
    async with running_service(settings_for(shared_installation)) as other:
        answers = await asyncio.gather(*(put((upload, other)[turn % 2], name, 7) for turn in range(20)))
    assert {body(answer, answer.status_code)["version"] for answer in answers} == {1}
    assert await versions(upload, name) == [1]


async def test_one_of_twenty_puts_at_once_that_expect_the_same_version_succeeds(
    shared_installation: Installation, upload: RunningService, name: str
) -> None:
    await put(upload, name, 1000)
    async with running_service(settings_for(shared_installation)) as other:
        answers = await asyncio.gather(
            *(put((upload, other)[width % 2], name, width, if_match='"1"') for width in range(1, 21))
        )
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 19]
    assert await versions(upload, name) == [2, 1]


async def test_puts_and_deletions_at_once_leave_a_preset_that_is_whole_or_gone(
    shared_installation: Installation, upload: RunningService, name: str
) -> None:
    async with running_service(settings_for(shared_installation)) as other:
        calls = [put((upload, other)[width % 2], name, width) for width in range(1, 13)]
        calls += [(upload, other)[turn % 2].client.delete(f"/recipes/{name}") for turn in range(6)]
        answers = await asyncio.gather(*calls)
    numbers = [answer.json()["version"] for answer in answers if answer.status_code in (200, 201)]
    assert sorted(numbers) == list(range(1, 13))
    assert {answer.status_code for answer in answers[12:]} <= {204, 404}
    newest = await upload.client.get(f"/recipes/{name}")
    shown = body(await upload.client.get("/recipes")).get(name)
    if newest.status_code == 404:
        assert shown is None
    else:
        assert shown is not None
        assert shown["version"] == newest.json()["version"] == 12
        for number in await versions(upload, name):
            assert (await upload.client.get(f"/recipes/{name}", params={"version": number})).status_code == 200


async def test_hundred_and_first_version_is_refused_also_after_a_deletion(
    cloud: Cloud, upload: RunningService, name: str
) -> None:
    await put(upload, name, 1)
    many = PresetHistory(owner=OWNER, name=name, first=1, digest="", created=(clock.now(),) * 99)
    await cloud.dynamodb.put_item(TableName=upload.settings.accounts_table, Item=history_item(many))
    assert body(await put(upload, name, 100))["version"] == 100
    says = (
        f"The preset {name} has had 100 versions, the most that a name can have, also over deletions. Put the recipe "
        "under another name."
    )
    answer = await put(upload, name, 101)
    assert refusal(answer) == (409, "conflict", says)
    assert answer.json()["limit"] == 100
    assert body(await put(upload, name, 100))["version"] == 100
    assert await versions(upload, name) == list(range(100, 0, -1))
    assert (await upload.client.delete(f"/recipes/{name}")).status_code == 204
    assert refusal(await put(upload, name, 1)) == (409, "conflict", says)


async def test_two_hundred_and_first_preset_is_refused_until_one_is_deleted(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> None:
    key = {"x_api_key": "of-a-collector"}
    await put_key(cloud.dynamodb, shared_installation, "of-a-collector", "collector")
    headers = {"x-api-key": "of-a-collector"}
    # 197 presets that only the list knows, to save time.
    names: dict[str, Any] = {f"={number}": {"S": listed(1, clock.now())} for number in range(197)}
    count_of_them = {"presets": {"N": "197"}}
    await cloud.dynamodb.put_item(
        TableName=upload.settings.accounts_table, Item=list_key("collector") | names | count_of_them
    )
    for name in ("one", "two", "three"):
        assert (await put(upload, name, 10, **key)).status_code == 201
    answer = await put(upload, "four", 10, **key)
    assert refusal(answer) == (
        409,
        "conflict",
        "You have 200 presets, the most that an owner can have. Delete one to make room.",
    )
    assert answer.json()["limit"] == 200
    # A preset that exists may still be changed.
    assert body(await put(upload, "one", 20, **key))["version"] == 2
    await upload.client.delete("/recipes/two", headers=headers)
    assert (await put(upload, "four", 10, **key)).status_code == 201
    everything = body(await upload.client.get("/recipes", headers=headers))
    assert len(everything) == 200 + len(load_presets())
    assert refusal(await put(upload, "two", 10, **key))[0] == 409


async def test_key_without_the_scope_may_only_read(
    cloud: Cloud, shared_installation: Installation, upload: RunningService, name: str
) -> None:
    await put_key(
        cloud.dynamodb, shared_installation, "no-recipes", OWNER, scopes=frozenset({Scope.READ, Scope.UPLOAD})
    )
    assert refusal(await put(upload, name, 1, x_api_key="no-recipes")) == (
        403,
        "forbidden",
        "This API key lacks the `recipes` scope.",
    )
    await put_key(cloud.dynamodb, shared_installation, "only-recipes", OWNER, scopes=frozenset({Scope.RECIPES}))
    assert body(await put(upload, name, 1, x_api_key="only-recipes"), 201)["version"] == 1
    assert (await upload.client.get(f"/recipes/{name}", headers={"x-api-key": "only-recipes"})).status_code == 403
    assert (await upload.client.get(f"/recipes/{name}", headers={"x-api-key": "no-recipes"})).status_code == 200


def stamped(job: Job) -> dict[str, Any]:
    image = {"job_id": job.job_id, "variant": "square-64"}
    return {"variants": [{"name": "card", "operations": [{"op": "watermark", "image": image}]}]}


async def test_watermark_of_an_own_result_is_checked_when_the_preset_is_put(
    cloud: Cloud, shared_installation: Installation, upload: RunningService, name: str
) -> None:
    own, others = await put_job(upload, completed()), await put_job(upload, completed(owner="somebody"))
    refused = await upload.client.put(f"/recipes/{name}", json=stamped(others))
    assert refusal(refused)[:2] == (422, "invalid_recipe")
    assert refused.json()["errors"] == [
        {"pointer": "/variants/0/operations/0/image/job_id", "message": "there is no such job"}
    ]
    await put_key(cloud.dynamodb, shared_installation, "blind", OWNER, scopes=frozenset({Scope.RECIPES}))
    blind = await upload.client.put(f"/recipes/{name}", json=stamped(own), headers={"x-api-key": "blind"})
    assert (blind.status_code, blind.json()["scope"]) == (403, "read")
    assert (await upload.client.put(f"/recipes/{name}", json=stamped(own))).status_code == 201


async def test_owners_preset_may_not_draw_another_owners_image(cloud: Cloud, upload: RunningService, name: str) -> None:
    others = await put_job(upload, completed(owner="somebody"))
    # No request can make such a preset. It stands for one whose job was replaced by another owner's.
    await put(upload, name, 100)
    version = PresetVersion(
        name=name,
        number=1,
        recipe=parse_recipe(json.dumps(stamped(others))),
        document=stamped(others),
        created_at=clock.now(),
    )
    await cloud.dynamodb.put_item(TableName=upload.settings.accounts_table, Item=version_item(OWNER, version))
    answer = await upload.client.post("/uploads", files={"file": images.jpeg(32, 32)}, data={"recipe": name})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/variants/0/operations/0/image/job_id", "message": "there is no such job"}
    ]


async def test_jobs_record_the_preset_and_its_version(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    await put(upload, name, 200)
    sent = {"filename": "a.jpg", "content_type": "image/jpeg", "size": 9}
    asked: dict[str, dict[str, Any] | None] = {
        name: {"name": name, "version": 2},
        f"{name}@1": {"name": name, "version": 1},
        "web": {"name": "web", "version": None},
        json.dumps(recipe(300)): None,
    }
    for text, preset in asked.items():
        form = await upload.client.post("/uploads", files={"file": images.jpeg(32, 32)}, data={"recipe": text})
        raw = await upload.client.post(
            "/uploads", content=images.jpeg(32, 32), params={"recipe": text}, headers={"content-type": "image/jpeg"}
        )
        direct = await upload.client.post("/uploads/presigned", json={**sent, "recipe": text})
        for answer in (form, raw, direct):
            assert answer.is_success, answer.text
            job = body(await upload.client.get(f"/status/{answer.json()['job_id']}"))
            assert (job["preset"], job["recipe"]) == (preset, preset["name"] if preset else "custom")
            shown = body(await upload.client.get("/jobs"))["items"]
            (short,) = [each for each in shown if each["job_id"] == job["job_id"]]
            assert short["preset"] == preset


async def test_jobs_keep_their_recipe_when_the_preset_changes_and_is_deleted(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    headers = {"idempotency-key": name}
    upload_it: dict[str, Any] = {"files": {"file": images.jpeg(32, 32)}, "data": {"recipe": name}, "headers": headers}
    job_id = body(await upload.client.post("/uploads", **upload_it), 202)["job_id"]
    await put(upload, name, 200)
    # The repetition asks for the same, although the name means another version by now.
    again = await upload.client.post("/uploads", **upload_it)
    assert (body(again, 202)["job_id"], again.headers["idempotency-replayed"]) == (job_id, "true")
    await upload.client.delete(f"/recipes/{name}")
    assert body(await upload.client.get(f"/status/{job_id}"))["preset"] == {"name": name, "version": 1}
    assert await upload.services.jobs.recipe_of(job_id) == parse_recipe(json.dumps(recipe(100)))


async def test_plans_know_presets_of_the_owner(upload: RunningService, name: str) -> None:
    await put(upload, name, 100)
    await put(upload, name, 200)
    image = {"width": 1000, "height": 500, "format": "jpeg"}
    for text, width in ((name, 200), (f"{name}@1", 100)):
        plan = body(await upload.client.post("/recipes/plan", json={"recipe": text, "image": image}))
        assert (plan["recipe"], plan["variants"][0]["width"]) == (name, width)
    unknown = await upload.client.post("/recipes/plan", json={"recipe": f"{name}@3", "image": image})
    assert refusal(unknown) == (422, "invalid_recipe", f"The preset {name} has no version 3. Its versions are 1 to 2.")


async def test_deletion_that_died_halfway_is_finished_by_the_next_deletion_or_put(
    upload: RunningService, name: str
) -> None:
    for finish in ("DELETE", "PUT"):
        first = body(await put(upload, name, 100), 201)["version"]
        table = PresetTable(upload.services.delete_preset.writes._client, upload.settings.accounts_table)
        history = await table.history(OWNER, name)
        assert history is not None
        assert await upload.services.delete_preset.writes.delete(history)
        assert (await upload.client.get(f"/recipes/{name}")).status_code == 404
        assert await table.version(OWNER, name, first) is not None

        if finish == "DELETE":
            assert (await upload.client.delete(f"/recipes/{name}")).status_code == 204
            assert (await upload.client.delete(f"/recipes/{name}")).status_code == 404
        else:
            assert body(await put(upload, name, 100), 201)["version"] == first + 1

        fresh = PresetTable(upload.services.delete_preset.writes._client, upload.settings.accounts_table)
        assert await fresh.version(OWNER, name, first) is None
