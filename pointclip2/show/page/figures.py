"""Show the figures of a run, what they were selected on, and what has to be said beside them."""

from collections.abc import Mapping
from typing import Any

from pointclip2.show.exhibit import Exhibit
from pointclip2.show.page.html import EMPTY, Html, element, joined, section, table

LABELS = {
    "acc": "top-1 accuracy",
    "acc_top5": "top-5 accuracy",
    "macc": "mean class accuracy",
    "miou_instance": "mean IoU over shapes",
    "miou_category": "mean IoU over categories",
    "point_acc": "point accuracy",
    "coverage": "points seen by a view",
    "map_25": "mean AP at IoU 0.25",
    "map_50": "mean AP at IoU 0.50",
    "ar_25": "recall at IoU 0.25",
    "ar_50": "recall at IoU 0.50",
    "box_acc": "accuracy on true boxes",
}
SELECTED = {
    "none": "no labels",
    "label_free": "unlabelled data",
    "train": "train labels",
    "holdout": "held-out train labels",
    "unknown": "unknown labels",
    "test": "TEST LABELS (oracle)",
}
# This many of the first figures stand large above the table.
HEADLINES = 4


def metric_label(name: str) -> str:
    """Return the name of a metric in words, where it has any.

    >>> metric_label("test/acc")
    'top-1 accuracy'
    """
    return LABELS.get(name.rsplit("/", 1)[-1], name)


def shown(name: str, value: float | None) -> str:
    """Format a figure as tables show it: a fraction in per cent, a dash where it is not defined.

    >>> shown("test/acc", 0.68199), shown("test/acc", None)
    ('68.20', '–')
    """
    if value is None:
        return "–"
    return f"{100 * value:.2f}" if 0 <= value <= 1 else f"{value:g}"


def chip(selected_on: str) -> Html:
    """Write what a number was selected on, as a label whose colour warns of an oracle."""
    kind = {"test": "chip oracle", "unknown": "chip doubtful"}.get(selected_on, "chip")
    return element("span", SELECTED.get(selected_on, selected_on), class_=kind)


def overall(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """Return the figures that are defined and not those of a single class."""
    return {name: value for name, value in metrics.items() if value is not None and "_class/" not in name}


def heading(exhibit: Exhibit) -> Html:
    """Write the title, the sentence, warnings, and the first figures in large type."""
    record = exhibit.record
    selected_on = str(record.get("selected_on", "unknown"))
    tiles = [
        element(
            "div",
            element("strong", shown(name, value), element("small", " %") if 0 <= value <= 1 else None),
            element("span", metric_label(name)),
            class_="tile",
        )
        for name, value in list(overall(record.get("metrics", {})).items())[:HEADLINES]
    ]
    return element(
        "header",
        element("p", "pointclip2", class_="brand"),
        element("h1", exhibit.title),
        element("p", exhibit.sentence, class_="lead"),
        warnings(record),
        element("div", tiles, class_="tiles") if tiles else None,
        element("p", "selected on ", chip(selected_on), class_="selected") if tiles else None,
    )


def warnings(record: Mapping[str, Any]) -> Html:
    """Warn of random weights, an oracle, and samples that could not be read."""
    backbone, data = record.get("backbone", {}), record.get("data", {})
    said = []
    if backbone and not backbone.get("trained", True):
        said.append(element("p", element("strong", str(backbone.get("trained_on", "untrained weights")))))
    if record.get("selected_on") == "test":
        said.append(
            element(
                "p",
                element("strong", "Selected on the test labels. "),
                "Prompts or view weights were chosen by looking at the answers: the figures say what could be "
                "reached, not what was.",
            )
        )
    skipped = data.get("skipped", {})
    if skipped:
        said.append(
            element(
                "details",
                element("summary", f"{len(skipped)} samples could not be read"),
                element("ul", [element("li", f"{name}: {reason}") for name, reason in skipped.items()]),
            )
        )
    return element("div", said, class_="warnings", role="note") if said else EMPTY


def figures(exhibit: Exhibit) -> Html:
    """Write the table of metrics: figures measured, quoted ones where there are any, and what they were selected on."""
    record = exhibit.record
    metrics = {name: value for name, value in record.get("metrics", {}).items() if "_class/" not in name}
    expect = dict(record.get("expect") or {})
    selected_on = str(record.get("selected_on", "unknown"))
    if not metrics:
        return section(
            "figures",
            "Figures",
            element("p", "No sample has a label, so nothing could be measured.", class_="empty"),
        )
    head: list[Any] = ["metric", "", "#measured, %", *(["#quoted, %"] if expect else []), "selected on"]
    rows = []
    for name in [*metrics, *(name for name in expect if name not in metrics)]:
        measured = shown(name, metrics[name]) if name in metrics else "–"
        quoted = [shown(name, expect[name]) if name in expect else "–"] if expect else []
        rows.append([metric_label(name), element("code", name), measured, *quoted, chip(selected_on)])
    return section("figures", "Figures", table(head, rows, class_="figures"))


def origins(record: Mapping[str, Any]) -> Html:
    """Say where the numbers come from, in a dozen lines."""
    data, backbone = record.get("data", {}), record.get("backbone", {})
    prompt, weights = record.get("prompt", {}), record.get("view_weights", {})
    seconds, versions = record.get("seconds", {}), record.get("versions", {})
    stages = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in seconds.items() if stage != "total")
    lines: list[tuple[str, Any]] = [
        ("protocol", record.get("protocol")),
        ("data", _listed(data, "name", "split", "variant")),
        ("samples", data.get("n")),
        ("classes", data.get("classes")),
        ("data checksum", data.get("checksum")),
        ("backbone", backbone.get("id")),
        ("backbone trained on", backbone.get("trained_on")),
        ("prompts", prompt.get("name") and f"{prompt['name']}, {prompt.get('count', '?')} sentences"),
        ("prompts selected on", prompt.get("selected_on") and chip(prompt["selected_on"])),
        ("view weights", weights.get("source")),
        ("view weights selected on", weights.get("selected_on") and chip(weights["selected_on"])),
        ("time", seconds and joined(f"{seconds.get('total', 0):.1f} s", f" ({stages})" if stages else "")),
        ("device", record.get("device")),
        ("commit", record.get("git_commit")),
        ("config hash", record.get("config_hash")),
        ("command", record.get("command") and element("code", record["command"])),
        ("versions", ", ".join(f"{name} {number}" for name, number in versions.items())),
    ]
    found = [
        joined(element("dt", name), element("dd", value))
        for name, value in lines
        if value not in (None, "", {})
    ]
    return section("origins", "Where the numbers come from", element("dl", found, class_="facts"))


def _listed(facts: Mapping[str, Any], *names: str) -> str:
    return ", ".join(str(facts[name]) for name in names if facts.get(name) not in (None, ""))
