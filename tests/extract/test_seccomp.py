"""What a child may ask of the kernel: not what a hijacked reader would need."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_TRYING = """
import os, socket, sys
from atelier.extract.confine import confine_child, confine_server
from atelier.extract.limits import Limits
mine, server = sys.argv[1], os.getppid()
if sys.argv[2] == "confined":
    confine_server()
    confine_child(Limits())
def can(act):
    try:
        act()
        return "yes"
    except PermissionError:
        return "no"
print(
    can(lambda: socket.socket(socket.AF_UNIX)), can(lambda: os.chmod(mine, 0o600)),
    can(lambda: os.utime(mine)), can(lambda: os.kill(server, 0)),
    can(lambda: os.getpid()), flush=True,
)
"""


def _said(mine: Path, how: str) -> list[str]:
    trying = [sys.executable, "-c", _TRYING, str(mine), how]
    return (
        subprocess.run(trying, cwd=_ROOT, check=True, capture_output=True).stdout.decode().split()
    )


def test_a_child_opens_no_socket_and_touches_no_file_nor_process_of_the_account(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "mine"
    mine.write_text("a")
    assert _said(mine, "free") == ["yes"] * 5
    *refused, harmless = _said(mine, "confined")
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        # Nothing of the kind is promised there; `Standing` tells it.
        assert harmless == "yes"
        return
    # Signals to others are Landlock's, from Linux 6.12 on.
    assert refused[:3] == ["no"] * 3 and harmless == "yes"
    assert refused[3] == "no" or tuple(map(int, platform.release().split(".")[:2])) < (6, 12)
