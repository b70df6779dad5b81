"""The child's side: a process that was forked from the template and works on one image after the other.

All its images are of one owner. It ends when the service closes the other end of its connection.
"""

import socket
from collections.abc import Callable
from typing import Final

from darkroom.errors import ImageError, MemoryLimit
from darkroom_processor.pipeline import Instructions, ProcessedImage
from darkroom_processor.pipeline.error_translation import TOO_MUCH_MEMORY, traceback_lines
from darkroom_processor.sandbox.child_protocol import (
    LENGTH,
    Broken,
    Ready,
    Refused,
    Request,
    done,
    header_of,
)
from darkroom_processor.sandbox.confinement import cpu_clock
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.usage import Meter

Process = Callable[[bytes, Instructions], ProcessedImage]

_DETAIL_CHARACTERS: Final = 4000


def serve(service: socket.socket, work_on: Process, limits: Limits, confine: Callable[[], list[str]]) -> None:
    """Confine this process, say so, and work on images until the service closes the connection.

    `confine` returns the names of the confinements that this system does not offer.
    """
    meter = Meter()
    service.sendall(header_of(Ready(lacking=tuple(confine()))))
    # A call an image, so that nothing of one is held while the next is waited for.
    while _serve_next(service, work_on, limits, meter):
        continue


def _serve_next(service: socket.socket, work_on: Process, limits: Limits, meter: Meter) -> bool:
    """Work on the next image. False when there is none, and never will be."""
    request = _next_request(service)
    if request is None:
        return False
    meter.start()
    cpu_clock(limits.cpu_seconds)
    header, pictures = _answer(work_on, *request, meter)
    cpu_clock(0)
    service.sendall(header)
    for picture in pictures:
        service.sendall(picture)
    return True


def _next_request(service: socket.socket) -> tuple[bytes, Instructions] | None:
    length = service.recv(LENGTH.size, socket.MSG_WAITALL)
    if len(length) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(length)
    request = Request.model_validate_json(service.recv(size, socket.MSG_WAITALL))
    sizes = [request.size, *(overlay.size for overlay in request.overlays)]
    # One call a file that waits for all of it puts the bytes where they stay: 100 MB are never copied here.
    files = [service.recv(size, socket.MSG_WAITALL) for size in sizes]
    if [len(file) for file in files] != sizes:
        return None
    return files[0], request.work(files[1:])


def _answer(work_on: Process, data: bytes, work: Instructions, meter: Meter) -> tuple[bytes, list[bytes]]:
    """The header of the reply, and what follows it."""
    try:
        reply, pictures = done(work_on(data, work), meter.usage())
        return header_of(reply), pictures
    except MemoryError:
        error: ImageError = MemoryLimit(f"Processing the image {TOO_MUCH_MEMORY}")
    except ImageError as refusal:
        error = refusal
    except Exception as bug:  # noqa: BLE001 - the service hears of every bug, and decides
        return header_of(Broken(usage=meter.usage(), detail=traceback_lines(bug, _DETAIL_CHARACTERS))), []
    return header_of(Refused(usage=meter.usage(), code=error.code, message=error.message)), []
