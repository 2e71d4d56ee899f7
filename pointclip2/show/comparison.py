"""Compare runs side by side: what differed between them, and what came out. It needs neither torch nor Lightning."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pointclip2.errors import DataError
from pointclip2.reading import TooLargeError, check_aliases, read_text
from pointclip2.sealed import DamagedError, UnsealedError, is_sealed, opened, reading
from pointclip2.writing import csv_text, write_text

if TYPE_CHECKING:
    from rich.table import Table

RESULTS = "results.json"
FAILED = "FAILED"
"""File that a failed run leaves in its folder, instead of ``RESULTS``."""
SEALED_SCHEMA = 3
"""From this ``schema`` on every record carries a checksum."""
Row = dict[str, Any]
ORACLE = "TEST"
"""Mark of rows whose prompts or weights were selected on the labels that they are measured by."""
DESCRIBED = ("run", "job")
"""Columns that name a row."""
WIDE = 200
"""Width in characters of a table that is not printed in a terminal."""


def read_results(path: Path) -> dict[str, Any]:
    """Return the record of a run.

    Raises:
        FileNotFoundError, NotADirectoryError: there is none.
        DamagedError: it is not as it was written; an `UnsealedError` where it lost its checksum, which those of earlier
            versions (a ``schema`` below 3) never had.
    """
    with reading(path):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not is_sealed(content) and content.get("schema", 0) >= SEALED_SCHEMA:
            raise UnsealedError(path)
        found: dict[str, Any] = opened(content, path)
        return found


def jobs(sweep: Path) -> list[Path]:
    """Return the folders in a sweep that have results or a note of failure, in the order of the jobs."""
    if not sweep.is_dir():
        return []
    folders = [path for path in sweep.iterdir() if (path / RESULTS).is_file() or (path / FAILED).is_file()]
    return sorted(folders, key=lambda path: (len(path.name), path.name))


def runs(paths: Sequence[Path]) -> list[Path]:
    """Return the folders of runs: the paths themselves, folders of a ``results.json``, all jobs of sweeps.

    Raises:
        DataError: a path holds neither.
    """
    found = []
    for path in paths:
        folder = path.parent if path.name in (RESULTS, FAILED) else path
        if (folder / RESULTS).is_file() or (folder / FAILED).is_file():
            found.append(folder)
            continue
        inside = jobs(folder)
        if not inside and folder.is_dir():
            inside = [job for sweep in sorted(folder.iterdir()) for job in jobs(sweep)]
        if not inside:
            raise DataError(
                f"{path}: neither {RESULTS} nor {FAILED} in it, nor in a folder of it; "
                "give the folder of a run, of a sweep or of sweeps"
            )
        found += inside
    return list(dict.fromkeys(found))


def usable(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Return the paths that hold runs, and an error message for each of the others.

    Raises:
        DataError: no path holds a run.
    """
    good, wrong = [], []
    for path in paths:
        try:
            runs([path])
        except DataError as error:
            wrong.append(str(error))
        else:
            good.append(path)
    if not good:
        raise DataError("\n".join(wrong))
    return good, wrong


def rows_of(paths: Sequence[Path]) -> list[Row]:
    """Read one row a run: its options, its metrics as fractions, what it was selected on, and its seconds.

    Raises:
        DataError: a record is damaged.
    """
    rows, damaged = readable_rows(paths)
    if damaged:
        raise DataError(damaged[0])
    return rows


def readable_rows(paths: Sequence[Path]) -> tuple[list[Row], list[str]]:
    """Return the rows of the runs whose records are whole, and a line about each of the others.

    Raises:
        DataError: a path holds no run.
    """
    folders = runs(paths)
    # The number tells jobs of one sweep apart; other runs need their path.
    alone = len(paths) == 1 and all(folder.parent == paths[0] for folder in folders)
    rows, damaged = [], []
    for folder in folders:
        try:
            rows.append(_row(folder, folder.name if alone else str(folder), "job" if alone else "run"))
        except DataError as error:
            damaged.append(f"{error}: run it again")
    return rows, damaged


def _row(folder: Path, name: str, kind: str) -> Row:
    row: Row = {kind: name}
    overrides = folder / ".hydra" / "overrides.yaml"
    words = _listed(overrides) if overrides.is_file() else []
    parted = [word.lstrip("+~").partition("=") for word in words]
    options = {option: value for option, sign, value in parted if sign}
    if not (folder / RESULTS).is_file():
        return {**row, **options, "error": read_text(folder / FAILED, errors="replace").strip()}
    try:
        results = read_results(folder / RESULTS)
        figures = {name: value for name, value in results["metrics"].items() if "_class/" not in name}
        told = {"selected_on": results["selected_on"], "seconds": results["seconds"]["total"]}
        before = results.get("search", {}).get("before", {})
        searched = {f"{name} before": value for name, value in list(before.items())[:1]}
        if kind == "run":
            options = {**_facts(results), **options}
    except (KeyError, TypeError, AttributeError) as error:
        raise DamagedError(folder / RESULTS, repr(error), "is not a record of a run") from error
    return {**row, **options, **searched, **figures, **told}


def _listed(path: Path) -> list[str]:
    """The words of a list in YAML, as they were typed: what they refer to is not looked up."""
    with reading(path):
        text = read_text(path)
        try:
            check_aliases(text)
        except TooLargeError as error:
            raise DamagedError(path, error, "cannot be read") from error
        found = yaml.load(text, Loader=yaml.BaseLoader) or []
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise DamagedError(path, "it is no list of words")
    return found


def _facts(results: Mapping[str, Any]) -> Row:
    """Return the facts that runs of different commands have in common."""
    data = results.get("data", {})
    return {
        "task": results.get("task"),
        "data": "/".join(str(data[key]) for key in ("name", "split") if key in data),
        "backbone": results.get("backbone", {}).get("id"),
        "prompt": results.get("prompt", {}).get("name"),
        "view_weights": results.get("view_weights", {}).get("source"),
        "search": results.get("search", {}).get("name"),
    }


def fields_of(rows: Sequence[Row]) -> list[str]:
    """Return the columns of all rows in order of appearance, with what is measured at the end."""
    fields = list(dict.fromkeys(field for row in rows for field in row))
    last = ["selected_on", "seconds", "error"]
    return [f for f in fields if f not in last] + [f for f in last if f in fields]


def metric_fields(rows: Sequence[Row]) -> list[str]:
    """Return the columns that are metrics."""
    return [
        field
        for field in fields_of(rows)
        if "/" in field
        and not field.endswith(" before")
        and any(isinstance(row.get(field), float | int) for row in rows)
    ]


def is_oracle(row: Row) -> bool:
    """Say whether the row's figures were selected on the labels that they are measured by."""
    return row.get("selected_on") == "test"


def best_of(rows: Sequence[Row], metric: str) -> list[int]:
    """Return the numbers of the rows with the highest figure; oracle rows are left out."""
    figures = {
        number: row[metric]
        for number, row in enumerate(rows)
        if isinstance(row.get(metric), float | int) and not is_oracle(row)
    }
    return [number for number, figure in figures.items() if figure == max(figures.values())]


def shortened(rows: Sequence[Row]) -> list[Row]:
    """Leave out options that are the same in every row, for reading."""
    if len(rows) < 2:
        return list(rows)
    kept = {*metric_fields(rows), "run", "job", "selected_on", "seconds", "error"}
    same = {
        field
        for field in fields_of(rows)
        if field not in kept
        and not field.endswith(" before")
        and len({str(row.get(field)) for row in rows}) == 1
    }
    return [{field: value for field, value in row.items() if field not in same} for row in rows]


def cell(field: str, row: Row) -> str:
    """Format a value for people: metrics in per cent."""
    value = row.get(field)
    if value is None:
        return ""
    if isinstance(value, float) and "/" in field:
        return f"{100 * value:.2f}"
    if field == "selected_on" and is_oracle(row):
        return f"{value} ({ORACLE} LABELS)"
    return f"{value:.1f}" if isinstance(value, float) else " ".join(str(value).split())


def marks(rows: Sequence[Row], metric: str | None) -> list[str]:
    """Mark each row ``best``, ``oracle`` or not at all."""
    best = set(best_of(rows, metric)) if metric else set()
    return [
        "oracle" if is_oracle(row) else "best" if number in best else "" for number, row in enumerate(rows)
    ]


def as_csv(rows: Sequence[Row]) -> str:
    """Return every column as CSV, metrics as fractions."""
    fields = fields_of(rows)
    return csv_text([fields, *([row.get(name, "") for name in fields] for row in rows)])


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """Write `as_csv` to a file, whole or not at all."""
    write_text(path, as_csv(rows))
    return path


def as_markdown(rows: Sequence[Row], metric: str | None) -> str:
    """Write a table for each kind of measurement, metrics in per cent, the best bold, oracle rows marked in italics."""
    return "\n\n".join(_markdown_table(group, _judge(group, metric)) for group in of_one_kind(rows))


def _markdown_table(rows: Sequence[Row], metric: str | None) -> str:
    shown = shortened(rows)
    fields = fields_of(shown)
    lines = [f"| {' | '.join(['', *fields])} |", f"|{'---|' * (len(fields) + 1)}"]
    for row, mark in zip(shown, marks(rows, metric), strict=True):
        around = {"best": "**", "oracle": "*"}.get(mark, "")
        cells = [cell(field, row).replace("|", "\\|") for field in fields]
        lines.append(f"| {' | '.join([mark, *(f'{around}{c}{around}' if c else '' for c in cells)])} |")
    return "\n".join(lines)


def of_one_kind(rows: Sequence[Row]) -> list[list[Row]]:
    """Group rows that were measured alike, in order of appearance; rows without figures go with the first group."""
    kinds = [next(iter(metric_fields([row])), None) for row in rows]
    first = next(filter(None, kinds), "")
    groups: dict[str, list[Row]] = {}
    for row, kind in zip(rows, kinds, strict=True):
        groups.setdefault(kind or first, []).append(row)
    return list(groups.values())


def _judge(rows: Sequence[Row], metric: str | None) -> str | None:
    """Return the metric that was asked for, where these rows have it, or their first."""
    own = metric_fields(rows)
    return metric if metric in own else next(iter(own), None)


def print_comparison(rows: Sequence[Row], metric: str | None = None, width: int | None = None) -> None:
    """Print tables to the console, one for each kind of measurement, metrics in per cent."""
    from rich.console import Console

    console = Console(width=width)
    if width is None and not console.is_terminal:  # a file has no width
        console = Console(width=WIDE)
    for group in of_one_kind(_named_shortly(rows)):
        console.print(_table(group, _judge(group, metric)))
    if any(map(is_oracle, rows)):
        console.print("oracle: selected on the TEST labels that it is measured by; an upper bound, no result")


def _named_shortly(rows: Sequence[Row]) -> list[Row]:
    """Shorten the paths of runs by the folder that all of them are in."""
    names = [row["run"] for row in rows if "run" in row]
    if len(names) < 2:
        return list(rows)
    common = os.path.commonpath(names)
    return [{**row, "run": os.path.relpath(row["run"], common)} if "run" in row else row for row in rows]


def _table(rows: Sequence[Row], metric: str | None) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    shown = shortened(rows)
    table = Table(title="runs side by side (metrics in per cent)")
    fields = fields_of(shown)
    for field in ["", *fields]:
        table.add_column(field, overflow="fold")
    styles = {"best": "bold green", "oracle": "yellow"}
    for row, mark in zip(shown, marks(rows, metric), strict=True):
        table.add_row(mark, *(escape(cell(field, row)) for field in fields), style=styles.get(mark))
    return table
