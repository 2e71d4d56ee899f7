"""What the README tells a newcomer to type, works."""

import inspect
import math
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser

from pointclip2.app.catalog import main as catalog
from pointclip2.app.compose import build, compose
from pointclip2.data.files.contents import FileRows
from pointclip2.data.files.rows import write_rows
from tests.app.answers.things import chair
from tests.places import ROOT
from tests.toy import composed

PAGES = ("README.md", "data/README.md", "outputs/README.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def snippets() -> list[str]:
    return re.findall(
        r"<!-- tests/test_readme.py runs this -->\n```python\n(.*?)```", README, flags=re.DOTALL
    )


def commands(start: str) -> list[str]:
    lines = "\n".join(blocks("sh")).splitlines() + re.findall(r"`([^`\n]+)`", README)
    return sorted(
        {line.split("  #")[0].strip() for line in lines if line.startswith(start) and "..." not in line}
    )


EVALUATE, CATALOG = commands("python evaluate.py"), commands("pointclip2 catalog")


def choices(words: list[str]) -> list[list[str]]:
    """What each override may be: several values where it is swept over."""
    parsed = OverridesParser.create().parse_overrides([word for word in words if word != "-m"])
    return [
        [f"{one.key_or_group}={value}" for value in one.sweep_string_iterator()]
        if one.is_sweep_override()
        else [str(one.input_line)]
        for one in parsed
    ]


def jobs(words: list[str]) -> list[list[str]]:
    """Jobs of a sweep in which each of its values comes once; the one run without ``-m``."""
    found = choices(words)
    count = max(map(len, found), default=1)
    return [[values[job % len(values)] for values in found] for job in range(count)]


@pytest.mark.parametrize("command", EVALUATE)
def test_a_command_line_composes(command: str) -> None:
    for overrides in jobs(shlex.split(command)[2:]):
        cfg = composed("evaluate", overrides)
        assert build(cfg.data).splits


@pytest.mark.parametrize("command", commands("python train.py"))
def test_a_training_composes(command: str) -> None:
    for overrides in jobs(shlex.split(command)[2:]):
        assert composed("train", overrides).task


def test_the_sweep_is_nine_runs() -> None:
    (sweep,) = [command for command in EVALUATE if " -m projector=" in command]
    assert math.prod(map(len, choices(shlex.split(sweep)[2:]))) == 9


@pytest.mark.parametrize("command", CATALOG)
def test_a_catalogue_command_answers(command: str) -> None:
    assert catalog(shlex.split(command)[2:])


def test_answers_come_as_the_first_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scans").mkdir()
    rows = FileRows(chair())
    for name in ("scan.ply", "chair.ply", "room.ply", "scans/one.ply"):
        write_rows(tmp_path / name, rows)
    table = tmp_path / "scan.csv"
    write_rows(table, rows)
    names: dict[str, Any] = {}
    first, second = snippets()[:2]
    exec(first, names)
    assert capsys.readouterr().out.startswith("scan.ply: chair ")
    exec(second.replace("scan.las", "scan.csv").replace("answers.to_pandas(), ", ""), names)
    assert {path.name for path in tmp_path.iterdir()} >= {"answers.csv", "parts.ply", "boxes.json"}


def test_the_notebook_snippet_runs() -> None:
    names: dict[str, Any] = {}
    exec(snippets()[2], names)
    assert names["views"].shape == (1, 10, 112, 112)
    assert names["probability"].shape == (len(names["classes"]),)
    torch.testing.assert_close(names["probability"].sum(), torch.tensor(1.0))


def test_the_example_of_a_projector_projects() -> None:
    names: dict[str, Any] = {}
    exec(snippets()[3], names)
    options = yaml.safe_load(blocks("yaml")[0])
    projector_class = names[options.pop("_target_").rsplit(".", 1)[1]]
    (rig,) = [entry["rig"] for entry in options.pop("defaults") if isinstance(entry, dict)]
    assert options.keys() | {"rig"} == inspect.signature(projector_class).parameters.keys()
    projector = projector_class(build(compose("evaluate", [f"projector/rig={rig}"]).projector.rig), **options)
    points = torch.nn.functional.normalize(
        torch.randn(2, 50, 3, generator=torch.Generator().manual_seed(0)), dim=2
    )
    seen = projector(points)
    row, column = seen.pixel_yx.unbind(dim=-1)
    batch, views = torch.arange(2)[:, None, None], torch.arange(10)[None, :, None]
    assert torch.all(seen.images[batch, views, row, column] == 0)
    assert seen.pixel_yx.shape == (2, 10, 50, 2)
    drawn = (seen.images == 0).sum(dim=(2, 3))
    # Two points may fall on one pixel, but not most of them.
    assert bool(((drawn > 35) & (drawn <= 50)).all())


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []
