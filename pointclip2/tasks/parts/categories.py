"""The category that each sample is taken to be of: given, predicted by classification, or one name for all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pointclip2.data.dataset import CloudDataset
from pointclip2.data.part_table import PartTable
from pointclip2.encoders.dense import DenseViewEncoder
from pointclip2.encoders.encoder import text_of
from pointclip2.errors import ConfigError
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.tasks.parts.choice import category_of_name
from pointclip2.tasks.run import Run
from pointclip2.text import PromptSet

CATEGORY_SOURCES = ("given", "predicted")


@dataclass(frozen=True)
class Categories:
    """Which category each sample is taken to be of."""

    source: str
    """``given``, ``predicted``, or the name."""
    of_sample: dict[int, int]
    """Label by position in the data set; -1 where there is none."""
    accuracy: float | None = None
    """Share of labelled samples whose predicted category is right; None where nothing was predicted."""
    prompts: tuple[PromptSet, ...] = field(default=())
    """What the categories were called when they were predicted."""


def categories_of(
    run: Run,
    dataset: CloudDataset,
    source: str,
    encoder: DenseViewEncoder,
    weights: Any,
    prompt: Callable[..., PromptSet],
    positions: list[int],
    own_parts: bool,
) -> Categories:
    """Return the category of every readable sample.

    With ``own_parts``, the user's list, a name need not be one of the data set's categories.

    A prediction costs the pooled features of the same views, which are cached as those of classification are.

    Raises:
        ConfigError: a name that the data set's categories lack, where it has parts; nothing to predict among.
    """
    if source == "given":
        return Categories(source, {position: dataset.labels[position] for position in positions})
    if source != "predicted":
        table = PartTable.of(dataset)
        label = category_of_name(table, source) if table.part_names and not own_parts else -1
        return Categories(source, dict.fromkeys(positions, label))
    return _predicted(run, dataset, encoder, weights, prompt, positions)


def _predicted(
    run: Run,
    dataset: CloudDataset,
    encoder: DenseViewEncoder,
    weights: Any,
    prompt: Callable[..., PromptSet],
    positions: list[int],
) -> Categories:
    table = PartTable.of(dataset)
    # A category without parts could not be segmented; where none has, the parts are the user's.
    known = [label for label, ids in enumerate(table.ids) if ids] or list(range(len(dataset.classes)))
    if not known:
        raise ConfigError("task.category=predicted: the data set has no categories to choose from")
    prompts = prompt([dataset.classes[label] for label in known])
    with run.watch.stage("text"):
        text = run.class_vectors(encoder, prompts)
    head = ZeroShotHead(text, text_of(encoder).logit_scale, weights)
    whole = run.encode(dataset, encoder.pooled).loaded()
    fused, _ = head.scores(whole.features)
    chosen = {
        position: known[best]
        for position, best in zip(whole.index.tolist(), fused.argmax(dim=1).tolist(), strict=True)
    }
    missing = [position for position in positions if position not in chosen]
    if missing:
        raise ConfigError(f"{dataset.names[missing[0]]} was read for its parts and not for its category")
    labelled = [position for position in positions if dataset.labels[position] >= 0]
    right = sum(chosen[position] == dataset.labels[position] for position in labelled)
    accuracy = right / len(labelled) if labelled else None
    return Categories(
        "predicted", {position: chosen[position] for position in positions}, accuracy, (prompts,)
    )
