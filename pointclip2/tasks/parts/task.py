"""Zero-shot part segmentation: dense features once, part prompts and view weights on them, figures and clouds."""

from collections.abc import Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import build
from pointclip2.cache.codec import check_bits
from pointclip2.data.dataset import CloudDataset
from pointclip2.data.part_table import PartTable
from pointclip2.tasks.classification.report import spread
from pointclip2.tasks.parts.categories import CATEGORY_SOURCES, categories_of
from pointclip2.tasks.parts.choice import PartChoices, choose_parts
from pointclip2.tasks.parts.dense_features import dense_split
from pointclip2.tasks.parts.gallery import CloudWriter
from pointclip2.tasks.parts.module import PartSegmentationTask
from pointclip2.tasks.parts.pipeline import SegmentPipeline
from pointclip2.tasks.parts.report import draw, facts, gallery, rows, sentence, title
from pointclip2.tasks.parts.searching import planned_part_search, search_parts
from pointclip2.tasks.run_parts import Finding, Job
from pointclip2.types import ConfigError, DataError

PLY = ("pictures", "all", "none")


class PartSegmentation:
    """A part for every point.

    Args:
        category: of each sample: ``given`` by its label (the published protocol), ``predicted`` by zero-shot
            classification with the same prompts and weights, or a name that holds for all samples.
        parts: asked for: those of the sample's ``category``, of ``all`` categories, or a list of names.
        window: cells over which part maps are averaged before points are read; 1 is none.
        upsample: how points are read from a map, ``bilinear`` or ``nearest``.
        centre: how much of each part's mean over a cloud is taken off its logits, from 0 to 1.
        scramble: interleave channels and positions of the features as the released program does.
        cache_bits: of a number in the feature cache: 8, 6 or 4.
        ply: which clouds are written as coloured PLY: those of the ``pictures``, ``all`` or ``none``.

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    name = "part_segmentation"
    objective = "test/miou_category"

    def __init__(
        self,
        category: str = "given",
        parts: str | Sequence[str] = "category",
        window: int = 1,
        upsample: str = "bilinear",
        centre: float = 0.0,
        scramble: bool = False,
        cache_bits: int = 6,
        ply: str = "pictures",
    ) -> None:
        if not str(category).strip():
            raise ConfigError("task.category is blank: given, predicted, or a name")
        if ply not in PLY:
            raise ConfigError(f"task.ply={ply}: choose one of {', '.join(PLY)}")
        self.category = str(category)
        self.parts = parts if isinstance(parts, str) else [str(part) for part in parts]
        self.window = window
        self.upsample = upsample
        self.centre = centre
        self.scramble = scramble
        self.bits = check_bits(cache_bits)
        self.ply = ply

    def run(self, job: Job) -> Finding:
        """Encode or reuse dense features, fuse them under the weights, and measure."""
        cfg, watch = job.cfg, job.watch
        with watch.stage("load"):
            dataset = self._open(cfg.data)
            plan = planned_part_search(cfg, dataset)
            pipeline = self._pipeline(job)
        views: int = pipeline.projector.rig.views  # type: ignore[union-attr,assignment]
        pipeline.weights = build(cfg.view_weights).resolve(dataset.name, pipeline.backbone.id, views)
        split = dense_split(job, dataset, pipeline, self.bits)
        own_parts = not isinstance(self.parts, str)
        positions = split.index.tolist()
        categories = categories_of(job, dataset, self.category, pipeline, positions, own_parts)
        with watch.stage("text"):
            choices = self._choices(job, dataset, pipeline, categories.of_sample)
        searched = None
        if plan is not None:
            choices, searched = search_parts(job, *plan, dataset, pipeline, choices, self.bits)
        clouds = None if self.ply != "all" else CloudWriter(job.run_dir, dataset, choices)
        shown = spread(dataset.labels, positions, cfg.pictures) if cfg.pictures > 0 else []
        task = PartSegmentationTask(pipeline, dataset, choices, self.bits, shown, clouds)
        with watch.stage("fuse"):
            trainer = job.trainer(progress=False, loggers=True)
            trainer.test(task, split.modules, verbose=False)
        record = facts(cfg, dataset, choices, split, task, categories)
        if searched is not None:
            record["search"] = searched
        if trainer.is_global_zero:
            with watch.stage("draw"):
                draw(job.run_dir, record, dataset, choices, task, write_clouds=self.ply == "pictures")
        return Finding(
            metrics=task.results,
            record=record,
            title=title(record),
            rows=rows(record),
            sentence=sentence(record),
            skipped=split.skipped,
            predictions=task.kept,
            gallery=gallery(dataset, choices, task),
            loggers=trainer.loggers,
        )

    def _open(self, node: DictConfig) -> CloudDataset:
        named = self.category not in CATEGORY_SOURCES
        try:
            dataset: CloudDataset = build(node).open(node.split)
        except DataError:
            # Files without labels need a class list; the one category of all samples is one.
            if not named or "classes" not in node or node.classes is not None:
                raise
            node = OmegaConf.merge(node, {"classes": [self.category]})  # type: ignore[assignment]
            dataset = build(node).open(node.split)
        if len(dataset) == 0:
            raise DataError(f"{dataset.name}: the split {dataset.split!r} has no samples")
        return dataset

    def _pipeline(self, job: Job) -> SegmentPipeline:
        cfg = job.cfg
        projector: Any = build(cfg.projector)
        return SegmentPipeline(
            projector,
            job.backbone(),
            build(cfg.dense),
            build(cfg.smoothing),
            self.window,
            self.upsample,
            self.centre,
            self.scramble,
        )

    def _choices(
        self, job: Job, dataset: CloudDataset, pipeline: SegmentPipeline, categories: dict[int, int]
    ) -> PartChoices:
        named = self.category if self.category not in CATEGORY_SOURCES else None
        return choose_parts(
            PartTable.of(dataset),
            categories,
            self.parts,
            build(job.cfg.prompt),
            lambda prompts: job.text(pipeline.backbone, prompts),
            named,
        )
