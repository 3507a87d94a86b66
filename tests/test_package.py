"""What ships: data folders in both layouts, weights from a folder, and a wheel that works from anywhere."""

import ast
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipeline.data_folders import data_folder
from pipeline.recognise.runtime import WEIGHTS_VARIABLE, WeightsError, package_file

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(ROOT.glob("pipeline/**/*.py"))
DATA = ("configs", "models", "seeds/lists")


@pytest.mark.parametrize("name", DATA)
def test_data_is_found_in_a_checkout_and_in_a_wheel(name: str, tmp_path: Path) -> None:
    assert data_folder(name) == ROOT / name
    assert data_folder(name, tmp_path / "pipeline") == tmp_path / name
    (tmp_path / "pipeline" / "_data" / name).mkdir(parents=True)
    assert data_folder(name, tmp_path / "pipeline") == tmp_path / "pipeline" / "_data" / name


def test_no_other_module_looks_for_data_beside_the_package() -> None:
    climbing = re.compile(r"__file__.*(?:parents\[|parent\.parent)")
    found = [path.name for path in SOURCES if climbing.search(path.read_text(encoding="utf-8"))]
    assert found == []


UNIX_ONLY = {"fcntl", "grp", "pwd", "readline", "resource", "select", "termios", "tty"}
WINDOWS_ONLY = {"msvcrt", "winreg", "_winapi"}


def test_no_module_can_be_imported_on_one_system_only() -> None:
    imported = {
        (path.name, name)
        for path in SOURCES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    assert len(imported) > 100
    assert not {(path, name) for path, name in imported if name in UNIX_ONLY | WINDOWS_ONLY}


def test_weights_come_from_the_folder_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "weights" / "no_such_package" / "small.bin"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    with pytest.raises(
        WeightsError, match=r"not installed; .* or unpack its wheel into the folder that BANGFU_WEIGHTS"
    ):
        package_file("no_such_package", "small.bin", digest)
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(tmp_path / "weights"))
    assert package_file("no_such_package", "small.bin", digest) == weights
    with pytest.raises(WeightsError, match=f"SHA-256 is {digest}; the pinned file has 00"):
        package_file("no_such_package", "small.bin", "00")
    with pytest.raises(WeightsError, match="file is missing"):
        package_file("no_such_package", "other.bin", digest)


def test_output_is_utf_8_whatever_the_systems_encoding() -> None:
    western = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "pipeline", "normalize", "place"]
    ended = subprocess.run(command, input="广南县\n".encode(), env=western, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "云南省文山壮族苗族自治州广南县" in ended.stdout.decode("utf-8")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout and return its output."""
    away = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ended = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=away, capture_output=True, text=True, encoding="utf-8"
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


@pytest.mark.slow
def test_the_wheel_works_in_a_fresh_environment_from_another_folder(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    # The wheel is built from the source distribution, so that both are proved.
    run(
        uv,
        "build",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        tmp_path / "dist",
        ROOT,
        cwd=tmp_path,
    )
    [wheel], [source] = tmp_path.glob("dist/*.whl"), tmp_path.glob("dist/*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {path.relative_to(ROOT) for name in DATA for path in (ROOT / name).rglob("*") if path.is_file()}
    packaged = {name for name in names if name.startswith("pipeline/_data/")}
    assert packaged == {f"pipeline/_data/{path.as_posix()}" for path in shipped}
    assert {"pipeline/py.typed", "training/py.typed", "pipeline/_data/models/full/recogniser/config.cfg"} <= names
    with tarfile.open(source) as archive:
        assert not [name for name in archive.getnames() if "/.venv" in name or "__pycache__" in name]

    run(uv, "venv", "--python", sys.executable, "fresh", cwd=tmp_path)
    bin_ = tmp_path / "fresh" / ("Scripts" if os.name == "nt" else "bin")
    locked = ("--constraint", ROOT / "requirements.lock")
    run(uv, "pip", "install", "--python", bin_ / "python", *locked, wheel, cwd=tmp_path)
    where = run(bin_ / "python", "-c", "import pipeline, training; print(pipeline.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(tmp_path)
    commands = run(bin_ / "bangfu", "--help", cwd=tmp_path)
    assert all(name in commands for name in ("extract", "ledger", "serve", "annotate"))

    bulletin = ROOT / "seeds" / "bulletins" / "web-news.txt"
    run(bin_ / "bangfu", "extract", bulletin, "--output", "fresh-out", cwd=tmp_path)
    run(Path(sys.executable).with_name("bangfu"), "extract", bulletin, "--output", "own-out", cwd=tmp_path)
    for name in ("events.jsonl", "entities.jsonl"):
        fresh, own = (tmp_path / folder / name for folder in ("fresh-out", "own-out"))
        assert fresh.read_bytes() == own.read_bytes()
        assert fresh.stat().st_size > 1000
    assert "donation" in run(bin_ / "bangfu", "ledger", "fresh-out/events.jsonl", "--csv", "-", cwd=tmp_path)
