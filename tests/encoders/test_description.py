"""What a module says of itself: the same in every process, and another as soon as anything that counts is another."""

import functools
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.door import opened
from pointclip2.encoders.description import described, package_digest

MODULE = """
from enum import Enum
from functools import partial
from pathlib import Path
import numpy as np
import torch
from torch import nn

Way = Enum("Way", "UP DOWN")

class Mine(nn.Module):
    def __init__(self):
        super().__init__()
        self.size, self.place, self.way = 3, Path("a/b"), Way.UP
        self.names = {"chair", "lamp", "table", "sofa"}
        self.table = np.arange(5000.0)
        self.curve = partial(max, 1)
        self.inner = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        nn.init.ones_(self.inner[0].weight), nn.init.zeros_(self.inner[0].bias)
        self.register_buffer("grid", torch.linspace(0, 1, 7))
        self._memory = {}
"""

SAY = """
import json, sys
sys.path[:0] = sys.argv[1:]
from mine import Mine
from pointclip2.encoders.description import described
print(json.dumps(described(Mine()), sort_keys=True))
"""


def said_in_another_process(folder: Path, seed: str) -> str:
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", SAY, str(folder), root]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "mine.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    import mine  # type: ignore[import-not-found]

    yield mine
    sys.modules.pop("mine")


def test_equal_modules_say_the_same_in_every_process(tmp_path: Path, mine: Any) -> None:
    here = json.dumps(described(mine.Mine()), sort_keys=True)
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    assert json.loads(said_in_another_process(tmp_path, seed)) == json.loads(here)


def set_weight(module: Any) -> None:
    with torch.no_grad():
        module.inner[0].weight[0, 0] = 2


CHANGES: dict[str, Callable[[Any], Any]] = {
    "attribute": lambda module: setattr(module, "size", 4),
    "path": lambda module: setattr(module, "place", Path("a/c")),
    "choice": lambda module: setattr(module, "way", type(module.way).DOWN),
    "set": lambda module: module.names.add("bed"),
    "array": lambda module: module.table.__setitem__(2500, 0.5),
    "call": lambda module: setattr(module, "curve", functools.partial(max, 2)),
    "buffer": lambda module: module.grid.__setitem__(3, 0.25),
    "weight": set_weight,
    "part": lambda module: module.inner.__setitem__(1, torch.nn.GELU()),
}


def test_whatever_counts_changes_what_is_said_and_working_memory_does_not(mine: Any) -> None:
    before = described(mine.Mine())
    for what, change in CHANGES.items():
        other = mine.Mine()
        change(other)
        assert described(other) != before, what
    used = mine.Mine()
    used._memory["points"] = torch.rand(3)
    assert described(used.eval()) == before
    Path(mine.__file__).write_text(MODULE + "\n# edited\n")
    assert described(mine.Mine()) != before


def test_a_projector_says_the_same_after_it_has_worked() -> None:
    for name in ("v2_classification", "splat", "v1_zeroshot", "contour"):
        projector = build(compose("evaluate", [f"projector={name}"]).projector)
        before = described(projector)
        projector(torch.rand(1, 64, 3) - 0.5)
        assert described(projector) == before, name
        json.dumps(before)


def test_an_edit_anywhere_in_a_package_whose_door_is_open_is_another_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "far_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "turning.py").write_text("class Turned:\n    pass\n")
    (package / "angles.py").write_text("DEGREES = 30\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(opened, "far_package", (package,))
    turned = importlib.import_module("far_package.turning").Turned()
    first = described(turned)
    (package / "angles.py").write_text("DEGREES = 60\n")
    package_digest.cache_clear()  # each run looks once
    assert described(turned) != first
