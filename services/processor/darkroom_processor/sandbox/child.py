"""The child process: forked from the template, it works on one image after another.

All its images belong to one owner. It ends when the service closes the other end of its connection.
"""

import socket
from collections.abc import Callable
from typing import Final

from darkroom.errors import ImageError, MemoryLimit
from darkroom_processor.pipeline import Instructions, ProcessedImage
from darkroom_processor.pipeline.error_translation import TOO_MUCH_MEMORY, traceback_lines
from darkroom_processor.sandbox.child_protocol import (
    LENGTH,
    Bug,
    Ready,
    Refused,
    Request,
    done,
    header_bytes,
)
from darkroom_processor.sandbox.confinement import set_cpu_timer
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.usage import Meter

Process = Callable[[bytes, Instructions], ProcessedImage]

_DETAIL_CHARACTERS: Final = 4000


def serve(service: socket.socket, process: Process, limits: Limits, confine: Callable[[], list[str]]) -> None:
    """Confine this process, tell the service, and process images until the service closes the connection.

    `confine` returns the names of the confinements that this system does not offer.
    """
    meter = Meter()
    service.sendall(header_bytes(Ready(missing=tuple(confine()))))
    # One call for each image: its local variables keep nothing of the image while the next one is awaited.
    while _serve_next(service, process, limits, meter):
        continue


def _serve_next(service: socket.socket, process: Process, limits: Limits, meter: Meter) -> bool:
    """Process the next image. Return False if the service has closed the connection."""
    request = _next_request(service)
    if request is None:
        return False
    meter.start()
    set_cpu_timer(limits.cpu_seconds)
    header, files = _answer(process, *request, meter)
    set_cpu_timer(0)
    service.sendall(header)
    for file in files:
        service.sendall(file)
    return True


def _next_request(service: socket.socket) -> tuple[bytes, Instructions] | None:
    length = service.recv(LENGTH.size, socket.MSG_WAITALL)
    if len(length) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(length)
    request = Request.model_validate_json(service.recv(size, socket.MSG_WAITALL))
    sizes = [request.size, *(overlay.size for overlay in request.overlays)]
    # Each call waits for the whole file, so that its bytes, up to 100 MB, are never copied.
    files = [service.recv(size, socket.MSG_WAITALL) for size in sizes]
    if [len(file) for file in files] != sizes:
        return None
    return files[0], request.instructions(files[1:])


def _answer(process: Process, data: bytes, instructions: Instructions, meter: Meter) -> tuple[bytes, list[bytes]]:
    """Return the header of the reply, and the files that follow it."""
    try:
        reply, files = done(process(data, instructions), meter.usage())
        return header_bytes(reply), files
    except MemoryError:
        error: ImageError = MemoryLimit(f"Processing the image {TOO_MUCH_MEMORY}")
    except ImageError as refusal:
        error = refusal
    except Exception as bug:  # noqa: BLE001 - the service hears of every bug, and decides
        return header_bytes(Bug(usage=meter.usage(), detail=traceback_lines(bug, _DETAIL_CHARACTERS))), []
    return header_bytes(Refused(usage=meter.usage(), code=error.code, message=error.message)), []
