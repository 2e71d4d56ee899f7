"""Show the configuration as a table that opens on demand."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pointclip2.show.page.html import EMPTY, Html, element, section, table


def flattened(content: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield leaves with their dotted keys; lists of plain values and empty containers are leaves.

    >>> list(flattened({"a": {"b": 1}, "c": [1, 2]}))
    [('a.b', 1), ('c', [1, 2])]
    """
    if isinstance(content, Mapping) and content:
        for key, value in content.items():
            yield from flattened(value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(content, list) and any(isinstance(value, Mapping) for value in content):
        for index, value in enumerate(content):
            yield from flattened(value, f"{prefix}.{index}" if prefix else str(index))
    else:
        yield prefix, content


def options(content: Mapping[str, Any]) -> Html:
    """Write every option with its value, and a field that filters them."""
    rows = [
        [
            element("code", key),
            element("code", value if isinstance(value, str) else json.dumps(value, default=str)),
        ]
        for key, value in flattened(content)
    ]
    if not content:
        return EMPTY
    return section(
        "options",
        "Options",
        element(
            "details",
            element("summary", f"{len(rows)} options"),
            element(
                "p",
                element("label", "narrow down ", for_="options-filter"),
                element("input", id="options-filter", type="search", autocomplete="off"),
                class_="controls",
            ),
            table(["option", "value"], rows, id="options-table"),
        ),
    )
