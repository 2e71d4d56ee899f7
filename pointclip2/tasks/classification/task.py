"""Zero-shot classification: features once, prompts and view weights on them, tables and pictures."""

from typing import Any

from pointclip2.app.compose import build
from pointclip2.show.exhibit import ConfusionCounts
from pointclip2.tasks.classification.module import ClassificationTask
from pointclip2.tasks.classification.per_view import per_view
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.classification.report import draw, facts, rows, sentence
from pointclip2.tasks.classification.searching import planned_search, search_classification
from pointclip2.tasks.data import FeatureDataModule
from pointclip2.tasks.few_shot.adapted import evaluate_adapter, open_saved
from pointclip2.tasks.run_parts import Finding, Job
from pointclip2.text import PromptSet
from pointclip2.types import DataError


class Classification:
    """One name for every cloud."""

    name = "classification"
    objective = "test/acc"

    def run(self, job: Job) -> Finding:
        """Encode or reuse features, fuse them under the weights, and measure."""
        cfg, watch = job.cfg, job.watch
        with watch.stage("load"):
            dataset = build(cfg.data).open(cfg.data.split)
            if len(dataset) == 0:
                raise DataError(f"{dataset.name}: the split {dataset.split!r} has no samples")
            backbone = job.backbone()
            projector: Any = build(cfg.projector)
            pipeline = ClassifyPipeline(projector, backbone)
            prompts: PromptSet = build(cfg.prompt)(dataset.classes)
            search, seen_by = planned_search(cfg, dataset)
        with watch.stage("text"):
            pipeline.text = job.text(backbone, prompts)
        views: int = projector.rig.views
        pipeline.weights = build(cfg.view_weights).resolve(dataset.name, backbone.id, views)
        saved = open_saved(job, pipeline, tuple(dataset.classes))
        if saved is not None:
            return evaluate_adapter(job, dataset, pipeline, prompts, *saved)

        table = job.features(dataset, pipeline)
        searched = None
        if search is not None and seen_by is not None:
            prompts, searched = search_classification(job, search, seen_by, dataset, table, pipeline, prompts)
        task = ClassificationTask(pipeline, tuple(dataset.classes))
        with watch.stage("fuse"):
            trainer = job.trainer(progress=False, loggers=True)
            trainer.test(task, FeatureDataModule(table, dataset.labels), verbose=False)
        assert task.predictions is not None
        record = facts(cfg, dataset, pipeline, prompts, table)
        record["metrics"] = task.results
        if searched is not None:
            record["search"] = searched
        record["per_view"] = per_view(pipeline, table, dataset.labels)
        confusion = task.metrics.confusion.cpu()
        gallery = []
        if trainer.is_global_zero:
            with watch.stage("draw"):
                gallery = draw(
                    job.run_dir,
                    record,
                    dataset,
                    pipeline,
                    table,
                    task.predictions,
                    confusion,
                    cfg.pictures,
                )
        return Finding(
            metrics=task.results,
            record=record,
            title=f"zero-shot classification of {dataset.name} ({dataset.split}, {len(table.index)} clouds)",
            rows=rows(record),
            sentence=sentence(record),
            skipped=table.skipped,
            predictions=task.predictions,
            gallery=gallery,
            confusion=ConfusionCounts(confusion.numpy(), tuple(dataset.classes), "clouds")
            if task.results
            else None,
            loggers=trainer.loggers,
        )
