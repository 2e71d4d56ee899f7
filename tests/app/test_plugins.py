"""The open door: closed by default, opened in three ways, and only for what lives in the package that was named."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from pointclip2.app import plugins
from pointclip2.app.catalog import main as catalog
from pointclip2.app.compose import build, compose
from pointclip2.app.records import program_digest
from pointclip2.door import opened
from pointclip2.errors import ConfigError
from tests.commands import run_command
from tests.toy import toy_folder, toy_overrides

PACKAGE = Path(__file__).parents[1] / "plugin_package"
NAME = "pointclip2_plugin_example"
PROJECTOR = {"_target_": f"{NAME}.silhouette.SilhouetteProjector", "rig": None}
TYPED = f"plugins=[{NAME}]"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package is installed, entry point and all."""
    source = shutil.copytree(PACKAGE, tmp_path_factory.mktemp("source") / "package")
    target = tmp_path_factory.mktemp("installed")
    offline = ["--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process in which nobody has opened the door."""
    before = dict(opened)
    opened.clear()
    monkeypatch.delenv(plugins.VARIABLE, raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        monkeypatch.delitem(sys.modules, name)
    yield
    opened.clear()
    opened.update(before)


@pytest.fixture
def importable(closed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python finds the package, and that is all."""
    monkeypatch.syspath_prepend(str(PACKAGE))


@pytest.mark.usefixtures("importable")
def test_the_door_is_closed_by_default_and_the_refusal_says_how_to_open_it() -> None:
    with pytest.raises(ConfigError, match=rf"is not allowed.*plugins=\[{NAME}\].*POINTCLIP2_PLUGINS={NAME}"):
        build(PROJECTOR)
    assert f"{NAME}.silhouette" not in sys.modules  # nothing of it ran
    with pytest.raises(ConfigError, match="there is no projector/silhouette"):
        compose("evaluate", ["projector=silhouette"])


@pytest.mark.parametrize("way", ["typed", "environment", "entry point"])
def test_each_way_opens_it_for_classes_and_options(
    way: str, closed: None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = request.getfixturevalue("installed") if way == "entry point" else PACKAGE
    monkeypatch.syspath_prepend(str(place))
    if way == "environment":
        monkeypatch.setenv(plugins.VARIABLE, f"json, {NAME}")
    cfg = compose("evaluate", ["projector=silhouette", "data=spheres"] + [TYPED] * (way == "typed"))
    projector = build(cfg.projector)
    assert Path(sys.modules[f"{NAME}.silhouette"].__file__ or "").is_relative_to(place)
    cloud = build(cfg.data).open("test")[0]
    seen = projector(cloud.points.unsqueeze(0))
    assert seen.images.shape == (1, 10, 64, 64)
    row, column = seen.pixel_yx[0, 3].unbind(dim=1)
    assert torch.all(seen.images[0, 3, row, column] == 0)


@pytest.mark.usefixtures("importable")
@pytest.mark.parametrize("target", ["torch.os.system", "torch.hub.load", "F.relu"])
def test_what_a_plugin_imports_is_no_door(target: str) -> None:
    compose("evaluate", [TYPED])
    with pytest.raises(ConfigError, match="is not allowed"):
        build({"_target_": f"{NAME}.spheres.{target}"})
    with pytest.raises(ConfigError, match="is not allowed"):
        build({"_target_": f"{NAME}_evil.spheres.Spheres"})


FOREIGN = f"projector: {{_target_: {PROJECTOR['_target_']}}}"


@pytest.mark.usefixtures("importable")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"plugins: [{NAME}]\n{FOREIGN}", "is not allowed"),
        (
            f"hydra: {{job: {{env_set: {{{plugins.VARIABLE}: {NAME}}}}}}}\n{FOREIGN}",
            "a file sets no variables of the environment",
        ),
        (f"hydra: {{overrides: {{task: ['plugins=[{NAME}]']}}}}\n{FOREIGN}", "is not allowed"),
        (
            f"hydra: {{mode: MULTIRUN, sweeper: {{params: {{plugins: '[{NAME}]'}}}}}}\n{FOREIGN}",
            "is not allowed",
        ),
        (
            f"callbacks: {{a: {{_target_: pointclip2.app.plugins.open_door, words: ['plugins=[{NAME}]']}}}}",
            "no option of pointclip2 is built of it",
        ),
        (
            "callbacks: {a: {_target_: pointclip2.heads.adapters.file.SavedAdapter, _convert_: all, "
            f"checkpoint: '\\${{oc.create:{{_target_: {PROJECTOR['_target_']}}}}}'}}}}",
            "a quoted interpolation is not taken",
        ),
    ],
    ids=["plugins", "environment", "overrides", "sweep", "our own function", "resolved twice"],
)
def test_a_file_cannot_open_the_door(
    content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "evil.yaml").write_text(f"# @package _global_\n{content}\n")
    words = ["--config-dir", str(tmp_path), "experiment=evil", f"paths.outputs={tmp_path}", "data.limit=2"]
    sys.modules.pop(f"{NAME}.silhouette", None)
    status, printed = run_command(capsys, "evaluate", *words)
    assert status == 1
    assert said in " ".join(printed.split())
    assert f"{NAME}.silhouette" not in sys.modules  # nothing of it ran


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("plugins=[no_such_package]", "Python finds no package no_such_package; install it"),
        ("plugins=no_such.package", "Python finds no package no_such.package"),
        ("plugins=[../evil]", r"'\.\./evil' is not the name of a package"),
    ],
)
def test_a_package_that_is_not_there_is_named(word: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        compose("evaluate", [word])


@pytest.mark.usefixtures("importable")
def test_options_are_found_only_while_their_package_is_named() -> None:
    assert compose("evaluate", [TYPED, "data=spheres"]).data.count == 8
    with pytest.raises(ConfigError, match="there is no data/spheres"):
        compose("evaluate", ["data=spheres"])


@pytest.mark.usefixtures("importable")
def test_the_catalogue_says_where_an_option_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.yaml").write_text("# My own clouds.\n")
    status, printed = run_command(capsys, "catalog", "data", "--plugins", NAME, "--config-dir", str(tmp_path))
    assert status == 0
    lines = printed.splitlines()
    assert next(line for line in lines if " spheres " in line).endswith(f"at random. (from {NAME})")
    assert next(line for line in lines if " mine " in line).endswith(f"My own clouds. (from {tmp_path})")
    assert next(line for line in lines if "* shapes " in line).endswith("no download.")
    assert "spheres" not in catalog(["data"])


@pytest.mark.usefixtures("importable")
def test_another_plugin_is_another_program() -> None:
    before = program_digest()
    compose("evaluate", [TYPED])
    assert program_digest() != before


@pytest.mark.usefixtures("importable")
def test_an_encoder_without_views_and_an_adapter_are_trained_and_a_task_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = [TYPED, "logger=none", "trainer=cpu", "pictures=0", f"paths.outputs={tmp_path}"]
    chosen = ["data=spheres", "encoder=moments", "adapter=nearest_mean", "data.shots=2"]
    status, printed = run_command(capsys, "train", *common, *chosen, f"run_dir={tmp_path / 'few'}")
    assert status == 0, printed
    assert json.loads((tmp_path / "few" / "results.json").read_text())["metrics"]["test/acc"] == 1.0
    saved = ["data=spheres", "encoder=moments", f"adapter.checkpoint={tmp_path / 'few'}", "report=false"]
    status, printed = run_command(capsys, "evaluate", *common, *saved, f"run_dir={tmp_path / 'again'}")
    assert status == 0, printed
    assert json.loads((tmp_path / "again" / "results.json").read_text())["metrics"]["test/acc"] == 1.0

    toy = [word for word in toy_overrides(toy_folder(tmp_path / "toy"), tmp_path) if "projector" not in word]
    points = [word for word in toy if word != "data.points=64"]
    status, printed = run_command(
        capsys, "evaluate", TYPED, *points, "task=neighbours", f"run_dir={tmp_path / 'near'}"
    )
    assert status == 0, printed
    record = json.loads((tmp_path / "near" / "results.json").read_text())
    assert record["task"] == "neighbours"
    assert record["projector"]["resolution"] == 64
