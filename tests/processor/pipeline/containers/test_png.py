"""Walking the chunks of a PNG, and rewriting it with only some of them."""

import struct

import pytest

from darkroom_processor.pipeline.containers import png
from tests.support.bombs import chunk, png_with
from tests.support.file_parts import parts
from tools.testbed import images

SMALL = images.png(8, 6)


def kinds(data: bytes) -> list[bytes]:
    """Return the types of all chunks."""
    return [one.kind for one in png.walk(data)]


def test_walk_yields_all_chunks_in_order_and_none_after_the_end() -> None:
    data = png_with(chunk(b"tEXt", b"k\0v")) + chunk(b"tEXt", b"behind")
    assert kinds(data) == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]
    assert [bytes(one.body) for one in png.walk(data) if one.kind == b"tEXt"] == [b"k\0v"]


def test_a_chunk_knows_whether_it_is_whole_and_intact() -> None:
    damaged = bytearray(SMALL)
    damaged[SMALL.index(b"IDAT") + 6] ^= 1
    assert [one.intact for one in png.walk(SMALL)] == [True, True, True]
    assert [one.intact for one in png.walk(bytes(damaged))] == [True, False, True]
    cut = list(png.walk(SMALL[:-13]))
    assert [(one.kind, one.whole, one.intact) for one in cut] == [(b"IHDR", True, True), (b"IDAT", False, False)]
    assert len(cut[-1].body) == cut[-1].length


@pytest.mark.parametrize(
    ("kind", "named", "critical"),
    [
        (b"IDAT", True, True),
        (b"tEXt", True, False),
        (b"teXt", True, False),
        (b"text", False, False),
        (b"a\0Bc", False, False),
        (b"\xe4BCD", False, False),
        (b"ABcD", False, True),
        (b"1234", False, False),
    ],
)
def test_a_chunk_type_says_whether_it_is_valid_and_critical(kind: bytes, named: object, critical: object) -> None:
    one = next(png.walk(png.MAGIC + chunk(kind, b"")))
    assert (one.named, one.critical) == (named, critical)


def test_rewrite_copies_chunks_byte_by_byte() -> None:
    text, time = chunk(b"tEXt", b"k\0v"), chunk(b"tIME", bytes(7))
    data = png_with(text, time) + b"behind the end"
    assert png.rewrite(data, lambda one: one.kind != b"tIME") == png_with(text)
    assert png.rewrite(data, lambda one: not one.kind.islower() and one.critical) == png_with()
    assert png.rewrite(data, lambda _: True) == png_with(text, time)


def test_rewrite_returns_the_same_object_if_nothing_changes() -> None:
    assert png.rewrite(SMALL, lambda _: True) is SMALL


@pytest.mark.parametrize("end", [b"", b"\0", SMALL[-12:-1], SMALL[-12:-4] + b"\0\0\0\0", chunk(b"IEND", b"more")])
def test_rewrite_writes_a_valid_end(end: bytes) -> None:
    assert png.rewrite(SMALL[:-12] + end, lambda _: True) == SMALL


def test_rewrite_shortens_a_truncated_chunk() -> None:
    rewritten = png.rewrite(SMALL[:-20], lambda _: True)
    assert [name for name, _ in parts(rewritten)] == ["png IHDR", "png IDAT", "png IEND"]
    assert all(one.intact for one in png.walk(rewritten))


def test_rewrite_keeps_the_frames_of_an_animation() -> None:
    data = images.animation(20, 10, 3, "PNG")
    assert png.rewrite(data, lambda one: one.kind != b"tEXt") is data


@pytest.mark.parametrize(
    "data", [b"", png.MAGIC, png.MAGIC + b"\0\0", png.MAGIC + struct.pack(">I4s", 2**32 - 1, b"IDAT")]
)
def test_broken_data_ends_the_walk(data: bytes) -> None:
    assert len(kinds(data)) <= 1
    assert png.rewrite(data, lambda _: False)[-12:] == chunk(b"IEND", b"")
