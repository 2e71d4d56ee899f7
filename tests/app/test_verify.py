"""``pointclip2 verify``: which figures of an earlier run hold, and why not."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from pointclip2.app.verify import main
from pointclip2.sealed import sealed
from tests.commands import run_command
from tests.toy import toy_folder, toy_overrides


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one finished run, its cache and its data."""
    import numpy as np

    root = tmp_path_factory.mktemp("made")
    rng = np.random.default_rng(0)
    for number, name in enumerate(("chair", "chair", "table", "table")):
        (root / "clouds" / name).mkdir(parents=True, exist_ok=True)
        np.save(root / "clouds" / name / f"{number}.npy", rng.random((70, 3)))
    return root


@pytest.fixture
def run(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A copy of it that a test may change."""
    if not (made / "run").is_dir():
        words = toy_overrides(toy_folder(made / "toy"), made / "out")
        words += ["data=folder", f"data.path={made / 'clouds'}", "data.up=y", "report=false"]
        status, printed = run_command(capsys, "evaluate", *words, f"run_dir={made / 'run'}")
        assert status == 0, printed
    return Path(shutil.copytree(made / "run", tmp_path / "run"))


def verified(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    capsys.readouterr()
    status = main([str(word) for word in words])
    return status, capsys.readouterr().out


def changed(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Write another record, as somebody would who knows how."""
    record = json.loads((run / "results.json").read_text())
    change(record)
    (run / "results.json").write_text(json.dumps(sealed(record)))


def test_a_run_holds_figure_by_figure_and_nothing_is_written_into_it(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    status, printed = verified(capsys, run)
    assert status == 0
    assert printed.count(" holds") >= 3
    assert printed.rstrip().endswith("the figures hold")
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before


def test_a_figure_that_was_changed_is_named_with_both_values(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = json.loads((run / "results.json").read_text())["metrics"]["test/acc"]
    changed(run, lambda record: record["metrics"].update({"test/acc": right / 2 + 0.3}))
    status, printed = verified(capsys, run)
    assert status == 1
    assert f"{100 * (right / 2 + 0.3):.4f} % was recorded" in printed
    assert "do NOT hold" in printed


def test_a_record_that_was_edited_is_damaged_before_anything_is_computed(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (run / "results.json").read_text()
    (run / "results.json").write_text(text.replace('"n": 4', '"n": 5'))
    status, printed = verified(capsys, run)
    assert status == 1
    assert "results.json is damaged" in printed
    assert "holds" not in printed


def test_other_data_under_the_same_name_are_told(
    run: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made / "clouds" / "chair" / "0.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 64]))
    try:
        status, printed = verified(capsys, run)
        assert status == 1
        assert "the data have changed" in printed
    finally:
        path.write_bytes(content)


def test_without_a_cache_it_says_what_would_have_to_be_encoded_and_does_so_where_it_may(
    run: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features = made / "out" / "features"
    features.rename(made / "away")
    try:
        status, printed = verified(capsys, run)
        assert status == 3
        assert "4 of 4 samples of the split 'test' would have to be encoded; --encode" in printed
        assert not list(features.glob("*/rows-*"))
        status, printed = verified(capsys, run, "--encode")
        assert status == 0
    finally:
        shutil.rmtree(features, ignore_errors=True)
        (made / "away").rename(features)


def test_another_program_is_named_and_does_not_decide(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(run, lambda record: record["versions"].update({"numpy": "1.0"}))
    status, printed = verified(capsys, run)
    assert status == 0
    assert "another program than the run's: numpy 1.0, here" in printed


@pytest.mark.parametrize("kind", ["no data", "no configuration", "a program", "garbage", "failed"])
def test_what_cannot_be_computed_again_is_a_sentence_and_status_3(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    saved = run / ".hydra" / "config.yaml"
    if kind == "no configuration":
        saved.unlink()
    elif kind == "garbage":
        saved.write_text("a: [${b}, *x\n")
    elif kind == "failed":
        (run / "results.json").unlink()
        (run / "FAILED").write_text("UserError: x")
    else:
        cfg = OmegaConf.load(saved)
        if kind == "no data":
            cfg.data.path = str(tmp_path / "nothing")
        else:
            cfg.task.prompt = {"_target_": "os.system", "command": f"touch {tmp_path / 'ran'}"}
        OmegaConf.save(cfg, saved)
    status, printed = verified(capsys, run)
    assert status == 3
    assert "nobody can say" in printed
    assert not (tmp_path / "ran").exists()


def test_files_of_a_run_are_checked_too(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "view_weights.json").write_text(json.dumps({**sealed({"values": [1, 1]}), "values": [1, 2]}))
    status, printed = verified(capsys, run)
    assert status == 1
    assert "view_weights.json is damaged" in printed
    assert "test/acc" in printed


def test_the_runs_of_a_sweep_are_verified_one_by_one_and_the_worst_decides(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sweep = tmp_path / "sweep"
    shutil.copytree(run, sweep / "0")
    shutil.copytree(run, sweep / "1")
    changed(sweep / "1", lambda record: record["metrics"].update({"test/macc": 0.123}))
    status, printed = verified(capsys, sweep)
    assert status == 1
    assert printed.count("the figures hold") == 1
    assert printed.count("do NOT hold") == 1
    assert main([str(tmp_path / "nowhere")]) == 1
    assert "neither results.json nor" in capsys.readouterr().err
