"""What mattered in training, as a table: ``pointclip2 ablation outputs/training/ablation_*``.

With ``--measure`` the trained models are also evaluated as `MEASURED` says. What has been measured stands in each
training's folder and is not measured again, unless its weights, the options or the program are others.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from pointclip2.app.records import finished_job
from pointclip2.errors import DataError, UserError
from pointclip2.writing import csv_text, write_text

# As `pointclip2.tasks.pretrain.run` writes them; importing it would load torch.
MODEL, CARD = "model", "model.json"
MEASURED: dict[str, tuple[str, ...]] = {
    "test": (),
    "test, scanned": ("data.corruption=scan",),
    "test by splat": ("projector=splat",),
    "unseen classes": ("experiment=tiny_clip_unseen",),
    "unseen, by name": ("experiment=tiny_clip_unseen", "prompt=name"),
    "other names": ("prompt=other_names",),
    "parts, mIoU": ("task=part_segmentation", "data.per_class.test=4"),
}
"""Options of ``evaluate.py`` by column; the objective of the run is what stands there."""

Row = dict[str, str | int | float]


def validated(folder: Path) -> Row:
    """What a training says of itself: its name, its steps, and the accuracies of its last validation as fractions.

    Raises:
        DataError: a folder without a finished validation.
    """
    card = _card(folder)
    try:
        scores = card["validation"]
        return {
            "training": folder.name.removeprefix("ablation_").replace("_", " "),
            "steps": card["steps"],
            "val": scores["val/acc"],
            "val, scanned": scores["val/acc_scan"],
        }
    except KeyError as error:
        raise DataError(f"{folder / MODEL / CARD}: no {error} in it; train there again") from error


def measured(
    folder: Path, options: Sequence[str] = (), also: Mapping[str, Sequence[str]] | None = None
) -> Row:
    """The columns of `MEASURED` for the model of a training, as fractions; ``options`` are added to those of each.

    Args:
        folder: of the training.
        options: of ``evaluate.py``, for every column.
        also: more columns, each with its options.

    Raises:
        UserError: options that cannot work, or a model that cannot be opened.
    """
    from pointclip2.app.compose import compose
    from pointclip2.app.run import evaluate

    weights = _card(folder)["sha256"]
    found: Row = {}
    for column, own in {**MEASURED, **(also or {})}.items():
        cfg = compose("evaluate", [*own, *options, "backbone=local", "backbone.arch=null", "logger=none"])
        cfg.backbone.arch = f"local-dir:{folder / MODEL}"  # may hold what Hydra's grammar would need quoted
        cfg.report, cfg.pictures = False, 0
        cfg.run_dir = str(folder / "measured" / column.replace(",", "").replace(" ", "_"))
        record = finished_job(Path(cfg.run_dir), cfg)
        if record is not None and record["backbone"]["weights_hash"] == weights:
            found[column] = record["objective"]["value"]
            continue
        print(f"{folder.name}: {column}", file=sys.stderr, flush=True)
        with redirect_stdout(sys.stderr):  # the table of trainings alone is what this program prints
            found[column] = evaluate(cfg).objective
    return found


def as_markdown(rows: Sequence[Row]) -> str:
    """One row a training in the order given; fractions as per cent."""
    lines = [f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
    lines += [f"| {' | '.join(_shown(value, 1) for value in row.values())} |" for row in rows]
    return "\n".join(lines)


def as_csv(rows: Sequence[Row]) -> str:
    """The same with two digits."""
    return csv_text([list(rows[0]), *([_shown(value, 2) for value in row.values()] for row in rows)])


def _shown(value: str | float, digits: int) -> str:
    return f"{100 * value:.{digits}f}" if isinstance(value, float) else str(value)


def _card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / MODEL / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{folder}: no readable {MODEL}/{CARD}; train there first") from error
    return card


def main(words: Sequence[str] | None = None) -> int:
    """Print the table, as these command line words ask for; the exit status."""
    parser = argparse.ArgumentParser(prog="pointclip2 ablation", description="Trainings side by side.")
    parser.add_argument("folder", nargs="+", type=Path, help="of a training: outputs/training/<name>")
    parser.add_argument("--measure", action="store_true", help="evaluate the models, too")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="'COLUMN: OPTIONS'",
        help="one more column, such as 'my scans: data=folder data.path=scans data.classes=known'; with --measure",
    )
    parser.add_argument("--csv", type=Path, help="a file for the table, in addition")
    asked = parser.parse_args(words)
    also = {name.strip(): shlex.split(told) for name, _, told in (one.partition(":") for one in asked.also)}
    if not all(name and told for name, told in also.items()) or (also and not asked.measure):
        parser.error("--also takes 'COLUMN: OPTIONS', and goes with --measure")
    try:
        rows = [validated(folder) for folder in asked.folder]
        if asked.measure:
            rows = [row | measured(folder, also=also) for row, folder in zip(rows, asked.folder, strict=True)]
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    rows.sort(key=lambda row: row["val"], reverse=True)
    if asked.csv:
        write_text(asked.csv, as_csv(rows))
    print(as_markdown(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
