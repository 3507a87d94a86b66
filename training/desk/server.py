"""A doccano server of one's own: on loopback, with a home folder and secrets of its own, started, probed and stopped here.

doccano lives in an environment of its own (``.venv-doccano``); nothing of it is imported. Its web process and its worker
run as child processes in process groups of their own, so that a stop reaches what they started, and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PYTHON = "3.11"
"""The Python that doccano 1.8.4 runs on: its pins have no wheels for 3.13 and are untried on 3.12."""
START_SECONDS, STOP_SECONDS = 240, 15
_SETTINGS = """\
from config.settings.production import *
from kombu.transport.sqlalchemy import Transport

ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
DATABASES["default"].setdefault("OPTIONS", {})["timeout"] = 30  # labellers save while an import writes
Transport.polling_interval = 0.2  # seconds between two looks for a task; a second otherwise
DJANGO_DRF_FILEPOND_UPLOAD_TMP = HOME_FOLDER + "/uploads"
DJANGO_DRF_FILEPOND_ALLOW_EXTERNAL_UPLOAD_DIR = True
"""
_SET_UP = """\
import os
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("create_roles")
call_command("create_admin", "--noinput", username=os.environ["DOCCANO_ADMIN"],
             password=os.environ["DOCCANO_ADMIN_PASSWORD"], email="admin@localhost")

from config import celery_app
with celery_app.connection_for_write() as broker:
    broker.SimpleQueue(celery_app.conf.task_default_queue).close()
"""
"""Run in doccano's environment before its processes start.

The queue of tasks is made here: the web process and the worker would both insert it at their first look into the
broker's tables, and the second of them would end with an error.
"""


class ServerError(Exception):
    """The server cannot run; the message says why and what would help."""


@dataclass(frozen=True)
class Home:
    """The folder of one server: data base, uploads, logs and secrets."""

    folder: Path

    @property
    def credentials(self) -> Path:
        """The file with address, user and password, readable by its owner alone."""
        return self.folder / "doccano.toml"

    def secret(self, name: str) -> str:
        """Return the secret ``name``, made at its first use and kept in a file with mode 600."""
        path = self.folder / name
        if not path.is_file():
            write_private(path, secrets.token_urlsafe(32))
        return path.read_text(encoding="utf-8")


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read (mode 600), whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    part.replace(path)


def check_environment(environment: Path) -> Path:
    """Return the Python of doccano's environment; raises :class:`ServerError` where it is missing or of another version."""
    python = environment / "bin" / "python"
    if not python.exists():
        raise ServerError(f"{environment}: no doccano environment; `make annotate` makes one")
    settings = (environment / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    version = next((line.split("=")[1].strip() for line in settings if line.startswith("version")), "unknown")
    if not version.startswith(f"{PYTHON}."):
        raise ServerError(
            f"{environment}: has Python {version}, doccano runs on {PYTHON}; remove it and set DOCCANO_PYTHON=python{PYTHON}"
        )
    return python


@contextlib.contextmanager
def running(environment: Path, home: Home, port: int, ended: threading.Event | None = None) -> Iterator[str]:
    """Run a server as long as the block lasts; yields its address once it answers.

    Data from an earlier run in the same home are there again. Setting ``ended`` stops the wait. Raises
    :class:`ServerError` when the port is taken or the server does not come up; whatever was started is stopped then too.
    """
    python = check_environment(environment.absolute())
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ServerError(
                f"127.0.0.1:{port}: the port is taken, perhaps by a server of yours; set another PORT"
            ) from None
    backend = environment.absolute() / "lib" / f"python{PYTHON}" / "site-packages" / "backend"
    settings = _prepare(home, backend)
    url = f"http://127.0.0.1:{port}"
    _set_up(python, settings, backend, home)
    password = home.secret("password")
    write_private(home.credentials, f'url = "{url}"\nuser = "{settings["DOCCANO_ADMIN"]}"\npassword = "{password}"\n')
    web = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--timeout", "600"]
    web += ["--graceful-timeout", "5", "config.wsgi:application"]
    worker = ["celery", "--app=config", "worker", "--pool=solo", "--without-gossip", "--without-mingle"]
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for name, command in (("web", web), ("worker", [*worker, "--without-heartbeat"])):
            with (home.folder / f"{name}.log").open("ab") as log:
                processes.append(
                    subprocess.Popen(
                        [str(python), "-m", *command],
                        cwd=backend,
                        env=settings,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                )
        _await(url, processes, home, ended or threading.Event())
        yield url
    finally:
        _stop(processes)


def _prepare(home: Home, backend: Path) -> dict[str, str]:
    """Make the home folder with its settings module; return the environment of the server's processes."""
    folder = home.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "media").mkdir(exist_ok=True)
    (folder / "desk_settings.py").write_text(f"HOME_FOLDER = {str(folder)!r}\n{_SETTINGS}", encoding="utf-8")
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "TZ", "TMPDIR") if name in os.environ}
    return inherited | {
        "HOME": str(folder),
        "DOCCANO_HOME": str(folder),
        "STANDALONE": "True",
        "DJANGO_SETTINGS_MODULE": "desk_settings",
        "PYTHONPATH": os.pathsep.join([str(folder), str(backend)]),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "CELERY_BROKER_URL": f"sqla+sqlite:///{folder}/broker.sqlite3",
        "MEDIA_ROOT": f"{folder}/media",
        "SECRET_KEY": home.secret("secret"),
        "DOCCANO_PAGE_SIZE": "100",
        "DOCCANO_ADMIN": "admin",
        "DOCCANO_ADMIN_PASSWORD": home.secret("password"),
    }


def _set_up(python: Path, settings: Mapping[str, str], backend: Path, home: Home) -> None:
    """Bring the data base up to date and make the roles, the administrator and the queue of tasks."""
    done = subprocess.run([str(python), "-c", _SET_UP], cwd=backend, env=settings, capture_output=True, text=True)
    (home.folder / "set-up.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        raise ServerError(f"{home.folder / 'set-up.log'}: doccano's data base could not be made; the log tells why")


def _await(url: str, processes: list[subprocess.Popen[bytes]], home: Home, ended: threading.Event) -> None:
    """Wait until data base, storage and worker answer."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and not ended.is_set():
        if any(process.poll() is not None for process in processes):
            raise ServerError(f"{home.folder}: the server ended at its start; web.log and worker.log there tell why")
        if healthy(url):
            return
        ended.wait(0.5)
    if not ended.is_set():
        raise ServerError(f"{url}: not ready after {START_SECONDS} s; web.log and worker.log in {home.folder} tell why")


def healthy(url: str) -> bool:
    """Tell whether the server at ``url`` and its worker answer."""
    request = urllib.request.Request(f"{url}/v1/health/", headers={"accept": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End the processes: by request, and after :data:`STOP_SECONDS` by force with all they started."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, until - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
