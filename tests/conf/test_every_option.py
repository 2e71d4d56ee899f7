"""Every option of every group composes, and has exactly the arguments that its constructor takes."""

import inspect
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import product, zip_longest
from typing import Any

import pytest
from hydra.utils import get_object
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import build, compose, conf_dir
from pointclip2.types import UserError

FOLDER = conf_dir()
FILES = sorted(FOLDER.rglob("*.yaml"))
GROUPED = [path.relative_to(FOLDER).with_suffix("") for path in FILES if path.parent != FOLDER]
OPTIONS = [
    (path.parent.as_posix(), path.name)
    for path in GROUPED
    if path.parts[0] not in ("hydra", "experiment", "sweep") and not path.name.startswith("_")
]
TASKS = sorted(path.stem for path in (FOLDER / "task").glob("*.yaml"))
PLACES = [("evaluate", ()), *(("evaluate", (f"task={task}",)) for task in TASKS), ("train", ())]
# What these need before they can be built; elsewhere the reason is checked that they give.
NEEDS = {
    ("backbone", "local"): ["backbone.arch=local-dir:nowhere"],
    ("data", "folder"): [],
}


def ids(option: tuple[str, str]) -> str:
    return "/".join(option)


def composed(group: str, name: str) -> DictConfig:
    # Some groups belong to one task, or to train.yaml only.
    for program, task in PLACES:
        if takes(program, task, group):
            return compose(program, [*task, *chosen(group, name)])
    raise AssertionError(f"no program has the group {group}")


@cache
def takes(program: str, task: tuple[str, ...], group: str) -> bool:
    """Whether this program with this task has such a group, whatever option of it is chosen."""
    group = group.split("/")[0]
    return group in default(program, task) or f"- {group}:" in (FOLDER / f"{program}.yaml").read_text()


@cache
def default(program: str, task: tuple[str, ...]) -> DictConfig:
    return compose(program, task)


def chosen(group: str, name: str) -> list[str]:
    return [f"{group}={name}", *NEEDS.get((group, name), [])]


@cache
def together() -> dict[tuple[str, str], DictConfig]:
    """Every option in a composition that it shares with one option of each other group of its program."""
    found = {("task", task): default("evaluate", (f"task={task}",)) for task in TASKS}
    for program, task in PLACES:
        groups = [
            [option for option in OPTIONS if option[0] == group and option not in found]
            for group in sorted({group for group, _ in OPTIONS if takes(program, task, group)})
        ]
        for options in zip_longest(*groups):
            some = [option for option in options if option]
            cfg = compose(program, [*task, *(word for option in some for word in chosen(*option))])
            found |= dict.fromkeys(some, cfg)
    assert set(found) == set(OPTIONS)
    return found


def targets(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if "_target_" in node:
            yield place, node
        for key, value in node.items():
            yield from targets(value, f"{place}.{key}")
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from targets(value, f"{place}[{position}]")


def test_a_file_says_in_its_first_line_what_it_is_for() -> None:
    for path in FILES:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# "), path
        assert len(first.split()) > 2, path


def test_no_option_has_a_slash_or_a_space_in_its_name() -> None:
    assert [path for path in GROUPED if not path.name.replace("_", "").isalnum()] == []


def check(cfg: DictConfig) -> None:
    """Assert that every target takes exactly the keys that stand beside it, and that every value resolves."""
    found = list(targets(OmegaConf.to_container(cfg, resolve=False)))
    assert found
    for place, node in found:
        target = str(node["_target_"])
        assert target.startswith(("pointclip2.", "lightning.", "torch.")), f"{place}: {target}"
        parameters = inspect.signature(get_object(target)).parameters
        if target.startswith("pointclip2.") or not any(
            parameter.kind == parameter.VAR_KEYWORD for parameter in parameters.values()
        ):
            # The few-shot protocol takes the shots away before the data set is built.
            shots = {"shots"} if place == ".data" else set()
            unknown = (
                set(node) - set(parameters) - shots - {"_target_", "_convert_", "_partial_", "_recursive_"}
            )
            assert not unknown, f"{place}: {target} does not take {unknown}"
    OmegaConf.to_container(cfg, resolve=True)


def test_options_compose_together_and_their_targets_take_exactly_their_keys() -> None:
    for cfg in {id(cfg): cfg for cfg in together().values()}.values():
        check(cfg)


@pytest.mark.slow
@pytest.mark.parametrize("option", OPTIONS, ids=ids)
def test_an_option_composes_alone(option: tuple[str, str]) -> None:
    check(composed(*option))


def used(made: Any) -> None:
    """Some sources look for their file only when they are used."""
    made.open("test") if hasattr(made, "open") else made(["chair"])


@pytest.mark.parametrize(
    "option", [o for o in OPTIONS if o[0] in ("projector", "prompt", "view_weights", "data")], ids=ids
)
def test_an_option_is_built_or_says_in_one_line_what_it_needs(option: tuple[str, str]) -> None:
    node = together()[option][option[0]]
    if option[1] not in ("file", "folder"):
        assert build(node) is not None
        return
    with pytest.raises(UserError, match="path") as caught:
        used(build(node))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("option", [o for o in OPTIONS if o[0] == "proposals"], ids=ids)
def test_proposals_are_built_or_say_in_one_line_what_they_need(option: tuple[str, str]) -> None:
    node = together()[option]["proposals"]
    if option[1] not in ("file", "detr3d"):
        assert build(node).describe()["name"] == option[1]
        return
    with pytest.raises(UserError, match=r"proposals\.(path|weights)=") as caught:
        build(node)
    assert "\n" not in str(caught.value)


def test_every_rig_fits_every_projector() -> None:
    def made_of(group: str) -> list[Any]:
        nodes = [together()[option].projector for option in OPTIONS if option[0] == group]
        return [OmegaConf.to_container(node, resolve=True) for node in nodes]

    for projector, other in product(made_of("projector"), made_of("projector/rig")):
        assert build({**projector, "rig": other["rig"]}).rig.views >= 1


def test_every_trainer_leaves_the_sampler_alone() -> None:
    for option in OPTIONS:
        if option[0] == "trainer":
            trainer = together()[option].trainer
            assert (trainer.use_distributed_sampler, trainer.inference_mode) == (False, False), option


def test_a_task_brings_its_own_defaults_and_a_choice_still_wins() -> None:
    unasked = compose("evaluate")
    assert unasked.data == compose("evaluate", ["task=classification"]).data
    assert compose("evaluate", ["task=classification", "data=modelnet40"]).data.variant == "modelnet40"
    assert compose("evaluate", ["data=modelnet40", "task=classification"]).data.variant == "modelnet40"
    assert compose("evaluate", ["experiment=tiny_clip_unseen"]).data.classes == "unseen"
    rooms = compose("evaluate", ["task=detection"])
    assert rooms.data == compose("evaluate", ["task=detection", "data=rooms"]).data
    assert "pointclip2.worlds.rooms" in rooms.data._target_
    own = compose(
        "evaluate", ["task=detection", "data=folder", "proposals=felzenszwalb", "data.path=scan.ply"]
    )
    assert (own.data.path, own.proposals.k) == ("scan.ply", 0.01)


def test_a_task_names_the_metric_that_its_runs_are_judged_by() -> None:
    assert compose("evaluate").objective is None
    for task in TASKS:
        target = default("evaluate", (f"task={task}",)).task.get("_target_")
        assert get_object(target).objective.startswith("val/" if task == "pretrain" else "test/")


SWEEPS = {"parallel": "hydra-joblib-launcher", "slurm": "hydra-submitit-launcher"}


@pytest.mark.parametrize("name", sorted(path.stem for path in (FOLDER / "sweep").glob("*.yaml")))
def test_every_way_to_sweep_composes_or_names_what_is_not_installed(name: str) -> None:
    try:
        version(SWEEPS.get(name, "hydra-core"))
    except PackageNotFoundError:
        with pytest.raises(UserError, match=SWEEPS[name].split("-")[1]):
            compose("evaluate", [f"sweep={name}"])
    else:
        assert "sweep" not in compose("evaluate", [f"sweep={name}"])  # nothing of it is an option of the run
