"""Makes hostile images: small files that are expensive to decode, and files that are also something else."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin

from tools.testbed import images

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def flood_png(width: int, height: int) -> bytes:
    """Return a complete one-bit PNG that is all black. It has about one byte for 8,000 pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    deflate = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(deflate.compress(row) for _ in range(height)) + deflate.flush()
    return PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def flood_headers(width: int = 65_500, height: int = 65_500) -> Iterator[tuple[str, bytes]]:
    """Yield (format, file) for files whose headers announce far more pixels than they contain."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    yield "png", PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    jpeg = bytearray(images.encoded(images.marked(64, 64), "JPEG"))
    size_at = jpeg.index(b"\xff\xc0") + 5
    jpeg[size_at : size_at + 4] = struct.pack(">HH", height, width)
    yield "jpeg", bytes(jpeg)
    gif = bytearray(images.encoded(images.marked(64, 64), "GIF"))
    gif[6:10] = struct.pack("<HH", width, height)
    yield "gif", bytes(gif)
    bmp = bytearray(images.encoded(images.marked(64, 64), "BMP"))
    bmp[18:26] = struct.pack("<ii", width, height)
    yield "bmp", bytes(bmp)
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    yield "webp", b"RIFF" + struct.pack("<I", 4 + len(extended)) + b"WEBP" + extended
    yield "ppm", f"P6\n{width} {height}\n255\n".encode() + bytes(64)
    yield "tiff", _tiff([(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 1), (259, 3, 1, 1), (273, 4, 1, 8)])


def progressive(scans: int, side: int = 64) -> bytes:
    """Return a JPEG whose last scan is repeated. Each scan costs a pass over the whole picture."""
    data = images.encoded(images.photo(side, side), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def endless_gif(frames: int, width: int = 3000, height: int = 3000) -> bytes:
    """Return a GIF of many frames of one pixel on a large canvas. A frame has 15 bytes."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * frames + b"\x3b"


def tiff_chain(pages: int, *, cyclic: bool = False) -> bytes:
    """Return a TIFF of many directories that all show the same pixel. If `cyclic`, the last one points to the first."""
    entries = [(256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    size = 2 + 12 * len(entries) + 4
    directories = []
    for page in range(pages):
        following = 8 + size * (page + 1) if page + 1 < pages else 8 * cyclic
        body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
        directories.append(struct.pack("<H", len(entries)) + body + struct.pack("<I", following))
    return b"II*\0" + struct.pack("<I", 8) + b"".join(directories)


def png_with(*chunks: bytes, behind: bool = False) -> bytes:
    """Return a small PNG with these chunks before, or after, its pixels."""
    data = images.png(32, 32)
    at = data.index(b"IEND" if behind else b"IDAT") - 4
    return data[:at] + b"".join(chunks) + data[at:]


def text_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield (name, PNG) with text that is short in the file and long in memory."""
    zeros = zlib.compress(bytes(60_000_000), 9)
    yield "zTXt", png_with(chunk(b"zTXt", b"k\0\0" + zeros))
    yield "iTXt", png_with(chunk(b"iTXt", b"k\0\1\0\0\0" + zeros))
    part = zlib.compress(bytes(900_000), 9)
    yield "many", png_with(*[chunk(b"zTXt", b"k%d\0\0" % number + part) for number in range(200)])
    yield "behind", png_with(*[chunk(b"zTXt", b"k%d\0\0" % number + part) for number in range(200)], behind=True)
    yield "plain", png_with(chunk(b"tEXt", b"k\0" + bytes(3_000_000)))


def profile_bomb() -> bytes:
    """Return a PNG with a compressed colour profile of 200 megabytes."""
    deflate = zlib.compressobj(9)
    packed = b"".join(deflate.compress(bytes(1_000_000)) for _ in range(200)) + deflate.flush()
    return png_with(chunk(b"iCCP", b"icc\0\0" + packed))


def exif_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield (name, JPEG) with EXIF that is expensive to parse."""
    many = [(0x010F + number % 7, 2, 0xFFFF, 8) for number in range(5000)]
    yield "overlapping", _with_exif(_tiff(many))
    yield "self-pointing", _with_exif(_tiff([(0x8769, 4, 1, 8), (0x8825, 4, 1, 8), (0xA005, 4, 1, 8)]))
    yield "chain", _with_exif(tiff_chain(700))
    yield "cycle", _with_exif(tiff_chain(5, cyclic=True))
    yield "zero denominator", _with_exif(_tiff([(0x011A, 5, 1, 40), (0x011B, 5, 1, 40), (0x0128, 3, 1, 2)]) + bytes(16))
    block = b"Exif\0\0" + _tiff([(0x9000 + number, 7, 60_000, 8) for number in range(4000)])
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    data = images.encoded(images.marked(32, 32), "JPEG")
    yield "many segments", data[:2] + segment * 40 + data[2:]


def polyglots() -> Iterator[tuple[str, bytes, bytes]]:
    """Yield images that are also something else: (name, file, bytes that no result may contain)."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("PAYLOAD.txt", "PAYLOAD")
    payloads = {
        "html": b"<html><script>alert('PAYLOAD')</script></html>",
        "js": b"*/=1;alert('PAYLOAD');/*",
        "php": b"<?php system('PAYLOAD'); ?>",
        "zip": archive.getvalue(),
    }
    for image_format in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"):
        data = images.encoded(images.marked(32, 32), image_format)
        for kind, payload in payloads.items():
            yield f"{kind} behind {image_format.lower()}", data + payload, b"PAYLOAD"
    for kind in ("html", "js"):
        # The two bytes of the segment's length are the characters "/*", which begin a comment of a script.
        comment = payloads[kind].ljust(0x2F2A - 2)
        yield f"{kind} in a comment", images.encoded(images.marked(32, 32), "JPEG", comment=comment), b"PAYLOAD"
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", payloads["php"].decode())
    yield "php in a text chunk", images.encoded(images.marked(32, 32), "PNG", pnginfo=info), b"PAYLOAD"
    palette = Image.new("P", (32, 32))
    palette.putpalette(payloads["php"].ljust(48, b" "))
    yield "php in a palette", images.encoded(palette, "GIF"), b"PAYLOAD"


def _tiff(entries: list[tuple[int, int, int, int]]) -> bytes:
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4)


def _with_exif(block: bytes) -> bytes:
    return images.encoded(images.marked(32, 32), "JPEG", exif=b"Exif\0\0" + block[:65_000])
