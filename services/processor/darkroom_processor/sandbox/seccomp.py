"""A filter of system calls that a process installs on itself and cannot remove (Linux; man 2 seccomp).

The filter is an allow-list: computing, memory, threads, and the descriptors that are already open. Everything else
fails, mostly with EPERM: no file can be opened or changed, no socket made or connected, no program started, no process
signalled, no memory made executable. A call of another architecture ends the process. The template, which never sees
an image, may also fork, end and confine its children, and open files for reading. Children inherit its filter, and
each installs the stricter one on top.

The filter is a program for the kernel's packet filter machine (BPF). It is written out here, because a binding to
libseccomp would need that library in every container image and on every developer's machine. Fargate has neither user
namespaces nor a seccomp option for containers, but it lets a process filter itself.
"""

import ctypes
import errno
import platform
import struct
import sys
from dataclasses import dataclass
from typing import Final

# Number of each call on x86_64 (asm/unistd_64.h) and on aarch64 (asm-generic/unistd.h).
_CHILD_CALLS: Final = {
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
    # Image.save asks for the working directory, which is `/`.
    "getcwd": (79, 17),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_TEMPLATE_CALLS: Final = {
    "wait4": (61, 260),
    "kill": (62, 129),
    "recvmsg": (47, 212),
    "poll": (7, 73),  # ppoll, where there is no poll
    "dup2": (33, 24),  # dup3, where there is no dup2
    "close_range": (436, 436),
    "getsockname": (51, 204),
    "getsockopt": (55, 209),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "getppid": (110, 173),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "seccomp": (317, 277),
}
_OPENAT: Final = (257, 56)
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_MMAP: Final = (9, 222)
_MPROTECT: Final = (10, 226)
_SECCOMP: Final = (317, 277)

_CLONE_THREAD: Final = 0x00010000
_PROT_EXEC: Final = 0x4
# asm-generic/fcntl.h: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND
_WRITES: Final = 0x1 | 0x2 | 0x40 | 0x200 | 0x400

# linux/bpf_common.h, linux/seccomp.h. Offsets are those of struct seccomp_data on a little-endian machine.
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
_REFUSE: Final = _ERRNO | errno.EPERM
_SET_MODE_FILTER: Final = 1
_ALL_THREADS: Final = 1

_Instruction = tuple[int, int, int, int]
"""(code, instructions to skip if the test holds, instructions to skip if it does not, operand)."""


@dataclass(frozen=True)
class _Machine:
    """The column of the tables that applies, and the kernel's number of the architecture (linux/audit.h)."""

    column: int
    audit_code: int


_MACHINES: Final = {"x86_64": _Machine(0, 0xC000003E), "aarch64": _Machine(1, 0xC00000B7)}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class Filter:
    """A filter for children or, with `forks`, for the template. It is built before the fork: children start fast."""

    def __init__(self, *, forks: bool = False) -> None:
        machine = _MACHINES.get(platform.machine()) if sys.platform == "linux" else None
        self._machine = machine
        if machine:
            rules = _template_rules(machine.column) if forks else _child_rules(machine.column)
            code = b"".join(struct.pack("HBBI", *instruction) for instruction in _instructions(machine, rules))
            self._program = _Program(len(code) // 8, code)
            self._system_call = ctypes.CDLL(None).syscall

    def install(self) -> bool:
        """Install the filter on all threads of this process, for good. Return whether kernel and machine support it.

        Needs no privilege once `no_new_privs` is set.
        """
        if self._machine is None:
            return False
        number = _SECCOMP[self._machine.column]
        answer = self._system_call(number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(self._program))
        return bool(answer == 0)


def _child_rules(column: int) -> list[_Instruction]:
    return _by_bit(_CLONE[column], argument=0, bit=_CLONE_THREAD, present=_ALLOW, absent=_REFUSE)


def _template_rules(column: int) -> list[_Instruction]:
    calls = [_CLONE[column], *(numbers[column] for numbers in _TEMPLATE_CALLS.values())]
    return [
        *(part for call in calls for part in _verdict(call, _ALLOW)),
        *_by_bit(_OPENAT[column], argument=2, bit=_WRITES, present=_REFUSE, absent=_ALLOW),
    ]


def _instructions(machine: _Machine, rules: list[_Instruction]) -> list[_Instruction]:
    column = machine.column
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        # The numbers of another architecture (32-bit on a 64-bit kernel) mean other calls.
        (_JUMP_IF_EQUAL, 1, 0, machine.audit_code),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *(part for numbers in _CHILD_CALLS.values() for part in _verdict(numbers[column], _ALLOW)),
        *rules,
        # A filter cannot read the flags of clone3, which lie in memory. With ENOSYS, the C library falls back on clone.
        *_verdict(_CLONE3[column], _ERRNO | errno.ENOSYS),
        *_by_bit(_MMAP[column], argument=2, bit=_PROT_EXEC, present=_REFUSE, absent=_ALLOW),
        *_by_bit(_MPROTECT[column], argument=2, bit=_PROT_EXEC, present=_REFUSE, absent=_ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]


def _verdict(number: int, verdict: int) -> list[_Instruction]:
    return [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, verdict)]


def _by_bit(number: int, *, argument: int, bit: int, present: int, absent: int) -> list[_Instruction]:
    return [
        (_JUMP_IF_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT + 8 * argument),
        (_JUMP_IF_ANY_BIT, 0, 1, bit),
        (_RETURN, 0, 0, present),
        (_RETURN, 0, 0, absent),
    ]
