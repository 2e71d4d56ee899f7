"""After a sweep of few-shot runs: accuracy by shots, mean and standard deviation over seeds, as table and picture.

Light on purpose: no torch, so that Hydra can load the callback without delay.
"""

import csv
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from pointclip2.show.comparison import RESULTS, read_results
from pointclip2.writing import write_text

PUBLISHED = Path(__file__).resolve().parents[1] / "assets" / "published_few_shot.csv"
ALL = "all"


@dataclass
class Series:
    """The runs that differ in nothing but shots and seed."""

    label: str
    figures: dict[int | str, dict[int, float]] = field(default_factory=dict)
    """Top-1 by shots and seed."""
    quoted: bool = False

    def mean(self, shots: int | str) -> float:
        """Over seeds."""
        return statistics.fmean(self.figures[shots].values())

    def deviation(self, shots: int | str) -> float | None:
        """Over seeds, of the sample; None for a single seed."""
        values = list(self.figures[shots].values())
        return statistics.stdev(values) if len(values) > 1 else None


@dataclass
class Sweep:
    """What a sweep's few-shot runs found."""

    series: list[Series]
    zero_shot: float | None
    title: str
    footer: str


class FewShotCurves(Callback):
    """Hydra callback: ``few_shot.csv``, ``few_shot.png`` and a table when a sweep of few-shot runs ends."""

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Nothing where fewer than two few-shot runs are complete."""
        folder = Path(config.hydra.sweep.dir)
        sweep = read_sweep(folder)
        if sweep is None:
            return
        write_text(folder / "few_shot.csv", as_csv(sweep))
        from pointclip2.show.curves import Curve, draw_curves

        curves = [
            Curve(
                one.label,
                {shots: one.mean(shots) for shots in one.figures},
                {shots: one.deviation(shots) or 0.0 for shots in one.figures},
                one.quoted,
            )
            for one in sweep.series
        ]
        draw_curves(folder / "few_shot.png", curves, sweep.zero_shot, sweep.title, sweep.footer)
        print_table(sweep)
        print(f"curves: {folder / 'few_shot.png'}")


def read_sweep(folder: Path) -> Sweep | None:
    """All complete few-shot runs of a sweep's folder; None where there are fewer than two."""
    records = []
    for path in sorted(folder.glob(f"*/{RESULTS}")):
        record = read_results(path)
        if record.get("task") == "few_shot" and "test/acc" in record["metrics"]:
            records.append(record)
    if len(records) < 2:
        return None
    series: dict[str, Series] = {}
    varying = _varying([_traits(record) for record in records])
    for record in records:
        traits = _traits(record)
        label = ", ".join(str(traits[name]) for name in varying) or str(traits["adapter"])
        one = series.setdefault(label, Series(label))
        made = record["adapter"]
        one.figures.setdefault(made["shots"], {})[made["seed"]] = record["metrics"]["test/acc"]
    for one in series.values():
        one.figures = dict(sorted(one.figures.items(), key=lambda item: _place(item[0])))
    zero_shot = {record["metrics"].get("test/acc_zero_shot") for record in records}
    first = records[0]
    seeds = sorted({record["adapter"]["seed"] for record in records})
    selected_on = sorted({record["selected_on"] for record in records})
    same = "data" not in varying and "backbone" not in varying
    return Sweep(
        [*series.values(), *(published(first) if same else [])],
        zero_shot.pop() if len(zero_shot) == 1 else None,
        f"Few-shot on {first['data']['name']}, {first['backbone']['id']}",
        f"{first['data']['n']} clouds of the split {first['data']['split']}, {first['data']['classes']} classes; "
        f"mean and standard deviation over {len(seeds)} seed{'s' if len(seeds) > 1 else ''} "
        f"({', '.join(map(str, seeds))}); selected on {', '.join(selected_on)}.",
    )


def _traits(record: Mapping[str, Any]) -> dict[str, Any]:
    made = record["adapter"]
    return {
        "adapter": made.get("option") or made["name"],
        "data": f"{record['data']['name']} ({record['data']['split']})",
        "backbone": record["backbone"]["id"],
        "prompt": record["prompt"]["name"],
        "copies": f"{made.get('copies', 0)} copies",
    }


def _varying(traits: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the traits that tell the runs apart; copies only between runs of the same adapter."""
    names = [name for name in traits[0] if len({one[name] for one in traits}) > 1]
    if "copies" in names:
        by_adapter: dict[Any, set[Any]] = {}
        for one in traits:
            by_adapter.setdefault(one["adapter"], set()).add(one["copies"])
        if all(len(copies) == 1 for copies in by_adapter.values()):
            names.remove("copies")
    return names


def published(record: Mapping[str, Any]) -> list[Series]:
    """Quoted curves of the same data and backbone; those whose source does not name its backbone never match."""
    found: dict[str, Series] = {}
    with PUBLISHED.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["backbone"] == record["backbone"]["id"] and row["data"] == record["data"]["name"]:
                one = found.setdefault(row["label"], Series(row["label"], quoted=True))
                one.figures[int(row["shots"])] = {0: float(row["acc"]) / 100}
    return list(found.values())


def as_csv(sweep: Sweep) -> str:
    """A line a point of a curve; fractions."""
    lines = ["series,shots,seeds,mean,deviation,source"]
    for one in sweep.series:
        name = '"' + one.label.replace('"', '""') + '"'
        for shots, by_seed in one.figures.items():
            deviation = one.deviation(shots)
            spread = "" if deviation is None else f"{deviation:.6f}"
            source = "quoted" if one.quoted else "measured"
            lines.append(f"{name},{shots},{len(by_seed)},{one.mean(shots):.6f},{spread},{source}")
    return "\n".join(lines) + "\n"


def print_table(sweep: Sweep) -> None:
    """Mean and standard deviation, a row a curve, a column a number of shots."""
    from rich.console import Console
    from rich.table import Table

    shots = sorted({one for series in sweep.series for one in series.figures}, key=_place)
    table = Table(title=f"{sweep.title}: top-1, %", caption=sweep.footer)
    table.add_column("")
    for one in shots:
        table.add_column(f"{one} shot{'' if one == 1 else 's'}", justify="right")
    for series in sweep.series:
        cells = [_cell(series, one) if one in series.figures else "" for one in shots]
        table.add_row(f"{series.label} (quoted)" if series.quoted else series.label, *cells)
    if sweep.zero_shot is not None:
        table.add_row("zero-shot", *[f"{100 * sweep.zero_shot:.1f}"] * len(shots))
    Console().print(table)


def _cell(series: Series, shots: int | str) -> str:
    deviation = series.deviation(shots)
    spread = "" if deviation is None else f" ± {100 * deviation:.1f}"
    return f"{100 * series.mean(shots):.1f}{spread}"


def _place(shots: int | str) -> float:
    return float("inf") if shots == ALL else float(shots)
