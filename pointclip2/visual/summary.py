"""The jobs of a sweep as one picture: a bar a job, what was selected on test labels set apart."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pointclip2.comparison import DESCRIBED, best_of, fields_of, is_oracle, metric_fields, shortened

SHOWN = 60
"""Bars on one picture."""
LETTERS = 60
"""Of a bar's name."""


def draw_summary(path: Path, rows: Sequence[Mapping[str, Any]], metric: str | None) -> Path | None:
    """Draw jobs by a metric, in their order, the best of them where not all fit; None where none has the metric."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    chosen = [row for row in rows if metric is not None and isinstance(row.get(metric), float | int)]
    if metric is None or not chosen:
        return None
    left_out = len(chosen) - SHOWN
    if left_out > 0:
        kept = sorted(range(len(chosen)), key=lambda number: -chosen[number][metric])[:SHOWN]
        chosen = [chosen[number] for number in sorted(kept)]
    names = bar_names(chosen)
    figures = [100 * row[metric] for row in chosen]
    best = best_of(chosen, metric)
    height = 1.4 + 0.26 * len(chosen)
    figure = Figure(figsize=(9, height))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for number, (row, value) in enumerate(zip(chosen, figures, strict=True)):
        colour = "#c9a227" if is_oracle(row) else "#1b7837" if number in best else "#7b9fc4"
        axes.barh(
            number,
            value,
            color=colour,
            hatch="//" if is_oracle(row) else None,
            edgecolor="white",
            height=0.75,
        )
        axes.text(value, number, f" {value:.2f}", va="center", fontsize=8)
    axes.set_yticks(range(len(chosen)), names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(max(0, min(figures) - 0.25 * (max(figures) - min(figures)) - 5), max(figures) * 1.02 + 2)
    axes.set_xlabel(f"{metric}, %")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    handles = [Patch(color="#1b7837", label="best")]
    if any(map(is_oracle, chosen)):
        label = "selected on the TEST labels: an upper bound, no result"
        handles.append(Patch(facecolor="#c9a227", hatch="//", edgecolor="white", label=label))
    figure.legend(handles=handles, loc="lower left", ncols=2, fontsize=8, frameon=False)
    more = f"; the best {SHOWN} of {SHOWN + left_out} jobs" if left_out > 0 else ""
    axes.set_title(f"{path.parent.name}{more}", fontsize=10, loc="left")
    figure.tight_layout(rect=(0, 0.3 / height, 1, 1))
    temporary = path.with_name(f".{path.name}")
    figure.savefig(temporary, dpi=120, format="png")
    temporary.replace(path)
    return path


def bar_names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What tells the rows apart: the options that differ, or the job's own name."""
    told = shortened([dict(row) for row in rows])
    measured = {*metric_fields(rows), *DESCRIBED, "selected_on", "seconds", "error"}
    fields = [field for field in fields_of(told) if field not in measured and not field.endswith(" before")]
    names = []
    for row in told:
        own = ", ".join(f"{field}={row[field]}" for field in fields if field in row)
        own = own or str(row.get("job", row.get("run", "")))
        names.append(own if len(own) <= LETTERS else f"{own[: LETTERS - 1]}…")
    return names
