"""Tests of putting the dashboard's files into their bucket."""

from pathlib import Path

import pytest

from darkroom_upload.pages.built_pages import BuiltPages
from tools import pages
from tools.pages import put_pages


class Puts:
    """Stands for S3, and keeps what was put in its order."""

    def __init__(self) -> None:
        self.made: list[dict[str, object]] = []

    def put_object(self, **request: object) -> None:
        """Keep the request."""
        self.made.append(request)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "index.html.br", "favicon.svg", "assets/main-1a2b.js", "assets/main-1a2b.js.gz"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_files_are_put_before_the_page_that_names_them(folder: Path) -> None:
    s3 = Puts()
    put_pages(s3, BuiltPages.read(folder), "bucket")
    assert [(put["Key"], put["CacheControl"], put["ContentType"]) for put in s3.made] == [
        ("app/assets/main-1a2b.js", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"),
        ("app/favicon.svg", "no-cache", "image/svg+xml"),
        ("app/index.html", "no-cache", "text/html; charset=utf-8"),
    ]
    assert {put["Bucket"] for put in s3.made} == {"bucket"}
    assert s3.made[-1]["Body"] == b"index.html", "plain: CloudFront compresses"


def test_a_folder_without_a_build_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pages", str(tmp_path), "bucket"])
    with pytest.raises(SystemExit, match=r"no index\.html"):
        pages.main()
    assert capsys.readouterr().out == ""
