"""Draw the search curve: how the best score grew with the candidates that were tried."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pointclip2.show.page.figures import chip, metric_label, overall, shown
from pointclip2.show.page.html import EMPTY, Html, element, section, table

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 16, 14, 40
# The curve is a staircase of improvements; of a longer history this many steps are drawn, spread over it.
DRAWN, LISTED = 400, 25


def history_of(search: Any) -> list[Mapping[str, Any]]:
    """Return the steps that can be drawn: ``evaluations`` and ``score`` finite numbers, in the order of evaluations."""
    steps = search.get("history") if isinstance(search, Mapping) else None
    found = [
        step
        for step in (steps if isinstance(steps, Sequence) and not isinstance(steps, str) else ())
        if isinstance(step, Mapping) and _finite(step.get("evaluations")) and _finite(step.get("score"))
    ]
    return sorted(found, key=lambda step: step["evaluations"])


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def search(record: Mapping[str, Any]) -> Html:
    """Write the section about the search; it is empty where nothing was searched.

    ``history`` is the curve of the score on the data that the search saw. ``before`` holds the metrics of the
    evaluated split before the search; those after it are the record's own, unless ``after`` holds others. Whatever
    else the record says of its search is listed, too.
    """
    facts = record.get("search")
    if not isinstance(facts, Mapping) or not facts:
        return EMPTY
    steps = history_of(facts)
    score = facts.get("score")
    of = str(score.get("of", "score")) if isinstance(score, Mapping) else "score"
    lines = [
        (str(name).replace("_", " "), _said(str(name), value))
        for name, value in facts.items()
        if name not in ("history", "before", "after") and value is not None
    ]
    return section(
        "search",
        "Search",
        drawing(steps, of) if len(steps) > 1 else None,
        comparison(facts.get("before"), facts.get("after") or record.get("metrics")),
        element("dl", [(element("dt", name), element("dd", value)) for name, value in lines], class_="facts"),
        improvements(steps),
    )


def _said(name: str, value: Any) -> Any:
    if name == "selected_on":
        return chip(str(value))
    if isinstance(value, bool | str) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"
    if (
        name == "score"
        and isinstance(value, Mapping)
        and _finite(value.get("before"))
        and _finite(value.get("after"))
    ):
        return f"{value.get('of', 'score')}: {value['before']:.4f} before, {value['after']:.4f} after"
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return ", ".join(value)
    return element("code", json.dumps(value, default=str))


def comparison(before: Any, after: Any) -> Html:
    """Write figures before and after the search, side by side."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [
            name
            for name in overall(after)
            if name in before and _finite(after[name]) and _finite(before[name])
        ]
        pairs = [(metric_label(str(name)), before[name], after[name]) for name in names]
    elif _finite(before) and _finite(after):
        pairs = [("score", before, after)]
    else:
        return EMPTY
    rows: list[list[Any]] = [
        [name, shown(name, old), shown(name, new), f"{100 * (new - old):+.2f}".replace("-", "−")]
        for name, old, new in pairs
    ]
    return table(["", "#before", "#after", "#difference"], rows) if rows else EMPTY


def improvements(steps: list[Mapping[str, Any]]) -> Html:
    """List the last steps with the values that reached them."""
    if not steps:
        return EMPTY
    rows: list[list[Any]] = [
        [f"{step['evaluations']:,}", f"{step['score']:.6g}", element("code", _values(step.get("values")))]
        for step in steps[-LISTED:]
    ]
    return element(
        "details",
        element("summary", f"{len(steps)} steps" + (f", the last {LISTED}" if len(steps) > LISTED else "")),
        table(["#candidates", "#score", "values"], rows),
    )


def _values(values: Any) -> str:
    if isinstance(values, Sequence) and not isinstance(values, str):
        return " ".join(f"{value:g}" if _finite(value) else str(value) for value in values)
    return "" if values is None else json.dumps(values, default=str)


def drawing(steps: list[Mapping[str, Any]], of: str = "score") -> Html:
    """Draw a staircase over the number of candidates, on a logarithmic axis where these span more than two decades.

    Args:
        steps: steps in the order of evaluations.
        of: what the score is; an accuracy is written in per cent.
    """
    if len(steps) > DRAWN:
        steps = [steps[round(i * (len(steps) - 1) / (DRAWN - 1))] for i in range(DRAWN)]
    tried = [max(float(step["evaluations"]), 0.0) for step in steps]
    scores = [float(step["score"]) for step in steps]
    logarithmic = tried[-1] > 100 * max(tried[0], 1.0)

    def scale(value: float) -> float:
        return math.log10(max(value, 1.0)) if logarithmic else value

    low, high = scale(tried[0]), scale(tried[-1])
    bottom, top = min(scores), max(scores)
    room = 0.08 * (top - bottom) or 0.05 * abs(top) or 1.0
    bottom, top = bottom - room, top + room

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * ((scale(value) - low) / (high - low) if high > low else 0.5)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - bottom) / (top - bottom)

    path = f"M{x(tried[0]):.1f} {y(scores[0]):.1f}"
    for at, score in zip(tried[1:], scores[1:], strict=True):
        path += f"H{x(at):.1f}V{y(score):.1f}"
    fractions = of == "accuracy" and all(0 <= score <= 1 for score in scores)
    marks = []
    for tick in ticks(bottom, top, 5):
        marks.append(
            element(
                "line", x1=LEFT, x2=WIDTH - RIGHT, y1=f"{y(tick):.1f}", y2=f"{y(tick):.1f}", class_="grid"
            )
        )
        text = f"{100 * tick:.4g} %" if fractions else f"{tick:.4g}"
        marks.append(element("text", text, x=LEFT - 8, y=f"{y(tick) + 4:.1f}", text_anchor="end"))
    places = (
        [10.0**power for power in range(math.ceil(low), math.floor(high) + 1)]
        if logarithmic
        else ticks(low, high, 6)
    )
    for tick in places:
        marks.append(
            element("text", f"{tick:,.0f}", x=f"{x(tick):.1f}", y=HEIGHT - BOTTOM + 18, text_anchor="middle")
        )
    dots = [
        element(
            "circle",
            cx=f"{x(at):.1f}",
            cy=f"{y(score):.1f}",
            r=4,
            tabindex="0",
            data_says=f"{at:,.0f} candidates: {f'{100 * score:.2f} %' if fractions else f'{score:.6g}'}"
            + (f", values {_values(step['values'])}" if step.get("values") is not None else ""),
        )
        for at, score, step in zip(tried, scores, steps, strict=True)
    ]
    title = element(
        "text",
        f"{of} over the candidates tried",
        x=(LEFT + WIDTH - RIGHT) / 2,
        y=HEIGHT - 4,
        text_anchor="middle",
    )
    picture = element(
        "svg",
        element(
            "title", f"best score from {scores[0]:.4g} to {scores[-1]:.4g} over {tried[-1]:,.0f} candidates"
        ),
        marks,
        element("path", d=path, class_="stairs"),
        dots,
        title,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        class_="curve",
    )
    return element(
        "figure",
        picture,
        element("figcaption", "Point at a step.", id="curve-says", aria_live="polite", class_="says"),
    )


def ticks(low: float, high: float, count: int) -> list[float]:
    """Return round numbers between two ends, about as many as asked for.

    >>> ticks(0.0, 1.0, 5)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        return [low]
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]
