"""Compose a configuration from YAML files, and build the objects that it describes.

``compose("evaluate", ["projector=splat"])`` is what ``pointclip2 evaluate projector=splat`` sees, for notebooks and
tests.
"""

import difflib
import re
import shlex
from collections.abc import Sequence
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException, InstantiationException, OverrideParseException
from hydra.utils import get_object, instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pointclip2.app import plugins
from pointclip2.app.catalog import conf_dir
from pointclip2.app.hydra_node import checking
from pointclip2.app.overrides import in_quotes, quoted
from pointclip2.app.targets import check_targets
from pointclip2.errors import ConfigError, UserError

EXTRAS = {"joblib": "sweep", "submitit_slurm": "slurm", "submitit_local": "slurm"}
"""What has to be installed for a launcher or a sweeper of Hydra's."""


def compose(name: str, overrides: Sequence[str] = ()) -> DictConfig:
    """Compose ``conf/<name>.yaml`` with overrides, exactly as the command line does.

    Raises:
        ConfigError: an unknown option or value; the message names it.
    """
    plugins.search_options(plugins.open_door(overrides))
    GlobalHydra.instance().clear()
    checking()
    try:
        with initialize_config_dir(str(conf_dir()), version_base="1.3"):
            return hydra_compose(name, overrides=quoted(overrides))
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise ConfigError(f"{name} {' '.join(overrides)}: {explained(error)}") from error


def explained(error: BaseException) -> str:
    """Say in one line what is wrong with an option; Hydra and OmegaConf take many."""
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else None
    text = " ".join(f"{error} {cause or ''}".split())
    text = re.sub(r" *(full_key: \S*|(object|reference)_type=\S*|See https://hydra\S* for details)", "", text)
    missing = re.search(
        r"Could not find '(\S*?)([^/' ]+)' Available options in '\S+': (.*?)(?: Config search|$)", text
    )
    if missing is not None:
        group, name, there = missing.groups()
        if group.startswith("hydra/") and name in EXTRAS:
            return f"{group}{name} is not installed: pip install 'pointclip2[{EXTRAS[name]}]'"
        return f"there is no {group}{name}{_near(name, there.split())}; there are {', '.join(there.split())}"
    unread = getattr(error, "override", None)
    if isinstance(error, OverrideParseException) and unread and "=" in unread:
        key, _, value = unread.partition("=")
        return f"{text} (a name is quoted for Hydra: {shlex.quote(f'{key}={in_quotes(value)}')})"
    if (
        cause is not None
        and OmegaConf.is_dict(cause.parent_node)
        and "is not in struct" in text
        and "Did you mean" not in text
    ):
        return text + _near(str(cause.key), [str(key) for key in cause.parent_node])
    return text


def _near(name: str, names: Sequence[str]) -> str:
    found = difflib.get_close_matches(name, names, 1)
    return f" (did you mean {found[0]}?)" if found else ""


def build(node: DictConfig | dict[str, Any], **more: Any) -> Any:
    """Construct what ``node._target_`` names; every other key is one of its constructor's arguments.

    Raises:
        ConfigError: no target, arguments it does not take, or a target that may not be built (`targets`).
    """
    plain: Any = OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node
    if not isinstance(plain, dict) or "_target_" not in plain:
        raise ConfigError("nothing to build: the node has no _target_")
    check_targets(plain)
    try:
        # Hydra's own way to the same takes as long as all the rest of a job on cached features.
        if _is_plain(plain):
            return _constructed({**plain, **more})
        _check_quoted(plain)
        return instantiate(plain, **more, _convert_="all")
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


def _check_quoted(node: Any) -> None:
    """Refuse what Hydra would resolve once more, after the targets were looked at: it could name any target."""
    if isinstance(node, dict):
        for value in node.values():
            _check_quoted(value)
    elif isinstance(node, list):
        for value in node:
            _check_quoted(value)
    elif isinstance(node, str) and "${" in node:
        raise ConfigError(
            f"{node}: a quoted interpolation is not taken beside _partial_, _args_ and _convert_"
        )
