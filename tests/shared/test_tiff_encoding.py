"""The encoding of numbers in classic TIFF and BigTIFF, in both byte orders."""

import pytest

from darkroom.tiff_encoding import TiffEncoding

HEADERS = {
    b"II*\0\x08\0\0\0": (8, 2, 12, 4),
    b"MM\0*\0\0\0\x08": (8, 2, 12, 4),
    b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0": (16, 8, 20, 8),
    b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10": (16, 8, 20, 8),
}


@pytest.mark.parametrize("head", HEADERS)
def test_widths_and_first_directory_are_read_from_the_header(head: bytes) -> None:
    encoding = TiffEncoding.read(head)
    assert encoding is not None
    widths = (encoding.header_bytes, encoding.count_bytes, encoding.entry_bytes, encoding.offset_bytes)
    assert widths == HEADERS[head]
    assert encoding.first_directory(head) == len(head)


@pytest.mark.parametrize("head", [b"", b"II", b"MM*\0", b"II\0*", b"II,\0", b"XX*\0"])
def test_other_headers_are_not_a_tiff(head: bytes) -> None:
    assert TiffEncoding.read(head) is None
