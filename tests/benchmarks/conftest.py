"""Measurements run when they are asked for: ``pytest -m benchmark``."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what measures, unless the marker expression speaks of it."""
    if "benchmark" in config.getoption("markexpr"):
        return
    measuring = [item for item in items if item.get_closest_marker("benchmark")]
    if measuring:
        config.hook.pytest_deselected(items=measuring)
        items[:] = [item for item in items if item not in measuring]
