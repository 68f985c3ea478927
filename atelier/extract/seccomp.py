"""A filter of system calls: what reading a file never needs is refused by the kernel (seccomp).

A list of what is refused, not of what is allowed: readers are big libraries, and one that a
new version lets die of a harmless call would be turned off. What Landlock and the namespaces do
not reach is in it: sockets that stand in the file system, modes, owners, times and attributes
of files, other processes' memory, and the kernel's own large doors.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterable, Mapping
from typing import Final

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2  # linux/prctl.h, linux/seccomp.h
_ALLOW, _REFUSE = 0x7FFF_0000, 0x0005_0000 | errno.EPERM
_LOAD, _IF_EQUAL, _IF_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  # struct seccomp_data
_OTHER_ABI = 0x4000_0000  # x32: the same calls by other numbers

# linux/audit.h, and the numbers of asm/unistd.h: sockets; files' modes, owners, times and
# attributes; ptrace, other processes' memory, bpf, io_uring, userfaultfd, keys, perf, mounts
_ARCHITECTURES: Final[Mapping[str, int]] = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_SOCKETS: Final[Mapping[str, tuple[int, ...]]] = {
    "x86_64": (41, 42, 49, 50),
    "aarch64": (198, 203, 200, 201),
}
_FILES: Final[Mapping[str, tuple[int, ...]]] = {
    "x86_64": (90, 91, 92, 93, 94, 132, 188, 189, 190, 197, 198, 199, 235, 260, 261, 268, 280, 452),
    "aarch64": (5, 6, 7, 14, 15, 16, 52, 53, 54, 55, 88, 452),
}
_KERNEL: Final[Mapping[str, tuple[int, ...]]] = {
    "x86_64": (101, 165, 166, 248, 249, 250, 298, 310, 311, 321, 323, 425),
    "aarch64": (39, 40, 117, 217, 218, 219, 241, 270, 271, 280, 282, 425),
}


def refuse_calls(libc: ctypes.CDLL, *, with_sockets: bool = False) -> bool:
    """Refuse these calls to this process for good; whether the kernel took the filter.

    After `no_new_privs`. An office `with_sockets` also changes modes and times of its files.
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    numbers = _KERNEL[machine]
    if not with_sockets:
        numbers = (*_SOCKETS[machine], *_FILES[machine], *numbers)
    steps = _program(_ARCHITECTURES[machine], numbers)
    code = ctypes.create_string_buffer(b"".join(steps))
    filtered = struct.pack("@HP", len(steps), ctypes.addressof(code))
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, filtered, 0, 0) == 0)


def _program(architecture: int, numbers: Iterable[int]) -> list[bytes]:
    refused = sorted(numbers)
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_IF_EQUAL, architecture, otherwise=len(refused) + 3),
        _step(_LOAD, _NUMBER_AT),
        _step(_IF_LEAST, _OTHER_ABI, then=len(refused) + 1),
    ]
    for place, number in enumerate(refused):
        steps.append(_step(_IF_EQUAL, number, then=len(refused) - place))
    return [*steps, _step(_RETURN, _ALLOW), _step(_RETURN, _REFUSE)]


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
