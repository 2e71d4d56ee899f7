"""Read plain values out of a Python file without running it; the official program keeps its search results in one."""

import ast
import warnings
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from pointclip2.reading import read_bytes
from pointclip2.types import ConfigError

_UNREADABLE = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)


def read_literals(path: str | Path) -> dict[str, Any]:
    """Return the values of top-level assignments ``name = ...`` and ``name["key"] = ...`` that are plain literals.

    The file is parsed and never run. What is not a literal (a call, a comparison, another name) is left out,
    and so is a name whose last assignment was not one; other statements are passed over.

    Raises:
        ConfigError: the file is missing, is not Python, repeats a key in one dict, or has no literal at all.
    """
    path = Path(path).expanduser()
    try:
        # Read as bytes, because the parser obeys the file's own coding line.
        source = read_bytes(path)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read ({error.strerror or error}): give the path of a Python file of values"
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # escapes in a file that is not ours would warn
            module = ast.parse(source)
    except _UNREADABLE as error:
        raise ConfigError(f"{path} is not a Python file ({error}): nothing was read from it") from error
    values: dict[str, Any] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            value = _literal(statement.value, path)
            for target in statement.targets:
                _assign(values, target, value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            _assign(values, statement.target, _literal(statement.value, path))
    if not values:
        raise ConfigError(
            f'{path} holds no plain values: lines such as name = {{"chair": ["..."]}} are expected'
        )
    return values


class _NotLiteral:
    pass


def _literal(node: ast.expr, path: Path) -> Any:
    try:
        value = ast.literal_eval(node)
    except _UNREADABLE:
        return _NotLiteral()
    for part in ast.walk(node):
        if isinstance(part, ast.Dict):
            keys: set[Any] = set()
            for key in (ast.literal_eval(key) for key in part.keys if key is not None):
                if key in keys:
                    raise ConfigError(
                        f"{path}, line {part.lineno}: the key {key!r} is there twice, take one away"
                    )
                keys.add(key)
    return value


def _assign(values: dict[str, Any], target: ast.expr, value: Any) -> None:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            _assign(values, element, _NotLiteral())
        return
    keys: list[Any] = []
    while isinstance(target, ast.Subscript):
        try:
            keys.append(ast.literal_eval(target.slice))
        except _UNREADABLE:
            return
        target = target.value
    if not isinstance(target, ast.Name):
        return
    place: Any = values
    names = [target.id, *reversed(keys)]
    last = names.pop()
    for key in names:
        place = place.get(key) if isinstance(place, MutableMapping) else None
    if not isinstance(place, MutableMapping):
        return
    try:
        if isinstance(value, _NotLiteral):
            place.pop(last, None)
        else:
            place[last] = value
    except TypeError:  # an unhashable key such as [1], at which the program itself would have stopped
        return
