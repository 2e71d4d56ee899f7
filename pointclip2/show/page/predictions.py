"""List what was said of every sample, in a table that can be searched and sorted."""

from pointclip2.show.exhibit import Prediction
from pointclip2.show.page.html import EMPTY, Html, element, section, table

ROWS = 5000
"""Longer lists make a page slow to open; all of it is in the run's folder."""
SAID = 3


def predictions(said: tuple[Prediction, ...]) -> Html:
    """Write a row a sample: its name, the truth where it is known, and the best guesses."""
    if not said:
        return EMPTY
    labelled = any(one.truth is not None for one in said)
    width = min(SAID, max(len(one.said) for one in said))
    head = ["sample", *(["truth"] if labelled else [])]
    for rank in range(width):
        head += ["said" if rank == 0 else f"{rank + 1}.", "#%"]
    rows = [_row(one, labelled, width) for one in said[:ROWS]]
    rest = len(said) - ROWS
    found = element(
        "p",
        element("label", "search ", for_="predictions-filter"),
        element("input", type="search", id="predictions-filter", placeholder="a name, a file, a class"),
        class_="controls",
    )
    return section(
        "predictions",
        "Predictions",
        found,
        element(
            "div",
            table(head, rows, class_="sortable", id="predictions-table"),
            class_="scroll",
            tabindex="0",
        ),
        lead=f"The first {ROWS:,} of {len(said):,}; all are in the run's folder." if rest > 0 else None,
    )


def _row(one: Prediction, labelled: bool, width: int) -> list[Html | str]:
    cells: list[Html | str] = [one.name]
    if labelled:
        cells.append("" if one.truth is None else _spoken(one.truth))
    for rank in range(width):
        name, share = one.said[rank] if rank < len(one.said) else ("", None)
        mark = ""
        if rank == 0 and one.truth is not None and name:
            mark = "✓ " if _spoken(name) == _spoken(one.truth) else "✗ "
        cells.append(mark + _spoken(name))
        cells.append("" if share is None else f"{100 * share:.1f}")
    return cells


def _spoken(label: str) -> str:
    return label.replace("_", " ")
