"""The file of two lines: read by its owner alone, told to nobody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from atelier import app, settings
from atelier.errors import SettingsFault
from atelier.post import credentials
from atelier.post.contract import NoPost
from atelier.post.credentials import Credentials
from atelier.post.smtp import SmtpPost
from atelier.settings import Wrong

SECRET = "un-mot-de-passe"


def written(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    """A file of that content and mode."""
    path = folder / "mail-credentials"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def fault(path: Path) -> str:
    """Why it is refused; never with what stands in it."""
    with pytest.raises(SettingsFault) as refused:
        credentials.read(path)
    assert SECRET not in repr(refused.value) + str(refused.value)
    assert (refused.value.source, refused.value.key) == (str(path), "mail.credentials")
    return refused.value.fault


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_two_lines_are_a_name_and_a_password(tmp_path: Path, ending: bytes) -> None:
    path = written(tmp_path, b"atelier\n" + SECRET.encode() + ending)
    assert credentials.read(path) == Credentials("atelier", SECRET)
    path.chmod(0o400)
    assert credentials.read(path).password == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o602, 0o700])
def test_a_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    assert fault(written(tmp_path, b"a\n" + SECRET.encode(), mode)) == Wrong.CREDENTIALS_OPEN


def test_a_file_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, b"a\n" + SECRET.encode())
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert fault(path) == Wrong.CREDENTIALS_OPEN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a",
        b"a\n",
        b"\nb",
        b"a\nb\nc",
        b"a\nb\n\n",
        b"a\n\xff",
        b"a\x00\nb",
        b"a\n" + b"x" * 5000,
    ],
)
def test_anything_but_two_lines_is_refused(tmp_path: Path, content: bytes) -> None:
    assert fault(written(tmp_path, content)) == Wrong.CREDENTIALS_MALFORMED


def test_a_link_a_folder_a_pipe_and_nothing_are_refused(tmp_path: Path) -> None:
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(written(tmp_path, b"a\n" + SECRET.encode()))
    os.mkfifo(pipe, 0o600)
    for path in (link, pipe, tmp_path, tmp_path / "missing"):
        assert fault(path) == Wrong.CREDENTIALS_UNREADABLE


def test_the_post_is_that_of_the_settings(tmp_path: Path) -> None:
    given = {
        "ATELIER_MAIL_SERVER": "localhost",
        "ATELIER_MAIL_SENDER": "a@reseau.example",
        "ATELIER_MAIL_CREDENTIALS": "mail-credentials",
    }
    assert isinstance(app.open_post(settings.load(tmp_path, {}, tmp_path)), NoPost)
    chosen = settings.load(tmp_path, given, tmp_path)
    with pytest.raises(SettingsFault):
        app.open_post(chosen)
    written(tmp_path, b"a\n" + SECRET.encode())
    assert isinstance(app.open_post(chosen), SmtpPost)
    assert SECRET not in repr(chosen) + repr(vars(app.open_post(chosen)))
    assert SECRET not in "".join(os.environ.values())
