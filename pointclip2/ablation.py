"""What mattered in training, as a table: ``python -m pointclip2.ablation outputs/training/ablation_*``."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pointclip2.pretraining_run import CARD
from pointclip2.types import DataError


def ablation_table(folders: Sequence[Path]) -> str:
    """Markdown, one row a training, best first.

    Raises:
        DataError: a folder without a finished validation.
    """
    rows = []
    for folder in folders:
        card = folder / "model" / CARD
        if not card.is_file():
            raise DataError(f"{folder}: no model/{CARD}; train there first")
        told = json.loads(card.read_text())
        scores = told["validation"]
        rows.append(
            (scores["val/acc"], scores["val/acc_scan"], folder.name.removeprefix("ablation_"), told["steps"])
        )
    lines = ["| training | steps | val acc | val acc, scanned |", "|---|---|---|---|"]
    for clean, scan, name, steps in sorted(rows, reverse=True):
        lines.append(f"| {name.replace('_', ' ')} | {steps} | {100 * clean:.1f} | {100 * scan:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        print(ablation_table([Path(folder) for folder in sys.argv[1:]]))
    except DataError as error:
        sys.exit(str(error))
