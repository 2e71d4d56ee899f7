"""The command: its words, what it says of mistakes and how soon, and that the older ways to start it still work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pointclip2
from pointclip2.app.cli import COMMANDS
from pointclip2.app.records import environment
from tests.commands import lines_of, run_command
from tests.places import ROOT
from tests.toy import toy_folder, toy_overrides


def started(*words: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A process of its own in another folder; the package is found as if it were installed."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, check=False, timeout=300)


def test_without_a_word_the_command_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    status, printed = run_command(capsys)
    assert status == 0
    assert all(f"  {name} " in printed for name in COMMANDS)
    assert run_command(capsys, "--help") == (0, printed)
    assert run_command(capsys, "--version") == (0, f"pointclip2 {pointclip2.__version__}\n")


@pytest.mark.parametrize(
    ("word", "near"), [("evalute", "did you mean evaluate?"), ("zzz", "there are classify, ")]
)
def test_an_unknown_word_names_the_near_one(word: str, near: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed = run_command(capsys, word)
    assert status == 1
    [line] = printed.splitlines()
    assert near in line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evaluate", "seed=abc"], "seed=abc: a whole number is wanted"),
        (["evaluate", "seed=1.5"], "seed=1.5: a whole number is wanted"),
        (["evaluate", "features.cache=maybe"], "features.cache=maybe: true or false is wanted"),
        (["evaluate", "pictures=many"], "pictures=many: a whole number is wanted"),
        (["evaluate", "report=yes"], "report=yes: true or false is wanted"),
        (["evaluate", "data.points=all"], "data.points=all: a number is wanted"),
        (["evaluate", "data.limit=some"], "data.limit=some: a number is wanted"),
        (["evaluate", "data.per_class.test=x"], "data.per_class.test=x: a number is wanted"),
        (["evaluate", "projector.rig.views=x", "projector/rig=ring"], "projector.rig.views=x: a number is wanted"),
        (["train", "data.shots=many"], "data.shots=many: a whole number is wanted (examples a class, a number or all)"),
        (["evaluate", "data=folder", "data.path=/no/such"], "data.path=/no/such: no such file or folder"),
        (["evaluate", "data=folder", "data.path=none", "data.labels=l.csv"], "data.path=none: no such file or folder"),
        (["evaluate", "data=folder", "data.labels=l.csv"], "data.labels=l.csv: no such file or folder in"),
        (["evaluate", "adapter.checkpoint=run"], "adapter.checkpoint=run: no such file or folder in"),
        (["evaluate", "backbone.weights=w.pt"], "backbone.weights=w.pt: no such file or folder in"),
        (["evaluate", "view_weights=file", "view_weights.path='w.json'"], "view_weights.path=w.json: no such file"),
        (["evaluate", "prompt=file", "prompt.path=${paths.data}/p.json"], "prompt.path=data/p.json: no such file"),
        (["evaluate", "task=detection", "proposals=file", "proposals.path=b"], "proposals.path=b: no such file"),
        (["evaluate", "data.limt=3"], "(did you mean limit?)"),
        (["evaluate", "projector=splt"], "there is no projector/splt (did you mean splat?); there are contour,"),
        (["evaluate", "data.points=["], "no viable alternative"),
        (["evaluate", "-m", "seed=1,2", "nonsense=3"], "Could not override 'nonsense'."),
        (["evaluate", "--config-dir", "/no/such"], "Additional config directory '/no/such' not found"),
        (["records", "/no/such"], "give the folder of a run, of a sweep or of sweeps"),
        (["catalog", "--plugins", "no_such_package"], "Python finds no package no_such_package"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_no_part_of_a_run_is_loaded(
    words: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "pointclip2.app.run", None)  # importing it is an error
    status, printed = run_command(capsys, *words)
    assert status == 1
    [line] = lines_of(printed)
    assert said in line


@pytest.mark.parametrize(
    "words", [["data.limit=2"], ["data.limit=null"], ["data.points=64.0"], ["seed=null"]]
)
def test_what_an_option_takes_is_let_through(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "pointclip2.app.run", None)
    _, printed = run_command(capsys, "evaluate", *words)
    assert "pointclip2.app.run" in printed  # so far it went
    assert "wanted" not in printed


def test_a_mistake_is_told_without_torch_from_any_folder(tmp_path: Path) -> None:
    program = (
        "import sys; from pointclip2.app.cli import main\n"
        "status = main(['evaluate', 'data=folder', 'data.path=nowhere'])\n"
        "print(status, {'torch', 'lightning', 'open_clip', 'matplotlib'} & set(sys.modules), sys.argv)"
    )
    done = started("-c", program, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "1 set() ['-c']"


def test_the_options_can_be_shown_and_the_environment_is_left_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, words = dict(os.environ), list(sys.argv)
    status, printed = run_command(capsys, "evaluate", "data.limit=3", "--cfg", "job", "--package", "data")
    assert status == 0
    assert "limit: 3" in printed
    status, printed = run_command(capsys, "train", "--help")
    assert status == 0
    assert "train is powered by Hydra" in printed
    assert "point_nn_clip" in printed
    assert (dict(os.environ), sys.argv) == (before, words)


def test_a_shell_completes_behind_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "pointclip2 evaluate projector=s"
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line)))
    monkeypatch.setattr(sys, "argv", ["pointclip2"])
    status, printed = run_command(capsys, "-sc", "query=bash")
    assert (status, printed.split()) == (0, ["projector=splat"])


@pytest.mark.slow
def test_an_installed_command_in_an_empty_folder_puts_its_outputs_there(tmp_path: Path) -> None:
    toy = [word for word in toy_overrides(toy_folder(tmp_path / "toy"), tmp_path) if "paths" not in word]
    (tmp_path / "empty").mkdir()
    done = started("-m", "pointclip2.run", *toy, "data.limit=2", cwd=tmp_path / "empty")
    assert done.returncode == 0, done.stderr
    [run] = (tmp_path / "empty" / "outputs" / "runs").iterdir()
    record = json.loads((run / "results.json").read_text())
    assert record["data"]["n"] == 2
    assert done.stdout.splitlines()[-1] == f"results: {run / 'results.json'}"
    assert (run / "evaluate.log").is_file()


@pytest.mark.parametrize("module", ["pointclip2 catalog trainer", "pointclip2.catalog trainer"])
def test_modules_are_commands_too(module: str, tmp_path: Path) -> None:
    done = started("-m", *module.split(), cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("trainer=")


@pytest.mark.parametrize(
    ("started_as", "told"),
    [
        (["evaluate.py", "data.limit=2"], "evaluate.py data.limit=2"),
        (["/some/where/bin/pointclip2", "evaluate", "seed=1"], "pointclip2 evaluate seed=1"),
        (["/some/where/pointclip2/__main__.py", "train"], "pointclip2 train"),
    ],
)
def test_a_record_tells_the_command_as_people_type_it(
    started_as: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", started_as)
    assert environment()["command"] == told


def test_the_package_names_what_notebooks_need_and_is_light(tmp_path: Path) -> None:
    program = (
        "import sys, pointclip2\n"
        "print('torch' in sys.modules, set(pointclip2.__all__) <= set(dir(pointclip2)))\n"
        "cfg = pointclip2.compose('evaluate', ['projector=splat'])\n"
        "print('torch' in sys.modules, cfg.projector.resolution)\n"
    )
    done = started("-c", program, cwd=tmp_path)
    assert done.stdout.splitlines() == ["False True", "False 112"], done.stderr
    for name in set(pointclip2.__all__) - {"__version__"}:
        assert getattr(pointclip2, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = pointclip2.nonsense


def test_clouds_are_named_and_projected_by_the_public_names(tmp_path: Path) -> None:
    import torch

    seen = pointclip2.build(pointclip2.compose("evaluate", ["projector=splat"]).projector)(
        torch.rand(1, 64, 3)
    )
    assert seen.images.shape == (1, 10, 112, 112)
    overrides = [*toy_overrides(toy_folder(tmp_path / "toy"), tmp_path), "data.limit=2"]
    result = pointclip2.evaluate(pointclip2.compose("evaluate", overrides))
    assert set(result.metrics) >= {"test/acc", "test/macc"}


def test_a_run_whose_configuration_cannot_be_saved_still_tells_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hydra.core import utils

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(utils, "_save_config", full)
    words = [*toy_overrides(toy_folder(tmp_path / "toy"), tmp_path), "data.limit=4", "report=false"]
    status, printed = run_command(capsys, "evaluate", *words)
    assert status == 0
    assert printed.count("the configuration is not saved (No space left on device)") == 1
    assert "results: " in printed
