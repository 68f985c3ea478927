"""What is shown to the mail server: a user name and a password, out of a file of two lines."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from atelier.errors import SettingsFault
from atelier.settings import Wrong

_KEY: Final = "mail.credentials"
_MAX_BYTES: Final = 4_096
_FOR_OTHERS: Final = 0o177  # all but reading and writing by its owner


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password; neither stands in what is printed of it."""

    user: str = field(repr=False)
    password: str = field(repr=False)


def read(path: Path) -> Credentials:
    """The credentials of a file.

    `SettingsFault`, which names the file alone: it cannot be read, is no file, is another's or
    open to others than its owner, or does not hold two lines.
    """
    try:
        # Neither a link, which somebody may turn, nor a pipe, which waits.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SettingsFault(str(path), _KEY, Wrong.CREDENTIALS_UNREADABLE) from error
    try:
        facts = os.fstat(opened)
        if not stat.S_ISREG(facts.st_mode):
            raise SettingsFault(str(path), _KEY, Wrong.CREDENTIALS_UNREADABLE)
        if facts.st_mode & _FOR_OTHERS or not _is_ours(facts.st_uid):
            raise SettingsFault(str(path), _KEY, Wrong.CREDENTIALS_OPEN)
        return _of(path, os.read(opened, _MAX_BYTES + 1))
    finally:
        os.close(opened)


def _is_ours(owner: int) -> bool:
    return os.geteuid() in (0, owner)


def _of(path: Path, content: bytes) -> Credentials:
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        lines = []
    is_two = len(lines) == 2 and all(line and line.isprintable() for line in lines)
    if not is_two or len(content) > _MAX_BYTES:
        raise SettingsFault(str(path), _KEY, Wrong.CREDENTIALS_MALFORMED)
    return Credentials(*lines)
