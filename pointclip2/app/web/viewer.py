"""Answers as one reads them on the page: a sentence, bars, views, a cloud to turn, in a frame that loads nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from pointclip2.app.answers.answer import Answer, per_cent
from pointclip2.app.answers.boxes import FoundBoxes
from pointclip2.app.answers.parts import Parts, placed_in
from pointclip2.show.gallery import GalleryCloud, GalleryItem
from pointclip2.show.page.html import Html, data_block, document, element, table
from pointclip2.show.page.packing import Packer
from pointclip2.show.page.report import script, style
from pointclip2.show.page.samples import card
from pointclip2.show.palette import part_colour
from pointclip2.show.sheet import grey_views, is_distance
from pointclip2.tasks.classification.gallery import VIEW_PX, by_height
from pointclip2.tasks.detection.gallery import found_boxes, scene_item

GUESSES = 5
# What a frame holds beside the report's own style: no margins, and nothing about a truth that nobody asked for.
STYLE = """
body { max-width: none; padding: 0 2px 4px; background: transparent; }
h2 { margin: 0.3em 0; font-size: 1.5rem; }
.truth { display: none; }
.card { padding: 0; border: 0; }
.card h3 { color: var(--grey); font-weight: 400; }
.viewer canvas { height: min(26rem, 100vw); }
"""
# The frame is as high as its content, also when the window gets narrower.
FIT = (
    "const fit = () => { this.style.height = this.contentDocument.documentElement.offsetHeight + 'px'; };"
    "new ResizeObserver(fit).observe(this.contentDocument.documentElement); fit();"
)


def answer_frame(answer: Answer, unread: Iterable[str]) -> Html:
    """Show what a file is, the views that the model saw, and the cloud.

    Args:
        unread: what the model knows of the names that it was not trained on, in sentences.
    """
    images = answer.images()
    views = None
    if images is not None:
        grey = images.mean(dim=1) if images.ndim == 4 else images
        views = grey_views(grey, is_distance(grey), min(max(grey.shape[-2:]), VIEW_PX))
    file = Path(answer.source).name
    item = GalleryItem(
        f"{file}, if it had to be one of the names" if answer.is_none else file,
        None,
        answer.top[:GUESSES],
        (by_height(answer.cloud.points),),
        views=views,
    )
    told = [*unread, *answer.remarks]
    if answer.none is None:
        told.append("one of the names in any case: this backbone is not calibrated for none of these")
    return frame(f"{answer.name}, {per_cent(answer.probability)}", item, told)


def parts_frame(parts: Parts, address: str) -> Html:
    """Show the parts of a file in colours, and how many of its rows each has.

    Args:
        address: where all rows can be downloaded.
    """
    finite = parts.part >= 0
    placed = placed_in(parts.cloud.frame, parts.points[finite]).astype(np.float32)
    total = max(len(parts), 1)
    legend = tuple(
        (f"{name} {per_cent(parts.counts[name] / total)}", part_colour(number))
        for number, name in enumerate(parts.names)
    )
    cloud = GalleryCloud("parts in colours", placed, parts.colours[finite])
    found = [name for name in parts.names if parts.counts[name]]
    said = f"{parts.of}: {', '.join(found) or 'no part found'}"
    item = GalleryItem(Path(parts.source).name, None, (), (cloud,), legend=legend)
    return element(
        "div",
        download(address, f"{len(parts):,} rows, in the coordinates of the file"),
        frame(said, item, parts.remarks),
    )


def boxes_frame(boxes: FoundBoxes, address: str) -> Html:
    """Show a scan with the boxes that were found in it, and list them in the scan's own coordinates.

    Args:
        address: where they can be downloaded.
    """
    counts = Counter(box["class"] for box in boxes)
    told = ", ".join(f"{count} × {name}" for name, count in counts.most_common())
    item = scene_item(boxes.scene, found_boxes(boxes.room.found, boxes.room.classes, boxes.least))
    rows = [
        [
            box["class"],
            f"{box['score']:.2f}",
            *(" ".join(f"{round(x, 2) + 0:.2f}" for x in box[key]) for key in ("centre", "size")),
        ]
        for box in boxes
    ]
    head = ["name", "#score", f"centre, {boxes.unit}", f"size, {boxes.unit}"]
    listed = table(head, rows) if rows else None
    item = replace(item, name=Path(boxes.source).name)
    return element(
        "div",
        download(address, f"{len(boxes)} boxes, in the coordinates of the scan"),
        frame(told or "nothing found", item, boxes.remarks, listed),
    )


def download(address: str, holds: str) -> Html:
    """Offer a file that belongs to this page alone."""
    name = unquote(address.rpartition("/")[2])
    return element(
        "p", element("a", f"Download {name}", href=address, download=name), f" ({holds})", class_="download"
    )


def problem(sentence: str) -> Html:
    """Say what was wrong."""
    return element("p", sentence, class_="problem", role="alert")


def frame(said: str, item: GalleryItem, remarks: Sequence[str], more: Html | None = None) -> Html:
    """Build the frame of one answer, with the script and the style of the report page."""
    packer = Packer(len(item.clouds))
    data = {"clouds": [packer.cloud(cloud) for cloud in item.clouds], "blobs": packer.blobs}
    told = [element("p", remark) for remark in remarks]
    page = document(
        said,
        style() + STYLE,
        script(),
        element("h2", said),
        element("div", told, class_="warnings") if told else None,
        element("main", card(0, item, 0), more),
        data_block("data", data),
    )
    return element("iframe", srcdoc=page, title="the answer", onload=FIT, class_="answer")
