"""Names of objects, whatever a client calls its file."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.formats import ImageFormat
from darkroom.jobs import new_job_id
from darkroom.keys import (
    MANIFESTS,
    Arrival,
    direct_key,
    display_name,
    key_name,
    manifest_key,
    read_original_key,
    result_prefix,
    result_stem,
    upload_key,
)

JOB = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"

SAFE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")

NASTY = {
    "": "image",
    ".": "image",
    "..": "image",
    "......": "image",
    "/": "image",
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\cat.jpg": "cat.jpg",
    "/absolute/cat.jpg": "cat.jpg",
    "cat.jpg/": "image",
    "cat\x00.jpg": "cat.jpg",
    "cat\r\nSet-Cookie: a=b.jpg": "catSet-Cookie-a-b.jpg",
    "cat\u202egpj.exe": "catgpj.exe",
    "\ufeffcat.jpg": "cat.jpg",
    "ca\ud800t.jpg": "cat.jpg",
    "🐈.jpg": "jpg",
    "👩\u200d🚀 in space.jpg": "in-space.jpg",
    "Ünïcødé.png": "Unicde.png",
    "Кошка.jpg": "jpg",
    "猫.webp": "webp",
    "my  holiday (1).jpeg": "my-holiday-1-.jpeg",
    "℀.jpg": "a-c.jpg",
    "．．／etc": "etc",
    "-rf.jpg": "rf.jpg",
    ".htaccess": "htaccess",
    "a%2F..%2Fb.jpg": "a-2F..-2Fb.jpg",
    '"><script>.jpg': "script-.jpg",
    "CON": "CON",
}


@pytest.mark.parametrize(("raw", "name"), NASTY.items())
def test_a_nasty_name_becomes_a_harmless_part_of_a_key(raw: str, name: str) -> None:
    assert key_name(raw) == name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("cat.jpg", "cat.jpg"),
        ("C:\\Users\\me\\Кошка и кот.jpg", "Кошка и кот.jpg"),
        ("猫.webp", "猫.webp"),
        ("cafe\u0301.png", "café.png"),
        ("a\u200b\u0301.png", "á.png"),
        ("cat\u202egpj.exe", "catgpj.exe"),
        ("cat\r\n.jpg", "cat.jpg"),
        ("cat\u2028.jpg", "cat.jpg"),
        ("\u00a0cat\u00a0.jpg", "cat.jpg"),
        ("ca\udcfft.jpg", "cat.jpg"),
        ("  ..  ", "image"),
        ("", "image"),
    ],
)
def test_people_see_their_own_name_without_what_is_invisible(raw: str, name: str) -> None:
    assert display_name(raw) == name


def test_a_long_name_keeps_its_extension() -> None:
    assert key_name("a" * 10_000 + ".jpeg") == "a" * 75 + ".jpeg"
    assert display_name("ä" * 10_000 + ".jpeg") == "ä" * 123 + ".jpeg"
    assert len(key_name("a." + "b" * 10_000)) == 80


any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)
tricky_text = st.text(alphabet="ab._- /\\\u0301\u200bé\ud800\n", max_size=200)


@given(any_text | tricky_text)
def test_a_key_name_is_always_short_safe_ascii(raw: str) -> None:
    name = key_name(raw)
    assert SAFE.fullmatch(name)
    assert len(name) <= 80


@given(any_text | tricky_text)
def test_naming_twice_is_naming_once(raw: str) -> None:
    assert key_name(key_name(raw)) == key_name(raw)
    assert display_name(display_name(raw)) == display_name(raw)
    assert key_name(display_name(raw)) == key_name(raw)


@given(any_text | tricky_text)
def test_a_shown_name_is_short_printable_and_no_path(raw: str) -> None:
    name = display_name(raw)
    assert name.isprintable()
    assert 0 < len(name) <= 128
    assert not {"/", "\\"} & set(name)
    assert name.encode()


@given(any_text)
def test_a_key_made_here_is_read_back_as_its_job(raw: str) -> None:
    job_id = new_job_id()
    for key in (upload_key(job_id, raw), direct_key(job_id, raw)):
        assert read_original_key(key) == Arrival(job_id=job_id, filename=key_name(raw))


def test_the_ways_in_have_prefixes_of_their_own() -> None:
    assert upload_key(JOB, "a/cat.jpg") == f"uploads/{JOB}/cat.jpg"
    assert direct_key(JOB, "a/cat.jpg") == f"direct/{JOB}/cat.jpg"


def test_a_result_is_named_after_its_folder_job_and_source() -> None:
    assert result_stem("augmented-images/90-degree", JOB, "my cat.v2.jpg") == (
        f"augmented-images/90-degree/{JOB}/my-cat.v2"
    )
    assert result_stem("a", JOB, "") == f"a/{JOB}/image"
    assert result_stem("a", JOB, "cat.jpg").startswith(result_prefix("a", JOB))


@given(any_text | tricky_text)
def test_a_result_is_always_below_its_prefix(raw: str) -> None:
    stem = result_stem("folder", JOB, raw)
    assert SAFE.match(stem.removeprefix(result_prefix("folder", JOB)))


def test_no_result_has_the_key_of_a_manifest() -> None:
    assert manifest_key(JOB).startswith(f"{MANIFESTS}/{JOB}/")
    names = {image_format.extension for image_format in ImageFormat}
    assert all(manifest_key(JOB) != f"{result_stem(MANIFESTS, JOB, 'manifest.json')}.{name}" for name in names)


def test_a_drop_names_its_recipe() -> None:
    assert read_original_key("incoming/augment/cat.jpg") == Arrival(recipe="augment", filename="cat.jpg")
    assert read_original_key("incoming/augment/2026/11/cat.jpg") == Arrival(recipe="augment", filename="cat.jpg")
    assert read_original_key("incoming/no such/cat\u202e.jpg") == Arrival(recipe="no such", filename="cat.jpg")


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
def test_a_key_that_starts_nothing_is_told(key: str) -> None:
    assert read_original_key(key) is None
