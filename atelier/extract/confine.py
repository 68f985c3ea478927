"""Takes away from the extraction server and its children what reading a file never needs.

Once, by the extraction server, so that every child inherits it at no cost: no new privileges,
no network (a network namespace of its own, without any interface up), and no file but
Python's own (Landlock). Each child adds limits of memory, processor, files and processes.
What a system does not offer is left out and said in `Standing`; nothing of this holds
outside Linux but the limits.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from atelier.extract.limits import Limits
from atelier.extract.seccomp import refuse_calls
from atelier.extract.wire import Standing

# linux/prctl.h, linux/sched.h, linux/landlock.h; the three numbers are the same on every
# architecture that Python is built for but Alpha
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION = 1
_PATH_BENEATH = 1
_READ = 1 << 2 | 1 << 3  # READ_FILE, READ_DIR
_READ_FILE, _WRITE, _RUN = 1 << 2, 1 << 1, _READ | 1 << 0  # EXECUTE beside reading
_ALL = (1 << 64) - 1
_MAKE_SOCKETS = 1 << 9
_OF_FILES = _RUN & ~(1 << 3) | _WRITE | 1 << 14 | 1 << 15  # the others are refused for a file
# what outside programs are made of, and what they read: fonts, languages, the time zone
_SYSTEM_RUN = ("/usr", "/lib", "/lib64", "/bin")
_SYSTEM_READ = (
    "/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime", "/etc/libreoffice",
    "/var/cache/fontconfig", "/var/spool/libreoffice", "/var/lib/libreoffice",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
# file rights by the version of Landlock that brought them; asking for unknown ones is refused
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_TCP_RIGHTS = 0b11  # bind and connect, from version 4
_SCOPES = 0b11  # abstract sockets, signals to others; from version 6
_ROOM = Path(__file__).resolve().parent


def confine_server() -> Standing:
    """Confine this process for good, and say what could be done. Call before any thread starts."""
    if sys.platform != "linux":
        return Standing(no_network=False, no_files=False, no_new_privileges=False)
    libc = ctypes.CDLL(None, use_errno=True)
    standing = _confined(libc, dict.fromkeys(_python_folders(), _READ))
    refuse_calls(libc)
    return standing


def confine_program(
    installed: Path, source: Path | None, scratch: Path | None, sockets: Path | None
) -> Standing:
    """The same for a process that is about to become an outside program.

    It may run and read what the system installs, and what is in its folder `installed`; read
    its `source`, do as it likes in its `scratch` folder, and make sockets in that of `sockets`.
    """
    if sys.platform != "linux":
        return Standing(no_network=False, no_files=False, no_new_privileges=False)
    libc = ctypes.CDLL(None, use_errno=True)
    # a program whose server is killed ends with it
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    readable = dict.fromkeys(map(Path, _SYSTEM_READ), _READ)
    runnable = dict.fromkeys((*map(Path, _SYSTEM_RUN), installed), _RUN)
    granted = ((source, _READ), (sockets, _MAKE_SOCKETS), (scratch, _ALL))
    own = {place: rights for place, rights in granted if place is not None}
    devices = dict.fromkeys(map(Path, _DEVICES), _READ_FILE | _WRITE)
    standing = _confined(libc, readable | runnable | devices | own)
    refuse_calls(libc, with_sockets=sockets is not None)
    return standing


def confine_child(limits: Limits) -> None:
    """Bound this child: a session of its own, memory, processor, descriptors, no core."""
    os.setsid()
    if sys.platform == "linux":
        # a child whose extraction server is killed ends with it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (value, value))
    # the soft limit ends the child by SIGXCPU, which tells a timeout from a crash
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))


def _confined(libc: ctypes.CDLL, allowed: Mapping[Path, int]) -> Standing:
    no_network = any(
        libc.unshare(flags) == 0 for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET)
    )
    no_new_privileges = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    return Standing(no_network, _without_files(libc, allowed), no_new_privileges)


def _without_files(libc: ctypes.CDLL, allowed: Mapping[Path, int]) -> bool:
    """Leave only these places, each with its rights."""
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)
    if version < 1:
        return False
    rights = sum(bits for since, bits in _FILE_RIGHTS.items() if since <= version)
    network = _TCP_RIGHTS if version >= 4 else 0
    attributes = struct.pack("=QQQ", rights, network, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = libc.syscall(_LANDLOCK_CREATE, attributes, size, 0)
    if rules < 0:
        return False
    try:
        for place, wanted in allowed.items():
            if place.exists():
                _allow(libc, rules, place, wanted & rights)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, place: Path, rights: int) -> None:
    rights = rights if place.is_dir() else rights & _OF_FILES
    handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        libc.syscall(_LANDLOCK_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _python_folders() -> list[Path]:
    """Where modules come from; never a folder above this room, which may hold Atelier's data.

    Readers import lazily, and get their files handed.
    """
    paths = sysconfig.get_paths()
    named = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    return [folder for folder in (*map(Path, sorted(named)), _ROOM) if folder.is_dir()]
