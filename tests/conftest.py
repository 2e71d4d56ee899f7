"""What every test stands on: no network, two threads in all, and shapes checked at every call into the package."""

import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

# Set before anything imports a library that reads them once.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["WANDB_MODE"] = "offline"
# What answers keep between programs: not among the user's own.
os.environ["POINTCLIP2_CACHE"] = tempfile.mkdtemp(prefix="pointclip2-tests-")

import pytest
import torch
from jaxtyping import install_import_hook

torch.set_num_threads(1 if "PYTEST_XDIST_WORKER" in os.environ else 2)

# So that plain `pytest` finds the package and what tests share, installed or not.
ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

# The hook's own import stops at the top of a dotted name.
importlib.import_module("tests.shape_checks")
# What is first imported by a checked module is compiled anew, whatever bytecode it has. All tests need all of these.
processes = importlib.import_module("tests.processes")
if "PYTEST_XDIST_WORKER" in os.environ:
    processes.import_libraries()
processes.open_nursery()
# Must precede the first import of the package: modules imported earlier stay unchecked.
install_import_hook("pointclip2", "tests.shape_checks.checked")


def pytest_unconfigure() -> None:
    processes.close_nursery()
    shutil.rmtree(os.environ["POINTCLIP2_CACHE"], ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    # OmegaConf is made of hints that Python has deprecated; beartype says so when it reads ours.
    ignored = "ignore::beartype.roar.BeartypeDecorHintPep585DeprecationWarning"
    config.addinivalue_line("filterwarnings", ignored)
