"""Tests of the files of the dashboard."""

from pathlib import Path

import pytest

from darkroom_upload.middleware.content_codings import accepts
from darkroom_upload.pages.built_pages import BuiltPages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("a secret beside the build")
    (built / "index.html").write_text("<!doctype html>")
    (built / "index.html.gz").write_bytes(b"gz")
    (built / "favicon.svg").write_text("<svg/>")
    (built / "assets" / "main-1a2b.js").write_text("plain")
    (built / "assets" / "main-1a2b.js.br").write_bytes(b"br")
    (built / "assets" / "main-1a2b.js.gz").write_bytes(b"gz")
    return built


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", "index.html"),
        ("index.html", "index.html"),
        ("login", "index.html"),
        ("jobs/0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192", "index.html"),
        ("recipes/card.v2", "index.html"),
        ("favicon.svg", "favicon.svg"),
        ("assets/main-1a2b.js", "assets/main-1a2b.js"),
        ("robots.txt", None),
        ("assets/", None),
        ("assets/main-old.js", None),
        ("assets/main-1a2b.js.br", None),
        ("index.html.gz", None),
    ],
)
def test_a_path_is_a_file_or_a_page(folder: Path, path: str, found: str | None) -> None:
    file = BuiltPages.read(folder).find(path)
    assert (file.path if file else None) == found


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "assets/../../secret.txt",
        "assets/../index.html",
        "./index.html",
        "a/./b",
        "..\\secret.txt",
        "/etc/passwd\x00",
        "a\nb",
        "\ud800",
    ],
)
def test_no_path_leads_elsewhere(folder: Path, path: str) -> None:
    assert BuiltPages.read(folder).find(path) is None


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=1.0, BR;q=0", "gzip"),
        ("*", "br"),
        ("br;q=0, *;q=0", ""),
        ("identity", ""),
        ("", ""),
        ("brotli", ""),
    ],
)
def test_the_best_copy_that_a_client_accepts_is_chosen(folder: Path, accept_encoding: str, coding: str) -> None:
    file = BuiltPages.read(folder).find("assets/main-1a2b.js")
    assert file
    assert file.coding_for(accept_encoding) == coding
    assert file.bodies[coding] == (coding.replace("gzip", "gz") or "plain").encode()


def test_each_copy_has_its_own_etag_and_another_content_others(folder: Path) -> None:
    file = BuiltPages.read(folder).find("assets/main-1a2b.js")
    assert file
    before = {file.etag(coding) for coding in file.bodies}
    assert len(before) == 3
    (folder / "assets" / "main-1a2b.js").write_text("another")
    file = BuiltPages.read(folder).find("assets/main-1a2b.js")
    assert file
    assert not before & {file.etag(coding) for coding in file.bodies}


def test_a_build_is_a_folder_with_an_index(folder: Path, tmp_path: Path) -> None:
    assert BuiltPages.read(folder).is_built
    (folder / "index.html").unlink()
    for other in (folder, tmp_path / "nothing", tmp_path / "secret.txt"):
        pages = BuiltPages.read(other)
        assert not pages.is_built
        assert pages.find("") is None
        assert pages.find("secret.txt") is None


def test_the_build_is_read_once(folder: Path) -> None:
    pages = BuiltPages.read(folder)
    (folder / "index.html").write_text("of the next build, with other assets")
    file = pages.find("login")
    assert file
    assert file.bodies[""] == b"<!doctype html>"


def test_a_coding_is_accepted_unless_its_quality_is_zero() -> None:
    assert accepts("br;q=0.001", "br")
    assert not accepts("br; q=0.000", "br")
    assert not accepts("gzip", "br")
