"""Multipart forms for tests, valid and faulty ones."""

from collections.abc import Sequence

BOUNDARY = "a-boundary"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, value: bytes, filename: str | bytes | None = None) -> bytes:
    """Return a part with the usual headers. The file name is not escaped."""
    disposition = f'form-data; name="{name}"'.encode()
    if filename is not None:
        raw = filename.encode() if isinstance(filename, str) else filename
        disposition += b'; filename="' + raw + b'"\r\nContent-Type: application/x-whatever'
    return part_with_headers(b"Content-Disposition: " + disposition, value)


def part_with_headers(headers: bytes, value: bytes) -> bytes:
    """Return a part with exactly these header lines."""
    return headers + b"\r\n\r\n" + value


def form(parts: Sequence[bytes], *, boundary: str = BOUNDARY, closed: bool = True) -> bytes:
    """Return a body of these parts."""
    delimiter = f"--{boundary}\r\n".encode()
    body = b"".join(delimiter + part + b"\r\n" for part in parts)
    return body + (f"--{boundary}--\r\n".encode() if closed else b"")
