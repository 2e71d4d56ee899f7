"""Draw accuracy by the number of examples a class, as in figure 8 of the paper."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pointclip2.show.canvas import GREY, HAIRLINE, INK
from pointclip2.show.typeface import drawable, families
from pointclip2.writing import replacing

ALL = "all"
# Okabe and Ito's colours, which colour-blind readers can tell apart; different marks help in grey.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MARKS = ("o", "s", "^", "D", "v", "P", "X")


@dataclass(frozen=True)
class Curve:
    """Holds mean and standard deviation of one adapter over seeds, by shots, in fractions."""

    label: str
    mean: Mapping[int | str, float]
    deviation: Mapping[int | str, float]
    quoted: bool = False
    """Whether the curve was not measured by us; it is then drawn dashed and labelled so."""


def draw_curves(
    path: str | os.PathLike[str],
    curves: Sequence[Curve],
    zero_shot: float | None,
    title: str,
    footer: str,
) -> None:
    """Write a PNG: shots from left to right in doublings, ``all`` at the right end, top-1 in per cent upwards.

    Raises:
        ValueError: there is no curve, or one has no point.
        OSError: the file could not be written; what was there stays.
    """
    if not curves or any(not curve.mean for curve in curves):
        raise ValueError("curves need at least one point each")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shots = sorted({shot for curve in curves for shot in curve.mean if shot != ALL}, key=int)
    ticks: list[int | str] = [*shots, *([ALL] if any(ALL in curve.mean for curve in curves) else [])]
    at = {shot: float(place) for place, shot in enumerate(ticks)}
    figure = Figure(figsize=(9.6, 6.2), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.08, 0.17, 0.60, 0.70))
    font: dict[str, Any] = {"family": list(families())}
    for place, curve in enumerate(curves):
        _draw_curve(axes, curve, at, COLOURS[place % len(COLOURS)], MARKS[place % len(MARKS)])
    if zero_shot is not None:
        axes.axhline(
            100 * zero_shot, color=GREY, linewidth=1.2, linestyle=(0, (2, 3)), label="zero-shot", zorder=1
        )
    axes.set_xticks(list(at.values()), [str(shot) for shot in ticks])
    axes.set_xlim(-0.3, len(ticks) - 0.7)
    axes.set_xlabel("examples a class", color=INK, fontsize=11, **font)
    axes.set_ylabel("top-1, %", color=INK, fontsize=11, **font)
    axes.grid(axis="y", color=HAIRLINE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontfamily(list(families()))
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(1.02, 1.0),
        frameon=False,
        prop={"family": list(families()), "size": 10},
    )
    figure.text(0.08, 0.93, drawable(title), fontsize=14, color=INK, fontweight="bold", **font)
    figure.text(0.08, 0.03, drawable(footer), fontsize=9, color=GREY, wrap=True, **font)
    _save(figure, Path(path))


def _draw_curve(axes: Any, curve: Curve, at: Mapping[int | str, float], colour: str, mark: str) -> None:
    order = [shot for shot in at if shot in curve.mean]
    x = [at[shot] for shot in order]
    y = [100 * curve.mean[shot] for shot in order]
    spread = [100 * curve.deviation.get(shot, 0.0) for shot in order]
    label = f"{curve.label} (quoted)" if curve.quoted else curve.label
    style = {"linestyle": (0, (5, 3)), "markerfacecolor": "white"} if curve.quoted else {}
    if any(spread):
        low = [value - one for value, one in zip(y, spread, strict=True)]
        high = [value + one for value, one in zip(y, spread, strict=True)]
        axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.errorbar(x, y, yerr=spread, fmt="none", ecolor=colour, elinewidth=1.2, capsize=3)
    axes.plot(x, y, color=colour, marker=mark, markersize=6, linewidth=1.8, label=drawable(label), **style)


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft:
        figure.savefig(draft, format="png")
