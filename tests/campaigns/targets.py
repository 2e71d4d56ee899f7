"""Configurations of strangers that try to run a program: ``python -m tests.campaigns.targets [--tries N] [--seed S]``.

Each case is a folder of files, options, saved runs, models and data, and a real command that is given them. Its program
would leave a mark. A case is survived where there is no mark and the command ends with status 1 and a sentence.
"""

import argparse
import io
import json
import os
import pickle
import random
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests import processes
from tests.places import ROOT

MARK = "MARKED"
"""Stands for the path of the mark in what a case writes."""
MODULE = f"""import pathlib
pathlib.Path('{MARK}').touch()
class Thing:
    def __init__(self, *a, **k): ...
def f(*a): ...
"""


@dataclass(frozen=True)
class Case:
    """What a stranger gives, and what is typed."""

    name: str
    files: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ("experiment=evil",)


def experiment(name: str, content: Any, *words: str, **files: Any) -> Case:
    """An experiment of the folder that ``--config-dir`` names, by its content as YAML or plain data."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Case(
        name, {"experiment/evil.yaml": f"# @package _global_\n{text}\n", **files}, (*words, "experiment=evil")
    )


TOUCH = ["touch", MARK]
SHELL = {"_target_": "os.system", "command": f"touch {MARK}"}
POPEN = {"_target_": "subprocess.Popen", "args": TOUCH}
CODE = f"__import__('os').system('touch {MARK}')"


class _Program:
    """What runs a program where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {MARK}",)


def _pickled() -> bytes:
    return pickle.dumps({"state_dict": _Program()}, protocol=2)


def _checkpoint() -> bytes:
    """As `torch.save` writes one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", _pickled())
        archive.writestr("archive/version", "3\n")
    return stream.getvalue()


def _objects() -> bytes:
    """A .npy of pickled objects."""
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + pickle.dumps([_Program()])


def cases() -> list[Case]:
    """All cases, the same every time."""
    return [*_built(), *_groups(), *_hydra(), *_other_ways()]


def _built() -> list[Case]:
    """Callbacks of a run that are programs."""
    handler = "torch.distributed.elastic.multiprocessing.subprocess_handler.SubprocessHandler"
    nodes: dict[str, Any] = {
        "os.system": SHELL,
        "subprocess.run": {"_target_": "subprocess.run", "args": TOUCH},
        "subprocess.Popen": POPEN,
        "posix.system": {**SHELL, "_target_": "posix.system"},
        "os.popen": {"_target_": "os.popen", "cmd": f"touch {MARK}"},
        "eval": {"_target_": "builtins.eval", "_args_": [CODE]},
        "exec": {"_target_": "builtins.exec", "_args_": [CODE]},
        "elastic": {"_target_": handler, "entrypoint": "touch", "args": [MARK], "env": {}, "stdout": None,
                    "stderr": None, "local_rank_id": 0},
        "elastic, partial": {"_target_": handler, "_partial_": True, "entrypoint": "touch", "args": [MARK]},
        "through torch": {**SHELL, "_target_": "torch.os.system"},
        "through lightning": {**SHELL, "_target_": "lightning.pytorch.trainer.trainer.os.system"},
        "through ours": {"_target_": "pointclip2.app.records.subprocess.run", "args": TOUCH},
        "through hydra": {"_target_": "hydra.utils.call", "config": SHELL},
        "hydra's instantiate": {"_target_": "hydra.utils.instantiate", "_recursive_": False, "config": SHELL},
        "get_method": {"_target_": "hydra.utils.get_method", "path": "evil.f"},
        "torch.load": {"_target_": "torch.load", "f": "evil.pt", "weights_only": False},
        "torch.hub": {"_target_": "torch.hub.load", "repo_or_dir": ".", "model": "x", "source": "local"},
        "cpp_extension": {"_target_": "torch.utils.cpp_extension.load", "name": "x", "sources": ["x.cpp"]},
        "package": {"_target_": "torch.package.PackageImporter", "file_or_buffer": "evil.pt"},
        "distributed": {"_target_": "torch.distributed.run.main", "args": ["evil.py"]},
        "spawn": {"_target_": "torch.multiprocessing.spawn", "fn": SHELL},
        "cli": {"_target_": "lightning.pytorch.cli.LightningCLI"},
        "unpickled": {"_target_": "pickle.loads", "_args_": ["x"]},
        "numpy": {"_target_": "numpy.load", "file": "evil.npy", "allow_pickle": True},
        "partial": {"_target_": "functools.partial", "_args_": [SHELL]},
        "runpy": {"_target_": "runpy.run_path", "path_name": "evil.py"},
        "a module": {"_target_": "importlib.import_module", "name": "evil"},
        "a class beside it": {"_target_": "evil.Thing"},
        "deep in an argument": {"_target_": "lightning.pytorch.callbacks.Timer", "duration": {"a": [{"b": SHELL}]}},
        "not recursive": {"_target_": "lightning.pytorch.callbacks.Timer", "_recursive_": False, "duration": SHELL},
        "a target that is a list": {"_target_": ["os", "system"], "command": f"touch {MARK}"},
        "a batch size finder": {"_target_": "lightning.pytorch.callbacks.BatchSizeFinder"},
        "a lambda": {"_target_": "lightning.pytorch.callbacks.LambdaCallback", "setup": {**SHELL, "_partial_": True}},
    }  # fmt: skip
    files = {"evil.py": MODULE, "evil.pt": _checkpoint(), "evil.npy": _objects()}
    made = [
        experiment(f"callback: {name}", {"callbacks": {"x": node}}, **files) for name, node in nodes.items()
    ]
    quoted = "callbacks: {x: {_target_: lightning.pytorch.callbacks.Timer, _convert_: all, duration: '%s'}}"
    target = f"{{_target_: os.system, command: touch {MARK}}}"
    return [
        *made,
        experiment(
            "interpolated target", {"evil": "os.system", "callbacks": {"x": {**SHELL, "_target_": "${evil}"}}}
        ),
        experiment("interpolated node", {"evil": SHELL, "callbacks": {"x": "${evil}"}}),
        experiment("created node", quoted % f"${{oc.create:{target}}}"),
        experiment("quoted node", quoted % f"\\${{oc.create:{target}}}"),
        experiment(
            "plugins in a file",
            {"plugins": ["evil"], "callbacks": {"x": nodes["a class beside it"]}},
            **files,
        ),
    ]


def _groups() -> list[Case]:
    """Every group's target."""
    groups = (
        "task",
        "data",
        "backbone",
        "projector",
        "prompt",
        "adapter",
        "search",
        "view_weights",
        "trainer",
    )
    made = [
        experiment(f"group: {name}", {name: {"_target_": "subprocess.Popen", "args": TOUCH}})
        for name in groups
    ]
    made.append(experiment("logger", {"logger": {"x": POPEN}}))
    wandb = {
        "_target_": "lightning.pytorch.loggers.WandbLogger",
        "save_dir": ".",
        "settings": {"x_executable": "./evil.sh"},
    }
    made.append(
        experiment(
            "wandb's program", {"logger": {"wandb": wandb}}, **{"evil.sh": f"#!/bin/sh\ntouch {MARK}\n"}
        )
    )
    made.append(experiment("a strategy", {"trainer": {"strategy": "deepspeed_stage_3"}}))
    plugin = {"_target_": "lightning.pytorch.plugins.environments.SLURMEnvironment"}
    made.append(experiment("a trainer's plugin", {"trainer": {"plugins": [plugin, SHELL]}}))
    return made  # fmt: skip


def _hydra() -> list[Case]:
    """What Hydra would build, or set up, before the program begins."""
    sweep = ("-m", "seed=1,2")
    sweeper = {"_target_": "pointclip2.app.sweep.Sweep", "x": SHELL}
    factory = {"()": "subprocess.Popen", "args": TOUCH}
    handled = {"version": 1, "root": {"handlers": ["x"]}}
    nodes: dict[str, tuple[Any, tuple[str, ...]]] = {
        "callback": ({"callbacks": {"x": SHELL}}, ()),
        "callback of a sweep": ({"callbacks": {"x": SHELL}}, sweep),
        "argument of a callback": ({"callbacks": {"sweep": sweeper}}, ()),
        "callback beside it": ({"callbacks": {"x": {"_target_": "evil.Thing"}}}, ()),
        "launcher": ({"launcher": {"_target_": "subprocess.Popen", "args": TOUCH}}, sweep),
        "argument of the launcher": ({"launcher": {"x": POPEN}}, sweep),
        "sweeper": ({"sweeper": {"_target_": "subprocess.Popen", "args": TOUCH}}, sweep),
        "argument of the sweeper": ({"sweeper": {"params": POPEN}}, sweep),
        "search space": ({"sweeper": {"custom_search_space": "evil.f"}}, (*sweep, "sweep=optuna")),
        "sampler": ({"sweeper": {"sampler": POPEN}}, (*sweep, "sweep=optuna")),
        "batch script": ({"launcher": {"setup": [f"touch {MARK}"]}}, (*sweep, "sweep=slurm")),
        "line of a batch script": ({"launcher": {"comment": f"x\ntouch {MARK}"}}, (*sweep, "sweep=slurm")),
        "formatter": ({"job_logging": {"formatters": {"x": factory}}}, ()),
        "formatter's class": ({"job_logging": {"formatters": {"simple": {"class": "evil.Thing"}}}}, ()),
        "Hydra's formatter": ({"hydra_logging": {"formatters": {"x": factory}}}, ()),
        "filter": ({"job_logging": {"filters": {"x": factory}}}, ()),
        "handler": ({"job_logging": {**handled, "handlers": {"x": factory}}}, ()),
        "handler's class": ({"job_logging": {**handled, "handlers": {"x": {"class": "evil.Thing"}}}}, ()),
        "handler's stream": ({"job_logging": {"handlers": {"console": {"stream": "ext://evil.f"}}}}, ()),
        "handler's level": ({"job_logging": {"handlers": {"console": {"level": "ext://evil.f"}}}}, ()),
        "log file": ({"job_logging": {"handlers": {"file": {"filename": MARK}}}}, ()),
        "name of the log": ({"job": {"name": f"../../../{MARK}"}}, ()),
        "environment": ({"job": {"env_set": {"PYTHONPATH": ".", "LD_PRELOAD": "evil.so"}}}, ()),
        "door": ({"job": {"env_set": {"POINTCLIP2_PLUGINS": "evil"}}}, ()),
        "overrides": ({"overrides": {"hydra": ["+hydra.callbacks.x._target_=evil.Thing"]}, }, sweep),
    }  # fmt: skip
    files = {"evil.py": MODULE}
    made = [
        experiment(f"hydra: {name}", {"hydra": node}, *words, **files)
        for name, (node, words) in nodes.items()
    ]
    later = {"experiment/good.yaml": "# @package _global_\nseed: 3\n", **files}
    logging = {"hydra": {"job_logging": {"formatters": {"x": factory}}}}
    text = "defaults: [evaluate, _self_]\nhydra: {searchpath: ['pkg://evil']}\n"
    return [
        *made,
        experiment("hydra: interpolated callback", {"evil": SHELL, "hydra": {"callbacks": {"x": "${evil}"}}}),
        replace(
            experiment("hydra: a later job's logging", logging, **later), words=("-m", "experiment=good,evil")
        ),
        Case("hydra: search path", {"own.yaml": text, "evil/__init__.py": MODULE}, ("-cn", "own")),
        Case(
            "a saved run",
            {"config.yaml": json.dumps({"callbacks": {"x": SHELL}, "task": POPEN})},
            ("-cn", "config"),
        ),
        Case("a pickled run", {"config.pickle": _pickled()}, ("--experimental-rerun", "config.pickle")),
    ]


def _other_ways() -> list[Case]:
    """Files of data, weights, names and models."""
    tag = f"!!python/object/apply:os.system ['touch {MARK}']"
    folder = ("data=folder", "data.path=clouds", "data.classes=[chair,table]")
    config = {
        "model_cfg": {
            "embed_dim": 8, "vision_cfg": {"image_size": 32},
            "text_cfg": {"hf_tokenizer_name": "tokens", "tokenizer_kwargs": {"trust_remote_code": True}},
        },
        "preprocess_cfg": {"mean": [0, 0, 0], "std": [1, 1, 1]},
    }  # fmt: skip
    tokens = json.dumps({"tokenizer_class": "Evil", "auto_map": {"AutoTokenizer": ["evil.Thing", None]}})
    model = {
        "model/open_clip_config.json": json.dumps(config),
        "model/open_clip_model.safetensors": (2).to_bytes(8, "little") + b"{}",
        "tokens/tokenizer_config.json": tokens,
        "tokens/config.json": json.dumps({"model_type": "evil", "auto_map": {"AutoConfig": "evil.Thing"}}),
        "tokens/evil.py": MODULE,
    }
    box = ("task=detection", "data=rooms", "data.limit=1")
    return [
        Case("tag in an option", {"experiment/evil.yaml": f"# @package _global_\nx: {tag}\n"}),
        Case("tag in sentences", {"evil.yaml": f"chair: {tag}\n"}, ("prompt=file", "prompt.path=evil.yaml")),
        Case("tag in weights", {"evil.yaml": f"w: {tag}\n"}, ("view_weights=file", "view_weights.path=evil.yaml")),
        Case("code in sentences", {"evil.py": f"x = {CODE}\n"}, ("prompt=file", "prompt.path=evil.py")),
        Case("pickled weights", {"evil.pt": _checkpoint()}, ("backbone=vit_b32", "backbone.weights=evil.pt")),
        Case("older pickled weights", {"evil.pt": _pickled()}, ("backbone=vit_b32", "backbone.weights=evil.pt")),
        Case("pickled boxes", {"a.pt": _checkpoint()}, (*box, "proposals=detr3d", "proposals.checkpoint=a.pt")),
        Case("pickled adapter", {"evil.safetensors": _pickled()}, ("adapter.checkpoint=evil.safetensors",)),
        Case("pickled array", {"clouds/a.npy": _objects()}, folder),
        Case("pickled boxes", {"boxes.npz": _objects()}, (*box, "proposals=file", "proposals.path=boxes.npz")),
        Case("a tokenizer's code", model, ("backbone=local", "backbone.arch=local-dir:model")),
    ]  # fmt: skip


def survived(case: Case, place: Path) -> str:
    """Run a case; what fell short, or nothing."""
    mark = place / MARK
    for name, content in case.files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content.replace(MARK, str(mark)), encoding="utf-8")
        else:
            path.write_bytes(content)
        path.chmod(0o755)
    few = () if "data=folder" in case.words else ("data.limit=2",)
    words = ["evaluate", "--config-dir", str(place), *case.words, *few, f"paths.outputs={place}/outputs"]
    done = processes.start("-m", "pointclip2", *words, cwd=place, PYTHONPATH=str(ROOT)).done(timeout=120)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if mark.exists():
        return "its program ran"
    if any(MARK in path.name for path in place.rglob("*")):
        return "it wrote where it was told to"
    if "Traceback" in done.stdout + done.stderr:
        return f"a traceback: {said[-1][:200]}"
    return (
        ""
        if done.returncode in (1, 3)
        else f"status {done.returncode}: {said[-1][:200] if said else 'nothing said'}"
    )


def main() -> int:
    """Run the campaign; 1 where a case fell short."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tries", type=int, default=0, help="how many cases; all by default")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the cases")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    asked = parser.parse_args()
    known = [case for case in cases() if asked.only in case.name]
    random.Random(asked.seed).shuffle(known)
    chosen = known[: asked.tries] if asked.tries else known
    processes.open_nursery()
    good = 0
    for case in chosen:
        place = Path(tempfile.mkdtemp(prefix="targets-"))
        try:
            short = survived(case, place)
        except TimeoutError:
            short = "it took more than two minutes"
        finally:
            shutil.rmtree(place, ignore_errors=True)
        good += not short
        if short:
            print(f"{case.name}: {short}", flush=True)
    processes.close_nursery()
    what = "configurations, models and data that try to run a program: none ran, each refused with a sentence"
    print(json.dumps({"campaign": "targets", "tried": len(chosen), "survived": good, "what": what}))
    return int(good < len(chosen))


if __name__ == "__main__":
    sys.exit(main())
