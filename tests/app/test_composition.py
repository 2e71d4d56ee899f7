"""A sweep's configurations are those that Hydra composes, only sooner."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hydra import initialize_config_dir
from hydra._internal.hydra import Hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import conf_dir
from pointclip2.app.composition import Frozen, Remembering


@pytest.fixture
def hydra() -> Iterator[Hydra]:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        found = GlobalHydra.instance().hydra
        assert found is not None
        yield found


def master(hydra: Hydra) -> DictConfig:
    config = hydra.config_loader.load_configuration(
        "evaluate", [], run_mode=RunMode.MULTIRUN, from_shell=False
    )
    assert config.hydra.sweep.dir  # the time in it is read once, as the callback of a sweep does
    return config


JOBS = [
    ["prompt=name", "data.limit=4"],
    ["prompt=name", "data.limit=5", "seed=3"],
    ["prompt=bank", "prompt.families=[caption]", "view_weights=entropy", "view_weights.temperature=0.1"],
    ["prompt=bank", "view_weights=entropy", "view_weights.temperature=0.2", "+expect={test/acc: 0.5}"],
    ["projector/rig=ring", "projector.rig.views=3", "logger=[csv,wandb]", "search=grid", "search.free=[1,2]"],
    ["data={limit: 3, points: 64}", "prompt=name"],
    ["~callbacks", "experiment=modelnet40_rn50_published"],
]


@pytest.mark.slow
def test_a_job_is_what_hydra_composes(hydra: Hydra) -> None:
    loader, remembering, told = hydra.config_loader, Remembering(hydra.config_loader), master(hydra)
    for job in [*JOBS, *JOBS[::-1], *JOBS]:
        ours, theirs = remembering.load_sweep_config(told, job), loader.load_sweep_config(told, job)
        OmegaConf.resolve(ours.hydra.overrides)
        assert OmegaConf.to_container(ours, resolve=False) == OmegaConf.to_container(theirs, resolve=False)
        assert OmegaConf.is_struct(ours) == OmegaConf.is_struct(theirs)
        assert ours.hydra.sweep.dir == theirs.hydra.sweep.dir == told.hydra.sweep.dir


def test_jobs_with_the_same_options_are_composed_once_and_do_not_share_values(
    hydra: Hydra, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembering, told = Remembering(hydra.config_loader), master(hydra)
    composed: list[list[str]] = []
    original = hydra.config_loader.load_sweep_config

    def counted(config: DictConfig, overrides: list[str]) -> DictConfig:
        composed.append(overrides)
        return original(config, overrides)

    monkeypatch.setattr(hydra.config_loader, "load_sweep_config", counted)
    jobs = [["prompt=name", f"data.limit={number}"] for number in range(1, 5)]
    limits = [remembering.load_sweep_config(told, job).data.limit for job in [*jobs, *jobs]]
    assert limits == [1, 2, 3, 4] * 2
    first = remembering.load_sweep_config(told, jobs[0])
    first.data.limit = 99
    assert remembering.load_sweep_config(told, jobs[0]) is first  # validated, then launched
    assert remembering.load_sweep_config(told, jobs[0]).data.limit == 1
    assert remembering.load_sweep_config(told, ["prompt=name"]).data.limit is None
    assert composed == [["prompt=name"]]


def test_a_copy_shares_nothing_but_classes_that_cannot_be_found_by_name() -> None:
    @dataclass
    class Launcher:  # as those are that Hydra loads anew
        jobs: int = 2

    config = OmegaConf.create({"launcher": OmegaConf.structured(Launcher), "jobs": "${launcher.jobs}"})
    frozen = Frozen(config)
    first, second = frozen.copy(), frozen.copy()
    first.launcher.jobs = 3
    assert (first.jobs, second.jobs, config.jobs) == (3, 2, 2)
    assert OmegaConf.get_type(second.launcher) is Launcher


def test_where_hydra_is_made_otherwise_inside_its_own_way_is_taken(
    hydra: Hydra, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise AttributeError("another Hydra")

    monkeypatch.setattr("pointclip2.app.composition._tell", gone)
    remembering, told = Remembering(hydra.config_loader), master(hydra)
    jobs = [["prompt=name", f"data.limit={limit}"] for limit in (1, 2)]
    found = [remembering.load_sweep_config(told, job) for job in jobs]
    assert [(config.data.limit, config.hydra.overrides.task) for config in found] == [
        (1, jobs[0]),
        (2, jobs[1]),
    ]
    assert not remembering.fits


@pytest.mark.parametrize("word", ["data.nothing=1", "nothing=1", "prompt=nothing"])
def test_an_unknown_option_is_refused_as_hydra_does(hydra: Hydra, word: str) -> None:
    with pytest.raises(HydraException, match="nothing"):
        Remembering(hydra.config_loader).load_sweep_config(master(hydra), ["prompt=name", word])


def test_another_process_gets_it_without_what_was_composed(hydra: Hydra) -> None:
    remembering, told = Remembering(hydra.config_loader), master(hydra)
    remembering.load_sweep_config(told, ["prompt=name"])
    again = pickle.loads(pickle.dumps(remembering))
    assert again.composed == {}
    assert again.load_sweep_config(told, ["prompt=name", "data.limit=7"]).data.limit == 7
