"""What is installed is what was tested: the wheel, elsewhere, serves a page with its styles."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

from atelier.bootstrap import RUNTIME_LOCK, Environment
from tests.house import ROOT


def test_the_wheel_installed_elsewhere_serves_a_page_with_its_styles(tmp_path: Path) -> None:
    wheel = _build(tmp_path / "dist")
    environment = Environment(tmp_path / "environment")
    environment.prepare(ROOT / RUNTIME_LOCK)
    environment.install(["--no-deps", "--no-index", str(wheel)])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    made = _atelier(
        environment,
        elsewhere,
        "init",
        "--network",
        "Réseau de test",
        "--admin",
        "a@b.example",
        "--data",
        "data",
    ).communicate(timeout=60)[0]
    assert "http" in made  # the one-time link
    with _serving(environment, elsewhere) as address:
        page, media_type = _get(f"{address}/signin")
        assert media_type.startswith("text/html") and "Réseau de test" in page
        sheets = re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"', page)
        assert sheets
        for sheet in sheets:
            style, media_type = _get(urljoin(address, sheet))
            assert media_type.startswith("text/css") and "{" in style


def test_the_wheel_holds_the_house_and_nothing_of_the_workshop(tmp_path: Path) -> None:
    with zipfile.ZipFile(_build(tmp_path)) as wheel:
        names = set(wheel.namelist())
    tops = {name.split("/")[0] for name in names}
    assert len(tops) == 2 and "atelier" in tops  # and its dist-info
    templates, package = _files("templates"), _files("atelier")
    assert templates and package
    assert {f"atelier/{name}" for name in templates} | package <= names


def _files(folder: str) -> set[str]:
    """Every file of ours below a top-level folder, Python's own leavings apart."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {
        path.relative_to(ROOT).as_posix() for path in found if path.parent.name != "__pycache__"
    }


def _build(folder: Path) -> Path:
    # No isolation: the builder is among the tests' own locked tools, nothing is fetched.
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def _atelier(environment: Environment, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [environment.scripts / "atelier", *arguments],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
    )


@contextmanager
def _serving(environment: Environment, folder: Path) -> Iterator[str]:
    port = _free_port()
    server = _atelier(environment, folder, "serve", "--port", str(port), "--data", "data")
    try:
        _await_port(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _await_port(server: subprocess.Popen[str], port: int) -> None:
    for _ in range(600):
        try:
            server.wait(timeout=0.05)  # a pause that ends as soon as the server does
        except subprocess.TimeoutExpired:
            if _answers(port):
                return
        else:
            break
    server.kill()
    raise AssertionError(f"the server did not come up:\n{server.communicate()[0]}")


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _get(address: str) -> tuple[str, str]:
    with urlopen(address, timeout=20) as reply:
        return reply.read().decode(), reply.headers["content-type"]
