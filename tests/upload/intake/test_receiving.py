"""Tests of receiving an upload, with a store in memory."""

import asyncio
from dataclasses import dataclass, field

import pytest

from darkroom.errors import InvalidRecipe, MalformedRequest, Unavailable, UnsupportedMediaType, UploadTooLarge
from darkroom.formats import ImageFormat
from darkroom.jobs import ObjectRef
from darkroom_upload.intake.form import Field, FileData, FileEnded, FileStarted, FormEvent
from darkroom_upload.intake.receiving import UploadReceiver
from tests.upload.chosen import choose
from tools.testbed import images

CAT = images.jpeg(32, 32)


@dataclass
class NotedObject:
    """An object in memory."""

    data: bytearray = field(default_factory=bytearray)
    finished: bool = False
    aborted: bool = False
    failure: Exception | None = None

    async def write(self, data: bytes) -> None:
        if self.failure:
            raise self.failure
        self.data += data

    async def finish(self) -> ObjectRef:
        if self.failure:
            raise self.failure
        self.finished = True
        return ObjectRef(key="k", version_id=None, etag='"e"', size=len(self.data))

    async def abort(self) -> None:
        self.aborted = True


@dataclass
class Store:
    """Opens one object, and records the arguments."""

    thing: NotedObject = field(default_factory=NotedObject)
    opened: list[tuple[str, ImageFormat, str | None]] = field(default_factory=list)

    def open(self, filename: str, image_format: ImageFormat, recipe_name: str | None) -> NotedObject:
        self.opened.append((filename, image_format, recipe_name))
        return self.thing


def intake(store: Store | None, *, max_bytes: int = 1_000_000) -> UploadReceiver:
    return UploadReceiver(choose=choose, max_bytes=max_bytes, allow_http=False, open_file=store.open if store else None)


def file(data: bytes = CAT, filename: str | None = "cat.jpg", chunk: int = 10) -> list[FormEvent]:
    pieces = [FileData(data[start : start + chunk]) for start in range(0, len(data), chunk)]
    return [FileStarted(filename), *pieces, FileEnded()]


async def take_all(desk: UploadReceiver, events: list[FormEvent]) -> None:
    for event in events:
        await desk.handle(event)


async def test_an_upload_is_received_and_stored() -> None:
    store = Store()
    async with intake(store) as desk:
        await take_all(desk, [Field("recipe", "augment"), *file(), Field("metadata", '{"a": "b"}')])
        received = await desk.received()
        assert not store.thing.finished
        assert (await desk.store()).size == len(CAT)
    assert store.opened == [("cat.jpg", ImageFormat.JPEG, "augment")]
    assert (bytes(store.thing.data), store.thing.finished, store.thing.aborted) == (CAT, True, False)
    assert (received.options.chosen.name, received.options.metadata, received.size) == ("augment", {"a": "b"}, len(CAT))


async def test_nothing_is_opened_before_the_format_is_known() -> None:
    store = Store()
    async with intake(store) as desk:
        await take_all(desk, [FileStarted("x"), FileData(CAT[:31])])
        assert store.opened == []
        await desk.handle(FileData(CAT[31:40]))
        assert bytes(store.thing.data) == CAT[:40]


async def test_a_very_short_file_is_opened_at_its_end() -> None:
    store = Store()
    async with intake(store) as desk:
        await take_all(desk, file(b"P1 1 1 1"))
        assert bytes(store.thing.data) == b"P1 1 1 1"


async def test_the_store_does_not_know_a_recipe_that_follows_the_file() -> None:
    store = Store()
    async with intake(store) as desk:
        await take_all(desk, [*file(), Field("recipe", "augment")])
        assert (await desk.received()).options.chosen.name == "augment"
    assert store.opened == [("cat.jpg", ImageFormat.JPEG, None)]


async def test_an_upload_that_is_not_stored_is_aborted() -> None:
    store = Store()
    async with intake(store) as desk:
        await take_all(desk, file())
        await desk.received()
    assert store.thing.aborted


@pytest.mark.parametrize(
    ("events", "error"),
    [
        ([*file(), Field("recipe", "nope")], InvalidRecipe),
        ([*file(), Field("metadata", "[]")], MalformedRequest),
        ([FileStarted("x"), FileData(CAT + b"\x00" * 1_000_000)], UploadTooLarge),
        ([FileStarted("x"), FileData(CAT), FileData(b"\x00" * 1_000_000)], UploadTooLarge),
        (file(b"%PDF-1.7" + b"x" * 40), UnsupportedMediaType),
        (file(b""), MalformedRequest),
    ],
)
async def test_a_fault_leaves_nothing_behind(events: list[FormEvent], error: type[Exception]) -> None:
    store = Store()
    with pytest.raises(error):
        async with intake(store) as desk:
            await take_all(desk, events)
    assert store.thing.aborted == bool(store.opened)
    assert not store.thing.finished


async def test_a_form_without_a_file_is_refused() -> None:
    async with intake(Store()) as desk:
        await desk.handle(Field("recipe", "web"))
        with pytest.raises(MalformedRequest, match='no part "file"'):
            await desk.received()


async def test_an_unavailable_store_is_asked_to_abort() -> None:
    store = Store()
    async with intake(store) as desk:
        await take_all(desk, file())
        store.thing.failure = Unavailable("S3 cannot be reached.")
        with pytest.raises(Unavailable):
            await desk.store()
    assert store.thing.aborted


async def test_a_cancelled_upload_leaves_nothing_behind() -> None:
    store, begun = Store(), asyncio.Event()

    async def upload() -> None:
        async with intake(store) as desk:
            await take_all(desk, file()[:-1])
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(upload())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.thing.aborted


async def test_an_upload_may_be_checked_without_a_store() -> None:
    async with intake(None) as desk:
        await take_all(desk, file())
        assert (await desk.received()).size == len(CAT)


async def test_file_names_are_sanitized() -> None:
    for raw, name in [("../a/../b.jpg", "b.jpg"), (None, "image"), ("\x00\u202e", "image"), ("C:\\cat.jpg", "cat.jpg")]:
        store = Store()
        async with intake(store) as desk:
            await take_all(desk, file(filename=raw))
        assert store.opened[0][0] == name
