"""Services that restart when a file changes."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from darkroom_local import reload
from darkroom_local.keeper import Keeper
from darkroom_local.reload import folder_of, is_affected, restart_on_changes
from tests.support.waiting import until


def test_a_service_is_affected_by_its_own_package_and_by_the_shared_one() -> None:
    shared, upload, processor = (folder_of(name) for name in ("darkroom", "darkroom_upload", "darkroom_processor"))
    assert is_affected("darkroom_upload", [upload / "main.py"])
    assert is_affected("darkroom_upload", [processor / "main.py", shared / "runtime/queue.py"])
    assert not is_affected("darkroom_upload", [processor / "main.py"])


def test_folders_of_packages_are_those_of_the_checkout() -> None:
    assert folder_of("darkroom_upload") == Path(__file__).parents[2] / "services/upload/darkroom_upload"
    with pytest.raises(ModuleNotFoundError):
        folder_of("darkroom_of_nobody")


@dataclass
class Counted:
    """What `restart_on_changes` uses of a keeper and its service."""

    module: str
    name: str = ""
    restarts: int = 0

    @property
    def service(self) -> "Counted":
        return self

    def restart(self) -> None:
        self.restarts += 1


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the packages `common`, which is shared, `one` and `two`."""
    for name in ("common", "one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(reload, "_SHARED", "common")
    return tmp_path


async def test_a_changed_file_restarts_the_services_that_import_it(packages: Path) -> None:
    one, two = Counted("one"), Counted("two")
    watching = asyncio.create_task(restart_on_changes([cast("Keeper", one), cast("Keeper", two)]))
    try:
        await asyncio.sleep(0.5)  # The watch begins in a thread, and says nothing of it.
        (packages / "one/new.py").write_text("")
        await until(lambda: (one.restarts, two.restarts) == (1, 0), seconds=20)
        (packages / "common/data.json").write_text("{}")
        await until(lambda: (one.restarts, two.restarts) == (2, 1), seconds=20)
        (packages / "two/notes.txt").write_text("")
        (packages / "one/again.py").write_text("")
        await until(lambda: (one.restarts, two.restarts) == (3, 1), seconds=20)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
