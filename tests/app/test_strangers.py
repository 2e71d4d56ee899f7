"""Configurations of strangers: what runs programs is refused; the heavy proof is ``tests.campaigns.targets``."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from pointclip2.app.compose import build, compose
from pointclip2.app.hydra_node import check_hydra
from pointclip2.app.targets import LIBRARIES, ours
from pointclip2.types import ConfigError
from tests.commands import run_command

BOMB = "a0: &a0 [x]\n" + "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(9))
REFERENCES = "b0: xxxxxxxxxx\n" + "".join(f"b{i + 1}: ${{b{i}}}${{.b{i}}}\n" for i in range(39))
NESTS = "c0: {x: 1}\n" + "".join(f"c{i + 1}: {{x: '${{c{i}}}', y: '${{c{i}}}'}}\n" for i in range(39))
SAME_NAME = "d0: {x: xxxxxxxxxx}\n" + "".join(
    f"d{i + 1}: {{x: '${{d{i}.x}}${{d{i}.x}}'}}\n" for i in range(39)
)
CHOSEN = "k: x\nd0: {x: xxxxxxxxxx}\n" + "".join(
    f"d{i + 1}: {{x: '${{d{i}.${{k}}}}${{oc.select:d{i}.x}}'}}\n" for i in range(39)
)
NAMED = "e0: xxxxxxxxxx\n" + "".join(
    f"n{i}: e{i}\ne{i + 1}: '${{${{n{i}}}}}${{${{n{i}}}}}'\n" for i in range(39)
)
SHELL = {"_target_": "os.system", "command": "true"}
STRANGER = {"evil": SHELL, "lines": "a\ntrue", "server": "mysql://x", "path": "../../x"}


def test_every_library_class_that_may_be_built_is_there_and_every_option_is_ours() -> None:
    from hydra.utils import get_class

    assert all(isinstance(get_class(name), type) for name in LIBRARIES if "PolynomialLR" not in name)
    assert "pointclip2.data.folder.Folder" in ours()
    assert not [name for name in ours() if name.startswith(("pointclip2.app.", "pointclip2.cache."))]


def test_a_class_may_be_named_by_the_module_that_it_is_made_in_and_no_other_module_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("tqdm_progress.TQDMProgressBar", "TQDMProgressBar"):
        built = build({"_target_": f"lightning.pytorch.callbacks.progress.{name}", "refresh_rate": 7})
        assert built.refresh_rate == 7
    ran = tmp_path / "ran"
    code = f"open({str(ran)!r}, 'w')\nfrom lightning.pytorch.callbacks import TQDMProgressBar"
    (tmp_path / "progress_of_others.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in (
        "progress_of_others.TQDMProgressBar",
        "lightning.pytorch.callbacks.progress.tqdm_progress.Tqdm",
        "lightning.pytorch.callbacks.progress.tqdm_progress.sys.TQDMProgressBar",
        "lightning.pytorch.callbacks.batch_size_finder.BatchSizeFinder",
    ):
        with pytest.raises(ConfigError, match="is not allowed"):
            build({"_target_": name})
    assert not ran.exists()


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({"_target_": "pointclip2.tasks.parts.gallery.CloudWriter"}, "is not allowed: no option of pointclip2"),
        ({"_target_": "lightning.pytorch.callbacks.BatchSizeFinder"}, "is not allowed"),
        ({"_target_": "threading.Timer", "interval": 0}, "is not allowed"),  # another of an allowed name
        ({"_target_": "lightning.pytorch.loggers.MLFlowLogger"}, "is not allowed"),
        ({"_target_": ["os", "system"]}, "a target is the name of a class"),
        ({"_target_": "lightning.Trainer", "strategy": "deepspeed"}, "trainer.strategy=deepspeed is not allowed"),
        ({"_target_": "lightning.Trainer", "model_registry": "x"}, "model_registry is not allowed"),
        ({"_target_": "lightning.pytorch.loggers.WandbLogger", "settings": {"base_url": "x"}}, "settings.base_url"),
        ({"_target_": "lightning.pytorch.loggers.WandbLogger", "config": "/etc/passwd"}, "wandb.config"),
    ],
)  # fmt: skip
def test_what_sends_or_runs_is_refused(node: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        build(node)


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({"callbacks": {"x": SHELL}}, "os.system is not allowed"),
        ({"callbacks": {"sweep": {"x": SHELL}}}, "os.system is not allowed"),
        ({"callbacks": {"x": "${evil}"}}, "os.system is not allowed"),
        ({"callbacks": {"x": "\\${evil}"}}, "a quoted interpolation"),
        ({"launcher": {"x": SHELL}}, "os.system is not allowed"),
        ({"launcher": {"setup": ["true"]}}, "launcher.setup is not allowed in a configuration file"),
        ({"launcher": {"comment": "a\ntrue"}}, "holds a line break"),
        ({"sweeper": {"custom_search_space": "os.system"}}, "sweeper.custom_search_space"),
        ({"launcher": {"comment": "${lines}"}}, "holds a line break"),
        ({"sweeper": {"storage": "mysql://x"}}, "a file names no server"),
        ({"sweeper": {"storage": "${server}"}}, "a file names no server"),
        ({"job": {"env_set": {"LD_PRELOAD": "x"}}}, "job.env_set.LD_PRELOAD"),
        ({"job": {"name": "../../x"}}, "it is a name, not a path"),
        ({"job": {"name": "${path}"}}, "it is a name, not a path"),
        ({"output_subdir": "../x"}, "it is a name, not a path"),
        ({"job_logging": {"formatters": {"x": {"()": "os.system"}}}}, r"formatters\.x\.\(\) is not allowed"),
        ({"job_logging": {"handlers": {"x": {"class": "os.system"}}}}, "handlers.x.class=os.system is not allowed"),
        ({"job_logging": {"handlers": {"file": {"filename": "/etc/x"}}}}, "filename=/etc/x is not allowed"),
        ({"hydra_logging": {"filters": {"x": {"()": "os.system"}}}}, "filters is not allowed"),
        ({"job_logging": {"root": {"level": "ext://os.system"}}}, "logging would import"),
    ],
)  # fmt: skip
def test_a_file_says_nothing_to_hydra_that_runs_programs(node: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check_hydra(OmegaConf.create({**STRANGER, "hydra": node}))


def test_what_was_typed_is_the_users_own_but_no_target_is() -> None:
    node = OmegaConf.create(
        {"hydra": {"job": {"env_set": {"A": "1", "B": "2"}}, "launcher": {"setup": ["x"]}}}
    )
    check_hydra(node, ["hydra.job.env_set.A=1", "+hydra.job.env_set.B=2", "hydra.launcher={setup: [x]}"])
    with pytest.raises(ConfigError, match=r"job\.env_set\.B"):
        check_hydra(node, ["+hydra.job.env_set.A=1", "hydra.launcher.setup=[x]"])
    with pytest.raises(ConfigError, match=r"os\.system is not allowed"):
        compose("evaluate", ["+hydra.callbacks.x._target_=os.system"])


def test_what_the_environment_keeps_secret_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "0123")
    monkeypatch.setenv("SCRATCH", "here")
    assert compose("evaluate", ["group=${oc.env:SCRATCH}"]).group == "here"
    with pytest.raises(Exception, match="looks secret"):
        _ = compose("evaluate", ["group=${oc.env:WANDB_API_KEY}"]).group


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "by its aliases"),
        (REFERENCES, "refers to itself so often"),
        (NESTS, "refers to itself so often"),
        (SAME_NAME, "refers to itself so often"),
        (CHOSEN, "refers to itself so often"),
        (NAMED, "refers to itself so often"),
        ("x: !!python/object/apply:os.system [true]\n", "could not determine a constructor"),
        ("hydra: {searchpath: ['pkg://antigravity']}\n", "hydra.searchpath is not allowed"),
    ],
    ids=["bomb", "references", "nests", "same name", "chosen", "named", "tag", "search path"],
)  # fmt: skip
def test_a_strangers_file_is_refused_in_one_line(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.yaml").write_text(text)
    status, printed = run_command(capsys, "evaluate", "--config-dir", str(tmp_path), "-cn", "own")
    assert status == 1
    assert said in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("word", ["--experimental-rerun", "--exp"])
def test_a_pickled_run_is_not_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    class Program:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.mkdir, (tmp_path / "ran",)

    (tmp_path / "config.pickle").write_bytes(pickle.dumps(Program()))
    status, printed = run_command(capsys, "evaluate", word, str(tmp_path / "config.pickle"))
    assert status == 1
    [line] = printed.splitlines()
    assert "--experimental-rerun" in line
    assert "is not allowed" in line
    assert not (tmp_path / "ran").exists()


def test_check_hydra_takes_what_our_own_options_say() -> None:
    from hydra import compose as composed
    from hydra import initialize_config_dir

    from pointclip2.app.catalog import conf_dir

    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        for word in (
            "seed=1",
            "hydra/job_logging=stdout",
            "hydra/job_logging=none",
            "sweep=parallel",
            "sweep=slurm",
        ):
            check_hydra(composed("evaluate", overrides=[word], return_hydra_config=True))
