"""Show what each view is worth: the cameras around the object, and the same as a table."""

import math
from collections.abc import Mapping
from typing import Any

from pointclip2.show.exhibit import Camera, Exhibit
from pointclip2.show.page.classes import bar
from pointclip2.show.page.figures import chip
from pointclip2.show.page.html import EMPTY, Html, element, section, table


def accuracy_and_weight(record: Mapping[str, Any]) -> tuple[list[float], list[float]]:
    """Return accuracy and weight of every view; each is empty where it is not known."""
    per_view = record.get("per_view") or {}
    acc = list(per_view.get("acc") or [])
    values = (record.get("view_weights") or {}).get("values")
    weight = list(per_view.get("weight") or (values if isinstance(values, list) else []))
    return acc, weight


def views_data(exhibit: Exhibit, cloud: int | None) -> dict[str, Any] | None:
    """Return data for the script: cameras, figures, and which cloud stands in their middle."""
    acc, weight = accuracy_and_weight(exhibit.record)
    cameras = exhibit.cameras
    if not cameras or any(len(values) not in (0, len(cameras)) for values in (acc, weight)):
        return None
    return {
        "cameras": [[*camera.toward, *camera.right, *camera.down] for camera in cameras],
        "acc": acc,
        "weight": weight,
        "cloud": cloud,
    }


def views(exhibit: Exhibit, drawn: bool) -> Html:
    """Write the section, with a drawing where there are cameras."""
    acc, weight = accuracy_and_weight(exhibit.record)
    count = max(len(acc), len(weight))
    if not count:
        return EMPTY
    cameras: list[Camera | None] = list(exhibit.cameras) if len(exhibit.cameras) == count else [None] * count
    head: list[Any] = ["#view", "#from, °", "#above, °"]
    head += [*(["#alone, %"] if acc else []), *(["#weight"] if weight else [])]
    rows = []
    for view, camera in enumerate(cameras):
        around, above = directions(camera) if camera else ("–", "–")
        row: list[Any] = [str(view), around, above]
        row += [bar(acc[view])] if acc else []
        row += [f"{weight[view]:.3g}"] if weight else []
        rows.append(row)
    chosen = (exhibit.record.get("view_weights") or {}).get("selected_on")
    drawing = element(
        "figure",
        element(
            "canvas",
            id="rig",
            tabindex="0",
            role="application",
            aria_label="the cameras around the object; drag or use the arrow keys to turn, plus and minus to zoom",
        ),
        element("figcaption", id="rig-says", aria_live="polite"),
        class_="viewer rig",
    )
    kinds = "Each camera holds up what it sees. " if drawn else ""
    return section(
        "views",
        "Views",
        element(
            "div",
            drawing if drawn else None,
            element("div", table(head, rows, class_="sortable views"), _selected(chosen)),
            class_="beside",
        ),
        lead=f"{kinds}The larger a view, the more it counts; its colour is its accuracy when asked alone."
        if drawn
        else None,
    )


def _selected(selected_on: Any) -> Html:
    return element("p", "weights selected on ", chip(str(selected_on))) if selected_on else EMPTY


def directions(camera: Camera) -> tuple[str, str]:
    """Return where a camera stands: degrees around the vertical axis from the object's front (z), and degrees above it.

    >>> directions(Camera((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, -1.0, 0.0)))
    ('90', '0')
    """
    x, y, z = camera.toward
    above = math.degrees(math.asin(max(-1.0, min(1.0, y))))
    around = math.degrees(math.atan2(x, z)) % 360
    return f"{round(around) % 360:.0f}", f"{round(above) + 0.0:.0f}".replace("-", "−")
