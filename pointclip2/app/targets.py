"""What a configuration may build. A configuration is data that may come from a stranger, so that only named things are
built: what an option of ours builds, a list of classes of Lightning and torch, and the packages that the user opened.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from hydra.utils import get_object

from pointclip2.app import plugins
from pointclip2.app.catalog import conf_dir
from pointclip2.door import opened
from pointclip2.errors import ConfigError

_LIGHTNING = {
    "callbacks": (
        "BackboneFinetuning", "DeviceStatsMonitor", "EMAWeightAveraging", "EarlyStopping",
        "GradientAccumulationScheduler", "LearningRateMonitor", "ModelCheckpoint", "ModelSummary", "RichModelSummary",
        "RichProgressBar", "StochasticWeightAveraging", "TQDMProgressBar", "Timer",
    ),
    "loggers": ("CSVLogger", "TensorBoardLogger", "WandbLogger"),
    "strategies": ("DDPStrategy", "SingleDeviceStrategy"),
    "profilers": ("AdvancedProfiler", "SimpleProfiler"),
}  # fmt: skip
"""Not among them: what sends runs to an address that its arguments name (MLflow, Comet, LitLogger), what starts
programs or compilers (DeepSpeed, XLA, cluster environments), what writes and reads checkpoints of its own while it
searches (BatchSizeFinder, LearningRateFinder), what takes functions."""
_OPTIMISERS = (
    "ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "NAdam", "RAdam", "RMSprop",
    "Rprop", "SGD", "SparseAdam",
)  # fmt: skip
_SCHEDULERS = (
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR",
    "LinearLR", "MultiStepLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "SequentialLR", "StepLR",
)  # fmt: skip
LIBRARIES = frozenset(
    [
        "lightning.Trainer",
        "lightning.pytorch.Trainer",
        *(f"lightning.pytorch.{home}.{name}" for home, names in _LIGHTNING.items() for name in names),
        *(f"torch.optim.{name}" for name in _OPTIMISERS),
        *(f"torch.optim.lr_scheduler.{name}" for name in _SCHEDULERS),
    ]
)
"""Classes of other packages that are built unasked, by their full names; no prefix is enough."""
WANDB_ARGUMENTS = (
    "name", "save_dir", "version", "offline", "id", "project", "entity", "group", "tags", "notes", "log_model",
    "prefix", "checkpoint_name", "job_type", "mode", "resume", "anonymous", "settings",
)  # fmt: skip
WANDB_SETTINGS = (
    "init_timeout", "finish_timeout", "login_timeout", "summary_timeout", "console", "mode", "quiet", "silent",
    "show_colors", "show_emoji", "show_errors", "show_info", "show_warnings", "disable_code", "disable_git",
    "disable_job_creation", "x_disable_meta", "x_disable_stats", "x_disable_machine_info", "x_label",
    "x_stats_sampling_interval",
)  # fmt: skip
"""Others name programs (``x_executable``), servers that the key is sent to (``base_url``) or files that are sent."""
STRATEGIES = re.compile(r"auto|single_device|ddp\w*|fsdp\w*")
"""The words of ``trainer.strategy`` that start nothing but this program again."""


@cache
def ours() -> frozenset[str]:
    """Return the targets that stand in our own options, but for those of Hydra's own node."""
    found: set[str] = set()
    for path in conf_dir().rglob("*.yaml"):
        if path.relative_to(conf_dir()).parts[0] != "hydra":
            found.update(targets_in(path.read_text(encoding="utf-8")))
    return frozenset(name for name in found if name.startswith("pointclip2."))


def targets_in(text: str) -> list[str]:
    """Return the targets that stand in a YAML file of ours."""
    return re.findall(r"(?m)^\s*_target_:\s*([\w.]+)", text)


def check_targets(node: Any, allowed: frozenset[str] | None = None) -> None:
    """Refuse a configuration that would build anything but what may be built; ``node`` is plain data.

    Raises:
        ConfigError: another target, or arguments of an allowed one that would start programs or reach servers.
    """
    for each in _nodes(node):
        if "_target_" in each:
            check_target(each["_target_"], ours() | LIBRARIES if allowed is None else allowed)
            _check_arguments(each)


def _nodes(node: Any) -> Iterator[dict[Any, Any]]:
    if isinstance(node, dict):
        yield node
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _nodes(value)


def check_target(target: Any, allowed: frozenset[str]) -> None:
    """Refuse a target that is neither in ``allowed`` nor of a package whose door is open.

    Raises:
        ConfigError: it is neither, or cannot be found.
    """
    if not isinstance(target, str):
        raise ConfigError(f"_target_: {target!r} is not allowed: a target is the name of a class")
    packages = tuple(f"{name}." for name in opened)
    known = target in allowed or _is_known(target, allowed)
    if not known and not target.startswith(packages):
        raise ConfigError(_refusal(target))
    try:
        found = get_object(target)
    except Exception as error:  # importing a module can fail in any way
        raise ConfigError(f"_target_: {target} cannot be found ({' '.join(str(error).split())})") from error
    # A package imports others (mypackage.os.system), and those are not the user's.
    if not known and not f"{getattr(found, '__module__', None)}.".startswith(packages):
        raise ConfigError(_refusal(target))


def _is_known(target: str, allowed: frozenset[str]) -> bool:
    """Whether a target is a class in ``allowed`` by another of its paths, such as that of the module that makes it.

    Nothing is imported for that but what is allowed: the other module has to be there already.
    """
    module, _, name = target.rpartition(".")
    for short in allowed:
        if short.rpartition(".")[2] == name:
            with suppress(Exception):  # importing a module can fail in any way
                found = get_object(short)
                if vars(sys.modules[module]).get(name) is found and get_object(target) is found:
                    return True
    return False


def _refusal(target: str) -> str:
    package = target.partition(".")[0]
    refusal = f"_target_: {target} is not allowed: no option of pointclip2 is built of it"
    if package in (*sys.stdlib_module_names, "pointclip2", "lightning", "torch", "hydra"):
        return f"{refusal}; pointclip2 catalog lists the options"
    return (
        f"{refusal}; for classes of your own package open the door: plugins=[{package}], or "
        f"{plugins.VARIABLE}={package}"
    )


def _check_arguments(node: dict[Any, Any]) -> None:
    """Refuse what an allowed class would do with such arguments."""
    name = str(node["_target_"])
    if name.endswith(".WandbLogger"):
        settings = node.get("settings") or {}
        if not isinstance(settings, dict):
            raise ConfigError("logger.wandb.settings is not allowed to be anything but names and values")
        given = [key for key in node if not str(key).startswith("_") and key not in WANDB_ARGUMENTS]
        given += [f"settings.{key}" for key in settings if key not in WANDB_SETTINGS]
        if given:
            raise ConfigError(
                f"logger.wandb.{given[0]} is not allowed in a configuration: set it in your own environment "
                f"(WANDB_{given[0].rpartition('.')[2].upper()}) if you mean it"
            )
    elif name.endswith(".Trainer"):
        strategy = node.get("strategy", "auto")
        if isinstance(strategy, str) and not STRATEGIES.fullmatch(strategy):
            raise ConfigError(
                f"trainer.strategy={strategy} is not allowed: auto, ddp, fsdp and their variants are"
            )
        if node.get("model_registry"):
            raise ConfigError("trainer.model_registry is not allowed: no run sends its weights anywhere")
