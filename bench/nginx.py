"""nginx as Debian ships it, with its PUT: what it costs to move bytes and do nothing else.

One worker, no access log, sendfile, the bodies' temporary files on the disk of the files
they become: a deposit is a write and a rename. nginx syncs nothing, knows no people, keeps
no versions and hashes nothing.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.serving import free_port, page
from tests.programs import NGINX

_SETTINGS = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/errors.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    default_type application/octet-stream;
    keepalive_requests 10000000;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        dav_methods PUT;
    }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """One running nginx: its first process, its port, the folder of what it serves."""

    pid: int
    port: int
    files: Path


@contextmanager
def nginx_serving(folder: Path) -> Iterator[Nginx]:
    """nginx with all that it needs in `folder`, until the block ends.

    RuntimeError when it is not on this machine, or does not answer.
    """
    program = NGINX.path()
    if program is None:
        raise RuntimeError(f"no nginx: {NGINX.command}")
    files, port = folder / "files", free_port()
    files.mkdir(parents=True)
    # Started as root its worker would take another name, and could write nothing here.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(_SETTINGS.format(folder=folder, port=port, user=user))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(settings)])
    try:
        _await_answer(process, port)
        yield Nginx(process.pid, port, files)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.perf_counter() + 30
    while time.perf_counter() < end and process.poll() is None:
        if page(port, "/")[0]:
            return
        time.sleep(0.01)
    raise RuntimeError("nginx does not answer")
