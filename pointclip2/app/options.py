"""The composed configuration as plain data."""

from typing import Any

from omegaconf import DictConfig, OmegaConf


def plain(node: DictConfig) -> dict[str, Any]:
    """Return a part of the configuration with everything resolved."""
    content = OmegaConf.to_container(node, resolve=True)
    assert isinstance(content, dict)
    return {str(key): value for key, value in content.items()}


def resolved(cfg: DictConfig) -> dict[str, Any]:
    """Return the whole configuration with everything resolved, for reading only.

    A task refers to most of the rest (``data: ${data}``); such a part is resolved once and shared, for that takes
    longer than all the figures of a job on cached features.
    """
    task = cfg.get("task")
    if not isinstance(task, DictConfig):
        return plain(cfg)
    content = {str(key): _value(cfg[key]) for key in cfg if key != "task"}
    parts = {f"${{{key}}}": value for key, value in content.items()}
    node = {
        str(key): parts[word] if isinstance(word, str) and word in parts else _value(task[key])
        for key, word in task.items_ex(resolve=False)
    }
    return {**content, "task": node}


def _value(value: Any) -> Any:
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


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
