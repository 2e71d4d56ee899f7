"""Show the figures of each class as bars, in a table that can be sorted."""

import re
from typing import Any

import numpy as np

from pointclip2.show.exhibit import ConfusionCounts, Exhibit
from pointclip2.show.page.html import EMPTY, Html, element, section, table

FAMILY = re.compile(r"^(?:.*/)?(?P<metric>\w+)_class/(?P<name>.+)$", re.DOTALL)
LABELS = {"acc": "accuracy", "iou": "IoU", "ap_25": "AP at 0.25", "ap_50": "AP at 0.50"}


def families(metrics: dict[str, float]) -> dict[str, dict[str, float]]:
    """Sort figures by metric, then by class.

    >>> families({"test/acc": 0.5, "test/acc_class/chair": 0.25})
    {'acc': {'chair': 0.25}}
    """
    found: dict[str, dict[str, float]] = {}
    for key, value in metrics.items():
        match = FAMILY.match(key)
        if match:
            found.setdefault(match["metric"], {})[match["name"]] = value
    return found


def classes(exhibit: Exhibit) -> Html:
    """Write a row a class: how many samples, a bar for each metric, which wrong class it was called most often."""
    found = families(dict(exhibit.record.get("metrics", {})))
    if not found:
        return EMPTY
    counted = _counted(exhibit.confusion)
    names = list(dict.fromkeys(name for values in found.values() for name in values))
    head: list[Any] = ["class", *(["#" + exhibit.confusion.unit] if exhibit.confusion else [])]
    head += ["#" + LABELS.get(metric, metric) + ", %" for metric in found]
    head += ["mostly mistaken for"] if exhibit.confusion else []
    rows = []
    for name in names:
        samples, mistake = counted.get(name, (None, ""))
        row: list[Any] = [name.replace("_", " ")]
        row += ["–" if samples is None else samples] if exhibit.confusion else []
        row += [bar(values.get(name)) for values in found.values()]
        row += [mistake] if exhibit.confusion else []
        rows.append(row)
    return section(
        "classes",
        "Classes",
        element("div", table(head, rows, class_="sortable"), class_="scroll", tabindex="0"),
        lead="A click on the head of a column sorts by it.",
    )


def bar(value: float | None) -> Html:
    """Write a cell with a fraction in per cent and a bar of that length."""
    if value is None:
        return element("td", "–", class_="number bar", data_value="-1")
    drawing = element(
        "svg",
        element("rect", width=f"{100 * min(max(value, 0), 1):.1f}", height=1),
        viewBox="0 0 100 1",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return element(
        "td", drawing, element("span", f"{100 * value:.1f}"), class_="number bar", data_value=f"{value:.6f}"
    )


def _counted(confusion: ConfusionCounts | None) -> dict[str, tuple[int, str]]:
    """Return by the class's name in metrics: its samples, and the wrong class it was called most often."""
    if confusion is None:
        return {}
    found = {}
    for row, name in enumerate(confusion.classes):
        wrong = confusion.counts[row].copy()
        samples = int(wrong.sum())
        wrong[row] = 0
        other = int(np.argmax(wrong)) if len(wrong) else 0
        count = int(wrong[other]) if len(wrong) else 0
        mistake = f"{confusion.classes[other].replace('_', ' ')} ({count})" if count else ""
        found[name.replace(" ", "_")] = (samples, mistake)
    return found
