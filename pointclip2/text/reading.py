"""Read a user's file of sentences as plain values: JSON, YAML, or the literals of a Python file."""

import json
from pathlib import Path
from typing import Any

from pointclip2.reading import TooLargeError, check_aliases, read_bytes
from pointclip2.sealed import DamagedError, opened
from pointclip2.text.literals import read_literals
from pointclip2.types import ConfigError

MERGE = "tag:yaml.org,2002:merge"
SUFFIXES = (".json", ".yaml", ".yml", ".py")


def read_values(path: Path) -> Any:
    """Return what the file holds. Nothing in it is run, and a repeated key is an error.

    Raises:
        ConfigError: the file is missing, of another kind, not UTF-8, or malformed.
    """
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise ConfigError(
            f"{path} is not a kind of file that holds prompts: give one of {', '.join(SUFFIXES)}"
        )
    if suffix == ".py":
        return read_literals(path)
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read ({error.strerror or error}): prompt.path must be a file of sentences"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    try:
        return opened(_from_json(text), path) if suffix == ".json" else _from_yaml(text)
    except DamagedError as error:
        raise ConfigError(f"prompt.path: {error}") from error
    except _KeyTwiceError as error:
        raise ConfigError(f"{path} has the key {error.args[0]!r} twice: keep one") from error
    except (ValueError, RecursionError, TooLargeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"{path} is not {suffix[1:].upper()} ({reason}): put it right there") from error


class _KeyTwiceError(Exception):
    pass


def _unique(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _KeyTwiceError(key)
        found[key] = value
    return found


def _from_json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_unique)


def _from_yaml(text: str) -> Any:
    import yaml  # OmegaConf's own reader, so it is always there

    check_aliases(text)

    class Loader(yaml.SafeLoader):
        """Reads YAML's plain values and refuses a key that occurs twice."""

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        try:
            # Checked before merging: keys brought in by "<<" may be overwritten, keys written out may not.
            _unique(
                [(loader.construct_object(key, deep=True), None) for key, _ in node.value if key.tag != MERGE]
            )
            loader.flatten_mapping(node)
            return {
                loader.construct_object(key, deep=True): loader.construct_object(value, deep=True)
                for key, value in node.value
            }
        except TypeError as error:  # the key is a list or a dict
            raise ValueError(f"line {node.start_mark.line + 1}: {error}") from error

    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    try:
        return yaml.load(text, Loader=Loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
