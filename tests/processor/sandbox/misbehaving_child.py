"""A child of the sandbox that does what it is told instead of processing images. Tests run it as a program.

The bytes of the "image" are the name of a behaviour below. The return value of the behaviour comes back as JSON, in
place of an encoded variant.
"""

import ctypes
import errno
import hashlib
import json
import mmap
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from darkroom.formats import ImageFormat
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, ProcessedImage
from darkroom_processor.sandbox.template import CHANNEL, run

MEGABYTE = 1024**2
PR_SET_DUMPABLE = 4


class Seen:
    """What this process has been given so far."""

    images = 0
    last = b""
    """The last "image": the name of a behaviour, and any text after a space."""


def pid() -> int:
    return os.getpid()


def spin() -> None:
    while True:
        sum(range(1000))


def burn() -> str:
    """Use 0.2 s of CPU time."""
    end = time.process_time() + 0.2
    while time.process_time() < end:
        sum(range(1000))
    return "burnt"


def sleep() -> None:
    time.sleep(600)


def nap() -> str:
    time.sleep(0.3)
    return "rested"


def rest() -> int:
    """Sleep for three seconds."""
    time.sleep(3)
    return os.getpid()


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(7)


def hang_up() -> None:
    """Close the connection, but keep running."""
    os.close(CHANNEL)
    sleep()


def crash_unless_fresh() -> int:
    if Seen.images > 1:
        crash()
    return os.getpid()


def sleep_unless_fresh() -> int:
    if Seen.images > 1:
        sleep()
    return os.getpid()


def hog() -> None:
    held = []
    while True:
        held.append(b"x" * (64 * MEGABYTE))


Kept: list[bytes] = []


def keep() -> int:
    """Keep 64 MB of memory."""
    Kept.append(b"x" * (64 * MEGABYTE))
    return os.getpid()


def chatter() -> str:
    sys.stdout.write("noise\n" * 10_000)
    sys.stdout.flush()
    os.write(1, b"\x00\x00\x00\x04null")
    os.write(2, b"noise\n" * 10_000)
    return "said"


def bug() -> None:
    raise LookupError("private")


def stumble() -> FailedVariant:
    """Return a variant that failed because of a bug."""
    return FailedVariant(
        name="answer", code="processor_crash", message="It could not be made.", bug="LookupError\nhere:1 it"
    )


def flood() -> None:
    """Announce a header of 4 GiB."""
    os.write(CHANNEL, b"\xff" * 1024)
    sleep()


def babble() -> None:
    os.write(CHANNEL, b"\x00\x00\x00\x10" + b"nonsense" * 2)
    sleep()


def promise() -> None:
    """Announce more bytes than an answer may have."""
    encoded = {"type": "encoded", "name": "answer", "format": "png", "width": 1, "height": 1}
    sizes = {"sha256": "0" * 64, "size": 10**12}
    usage = {"cpu_ms": 0, "peak_bytes": 0, "resident_bytes": 0}
    header = {"type": "done", "usage": usage, "description": None, "thumbnail": None, "outcomes": [encoded | sizes]}
    body = json.dumps(header).encode()
    os.write(CHANNEL, len(body).to_bytes(4) + body)
    sleep()


def environment() -> dict[str, str]:
    return dict(os.environ)


def open_files() -> list[str]:
    return [kind for number in range(64) if (kind := kind_of(number)) is not None]


def escapes() -> dict[str, str]:
    """Return the outcome of each attempt to get out of the sandbox."""
    tries: dict[str, Callable[[], object]] = {
        "make an internet socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "make a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "make a pair of sockets": socket.socketpair,
        "resolve a name": lambda: socket.getaddrinfo(b"localhost", 80),
        "read a file": lambda: Path("/etc/passwd").read_bytes(),
        "read the service's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "write a file": lambda: Path("/tmp/darkroom-escaped").write_bytes(b"x"),  # noqa: S108 - must not be created
        "list a folder": lambda: list(Path("/").iterdir()),
        "remove a file": lambda: os.unlink("/tmp/darkroom-escaped"),  # noqa: PTH108, S108 - the bare call is meant
        "run a program": lambda: subprocess.run(["/bin/true"], check=True),
        "replace this program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 - must not happen
        "fork": os.fork,
        "signal the service": lambda: os.kill(os.getppid(), 0),
        "make memory executable": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
        "make a pipe": os.pipe,
    }
    return {name: outcome_of(attempt) for name, attempt in tries.items()}


def outcome_of(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"


def kind_of(number: int) -> str | None:
    """Return what an open descriptor is; None if it is not open."""
    try:
        os.pread(number, 1, 0)
    except OSError as error:
        return "connection" if error.errno == errno.ESPIPE else None
    return "file"


def misbehave(data: bytes, work: Instructions) -> ProcessedImage:
    """Run the behaviour that the "image" names, and answer with its return value."""
    Seen.images += 1
    behaviour: Callable[[], Any] = globals()[data.decode().partition(" ")[0]]
    Seen.last = data
    said = behaviour()
    if isinstance(said, FailedVariant):
        return ProcessedImage(description=None, outcomes=(said,))
    answer = json.dumps(said).encode()
    name = work.variants[0].name
    digest = hashlib.sha256(answer).hexdigest()
    encoded = EncodedVariant(name=name, format=ImageFormat.PNG, data=answer, width=1, height=1, sha256=digest)
    return ProcessedImage(description=None, outcomes=(encoded,))


def prepare() -> None:
    """Let tests look into the memory of the children."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


if __name__ == "__main__":
    run(misbehave, prepare)
