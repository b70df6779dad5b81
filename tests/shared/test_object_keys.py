"""Keys of objects."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.file_names import key_name
from darkroom.formats import ImageFormat
from darkroom.jobs import new_job_id
from darkroom.object_keys import (
    MANIFESTS,
    OriginalKey,
    direct_key,
    manifest_key,
    read_original_key,
    result_prefix,
    result_stem,
    upload_key,
)

JOB = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"


any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)
tricky_text = st.text(alphabet="ab._- /\\\u0301\u200bé\ud800\n", max_size=200)


@given(any_text)
def test_a_key_names_its_job(raw: str) -> None:
    job_id = new_job_id()
    for key in (upload_key(job_id, raw), direct_key(job_id, raw)):
        assert read_original_key(key) == OriginalKey(job_id=job_id, filename=key_name(raw))


def test_uploads_and_drops_have_different_prefixes() -> None:
    assert upload_key(JOB, "a/cat.jpg") == f"uploads/{JOB}/cat.jpg"
    assert direct_key(JOB, "a/cat.jpg") == f"direct/{JOB}/cat.jpg"


def test_the_key_of_a_result_has_its_folder_job_and_file_name() -> None:
    assert result_stem("augmented-images/90-degree", JOB, "my cat.v2.jpg") == (
        f"augmented-images/90-degree/{JOB}/my-cat.v2"
    )
    assert result_stem("a", JOB, "写真.png") == f"a/{JOB}/写真"
    assert result_stem("a", JOB, "") == f"a/{JOB}/image"
    assert result_stem("a", JOB, "cat.jpg").startswith(result_prefix("a", JOB))


@given(any_text | tricky_text)
def test_a_result_is_always_below_its_prefix(raw: str) -> None:
    stem = result_stem("folder", JOB, raw)
    name = stem.removeprefix(result_prefix("folder", JOB))
    assert name
    assert key_name(raw).startswith(name)


def test_no_result_has_the_key_of_a_manifest() -> None:
    assert manifest_key(JOB).startswith(f"{MANIFESTS}/{JOB}/")
    names = {image_format.extension for image_format in ImageFormat}
    assert all(manifest_key(JOB) != f"{result_stem(MANIFESTS, JOB, 'manifest.json')}.{name}" for name in names)


def test_the_key_of_a_drop_names_its_recipe() -> None:
    assert read_original_key("incoming/augment/cat.jpg") == OriginalKey(recipe="augment", filename="cat.jpg")
    assert read_original_key("incoming/augment/2026/11/cat.jpg") == OriginalKey(recipe="augment", filename="cat.jpg")
    assert read_original_key("incoming/no such/cat\u202e.jpg") == OriginalKey(recipe="no such", filename="cat.jpg")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "cat.jpg",
        "incoming/",
        "incoming/cat.jpg",
        "incoming//cat.jpg",
        "incoming/augment/",
        "incoming/augment/folder/",
        "other/augment/cat.jpg",
        f"uploads/{JOB}",
        f"uploads/{JOB}/",
        "uploads/not-a-job/cat.jpg",
        f"uploads/{JOB.upper()}/cat.jpg",
        f"uploads/{UUID(JOB).hex}/cat.jpg",
        f"uploads/{{{JOB}}}/cat.jpg",
        f"/uploads/{JOB}/cat.jpg",
    ],
)
def test_other_keys_begin_no_job(key: str) -> None:
    assert read_original_key(key) is None
