import subprocess
import sys
from typing import Any

import pytest

from pointclip2.app.compose import build, compose, conf_dir
from pointclip2.encoders.projectors import SplatProjector
from pointclip2.types import ConfigError
from tests.places import ROOT


def test_a_composed_node_becomes_the_object_it_describes() -> None:
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=48"]).projector)
    assert isinstance(projector, SplatProjector)
    assert projector.resolution == 48


def test_lists_reach_constructors_as_plain_lists() -> None:
    prompt = build(compose("evaluate", ["prompt=bank", "prompt.families=[caption]"]).prompt)
    assert list(prompt.families) == ["caption"]
    assert isinstance(prompt.families, list | tuple)


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("projector=nonsense", "projector/nonsense"),
        ("backbone=vit_b17", "backbone/vit_b17"),
        ("nonsense=1", "nonsense"),
        ("projector.nonsense=1", "nonsense"),
        ("projector.resolution=[", "projector.resolution"),
    ],
)
def test_an_unknown_option_is_an_error_that_names_it(override: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        compose("evaluate", [override])


def test_an_unknown_configuration_is_named() -> None:
    with pytest.raises(ConfigError, match="nonsense"):
        compose("nonsense")


def test_composing_leaves_hydra_as_it_was() -> None:
    from hydra.core.global_hydra import GlobalHydra

    compose("evaluate")
    assert not GlobalHydra.instance().is_initialized()
    with pytest.raises(ConfigError):
        compose("nonsense")
    assert compose("evaluate").seed == 0


@pytest.mark.parametrize(
    "node",
    [
        {"_target_": "os.system", "command": "true"},
        {"_target_": "builtins.eval"},
        {"_target_": "pointclip2evil.run"},
        {"_target_": "torchvision.ops.nms"},
        {
            "_target_": "pointclip2.heads.view_weights.FileWeights",
            "path": {"_target_": "os.system", "command": "true"},
        },
        {"_target_": "pointclip2.heads.view_weights.FileWeights", "path": [{"_target_": "subprocess.run"}]},
    ],
)
def test_foreign_targets_are_refused_before_anything_is_built(node: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="is not allowed"):
        build(node)


@pytest.mark.parametrize(
    "target",
    [
        "pointclip2.app.records.Path.home",
        "pointclip2.app.records.subprocess.run",
        "torch.os.system",
        "torch.hub.load",
        "torch.distributed.elastic.multiprocessing.subprocess_handler.SubprocessHandler",
        "lightning.pytorch.cli.LightningCLI",
        "pointclip2.writing.write_text",
    ],
)
def test_what_runs_programs_is_refused_also_where_a_module_of_ours_imports_it(target: str) -> None:
    with pytest.raises(ConfigError, match="is not allowed"):
        build({"_target_": target})


@pytest.mark.parametrize("node", [{}, {"resolution": 3}, {"a": {"_target_": "pointclip2.x"}}])
def test_a_node_without_a_target_is_named(node: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="no _target_"):
        build(node)


def test_an_argument_that_the_constructor_does_not_take_is_named() -> None:
    with pytest.raises(ConfigError, match="elevation"):
        build({"_target_": "pointclip2.heads.view_weights.EntropyWeights", "elevation": 3})


@pytest.mark.parametrize("target", ["pointclip2.nowhere.Thing", "pointclip2.heads.view_weights.Nothing"])
def test_a_target_that_does_not_exist_is_named(target: str) -> None:
    with pytest.raises(ConfigError, match=target):
        build({"_target_": target})


def test_what_a_constructor_says_to_the_user_comes_through_unwrapped() -> None:
    with pytest.raises(ConfigError) as caught:
        build({"_target_": "pointclip2.heads.view_weights.EntropyWeights", "temperature": -1})
    assert str(caught.value) == "view_weights.temperature=-1 must be positive"


def test_the_options_lie_beside_the_package() -> None:
    assert (conf_dir() / "evaluate.yaml").is_file()


def test_help_answers_at_once_and_without_torch() -> None:
    code = (
        "import sys, runpy\n"
        "sys.argv = ['evaluate.py', '--help']\n"
        "try:\n    runpy.run_path('evaluate.py', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'torch', 'open_clip', 'lightning', 'wandb', 'matplotlib', 'trimesh'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert "HEAVY []" in done.stdout
    assert "projector: " in done.stdout
    assert "contour" in done.stdout
