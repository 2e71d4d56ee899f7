"""Show the confusion matrix: its data for the script, and the largest confusions as a table for everybody."""

from typing import Any

import numpy as np

from pointclip2.show.exhibit import ConfusionCounts
from pointclip2.show.page.html import EMPTY, Html, element, section, table

LARGEST = 15


def matrix_data(confusion: ConfusionCounts | None) -> dict[str, Any] | None:
    """Return rows with samples, columns that were predicted or have samples, and the cells that are not 0."""
    if confusion is None or not confusion.counts.any():
        return None
    counts = confusion.counts
    rows = np.flatnonzero(counts.sum(axis=1))
    columns = np.flatnonzero(counts.sum(axis=1) + counts.sum(axis=0))
    part = counts[np.ix_(rows, columns)]
    cells = [[int(r), int(c), int(part[r, c])] for r, c in np.argwhere(part > 0)]
    return {
        "classes": [name.replace("_", " ") for name in confusion.classes],
        "rows": rows.tolist(),
        "columns": columns.tolist(),
        "cells": cells,
        "similar": similar_order(part, rows, columns),
        "unit": confusion.unit,
    }


def similar_order(part: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> list[int]:
    """Order class numbers so that classes that are taken for each other stand side by side.

    This is a greedy walk: it starts at the class that is confused most and always goes on to the class that is
    confused most with the last ones, where later ones count more.
    """
    place = {int(column): index for index, column in enumerate(columns)}
    size = len(columns)
    mutual = np.zeros((size, size))
    for r, row in enumerate(rows):
        total = part[r].sum()
        mutual[place[int(row)]] += part[r] / total
    mutual = mutual + mutual.T
    np.fill_diagonal(mutual, 0)
    left = set(range(size))
    at = int(mutual.sum(axis=1).argmax())
    order, pull = [], np.zeros(size)
    while left:
        order.append(at)
        left.discard(at)
        pull = 0.5 * pull + mutual[at]
        if left:
            at = max(sorted(left), key=lambda candidate: pull[candidate])
    return [int(columns[index]) for index in order]


def matrix(confusion: ConfusionCounts | None) -> Html:
    """Write the canvas the script draws on, and the largest confusions in words."""
    if confusion is None or not confusion.counts.any():
        return EMPTY
    drawn = element(
        "div",
        element(
            "p",
            element("label", "order of the classes ", for_="matrix-order"),
            element(
                "select",
                [
                    element("option", text, value=value)
                    for value, text in (
                        ("list", "as in the class list"),
                        ("similar", "mistaken for each other side by side"),
                        ("worst", "least accurate first"),
                    )
                ],
                id="matrix-order",
            ),
            class_="controls",
        ),
        element(
            "div",
            element(
                "canvas",
                id="matrix",
                tabindex="0",
                role="application",
                aria_label="confusion matrix, rows are the truth and columns what was predicted; "
                "arrow keys move from cell to cell",
            ),
            class_="scroll",
        ),
        element(
            "p",
            "Point at a cell, or move with the arrow keys.",
            id="matrix-says",
            class_="says",
            aria_live="polite",
        ),
        class_="matrix",
    )
    return section(
        "confusion",
        "Confusion",
        element(
            "div",
            drawn,
            element("div", element("h3", "Largest confusions"), largest(confusion)),
            class_="beside",
        ),
        lead="Rows are the truth, columns what was said; a cell's colour is its share of the row.",
    )


def largest(confusion: ConfusionCounts) -> Html:
    """List the most frequent mistakes, each with its count and its share of the class."""
    wrong = confusion.counts.copy()
    np.fill_diagonal(wrong, 0)
    pairs = [(int(wrong[r, c]), int(r), int(c)) for r, c in np.argwhere(wrong > 0)]
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    if not pairs:
        return element("p", "None: everything was called by its name.", class_="empty")
    totals = confusion.counts.sum(axis=1)
    names = [name.replace("_", " ") for name in confusion.classes]
    rows: list[list[Any]] = [
        [names[r], names[c], str(count), f"{100 * count / totals[r]:.0f} %"]
        for count, r, c in pairs[:LARGEST]
    ]
    return table(["truth", "was called", f"#{confusion.unit}", "#share"], rows)
