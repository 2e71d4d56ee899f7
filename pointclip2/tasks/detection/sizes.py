"""How large things are: ranges in metres a class, as a language model states them, and how well a box fits."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.reading import read_text
from pointclip2.text.names import matching
from pointclip2.types import ConfigError

OURS = Path(__file__).resolve().parents[2] / "assets" / "sizes_m.csv"
COLUMNS = ("class", "height_low", "height_high", "long_low", "long_high", "short_low", "short_high")


@dataclass(frozen=True)
class SizeTable:
    """Ranges by class: of the height and of the longer and shorter edge seen from above."""

    source: str
    ranges: dict[str, tuple[tuple[float, float], ...]]

    @classmethod
    def read(cls, path: str | None = None) -> "SizeTable":
        """Our own table, or a CSV with the same columns.

        Raises:
            ConfigError: no such file, a missing column, or a range that is none.
        """
        file = OURS if path is None else Path(path).expanduser()
        try:
            rows = list(csv.DictReader(read_text(file).splitlines()))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ConfigError(f"task.score.size_table={file} cannot be read ({error})") from error
        if not rows or any(column not in rows[0] for column in COLUMNS):
            raise ConfigError(f"{file}: a table of sizes has the columns {', '.join(COLUMNS)}, in metres")
        ranges = {}
        for number, row in enumerate(rows, start=2):
            try:
                edges = [float(row[column]) for column in COLUMNS[1:]]
            except (TypeError, ValueError) as error:
                raise ConfigError(f"{file}, line {number}: {error}") from error
            pairs = tuple(zip(edges[::2], edges[1::2], strict=True))
            if not all(0 < low <= high < math.inf for low, high in pairs):
                raise ConfigError(f"{file}, line {number}: each range needs 0 < low <= high, in metres")
            ranges[matching(row["class"])] = pairs
        return cls("ours" if path is None else file.name, ranges)

    def log_likelihood(
        self, classes: Sequence[str], size_m: Float[Tensor, "boxes 3"], slack: float
    ) -> Float[Tensor, "boxes classes"]:
        """Log density of the box's logarithmic edges: even within a class's range, falling off beyond it.

        A wide range is less likely anywhere in it than a narrow one. A class that the table lacks is as likely as
        the mean of the others: nothing is known of it.
        """
        height = size_m[:, 2]
        footprint = size_m[:, :2].sort(dim=1).values
        edges = torch.stack([height, footprint[:, 1], footprint[:, 0]], dim=1).clamp(min=1e-3).log()
        known = [self.ranges.get(matching(name)) for name in classes]
        found = torch.zeros(len(size_m), len(classes))
        for column, ranges in enumerate(known):
            if ranges is None:
                continue
            bounds = torch.tensor(ranges).log()
            below, above = (bounds[:, 0] - edges).clamp(min=0), (edges - bounds[:, 1]).clamp(min=0)
            tail = ((below + above) / slack).square().sum(dim=1) / 2
            mass = (bounds[:, 1] - bounds[:, 0] + slack * math.sqrt(2 * math.pi)).log().sum()
            found[:, column] = -tail - mass
        there = torch.tensor([ranges is not None for ranges in known])
        if bool(there.any()) and not bool(there.all()):
            mean = torch.logsumexp(found[:, there], dim=1) - math.log(int(there.sum()))
            found[:, ~there] = mean.unsqueeze(1)
        return found
