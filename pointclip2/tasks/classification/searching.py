"""A search before an evaluation: what it may see is fetched, what it found is put in place and written down."""

import logging
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from pointclip2.cache import FeatureTable
from pointclip2.data.dataset import CloudData, CloudDataset
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError, DataError
from pointclip2.heads.search.files import PROMPTS, WEIGHTS, write_prompts, write_view_weights
from pointclip2.heads.search.prompts import NoSearch
from pointclip2.heads.search.splits import Sight, holdout, sight
from pointclip2.heads.search.task import Search, Seen
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.metrics import ClassificationMetrics
from pointclip2.tasks.run import Run
from pointclip2.text import PromptSet

log = logging.getLogger(__name__)


def planned_search(
    search: Search | NoSearch, data: CloudData, dataset: CloudDataset
) -> tuple[Search, Sight] | None:
    """Return a search and what it may see, known before anything is encoded; None for ``search=none``.

    Raises:
        UserError: this search cannot be made on this data set or split.
    """
    if not isinstance(search, Search):
        if search.name != "none":
            raise ConfigError(f"search={search.name} is for part segmentation: task=part_segmentation")
        return None
    return search, sight(search.split, search.needs_labels, data, dataset.split)


def search_classification(
    run: Run,
    search: Search,
    seen_by: Sight,
    data: CloudData,
    dataset: CloudDataset,
    table: FeatureTable,
    encoder: Encoder,
    head: ZeroShotHead,
    prompts: PromptSet,
) -> tuple[PromptSet, dict[str, Any]]:
    """Search, leave what was found in the head and as a file, and say what happened.

    Returns:
        The prompts from now on, and the part of ``results.json`` called ``search``: which data were seen, the score on
        these before and after, the metrics of the evaluated split before, and the history.

    Raises:
        UserError: the search cannot be made on this data set, or with these options.
    """
    before = measured(head, table, dataset.labels, dataset.classes)
    weights = head.weights
    assert weights is not None
    features, labels, checksum = _shapes(run, search, seen_by, data, dataset, table, encoder)
    with run.watch.stage("search"):
        outcome = search.run(
            Seen(
                features,
                labels if search.needs_labels else torch.full_like(labels, -1),
                head.text.cpu(),
                head.logit_scale,
                weights,
                prompts,
                lambda: run.sentence_vectors(encoder, prompts),
                seen_by.selected_on,
            )
        )
    found_on = {
        "search": search.name,
        "data": dataset.name,
        "split": seen_by.choice,
        "data_split": seen_by.split,
        "n": len(labels),
        "backbone": encoder.id,
    }
    files = []
    if outcome.weights is not None:
        weights = head.weights = outcome.weights
        run.keep(WEIGHTS, lambda folder: write_view_weights(folder, weights, found_on))
        files.append(WEIGHTS)
    if outcome.prompts is not None and outcome.text is not None:
        sentences = prompts = outcome.prompts
        head.text = outcome.text.to(head.text.device)
        run.keep(PROMPTS, lambda folder: write_prompts(folder, sentences, found_on))
        files.append(PROMPTS)
    log.info(
        "search=%s on %d shapes (%s): %s %.4f -> %.4f in %d evaluations",
        *(search.name, len(labels), seen_by.choice, outcome.score),
        *(outcome.before, outcome.after, outcome.evaluations),
    )
    return prompts, {
        "name": search.name,
        "split": seen_by.choice,
        "data_split": seen_by.split,
        "selected_on": seen_by.selected_on,
        "n": len(labels),
        "checksum": checksum,
        "score": {"of": outcome.score, "before": outcome.before, "after": outcome.after},
        "evaluations": outcome.evaluations,
        "before": before,
        "history": outcome.history,
        "files": files,
    }


def _shapes(
    run: Run,
    search: Search,
    seen_by: Sight,
    data: CloudData,
    dataset: CloudDataset,
    table: FeatureTable,
    encoder: Encoder,
) -> tuple[Tensor, Tensor, str]:
    """Return features, labels and checksum of what the search may see."""
    if seen_by.split == dataset.split:
        labels = torch.tensor(list(dataset.labels), dtype=torch.int64)
        return table.features, labels[table.index], dataset.checksum
    other = data.open(seen_by.split)
    if tuple(other.classes) != tuple(dataset.classes):
        raise DataError(
            f"{dataset.name}: the splits {other.split} and {dataset.split} have other classes; "
            "give data.classes, so that what is searched fits what is evaluated"
        )
    known = run.encode(other, encoder).loaded()
    labels = torch.tensor(list(other.labels), dtype=torch.int64)[known.index]
    if seen_by.choice != "holdout":
        return known.features, labels, other.checksum
    held = holdout(other.names, other.labels, search.holdout, search.seed)
    kept = torch.isin(known.index, held)
    if not bool(kept.any()):
        raise ConfigError(f"search.holdout={search.holdout}: no readable shape of {other.name} is held out")
    return known.features[kept], labels[kept], other.checksum


def measured(
    head: ZeroShotHead, table: FeatureTable, labels: Sequence[int], classes: Sequence[str]
) -> dict[str, float]:
    """Return the metrics of a split with the head as it is now; empty where nothing is labelled."""
    metrics = ClassificationMetrics(classes, sync_on_compute=False)
    target = torch.tensor(list(labels), dtype=torch.int64)[table.index]
    if not bool((target >= 0).any()):
        return {}
    with torch.no_grad():
        for features, label in zip(table.features.split(1024), target.split(1024), strict=True):
            metrics.update(head.scores(features)[0], label)
    return metrics.compute()
