"""The composed configuration as plain data."""

from typing import Any

from omegaconf import DictConfig, OmegaConf


def plain(node: DictConfig) -> dict[str, Any]:
    """Return a part of the configuration with everything resolved."""
    content = OmegaConf.to_container(node, resolve=True)
    assert isinstance(content, dict)
    return {str(key): value for key, value in content.items()}


def told(cfg: DictConfig) -> dict[str, Any]:
    """Return the configuration as one reads it: what the task only refers to stands in its own place."""
    content = plain(cfg)
    if isinstance(content.get("task"), dict):
        own = {key: value for key, value in content["task"].items() if not _refers(cfg.task, key)}
        content["task"] = own
    return content


def _refers(node: DictConfig, key: str) -> bool:
    """Whether a value is another part of the configuration as a whole."""
    return OmegaConf.is_interpolation(node, key) and OmegaConf.is_config(node[key])
