"""A filter of system calls that a process lays on itself for good (Linux; man 2 seccomp).

An allow-list: computing, memory, threads, and talking over the sockets that are already open. Everything else fails
with EPERM: no file can be opened or changed, no socket made or connected, no program started, no process signalled,
no memory made executable.

The filter is a program for the kernel's packet filter machine. It is written out here, since a binding to libseccomp
would need that library in every image and on every developer's machine. Fargate has neither user namespaces nor a
seccomp option for containers, but it does let a process filter itself.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass
from typing import Final

# The numbers are those of asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64).
_ALLOWED: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "pread64": (17, 67),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "brk": (12, 214),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "gettid": (186, 178),
    "getpid": (39, 172),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "setitimer": (38, 103),
    "getrusage": (98, 165),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "restart_syscall": (219, 128),
    "getrandom": (318, 278),
    # Image.save asks for the working directory, which is the root.
    "getcwd": (79, 17),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_MMAP: Final = (9, 222)
_MPROTECT: Final = (10, 226)
_SECCOMP: Final = (317, 277)

_CLONE_THREAD: Final = 0x00010000
_PROT_EXEC: Final = 0x4

# linux/bpf_common.h, linux/seccomp.h: offsets are those of struct seccomp_data, on a little-endian machine.
_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_FIRST_ARGUMENT_AT: Final = 16
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000
_ALLOW: Final = 0x7FFF0000
_SET_MODE_FILTER: Final = 1
_ALL_THREADS: Final = 1

_Instruction = tuple[int, int, int, int]
"""Code, instructions to skip when the test holds, to skip when it does not, operand."""


@dataclass(frozen=True)
class _Machine:
    """Which column of the tables applies, and how the kernel calls the architecture (linux/audit.h)."""

    column: int
    audit_code: int


_MACHINES: Final = {"x86_64": _Machine(0, 0xC000003E), "aarch64": _Machine(1, 0xC00000B7)}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def seal() -> bool:
    """Lay the filter on all threads of this process; False where the kernel or the machine has no such thing.

    Needs no privilege once `no_new_privs` is set. There is no way back.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in _filter(machine))
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    answer = libc.syscall(_SECCOMP[machine.column], _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program))
    if answer != 0 and ctypes.get_errno() not in (errno.ENOSYS, errno.EINVAL):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return bool(answer == 0)


def _filter(machine: _Machine) -> list[_Instruction]:
    column = machine.column
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        # A call by another architecture's numbers (32-bit on a 64-bit kernel) would mean something else.
        (_JUMP_IF_EQUAL, 1, 0, machine.audit_code),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *(part for numbers in _ALLOWED.values() for part in _always(numbers[column], _ALLOW)),
        *_by_bit(_CLONE[column], argument=0, bit=_CLONE_THREAD, present=_ALLOW, absent=_ERRNO | errno.EPERM),
        # The flags of clone3 lie in memory, where a filter cannot look: the C library falls back on clone.
        *_always(_CLONE3[column], _ERRNO | errno.ENOSYS),
        *_by_bit(_MMAP[column], argument=2, bit=_PROT_EXEC, present=_ERRNO | errno.EPERM, absent=_ALLOW),
        *_by_bit(_MPROTECT[column], argument=2, bit=_PROT_EXEC, present=_ERRNO | errno.EPERM, absent=_ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]


def _always(number: int, verdict: int) -> list[_Instruction]:
    return [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, verdict)]


def _by_bit(number: int, *, argument: int, bit: int, present: int, absent: int) -> list[_Instruction]:
    return [
        (_JUMP_IF_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT + 8 * argument),
        (_JUMP_IF_ANY_BIT, 0, 1, bit),
        (_RETURN, 0, 0, present),
        (_RETURN, 0, 0, absent),
    ]
