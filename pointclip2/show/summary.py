"""Draw the jobs of a sweep as one picture, with those selected on test labels marked apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pointclip2.show.comparison import DESCRIBED, Row, best_of, fields_of, is_oracle, metric_fields, shortened

SHOWN = 60
"""The most jobs on one picture."""
LETTERS = 60
"""The most letters of a job's name."""
OTHER: dict[str, Any] = {"marker": "o", "color": "#7b9fc4", "markersize": 7}
BEST: dict[str, Any] = {"marker": "o", "color": "#1b7837", "markersize": 9}
ORACLE: dict[str, Any] = {
    "marker": "D",
    "color": "#a07400",
    "markersize": 7,
    "markerfacecolor": "none",
    "markeredgewidth": 1.6,
}
"""Style of the marks. They are not bars, because bars must begin at zero, where differences are too small to see."""


def draw_summary(path: Path, rows: Sequence[Row], metric: str | None) -> Path | None:
    """Draw jobs by a metric, in their order, only the best where not all fit; None where none has the metric."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    chosen = [row for row in rows if metric is not None and isinstance(row.get(metric), float | int)]
    if metric is None or not chosen:
        return None
    left_out = len(chosen) - SHOWN
    if left_out > 0:
        kept = sorted(range(len(chosen)), key=lambda number: -chosen[number][metric])[:SHOWN]
        chosen = [chosen[number] for number in sorted(kept)]
    names = job_names(chosen)
    figures = [100 * row[metric] for row in chosen]
    best = best_of(chosen, metric)
    height = 1.4 + 0.26 * len(chosen)
    figure = Figure(figsize=(9, height))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for number, (row, value) in enumerate(zip(chosen, figures, strict=True)):
        style = ORACLE if is_oracle(row) else BEST if number in best else OTHER
        axes.plot(value, number, linestyle="none", **style)
        axes.annotate(
            f"{value:.2f}", (value, number), (9, 0), textcoords="offset points", va="center", fontsize=8
        )
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(chosen)), names, fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel(f"{metric}, %")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    handles = [Line2D([], [], linestyle="none", label="best", **BEST)]
    if any(map(is_oracle, chosen)):
        label = "selected on the TEST labels: an upper bound, no result"
        handles.append(Line2D([], [], linestyle="none", label=label, **ORACLE))
    figure.legend(handles=handles, loc="lower left", ncols=2, fontsize=8, frameon=False)
    more = f"; the best {SHOWN} of {SHOWN + left_out} jobs" if left_out > 0 else ""
    axes.set_title(f"{path.parent.name}{more}", fontsize=10, loc="left")
    figure.tight_layout(rect=(0, 0.3 / height, 1, 1))
    temporary = path.with_name(f".{path.name}")
    figure.savefig(temporary, dpi=120, format="png")
    temporary.replace(path)
    return path


def job_names(rows: Sequence[Row]) -> list[str]:
    """Return what tells the rows apart: the options that differ, or the job's own name."""
    told = shortened([dict(row) for row in rows])
    measured = {*metric_fields(rows), *DESCRIBED, "selected_on", "seconds", "error"}
    fields = [field for field in fields_of(told) if field not in measured and not field.endswith(" before")]
    names = []
    for row in told:
        own = ", ".join(f"{field}={row[field]}" for field in fields if field in row)
        own = own or str(row.get("job", row.get("run", "")))
        names.append(own if len(own) <= LETTERS else f"{own[: LETTERS - 1]}…")
    return names
