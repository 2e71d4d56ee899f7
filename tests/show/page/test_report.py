"""What stands on the page, read without a browser."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointclip2.show.exhibit import ConfusionCounts, Exhibit, Prediction
from pointclip2.show.gallery import GalleryItem
from pointclip2.show.page import write_report
from pointclip2.show.page.classes import classes
from pointclip2.show.page.curve import drawing, history_of, search, ticks
from pointclip2.show.page.matrix import matrix_data, similar_order
from pointclip2.show.page.options import flattened
from pointclip2.show.page.predictions import ROWS
from pointclip2.show.page.report import page, script
from pointclip2.show.page.samples import right
from tests.show.page.exhibits import (
    CLASSES,
    CONFUSION,
    EVIL,
    SEARCH,
    classified,
    record,
    room,
    segmented,
    shape,
)
from tests.show.page.test_html import Seen


def words(exhibit: Exhibit) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page(exhibit).split("<body>")[1].split("<script")[0]).split())


def sections(exhibit: Exhibit) -> list[str]:
    return [str(attrs["id"]) for tag, attrs in Seen(page(exhibit)).tags if tag == "section"]


def test_a_classification_has_every_section_in_order() -> None:
    exhibit = classified(record=record(search=SEARCH))
    assert sections(exhibit) == [
        *(
            "figures",
            "samples",
            "predictions",
            "confusion",
            "classes",
            "views",
            "search",
            "origins",
            "options",
        )
    ]
    links = [attrs["href"] for tag, attrs in Seen(page(exhibit)).tags if tag == "a"]
    assert links == [f"#{name}" for name in sections(exhibit)]


def test_every_figure_stands_in_per_cent_with_what_it_was_selected_on() -> None:
    text = words(classified())
    assert "top-1 accuracy test/acc 50.00 held-out train labels" in text
    assert "top-5 accuracy test/acc_top5 100.00 held-out train labels" in text


def test_a_quoted_figure_stands_beside_the_measured_one() -> None:
    text = words(classified(record=record(expect={"test/acc": 0.6426})))
    assert "measured, % quoted, %" in text
    assert "test/acc 50.00 64.26" in text


def test_an_oracle_is_marked_at_every_figure_and_above_all() -> None:
    text = words(classified(record=record(selected_on="test")))
    assert text.count("TEST LABELS (oracle)") >= 3
    assert "Selected on the test labels." in text
    assert "oracle" not in words(classified())


def test_random_weights_and_unreadable_samples_are_said() -> None:
    given = record(backbone={"id": "x", "trained": False, "trained_on": "RANDOM WEIGHTS: chance"})
    given["data"]["skipped"] = {"a.ply": "torn"}
    text = words(classified(record=given))
    assert "RANDOM WEIGHTS: chance" in text
    assert "1 samples could not be read a.ply: torn" in text


def test_without_labels_the_page_has_samples_and_no_figures() -> None:
    given = record(metrics={}, per_view={"weight": [1.0, 1.0, 1.0]})
    exhibit = classified(record=given, confusion=None, gallery=(shape(truth=None),))
    assert sections(exhibit) == ["figures", "samples", "predictions", "views", "origins", "options"]
    assert "No sample has a label" in words(exhibit)
    assert "truth unknown" in words(exhibit)


def test_every_prediction_is_listed_with_the_truth_where_it_is_known() -> None:
    text = words(classified())
    assert "chair/0001 chair ✓ chair 60.0 lamp 30.0 night stand 10.0" in text
    assert "night stand/0002 night stand ✗ chair 90.0 lamp 10.0" in text
    assert "scans/b.ply lamp 51.0" in text


def test_a_long_list_of_predictions_says_where_the_rest_is() -> None:
    many = tuple(Prediction(f"{number}.ply", None, (("chair", 1.0),)) for number in range(ROWS + 3))
    text = words(classified(predictions=many))
    assert f"The first {ROWS:,} of {ROWS + 3:,}; all are in the run" in text
    assert f"{ROWS - 1}.ply" in text
    assert f"{ROWS}.ply" not in text


def test_a_run_with_nothing_but_a_record_is_shown() -> None:
    assert sections(Exhibit("t", "s", {})) == ["figures", "origins"]


@pytest.mark.parametrize("item", [shape(), segmented(), room(), GalleryItem("x", None, (), ())])
def test_every_kind_of_sample_is_shown(item: GalleryItem) -> None:
    seen = Seen(page(classified(gallery=(item,))))
    canvases = [attrs for tag, attrs in seen.tags if tag == "canvas" and "data-cloud" in attrs]
    assert [attrs["data-cloud"] for attrs in canvases] == [str(n) for n in range(len(item.clouds))]
    assert all(attrs["aria-label"] and attrs["tabindex"] == "0" for attrs in canvases)
    pictures = [attrs for tag, attrs in seen.tags if tag == "img"]
    assert len(pictures) == (0 if item.views is None else len(item.views))
    assert all(attrs["alt"] and str(attrs["src"]).startswith("data:image/png") for attrs in pictures)
    for name, _ in item.legend:
        assert name in seen.text


def test_texts_of_the_run_become_no_markup_wherever_they_stand() -> None:
    names = (EVIL, *CLASSES[1:])
    given = record(
        metrics={"test/acc": 0.5, f"test/acc_class/{EVIL}": 0.5},
        command=EVIL,
        search={
            **SEARCH,
            "name": EVIL,
            EVIL: EVIL,
            "history": [*SEARCH["history"], {"evaluations": 99999, "score": 0.6, "values": [EVIL]}],
        },
    )
    given["data"]["skipped"] = {EVIL: EVIL}
    evil = GalleryItem(EVIL, EVIL, ((EVIL, 0.5),), segmented().clouds, legend=((EVIL, (1, 2, 3)),))
    exhibit = classified(
        title=EVIL,
        sentence=EVIL,
        record=given,
        options={EVIL: EVIL},
        gallery=(evil,),
        confusion=ConfusionCounts(CONFUSION.counts, names),
    )
    seen = Seen(page(exhibit))
    assert [tag for tag, _ in seen.tags if tag == "img"] == []
    assert [tag for tag, _ in seen.tags].count("script") == 2
    assert not any(name.startswith("on") for _, attrs in seen.tags for name in attrs)
    assert seen.text.count("<img src=x onerror=") > 8


def test_the_page_loads_nothing() -> None:
    content = page(classified(record=record(search=SEARCH), gallery=(shape(), room())))
    addresses = [
        value for tag, attrs in Seen(content).tags for name, value in attrs.items() if name in ("src", "href")
    ]
    assert addresses
    assert all(str(address).startswith(("data:", "#")) for address in addresses)
    assert "http" not in script()


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("the old one")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", full)
        with pytest.raises(OSError, match="No space left"):
            write_report(path, classified())
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]
    write_report(path, classified())
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_matrix_holds_rows_with_samples_and_every_column_that_was_said() -> None:
    counts = np.zeros((5, 5), np.int64)
    counts[1, 1], counts[1, 3] = 4, 2
    data = matrix_data(ConfusionCounts(counts, tuple("abcde")))
    assert data is not None
    assert (data["rows"], data["columns"]) == ([1], [1, 3])
    assert data["cells"] == [[0, 0, 4], [0, 1, 2]]
    assert matrix_data(ConfusionCounts(np.zeros((2, 2), np.int64), ("a", "b"))) is None
    assert matrix_data(None) is None


def test_classes_that_are_mistaken_for_each_other_stand_side_by_side() -> None:
    counts = np.diag([9, 9, 9, 9, 9, 9])
    for a, b in ((0, 3), (1, 4), (2, 5)):
        counts[a, b] = counts[b, a] = 4
    order = similar_order(counts, np.arange(6), np.arange(6))
    assert sorted(order) == list(range(6))
    for a, b in ((0, 3), (1, 4), (2, 5)):
        assert abs(order.index(a) - order.index(b)) == 1


def test_a_class_has_its_samples_its_bar_and_its_worst_mistake() -> None:
    text = " ".join(re.sub("<[^>]*>", " ", classes(classified())).split())
    assert "chair 4 75.0 night stand (1)" in text
    assert "night stand 4 25.0 chair (2)" in text
    assert "lamp 4 50.0 night stand (2)" in text


def test_two_figures_a_class_are_two_columns() -> None:
    metrics = {"test/ap_25_class/bed": 0.5, "test/ap_50_class/bed": 0.25, "test/ap_25_class/desk": 0.125}
    text = " ".join(
        re.sub("<[^>]*>", " ", classes(classified(record=record(metrics=metrics), confusion=None))).split()
    )
    assert "AP at 0.25, % AP at 0.50, %" in text
    assert "bed 50.0 25.0 desk 12.5 –" in text


def test_a_search_shows_its_curve_what_it_gained_and_what_it_saw() -> None:
    text = " ".join(re.sub("<[^>]*>", " ", search(record(search=SEARCH))).split())
    assert "top-1 accuracy 47.00 50.00 +3.00" in text
    assert "lamp" not in text
    assert "accuracy: 0.5000 before, 0.5600 after" in text
    assert "files view_weights.json" in text
    assert "selected on held-out train labels" in text
    assert "evaluations 16,384" in text
    assert "0.75 0.5 0.25" in text


def test_only_an_accuracy_is_told_in_per_cent() -> None:
    nats = {**SEARCH, "score": {"of": "information", "before": 0.5, "after": 0.56}}
    assert "56 %" in search(record(search=SEARCH))
    assert "56 %" not in search(record(search=nats))
    assert "information over the candidates tried" in search(record(search=nats))


def test_the_curve_climbs_where_the_scores_do() -> None:
    steps = history_of(SEARCH)
    [path] = re.findall(r'<path d="([^"]*)"', drawing(steps))
    heights = [float(value) for value in re.findall(r"(?:V| )([\d.]+)", path)]
    assert len(heights) == len(steps)
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(
    "history",
    [
        None,
        [],
        "x",
        [{"evaluations": 1}],
        [{"evaluations": "a", "score": 1}],
        [{"evaluations": 1, "score": float("nan")}],
    ],
)
def test_a_history_that_says_nothing_draws_nothing(history: Any) -> None:
    assert history_of({"history": history}) == []
    assert "<path" not in search({"search": {"history": history, "name": "grid"}})


def test_a_long_history_stays_small() -> None:
    history = [{"evaluations": number, "score": number / 5000} for number in range(5000)]
    assert len(search({"search": {"history": history}})) < 150_000


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.512, 0.5121), (-3, 1000), (5, 5)])
def test_ticks_lie_between_the_ends(low: float, high: float) -> None:
    found = ticks(low, high, 5)
    assert 1 <= len(found) <= 8
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in found)


def test_options_are_told_with_their_dotted_names() -> None:
    content = {"a": {"b": 1, "c": {}}, "d": [1, 2], "e": [{"f": None}]}
    assert dict(flattened(content)) == {"a.b": 1, "a.c": {}, "d": [1, 2], "e.0.f": None}


def test_spaces_and_underscores_in_names_are_the_same() -> None:
    assert right(GalleryItem("x", "night stand", (("night_stand", 1.0),), ())) is True
    assert right(GalleryItem("x", "night stand", (("desk", 1.0),), ())) is False
    assert right(GalleryItem("x", None, (("desk", 1.0),), ())) is None
