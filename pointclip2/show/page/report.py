"""Write ``report.html``: one run on one page that opens from disk and loads nothing."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from pointclip2.show import canvas, sheet
from pointclip2.show.confusion import COLOURS
from pointclip2.show.exhibit import Exhibit
from pointclip2.show.page.classes import classes
from pointclip2.show.page.curve import search
from pointclip2.show.page.figures import figures, heading, origins
from pointclip2.show.page.html import EMPTY, Html, data_block, document, element
from pointclip2.show.page.matrix import matrix, matrix_data
from pointclip2.show.page.options import options
from pointclip2.show.page.packing import Packer, ramp
from pointclip2.show.page.predictions import predictions
from pointclip2.show.page.samples import samples
from pointclip2.show.page.views import views, views_data
from pointclip2.writing import write_text

ASSETS = Path(__file__).parent / "assets"
# In the order in which they need each other.
SCRIPTS = ("data", "turntable", "raster", "cloud", "rig", "matrix", "tables", "page")


def write_report(path: str | os.PathLike[str], exhibit: Exhibit) -> None:
    """Write the page under a temporary name beside ``path``, then rename it.

    Raises:
        OSError: it could not be written; what was at ``path`` is as it was.
    """
    write_text(Path(path), page(exhibit))


def page(exhibit: Exhibit) -> Html:
    """Build the whole page. Every text of the run is escaped, and what scripts may run is fixed by their hash."""
    record = exhibit.record
    packer = Packer(sum(len(item.clouds) for item in exhibit.gallery))
    clouds: list[dict[str, Any]] = []
    first: list[int] = []
    for item in exhibit.gallery:
        first.append(len(clouds))
        clouds.extend(packer.cloud(cloud) for cloud in item.clouds)
    rig = views_data(exhibit, first[0] if clouds else None)
    data = {
        "clouds": clouds,
        "blobs": packer.blobs,
        "ramp": ramp(COLOURS, 0.08, 0.92),
        "matrix": matrix_data(exhibit.confusion),
        "rig": rig,
    }
    sections = [
        figures(exhibit),
        samples(exhibit.gallery, first),
        predictions(exhibit.predictions),
        matrix(exhibit.confusion),
        classes(exhibit),
        views(exhibit, rig is not None),
        search(record),
        origins(record),
        options(exhibit.options),
    ]
    return document(
        exhibit.title,
        style(),
        script(),
        heading(exhibit),
        contents(sections),
        element(
            "noscript", element("p", "Without scripts the clouds and the matrix stay empty.", class_="empty")
        ),
        element("main", sections),
        data_block("data", data),
    )


def contents(sections: list[Html]) -> Html:
    """Write links to the sections that there are."""
    links = []
    for part in sections:
        found = re.match(r'<section id="(\w+)"><h2>([^<]*)</h2>', part)
        if found:
            links.append(element("a", Html(found[2]), href=f"#{found[1]}"))
    return element("nav", links, aria_label="parts of this page") if links else EMPTY


@cache
def script() -> str:
    """Return all scripts as one, in a scope of their own."""
    parts = [(ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


@cache
def style() -> str:
    """Return the style sheet; its light colours are those of the pictures that a run draws."""
    colours = {
        "ink": canvas.INK,
        "grey": canvas.GREY,
        "hairline": canvas.HAIRLINE,
        "right": sheet.RIGHT[0],
        "right-tint": sheet.RIGHT[1],
        "wrong": sheet.WRONG[0],
        "wrong-tint": sheet.WRONG[1],
        "unknown-tint": sheet.UNKNOWN[1],
    }
    light = "".join(f"--{name}:{value};" for name, value in colours.items())
    return f":root{{{light}}}\n" + (ASSETS / "page.css").read_text(encoding="utf-8")
