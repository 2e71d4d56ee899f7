"""The category that each sample is taken to be of: given, predicted by classification, or one name for all."""

from dataclasses import dataclass, field

from pointclip2.app.compose import build
from pointclip2.data.dataset import CloudDataset
from pointclip2.data.part_table import PartTable
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.parts.choice import category_of_name
from pointclip2.tasks.parts.pipeline import SegmentPipeline
from pointclip2.tasks.run_parts import Job
from pointclip2.text import PromptSet
from pointclip2.types import ConfigError

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
    job: Job,
    dataset: CloudDataset,
    source: str,
    pipeline: SegmentPipeline,
    positions: list[int],
    own_parts: bool,
) -> Categories:
    """The category of every readable sample.

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
    return _predicted(job, dataset, pipeline, positions)


def _predicted(
    job: Job, dataset: CloudDataset, pipeline: SegmentPipeline, positions: list[int]
) -> Categories:
    table = PartTable.of(dataset)
    # A category without parts could not be segmented; where none has, the parts are the user's.
    known = [label for label, ids in enumerate(table.ids) if ids] or list(range(len(dataset.classes)))
    if not known:
        raise ConfigError("task.category=predicted: the data set has no categories to choose from")
    classifier = ClassifyPipeline(pipeline.projector, pipeline.backbone)
    prompts = build(job.cfg.prompt)([dataset.classes[label] for label in known])
    with job.watch.stage("text"):
        classifier.text = job.text(pipeline.backbone, prompts)
    classifier.weights = pipeline.weights
    features = job.features(dataset, classifier)
    fused, _ = classifier.fused(classifier.view_logits(features.features))
    chosen = {
        position: known[best]
        for position, best in zip(features.index.tolist(), fused.argmax(dim=1).tolist(), strict=True)
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
