"""The launcher: one line for what hinders it, secrets for their owner alone, and nothing left running when it ends."""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from training.desk.connection import ROOT
from training.desk.server import Home, ServerError, check_environment, healthy, running

STAND_IN = f"""#!{sys.executable}
import os, subprocess, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
kind = sys.argv[2].partition(" ")[0]
if kind == "gunicorn":
    class Web(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers()
        def log_message(self, *_): pass
    host, port = sys.argv[sys.argv.index("--bind") + 1].split(":")
    HTTPServer((host, int(port)), Web).serve_forever()
elif kind == "celery":
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    open(os.path.join(os.environ["DOCCANO_HOME"], "child"), "w").write(str(child.pid))
    time.sleep(600)
elif "fail" in os.environ["DOCCANO_HOME"]:
    sys.exit("no disk")
"""
"""Answers as doccano's Python does: sets up, serves, works; the worker has a child."""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment with a stand-in for doccano."""
    folder = tmp_path / "environment"
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / "python3.11" / "site-packages" / "backend").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("version_info = 3.11.7\n", encoding="utf-8")
    (folder / "bin" / "python").write_text(STAND_IN, encoding="utf-8")
    (folder / "bin" / "python").chmod(0o755)
    return folder


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be collected does not."""
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("request_", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_stop_ends_the_server_and_all_it_started(
    environment: Path, tmp_path: Path, port: int, request_: signal.Signals
) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-c", "from training.desk.commands import app; app()", "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--home", str(home), "--environment", str(environment)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(
        f"doccano runs at http://127.0.0.1:{port}; user admin, password in {home}"
    )
    assert healthy(f"http://127.0.0.1:{port}")
    child = int((home / "child").read_text(encoding="utf-8"))
    assert alive(child)
    process.send_signal(request_)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert not healthy(f"http://127.0.0.1:{port}")
    until = time.monotonic() + 10
    while alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(child)


def test_the_server_listens_on_loopback_with_secrets_of_its_own(environment: Path, tmp_path: Path, port: int) -> None:
    home = Home(tmp_path / "home")
    with running(environment, home, port) as url:
        assert url == f"http://127.0.0.1:{port}"
        secrets = {
            name: (home.folder / name).read_text(encoding="utf-8") for name in ("secret", "password", "doccano.toml")
        }
        modes = {name: (home.folder / name).stat().st_mode & 0o777 for name in secrets}
    assert set(modes.values()) == {0o600}
    assert home.folder.stat().st_mode & 0o777 == 0o700
    with running(environment, home, port):
        assert {name: (home.folder / name).read_text(encoding="utf-8") for name in secrets} == secrets


def test_a_taken_port_is_one_line(environment: Path, tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with (
            pytest.raises(ServerError, match=rf"^127.0.0.1:{port}: the port is taken.*; set another PORT$"),
            running(environment, Home(tmp_path / "home"), port),
        ):
            pass


def test_a_data_base_that_cannot_be_made_is_one_line(environment: Path, tmp_path: Path, port: int) -> None:
    with (
        pytest.raises(ServerError, match=r"set-up.log: doccano's data base could not be made; the log tells why"),
        running(environment, Home(tmp_path / "fail"), port),
    ):
        pass
    assert (tmp_path / "fail" / "set-up.log").read_text(encoding="utf-8") == "no disk\n"


def test_a_server_that_ends_at_its_start_is_one_line(environment: Path, tmp_path: Path, port: int) -> None:
    python = environment / "bin" / "python"
    python.write_text(STAND_IN.replace("serve_forever()", "server_close()"), encoding="utf-8")
    with (
        pytest.raises(ServerError, match=r"the server ended at its start; web.log and worker.log there tell why"),
        running(environment, Home(tmp_path / "home"), port),
    ):
        pass


@pytest.mark.slow
def test_the_queue_of_tasks_is_there_before_web_process_and_worker_start(
    doccano_environment: Path, tmp_path: Path, port: int
) -> None:
    environment = tmp_path / "environment"
    (environment / "bin").mkdir(parents=True)
    (environment / "lib").symlink_to(doccano_environment / "lib")
    shutil.copy(doccano_environment / "pyvenv.cfg", environment)
    python = environment / "bin" / "python"
    python.write_text(
        f'#!/bin/sh\n[ "$1" = -m ] && exit 1\nexec {doccano_environment}/bin/python "$@"\n', encoding="utf-8"
    )
    python.chmod(0o755)
    with pytest.raises(ServerError, match="ended at its start"), running(environment, Home(tmp_path / "home"), port):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "broker.sqlite3")) as broker:
        assert broker.execute("SELECT name FROM kombu_queue").fetchall() == [("celery",)]


@pytest.mark.parametrize("version", ["3.13.1", "3.9.18"])
def test_doccano_runs_on_one_python_and_says_so(environment: Path, version: str) -> None:
    (environment / "pyvenv.cfg").write_text(f"home = /usr\nversion_info = {version}\n", encoding="utf-8")
    with pytest.raises(
        ServerError, match=rf"has Python {version}, doccano runs on 3\.11; remove it and set DOCCANO_PYTHON"
    ):
        check_environment(environment)


def test_a_missing_environment_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"no doccano environment; `make annotate` makes one$"):
        check_environment(tmp_path)


@pytest.mark.parametrize("python", ["false", "no-such-python"])
def test_make_asks_for_the_right_python(tmp_path: Path, python: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.lock", "pyproject.toml", "requirements-doccano-server.lock", ".venv/.ready"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    done = subprocess.run(
        ["make", "annotate", f"DOCCANO_PYTHON={python}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=dict(os.environ),
    )
    assert done.returncode == 2
    wanted = f"make: doccano runs on Python 3.11 alone, and {python} is not one; set DOCCANO_PYTHON=/path/to/python3.11"
    assert done.stderr.splitlines()[0] == wanted
    assert not (tmp_path / ".venv-doccano").exists()
