"""From YAML to objects: compose a configuration, build what it describes.

``compose("evaluate", ["projector=splat"])`` is what ``evaluate.py projector=splat`` sees, for notebooks and tests.
"""

from collections.abc import Sequence
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException, InstantiationException
from hydra.utils import get_object, instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pointclip2.app.catalog import conf_dir
from pointclip2.types import ConfigError, UserError

ALLOWED_TARGETS = ("pointclip2.", "lightning.", "torch.")


def compose(name: str, overrides: Sequence[str] = ()) -> DictConfig:
    """Compose ``conf/<name>.yaml`` with overrides, exactly as the command line does.

    Raises:
        ConfigError: an unknown option or value; the message names it.
    """
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(conf_dir()), version_base="1.3"):
            return hydra_compose(name, overrides=list(overrides))
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(f"{name} {' '.join(overrides)}: {error}") from error


def build(node: DictConfig | dict[str, Any], **more: Any) -> Any:
    """Construct what ``node._target_`` names; every other key is one of its constructor's arguments.

    Raises:
        ConfigError: no target, a target outside pointclip2, lightning and torch, or arguments it does not take.
    """
    plain: Any = OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node
    if not isinstance(plain, dict) or "_target_" not in plain:
        raise ConfigError("nothing to build: the node has no _target_")
    _check_targets(plain)
    try:
        # Hydra's own way to the same takes as long as all the rest of a job on cached features.
        return (
            _constructed({**plain, **more})
            if _is_plain(plain)
            else instantiate(plain, **more, _convert_="all")
        )
    except InstantiationException as error:
        # What a user did wrong is in the cause; Hydra's wrapping hides it.
        if isinstance(error.__cause__, UserError):
            raise error.__cause__ from None
        if isinstance(error.__cause__, TypeError):
            raise ConfigError(f"{plain['_target_']}: {error.__cause__}") from error
        raise


def _is_plain(node: Any) -> bool:
    """Whether a target and its arguments are all there is: no ``_partial_``, ``_args_`` and the like."""
    if isinstance(node, dict):
        special = any(str(key).startswith("_") and key != "_target_" for key in node)
        return not special and all(map(_is_plain, node.values()))
    return all(map(_is_plain, node)) if isinstance(node, list) else True


def _constructed(node: Any) -> Any:
    if isinstance(node, list):
        return [_constructed(value) for value in node]
    if not isinstance(node, dict):
        return node
    made = {key: _constructed(value) for key, value in node.items() if key != "_target_"}
    if "_target_" not in node:
        return made
    try:
        return get_object(node["_target_"])(**made)
    except Exception as error:  # as Hydra does: the caller tells causes apart
        raise InstantiationException(f"Error in call to target '{node['_target_']}': {error!r}") from error


def _check_target(target: str) -> None:
    refusal = f"_target_: {target} is not allowed, only {', '.join(ALLOWED_TARGETS)}*"
    if not target.startswith(ALLOWED_TARGETS):
        raise ConfigError(refusal)
    try:
        found = get_object(target)
    except Exception as error:  # importing a module can fail in any way
        raise ConfigError(f"_target_: {target} cannot be found ({' '.join(str(error).split())})") from error
    # A module of ours imports others (torch.os.system), and a library's functions are programs (torch.hub.load).
    home = f"{getattr(found, '__module__', None)}."
    if not home.startswith(ALLOWED_TARGETS if isinstance(found, type) else "pointclip2."):
        raise ConfigError(refusal)


def _check_targets(node: Any) -> None:
    """Refuse targets from anywhere else: a configuration file is data, not a program."""
    if isinstance(node, dict):
        target = node.get("_target_")
        if target is not None:
            _check_target(str(target))
        for value in node.values():
            _check_targets(value)
    elif isinstance(node, list):
        for value in node:
            _check_targets(value)
