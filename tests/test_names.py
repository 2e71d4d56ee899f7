"""No undefined names: ruff's F821 and mypy's name-defined are off because of jaxtyping's shapes."""

import builtins
import dis
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.places import ROOT

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    # Benchmarks, too: nothing else runs them day by day.
    for path in [*(ROOT / "pointclip2").rglob("*.py"), *(ROOT / "tests" / "benchmarks").glob("test_*.py")]
)


def codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all those inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def undefined(source: str, module: ModuleType) -> set[str]:
    """Global names that the source reads and that neither the loaded module nor Python defines."""
    missing = set()
    for code in codes(compile(source, module.__name__, "exec", dont_inherit=True)):
        steps = list(dis.get_instructions(code))
        own = {step.argval for step in steps if step.opname == "STORE_NAME"}
        read = {step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
        missing |= {name for name in read - own if not hasattr(module, name) and not hasattr(builtins, name)}
    return missing


@pytest.mark.parametrize("name", MODULES)
def test_every_global_name_that_a_module_reads_is_defined(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert undefined(Path(module.__file__).read_text(encoding="utf-8"), module) == set()


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("def f():\n    return lenght", {"lenght"}),
        ("class A:\n    x = 1\n    y = x + z", {"z"}),
        ("def f(a: 'Float[Tensor, \"views\"]') -> None:\n    return len(a)", set()),
        ("def f():\n    return [g for g in rows]", {"rows"}),
    ],
)
def test_the_check_itself_finds_what_is_not_there(source: str, missing: set[str]) -> None:
    assert undefined(source, ModuleType("pointclip2_example")) == missing
