"""Ray Data: the same bytes as processes of one machine, shards kept where nothing changed, actors that die are replaced."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
import stand_in
from rich.console import Console
from test_run import bulletins, extract, output_of

from pipeline.documents import Document, Input, list_inputs
from pipeline.fingerprint import fingerprint
from pipeline.formats.content import Known
from pipeline.outcome import Outcome
from pipeline.ray_engine import GROUP, SHARDS, EngineError, groups
from pipeline.run import Settings, run_extraction


def load_once_killed(models: Path) -> Callable[[Document], Outcome]:
    """Kill the actor that asks first, as a machine that fails does."""
    try:
        (models / "killed").mkdir(parents=True)
    except FileExistsError:
        return stand_in.load(models)
    os.kill(os.getppid(), signal.SIGKILL)
    raise AssertionError("the actor is gone")


@pytest.fixture(autouse=True)
def _settled_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code").mkdir()
    monkeypatch.setattr("pipeline.run.fingerprint", partial(fingerprint, shipped=[tmp_path / "code"]))
    monkeypatch.setenv("PYTHONPATH", str(Path(stand_in.__file__).parent))  # for the actors to find the stand-in


@pytest.fixture
def _ray() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'bangfu[ray]'")
    yield
    ray.shutdown()


def test_without_ray_or_with_standard_input_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = bulletins(tmp_path / "in", 2)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineError, match="Ray is not installed; pip install"):
        extract(folder, tmp_path / "out", engine="ray")


def test_a_new_input_changes_a_group_or_two() -> None:
    inputs = [Input(f"{number}.txt", Path(f"{number}.txt"), Known()) for number in range(1000)]
    before = [tuple(group) for group in groups(inputs)]
    assert [entry for group in before for entry in group] == inputs
    assert max(map(len, before)) <= 4 * GROUP
    assert len(before) > 30
    after = [
        tuple(group) for group in groups([*inputs[:500], Input("new.txt", Path("new.txt"), Known()), *inputs[500:]])
    ]
    assert 1 <= len(set(before) - set(after)) <= 2


@pytest.mark.slow
@pytest.mark.usefixtures("_ray")
@pytest.mark.filterwarnings("ignore")  # Ray warns of its own settings
def test_ray_gives_the_same_bytes_and_keeps_its_shards(tmp_path: Path) -> None:
    folder = bulletins(tmp_path / "in", 60)
    (folder / "broken.txt").write_text(stand_in.BROKEN, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    rejected, _ = extract(folder, tmp_path / "one")
    assert rejected == 2
    rejected, said = extract(folder, tmp_path / "ray", engine="ray", workers=2)
    assert rejected == 2
    assert "broken.txt: failed: ValueError" in said
    expected = output_of(tmp_path / "one")
    assert without_shards(tmp_path / "ray") == expected
    shards = len(list(groups(list_inputs([folder]))))
    assert len(list((tmp_path / "ray" / SHARDS).iterdir())) == shards
    (folder / "001.txt").write_text("白鹭公司捐赠桌椅。", encoding="utf-8")
    extract(folder, tmp_path / "one", resume=True)
    _, said = extract(folder, tmp_path / "ray", engine="ray", workers=2, resume=True)
    again = {"001.txt", "broken.txt"}
    made = sum(1 for group in groups(list_inputs([folder])) if again & {entry.doc_id for entry in group})
    assert f"({shards - made} of {shards} shards kept)" in said
    assert without_shards(tmp_path / "ray") == output_of(tmp_path / "one")
    assert len(list((tmp_path / "ray" / SHARDS).iterdir())) == shards


@pytest.mark.slow
@pytest.mark.usefixtures("_ray")
@pytest.mark.filterwarnings("ignore")  # Ray warns of its own settings
def test_an_actor_that_is_killed_is_replaced(tmp_path: Path) -> None:
    folder, models = bulletins(tmp_path / "in", 20), tmp_path / "models"
    settings = Settings(models=models, workers=1, engine="ray")
    assert run_extraction([str(folder)], tmp_path / "ray", settings, Console(file=StringIO()), load_once_killed) == 0
    assert (models / "killed").is_dir()
    extract(folder, tmp_path / "one", models=models)
    assert without_shards(tmp_path / "ray") == output_of(tmp_path / "one")


def without_shards(folder: Path) -> dict[str, object]:
    return {name: content for name, content in output_of(folder).items() if not name.startswith(SHARDS)}
